//! Saved plans: `plan --out FILE` writes one, `apply FILE` executes it.

use std::path::Path;

use crate::context::Failure;

/// Refuses to save a plan, before any work is done for it.
///
/// # Errors
/// Always, until the format of plan files is settled: a plan is never only pretended to be saved.
pub fn check(path: &Path) -> Result<(), Box<Failure>> {
    let detail = format!(
        "No plan was written to {}: this build of artiform cannot save plans yet. Apply without a plan file.",
        path.display()
    );
    Err(Failure::error("Plan cannot be saved", detail))
}

/// Refuses a plan file.
///
/// # Errors
/// Always, until the format of plan files is settled.
pub fn refuse(path: &Path) -> Box<Failure> {
    let detail = format!(
        "{} is a file, and this build of artiform cannot read saved plans yet. Name the folder of a stack.",
        path.display()
    );
    Failure::error("Saved plan cannot be read", detail)
}
