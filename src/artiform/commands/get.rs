//! `get`: installs the packages that modules come from.

use super::Verb;
use crate::context::{Context, Failure, Outcome, SUCCESS};
use crate::modules;
use crate::planning::StackArgument;

/// Install the modules that come from git repositories and archives
///
/// Modules that are folders are read where they lie. What is installed is put into .artiform/modules, and
/// its checksum into .artiform.lock.hcl.
#[derive(Clone, Debug, clap::Args)]
pub struct Get {
    #[command(flatten)]
    stack: StackArgument,
    /// Fetch everything again, and lock what the sources have now
    #[arg(long)]
    update: bool,
    #[arg(long, value_name = "DIR", hide = true)]
    test_directory: Option<String>,
}

impl Verb for Get {
    const NAME: &'static str = "get";

    fn run(self, context: &Context) -> Outcome {
        let loaded = modules::install(&self.stack.folder, self.update, &context.ui)?;
        if loaded.diagnostics.has_errors() {
            return Err(Failure::new(loaded.diagnostics, &loaded.config.sources));
        }
        if loaded.packages.is_empty() {
            context.ui.line("There is nothing to get: all modules are folders.");
        }
        Ok(SUCCESS)
    }
}
