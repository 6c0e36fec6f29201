//! `state list`: the addresses of what is recorded.

use std::path::Path;

use super::selection;
use crate::context::{Context, Failure, Outcome, SUCCESS};
use crate::stack::Stack;
use crate::stack_state;

/// List what the state holds
#[derive(Clone, Debug, clap::Args)]
pub struct List {
    /// Only what these modules, resources or instances hold
    #[arg(value_name = "ADDRESS")]
    addresses: Vec<String>,
    /// Only the instances with this id
    #[arg(long, value_name = "ID")]
    id: Option<String>,
}

impl List {
    pub fn run(&self, context: &Context) -> Outcome {
        let stack = Stack::load_for_state(Path::new("."), context)?;
        if stack_state::is_missing(&stack)? {
            let detail = "State management commands require a state. Nothing was ever applied here: run this command for a stack that was.";
            return Err(Failure::error("No state file was found", detail));
        }
        let snapshot = stack_state::read(&stack)?.snapshot();
        let mut prefixes = Vec::new();
        for text in &self.addresses {
            if selection::instances(text, &snapshot)?.is_empty() {
                return Err(selection::unknown(text, &snapshot));
            }
            prefixes.push(selection::canonical(text)?);
        }
        // An id that is empty asks for nothing.
        let wanted = self.id.as_deref().filter(|id| !id.is_empty());
        let named = snapshot.instances.values().filter(|instance| {
            let id = instance.attributes.get("id").and_then(|id| id.as_str());
            let within = |prefix: &String| selection::is_within(&instance.address, prefix);
            (prefixes.is_empty() || prefixes.iter().any(within))
                && wanted.is_none_or(|wanted| id == Some(wanted))
        });
        for address in selection::in_order(named) {
            context.ui.line(address);
        }
        Ok(SUCCESS)
    }
}
