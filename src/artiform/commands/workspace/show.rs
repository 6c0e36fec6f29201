//! `workspace show`: the name of the selected workspace.

use std::path::Path;

use crate::context::{Context, Outcome, SUCCESS};
use crate::workspace;

/// Show the name of the selected workspace
#[derive(Clone, Debug, clap::Args)]
pub struct Show {}

impl Show {
    pub fn run(&self, context: &Context) -> Outcome {
        context.ui.line(&workspace::current(Path::new("."), &context.environment)?.name);
        Ok(SUCCESS)
    }
}
