//! Options that several commands share.

mod locking;
mod planning;
mod variables;

pub use locking::LockFlags;
pub use planning::PlanningFlags;
pub use variables::VariableFlags;
