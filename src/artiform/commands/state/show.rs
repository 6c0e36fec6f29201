//! `state show`: one recorded instance.

use std::path::Path;

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
            return Err(selection::missing(&self.address, &snapshot));
        };
        context.ui.print(&views::state::instance(
            instance,
            &providers::registry(),
            plan::Secrets::Hidden,
        ));
        Ok(SUCCESS)
    }
}
