//! `refresh`: `apply --refresh-only --auto-approve` under its old name.

use super::Verb;
use super::apply::{Apply, ApplyFlags, Called};
use crate::context::{Context, Outcome};
use crate::flags::PlanningFlags;
use crate::planning::StackArgument;

/// Bring the state up to date with what exists
///
/// The same as apply --refresh-only --auto-approve.
#[derive(Clone, Debug, clap::Args)]
pub struct Refresh {
    #[command(flatten)]
    stack: StackArgument,
    #[command(flatten)]
    planning: PlanningFlags,
    #[command(flatten)]
    flags: ApplyFlags,
}

impl Verb for Refresh {
    const NAME: &'static str = "refresh";

    fn run(self, context: &Context) -> Outcome {
        let planning = PlanningFlags { refresh_only: true, ..self.planning };
        let flags = ApplyFlags { auto_approve: true, ..self.flags };
        Apply { place: self.stack.folder, planning, flags, called: Called::Refresh }.run(context)
    }
}
