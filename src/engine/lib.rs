//! The graph that turns configuration and state into a plan, and a plan into the world.
