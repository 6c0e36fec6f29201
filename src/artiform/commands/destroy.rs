//! `destroy`: `apply --destroy` under its own name.

use diagnostics::Diagnostic;

use super::Verb;
use super::apply::{Apply, ApplyFlags, Called};
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
        if let Some(diagnostic) = self.wrong_mode() {
            let ui = context.ui.clone().with_json(self.flags.json);
            return super::shown(Err(diagnostic.into()), &ui);
        }
        let planning = PlanningFlags { destroy: true, ..self.planning };
        Apply { place: self.stack.folder, planning, flags: self.flags, called: Called::Destroy }
            .run(context)
    }
}

impl Destroy {
    /// Options that say what it does anyway, or the contrary.
    fn wrong_mode(&self) -> Option<Diagnostic> {
        let detail = if self.planning.destroy {
            "The -destroy option is not valid for \"artiform destroy\", because this command always runs in destroy mode."
        } else if self.planning.refresh_only {
            "The -refresh-only option is not valid for \"artiform destroy\"."
        } else {
            return None;
        };
        Some(Diagnostic::error("Invalid mode option", detail))
    }
}
