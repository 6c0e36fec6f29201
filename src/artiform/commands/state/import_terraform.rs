//! `state import-terraform`: starts from the state of Terraform, without making anything anew.

use std::path::PathBuf;

use diagnostics::Diagnostic;

use super::edit::Edit;
use super::push;
use crate::context::{Context, Outcome};

/// Take over a state of Terraform (version 4)
///
/// The types and attributes have the names that Terraform's have, so that the next plan goes on from there.
/// A state that holds something already is left as it is.
#[derive(Clone, Debug, clap::Args)]
pub struct ImportTerraform {
    /// The file, such as terraform.tfstate; `-` for the standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    edit: Edit,
}

impl ImportTerraform {
    pub fn run(&self, context: &Context) -> Outcome {
        let incoming = push::of_terraform(&push::read(&self.file)?)?;
        let store = self.edit.open("state import-terraform", context)?;
        let count = store.snapshot().instances.len();
        if count > 0 {
            let detail = format!(
                "The state holds {count} resource instance(s) already, which would be lost track of."
            );
            return Err(Diagnostic::error("State is not empty", detail)
                .hint("take over into a stack, or a workspace, that was never applied")
                .hint("to replace the state all the same: artiform state push --force FILE")
                .into());
        }
        push::fill(store, incoming, context)
    }
}
