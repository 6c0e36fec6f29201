//! `state pull`: the whole state as JSON.

use std::path::Path;

use crate::context::{Context, Failure, Outcome, SUCCESS};
use crate::stack::Stack;
use crate::stack_state;

/// Write the whole state as JSON, secrets in the clear
#[derive(Clone, Debug, clap::Args)]
pub struct Pull {}

impl Pull {
    pub fn run(&self, context: &Context) -> Outcome {
        let stack = Stack::load_for_state(Path::new("."), context)?;
        let snapshot = stack_state::read(&stack)?.snapshot();
        let text = serde_json::to_string_pretty(&*snapshot).map_err(|error| {
            Failure::error("State could not be written", format!("It is no JSON: {error}."))
        })?;
        context.ui.line(&text);
        Ok(SUCCESS)
    }
}
