//! `workspace new`: makes a workspace and selects it.

use std::path::PathBuf;

use super::Place;
use crate::context::{Context, Failure, Outcome, SUCCESS};
use crate::flags::LockFlags;

/// Create a workspace and switch to it
#[derive(Clone, Debug, clap::Args)]
pub struct New {
    /// Its name
    #[arg(value_name = "NAME")]
    name: String,
    /// The folder of the stack
    #[arg(value_name = "STACK")]
    folder: Option<PathBuf>,
    #[command(flatten)]
    lock: LockFlags,
}

impl New {
    pub fn run(&self, context: &Context) -> Outcome {
        let place = Place::of(self.folder.as_deref(), context)?;
        // The same name as the variable has is made all the same: it is then there and selected.
        if place.current.name != self.name {
            place.check_selectable("create")?;
        }
        if place.exists(&self.name) {
            let detail = format!("Workspace \"{}\" already exists.", self.name);
            return Err(Failure::error("Workspace already exists", detail));
        }
        place.create(&self.name, context)?;
        Ok(SUCCESS)
    }
}
