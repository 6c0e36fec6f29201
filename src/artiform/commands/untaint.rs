//! `untaint`: takes the mark of `taint` back.

use state::Status;

use super::Verb;
use super::state::edit::Mark;
use crate::context::{Context, Outcome};

/// Keep an instance that was marked to be replaced
#[derive(Clone, Debug, clap::Args)]
pub struct Untaint {
    #[command(flatten)]
    mark: Mark,
}

impl Verb for Untaint {
    const NAME: &'static str = "untaint";

    fn run(self, context: &Context) -> Outcome {
        self.mark.set(Status::Ready, "successfully untainted", context)
    }
}
