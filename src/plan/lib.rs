//! What will change: actions, plan file, plan JSON and how a plan reads. Pure.
//!
//! A [`Plan`] is made by the engine and obeyed by it. Here it is only data, and the ways to look at it.

mod action;
mod change;
pub mod difference;
pub mod file;
pub mod json;
pub mod render;

pub use action::{Action, Reason};
pub use change::{
    CheckResult, CheckStatus, OutputChange, Plan, PlanMode, PlannedImport, ResourceChange, Secrets,
    Summary,
};
