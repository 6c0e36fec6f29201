//! `untaint`: takes the mark of `taint` back.

use state::Status;

use super::Verb;
use super::state::edit::{Edit, set_status};
use crate::context::{Context, Outcome};

/// Keep an instance that was marked to be replaced
#[derive(Clone, Debug, clap::Args)]
pub struct Untaint {
    /// The instance
    #[arg(value_name = "ADDRESS")]
    address: String,
    /// Succeed even if there is no such instance
    #[arg(long)]
    allow_missing: bool,
    #[command(flatten)]
    edit: Edit,
}

impl Verb for Untaint {
    const NAME: &'static str = "untaint";

    fn run(self, context: &Context) -> Outcome {
        let done = format!("Resource instance {} has been successfully untainted.", self.address);
        set_status((&self.address, self.allow_missing), Status::Ready, &done, (&self.edit, context))
    }
}
