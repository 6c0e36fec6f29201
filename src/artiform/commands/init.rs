//! `init`: nothing to do, for the habit of calling it.

use std::path::PathBuf;

use clap::ArgAction;

use super::Verb;
use crate::context::{Context, Failure, Outcome, SUCCESS};

/// Check the configuration; there is nothing to download
///
/// Providers are built in and modules are folders, so nothing has to be initialised. The options of
/// Terraform's command are accepted and do nothing.
#[derive(Clone, Debug, clap::Args)]
pub struct Init {
    /// The folder of the stack
    #[arg(value_name = "STACK", default_value = ".", hide_default_value = true)]
    folder: PathBuf,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true)]
    backend: Option<Option<String>>,
    #[arg(long, hide = true, action = ArgAction::Append)]
    backend_config: Vec<String>,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true)]
    get: Option<Option<String>>,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true)]
    input: Option<Option<String>>,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true)]
    upgrade: Option<Option<String>>,
    #[arg(long, hide = true)]
    reconfigure: bool,
    #[arg(long, hide = true)]
    migrate_state: bool,
    #[arg(long, hide = true)]
    force_copy: bool,
}

impl Verb for Init {
    const NAME: &'static str = "init";

    fn run(self, context: &Context) -> Outcome {
        let loaded = config::load(&self.folder);
        if loaded.diagnostics.has_errors() {
            return Err(Failure::new(loaded.diagnostics, &loaded.config.sources));
        }
        context.ui.diagnostics(&loaded.diagnostics, &loaded.config.sources);
        context.ui.line(
            "There is nothing to initialise: providers are built in, modules are folders, and state is made \
             by the first apply.\n\nYou may now begin with `artiform plan`.",
        );
        Ok(SUCCESS)
    }
}
