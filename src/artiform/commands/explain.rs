//! `explain`: why a thing changes, or is unknown, in the plan.

use diagnostics::Diagnostics;

use super::Verb;
use crate::context::{Context, FAILURE, Failure, Outcome, SUCCESS};
use crate::flags::{LockFlags, PlanningFlags, VariableFlags};
use crate::planning::{Session, StackArgument};
use crate::stack::Stack;
use crate::stack_state;
use crate::views::explain as view;

/// Say which changes and references make something change or unknown
///
/// Plans as `plan` does, and tells the way from the root causes to the thing: a changed line of the
/// configuration, drift, a replacement further up, an attribute that only apply will know; each reference
/// with its place. Nothing is changed.
#[derive(Clone, Debug, clap::Args)]
pub struct Explain {
    /// A resource, an instance, a module, a glob of them, or a value such as output.url or local.names
    #[arg(value_name = "ADDRESS")]
    address: String,
    #[command(flatten)]
    stack: StackArgument,
    #[command(flatten)]
    variables: VariableFlags,
    #[command(flatten)]
    planning: PlanningFlags,
    #[command(flatten)]
    lock: LockFlags,
    /// Write the answer as JSON
    #[arg(long)]
    json: bool,
}

impl Verb for Explain {
    const NAME: &'static str = "explain";

    fn run(self, context: &Context) -> Outcome {
        let options = self.planning.options()?;
        let stack = Stack::load(&self.stack.folder, &self.variables, context)?;
        let session = Session { quiet: true, ..Session::start(context)? };
        let state = stack_state::for_plan(&stack, &self.lock)?;
        let made = session.plan(&stack, &state, options);
        if made.interrupted {
            return Err(Failure::error("Planning was interrupted", "Nothing was changed."));
        }
        let sources = stack.sources();
        context.ui.diagnostics(&made.diagnostics, sources);
        let Some(planned) = made.planned.filter(|_| !made.diagnostics.has_errors()) else {
            return Ok(FAILURE);
        };
        let explained = engine::explain(&planned, &self.address)
            .map_err(|mistake| Failure::new(Diagnostics::from(*mistake), sources))?;
        if self.json {
            context.ui.line(&format!("{:#}", view::as_json(&explained, sources)));
        } else {
            context.ui.print(&view::text(&explained, sources, &context.ui));
        }
        session.end();
        Ok(SUCCESS)
    }
}
