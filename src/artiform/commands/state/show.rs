//! `state show`: one recorded instance.

use std::path::Path;

use diagnostics::Diagnostic;

use super::selection;
use crate::context::{Context, Outcome, SUCCESS};
use crate::stack::Stack;
use crate::{providers, stack_state, views};

/// Show one instance that the state holds
#[derive(Clone, Debug, clap::Args)]
pub struct Show {
    /// The instance
    #[arg(value_name = "ADDRESS")]
    address: String,
}

impl Show {
    pub fn run(&self, context: &Context) -> Outcome {
        let stack = Stack::load_for_state(Path::new("."), context)?;
        let snapshot = stack_state::read(&stack)?.snapshot();
        let address = selection::canonical(&self.address)?;
        let Some(instance) = snapshot.instance(&address) else {
            let detail = "This command requires that the address references one specific instance. To view the available instances, use \"artiform state list\". Please modify the address to reference a specific instance.";
            let missing = Diagnostic::error("No instance found for the given address", detail);
            return Err(selection::suggested(missing, &self.address, &snapshot));
        };
        context.ui.print(&views::state::instance(
            instance,
            &providers::registry(),
            plan::Secrets::Hidden,
        ));
        Ok(SUCCESS)
    }
}
