//! `state rm`: forgets instances without destroying them.

use std::collections::BTreeSet;

use diagnostics::Diagnostic;
use state::Change;

use super::edit::{self, Edit};
use super::selection;
use crate::context::{Context, Outcome, SUCCESS};

/// Forget instances; what they stand for lives on
#[derive(Clone, Debug, clap::Args)]
pub struct Rm {
    /// Modules, resources or instances
    #[arg(value_name = "ADDRESS", required = true)]
    addresses: Vec<String>,
    /// Only say what would be forgotten
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    edit: Edit,
}

impl Rm {
    pub fn run(&self, context: &Context) -> Outcome {
        let store = self.edit.open("state rm", context)?;
        let snapshot = store.snapshot();
        let mut removed = BTreeSet::new();
        for text in &self.addresses {
            let named = selection::instances(text, &snapshot)?;
            if named.is_empty() {
                let detail = "No matching objects found. To view the available instances, use \"artiform state list\". Please modify the address to reference a specific instance.";
                let missing = Diagnostic::error("Invalid target address", detail);
                return Err(selection::suggested(missing, text, &snapshot));
            }
            removed.extend(named.iter().map(|instance| instance.address.clone()));
        }
        let verb = if self.dry_run { "Would remove" } else { "Removed" };
        if !self.dry_run {
            let changes = removed.iter().cloned().map(Change::RemoveInstance).collect();
            edit::commit(store, changes)?;
        }
        removed.iter().for_each(|address| context.ui.line(&format!("{verb} {address}")));
        let count = removed.len();
        if !self.dry_run {
            context.ui.line(&format!("Successfully removed {count} resource instance(s)."));
        }
        Ok(SUCCESS)
    }
}
