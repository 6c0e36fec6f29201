//! `import`: takes one thing that exists already into the state.

use diagnostics::Diagnostic;
use engine::{ImportTarget, PlanOptions, Selector};
use lang::ResourceMode;
use plan::PlanMode;

use super::{Verb, apply};
use crate::context::{Context, FAILURE, Failure, Outcome, SUCCESS};
use crate::flags::{LockFlags, VariableFlags};
use crate::planning::{Session, StackArgument};
use crate::stack::Stack;
use crate::stack_state::{self, Opened};
use crate::{address, world};

/// Take a thing that exists already into the state
///
/// The resource must have its block in the configuration. Nothing but the state is changed; the next plan
/// shows where the thing differs from its block. An import block does the same as a part of apply.
#[derive(Clone, Debug, clap::Args)]
pub struct Import {
    /// The instance that the thing is to be
    #[arg(value_name = "ADDRESS")]
    address: String,
    /// What the type calls the thing, such as a name or an ARN
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    stack: StackArgument,
    #[command(flatten)]
    variables: VariableFlags,
    #[command(flatten)]
    lock: LockFlags,
}

impl Verb for Import {
    const NAME: &'static str = "import";

    fn run(self, context: &Context) -> Outcome {
        let address = address::resource(&self.address)?;
        if address.mode == ResourceMode::Data {
            let detail = "A managed resource address is required. Importing into a data resource is not allowed.";
            return Err(Failure::error("Invalid address", detail));
        }
        let name = address.to_string();
        let stack = Stack::load(&self.stack.folder, &self.variables, context)?;
        let session = Session::start(context)?;
        let store = stack_state::lock(&stack, "import", &self.lock)?;
        if store.instance(&name).is_some_and(|instance| instance.has_current()) {
            let detail = format!(
                "artiform is already managing a remote object for {name}. To import to this address you must first remove the existing object from the state."
            );
            return Err(Diagnostic::error("Resource already managed by artiform", detail)
                .hint(format!("take it out with: artiform state rm '{name}'"))
                .into());
        }
        let options = PlanOptions {
            // Nothing but the import is to happen: no other thing is read, none is changed.
            mode: PlanMode::RefreshOnly,
            refresh: false,
            targets: vec![Selector(name)],
            imports: vec![ImportTarget { address, id: self.id }],
            timestamp: world::now(),
            ..PlanOptions::default()
        };
        let opened = Opened::Locked(store);
        let made = session.plan(&stack, &opened, options);
        let Opened::Locked(store) = opened else { return Ok(FAILURE) };
        context.ui.diagnostics(&made.diagnostics, stack.sources());
        let Some(planned) = made.planned.filter(|_| !made.diagnostics.has_errors()) else {
            return Ok(FAILURE);
        };
        let applied = apply::obey(planned, store, &session);
        context.ui.diagnostics(&applied.diagnostics, stack.sources());
        session.end();
        if applied.diagnostics.has_errors() {
            return Ok(FAILURE);
        }
        let done = context.ui.success("Import successful!");
        context.ui.line(&format!(
            "\n{done}\n\nThe resources that were imported are shown above. These resources are now in\nyour artiform state and will henceforth be managed by artiform."
        ));
        Ok(SUCCESS)
    }
}
