//! What will change: actions, plan file, plan JSON and how a plan reads. Pure.
