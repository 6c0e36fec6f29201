//! `get`: nothing to do, for the habit of calling it.

use super::Verb;
use crate::context::{Context, Outcome, SUCCESS};
use crate::planning::StackArgument;

/// Do nothing: modules are folders and need no download
#[derive(Clone, Debug, clap::Args)]
pub struct Get {
    #[command(flatten)]
    stack: StackArgument,
    #[arg(long, hide = true)]
    update: bool,
}

impl Verb for Get {
    const NAME: &'static str = "get";

    fn run(self, context: &Context) -> Outcome {
        context
            .ui
            .line("There is nothing to get: modules are folders and are read where they lie.");
        Ok(SUCCESS)
    }
}
