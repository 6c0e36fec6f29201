//! `taint`: marks an instance to be replaced by the next apply.

use state::Status;

use super::Verb;
use super::state::edit::Mark;
use crate::context::{Context, Outcome};

/// Mark an instance to be replaced by the next apply
#[derive(Clone, Debug, clap::Args)]
pub struct Taint {
    #[command(flatten)]
    mark: Mark,
}

impl Verb for Taint {
    const NAME: &'static str = "taint";

    fn run(self, context: &Context) -> Outcome {
        self.mark.set(Status::Tainted, "marked as tainted", context)
    }
}
