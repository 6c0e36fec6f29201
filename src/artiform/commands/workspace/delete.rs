//! `workspace delete`: removes a workspace with its state.

use std::path::PathBuf;

use diagnostics::Diagnostic;

use super::{Place, missing};
use crate::context::{Context, Failure, Outcome, SUCCESS};
use crate::flags::LockFlags;
use crate::stack::Stack;
use crate::{stack_state, workspace};

/// Delete a workspace and its state
///
/// A workspace that still tracks something is refused without --force.
#[derive(Clone, Debug, clap::Args)]
pub struct Delete {
    /// Its name
    #[arg(value_name = "NAME")]
    name: String,
    /// The folder of the stack
    #[arg(value_name = "STACK")]
    folder: Option<PathBuf>,
    /// Delete it even if its state tracks something, which is then forgotten
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    lock: LockFlags,
}

impl Delete {
    pub fn run(&self, context: &Context) -> Outcome {
        let place = Place::of(self.folder.as_deref(), context)?;
        if place.current.name == self.name {
            let detail = format!(
                "Workspace \"{}\" is your active workspace. You cannot delete the currently active workspace. Please switch to another workspace and try again.",
                self.name
            );
            return Err(Failure::error("Workspace is active", detail));
        }
        if self.name == workspace::DEFAULT {
            return Err(Failure::error(
                "Workspace cannot be deleted",
                "The default workspace is always there.",
            ));
        }
        if !place.exists(&self.name) {
            return Err(missing(&self.name));
        }
        let base = place.base.clone();
        let stack = Stack { workspace: self.name.clone(), ..place.stack };
        // The lock is held while the folder goes, so that nobody writes to it meanwhile.
        let store = stack_state::lock(&stack, "workspace delete", &self.lock)?;
        let tracked: Vec<String> = store.snapshot().instances.keys().cloned().collect();
        if !tracked.is_empty() && !self.force {
            return Err(not_empty(&self.name, &tracked));
        }
        let folder = workspace::state_folder(&base, &self.name);
        let removed = std::fs::remove_dir_all(&folder);
        drop(store);
        // The journal's writer may have put something there as it ended.
        let _ = std::fs::remove_dir_all(&folder);
        if let Err(error) = removed {
            let detail = format!("The folder {} could not be removed: {error}.", folder.display());
            return Err(Failure::error("Failed to delete workspace", detail));
        }
        context.ui.line(&context.ui.success(&format!("Deleted workspace \"{}\"!", self.name)));
        if !tracked.is_empty() {
            context.ui.line(&format!(
                "WARNING: \"{}\" was non-empty.\nThe resources managed by the deleted workspace may still exist,\nbut are no longer manageable by artiform since the state has\nbeen deleted.",
                self.name
            ));
        }
        Ok(SUCCESS)
    }
}

fn not_empty(name: &str, tracked: &[String]) -> Box<Failure> {
    let list: String = tracked.iter().map(|address| format!("\n  - {address}")).collect();
    let detail = format!(
        "Workspace \"{name}\" is currently tracking the following resource instances:{list}\n\nDeleting this workspace would cause artiform to lose track of any associated remote objects, which would then require you to delete them by hand. You should destroy these objects before deleting the workspace."
    );
    Diagnostic::error("Workspace is not empty", detail)
        .hint("to delete it anyway, and have artiform forget about these objects, use --force")
        .into()
}
