//! `validate`: checks a configuration without values, state or world.

use std::sync::Arc;

use diagnostics::json;

use super::Verb;
use crate::context::{Context, FAILURE, Outcome, SUCCESS};
use crate::planning::StackArgument;
use crate::validation;

/// Check whether the configuration is valid
///
/// Needs no variables, no state and no network.
#[derive(Clone, Debug, clap::Args)]
pub struct Validate {
    #[command(flatten)]
    stack: StackArgument,
    /// Write the result as JSON
    #[arg(long)]
    json: bool,
    /// Accepted for habit: test files are checked by `test`
    #[arg(long, hide = true)]
    no_tests: bool,
    #[arg(long, value_name = "DIR", hide = true)]
    test_directory: Option<String>,
}

impl Verb for Validate {
    const NAME: &'static str = "validate";

    fn run(self, context: &Context) -> Outcome {
        let loaded = config::load(&self.stack.folder);
        let config = Arc::new(loaded.config);
        let diagnostics = validation::completed(&config, loaded.diagnostics)?;
        let sources = &config.sources;
        let valid = !diagnostics.has_errors();
        if self.json {
            let answer = json::validation(&diagnostics, sources);
            context.ui.line(&format!("{answer:#}"));
        } else {
            context.ui.diagnostics(&diagnostics, sources);
            if valid {
                let success = context.ui.success("Success!");
                let warned = if diagnostics.is_empty() {
                    ""
                } else {
                    ", but there were some validation warnings as shown above"
                };
                context.ui.line(&format!("{success} The configuration is valid{warned}."));
            }
        }
        Ok(if valid { SUCCESS } else { FAILURE })
    }
}
