//! `validate`: checks a configuration without values, state or world.

use std::path::PathBuf;
use std::sync::Arc;

use diagnostics::{Diagnostics, SourceMap, json};

use super::Verb;
use crate::context::{Context, FAILURE, Failure, Outcome, SUCCESS};
use crate::planning::StackArgument;
use crate::test::{Suite, TEST_DIRECTORY};
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
    /// Leave test files out
    #[arg(long)]
    no_tests: bool,
    /// The folder of test files besides the stack's own
    #[arg(long, value_name = "DIR", default_value = TEST_DIRECTORY)]
    test_directory: PathBuf,
}

impl Validate {
    /// What is wrong, and the files that it speaks of.
    fn mistakes(&self) -> Result<(Diagnostics, SourceMap), Box<Failure>> {
        let folder = &self.stack.folder;
        // A folder that is not there is for the configuration to tell.
        if self.no_tests || !folder.is_dir() {
            let loaded = config::load(folder);
            let config = Arc::new(loaded.config);
            let found = validation::completed(&config, loaded.diagnostics)?;
            return Ok((found, config.sources.clone()));
        }
        let suite = Suite::read(folder, &self.test_directory, &[])?;
        let config = Arc::new(suite.stack.config.clone());
        let mut found = validation::completed(&config, suite.stack.diagnostics.clone())?;
        found.extend(suite.validate()?);
        Ok((found, suite.sources))
    }
}

impl Verb for Validate {
    const NAME: &'static str = "validate";

    fn run(self, context: &Context) -> Outcome {
        let (diagnostics, sources) = self.mistakes()?;
        let valid = !diagnostics.has_errors();
        if self.json {
            let answer = json::validation(&diagnostics, &sources);
            context.ui.line(&format!("{answer:#}"));
        } else {
            context.ui.diagnostics(&diagnostics, &sources);
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
