//! `state list`: the addresses of what is recorded.

use std::path::Path;

use super::selection;
use crate::context::{Context, Outcome, SUCCESS};
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
        let snapshot = stack_state::read(&stack)?.snapshot();
        let mut prefixes = Vec::new();
        for text in &self.addresses {
            if selection::instances(text, &snapshot)?.is_empty() {
                return Err(selection::missing(text, &snapshot));
            }
            prefixes.push(selection::canonical(text)?);
        }
        for (address, instance) in &snapshot.instances {
            let named = prefixes.is_empty()
                || prefixes.iter().any(|prefix| selection::is_within(address, prefix));
            let id = instance.attributes.get("id").and_then(|id| id.as_str());
            if named && self.id.as_deref().is_none_or(|wanted| id == Some(wanted)) {
                context.ui.line(address);
            }
        }
        Ok(SUCCESS)
    }
}
