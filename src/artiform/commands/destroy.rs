//! `destroy`: `apply --destroy` under its own name.

use super::Verb;
use super::apply::{Apply, ApplyFlags};
use crate::context::{Context, Outcome};
use crate::flags::PlanningFlags;
use crate::planning::StackArgument;

/// Destroy everything that the stack manages
///
/// Shows what would be destroyed and asks before it does anything.
#[derive(Clone, Debug, clap::Args)]
pub struct Destroy {
    #[command(flatten)]
    stack: StackArgument,
    #[command(flatten)]
    planning: PlanningFlags,
    #[command(flatten)]
    flags: ApplyFlags,
}

impl Verb for Destroy {
    const NAME: &'static str = "destroy";

    fn run(self, context: &Context) -> Outcome {
        let planning = PlanningFlags { destroy: true, ..self.planning };
        Apply { place: self.stack.folder, planning, flags: self.flags, is_destroy: true }
            .run(context)
    }
}
