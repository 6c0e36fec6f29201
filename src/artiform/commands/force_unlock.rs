//! `force-unlock`: takes the lock of the state away from a holder that is gone.

use std::path::Path;

use super::Verb;
use crate::context::{Context, FAILURE, Failure, Outcome, SUCCESS};
use crate::stack::{self, Stack};
use crate::stack_state;

/// Remove the lock that a process which is gone has left
///
/// Only when that process is known to be gone: two that write one state destroy it.
#[derive(Clone, Debug, clap::Args)]
pub struct ForceUnlock {
    /// The lock's ID, as the refusal names it
    #[arg(value_name = "LOCK_ID")]
    id: String,
    /// Do not ask
    #[arg(long)]
    force: bool,
}

impl Verb for ForceUnlock {
    const NAME: &'static str = "force-unlock";

    fn run(self, context: &Context) -> Outcome {
        let stack = Stack::load_for_state(Path::new("."), context)?;
        let backend = stack_state::backend(&stack)?;
        if !self.force && !confirmed(context)? {
            context.ui.line("force-unlock cancelled.");
            return Ok(FAILURE);
        }
        let holder = backend.force_unlock(&self.id)?;
        context.ui.line(&format!(
            "{}\n\nThe state has been unlocked. {} by {} had the lock.",
            context.ui.success("artiform state has been successfully unlocked!"),
            holder.operation,
            holder.who
        ));
        Ok(SUCCESS)
    }
}

fn confirmed(context: &Context) -> Result<bool, Box<Failure>> {
    if !context.ui.can_ask() {
        let detail = "Nobody can be asked, because the standard input is not a terminal. Confirm beforehand with --force.";
        return Err(Failure::error("Approval is required", detail));
    }
    context.ui.print(
        "Do you really want to force-unlock?\n  artiform will remove the lock on the state.\n  This will allow local artiform commands to modify this state, even though it\n  may still be in use. Only 'yes' will be accepted to confirm.\n\n  Enter a value: ",
    );
    Ok(stack::read_line().as_deref() == Some("yes"))
}
