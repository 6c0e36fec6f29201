//! `taint`: marks an instance to be replaced by the next apply.

use state::Status;

use super::Verb;
use super::state::edit::{Edit, set_status};
use crate::context::{Context, Outcome};

/// Mark an instance to be replaced by the next apply
#[derive(Clone, Debug, clap::Args)]
pub struct Taint {
    /// The instance
    #[arg(value_name = "ADDRESS")]
    address: String,
    /// Succeed even if there is no such instance
    #[arg(long)]
    allow_missing: bool,
    #[command(flatten)]
    edit: Edit,
}

impl Verb for Taint {
    const NAME: &'static str = "taint";

    fn run(self, context: &Context) -> Outcome {
        let done = format!("Resource instance {} has been marked as tainted.", self.address);
        set_status(
            (&self.address, self.allow_missing),
            Status::Tainted,
            &done,
            (&self.edit, context),
        )
    }
}
