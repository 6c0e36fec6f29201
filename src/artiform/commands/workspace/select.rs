//! `workspace select`: makes a workspace the one that commands work on.

use std::path::PathBuf;

use super::{Place, missing};
use crate::context::{Context, Outcome, SUCCESS};
use crate::workspace;

/// Switch to a workspace
#[derive(Clone, Debug, clap::Args)]
pub struct Select {
    /// Its name
    #[arg(value_name = "NAME")]
    name: String,
    /// The folder of the stack
    #[arg(value_name = "STACK")]
    folder: Option<PathBuf>,
    /// Create it if it does not exist
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true,
          default_value_t = false, action = clap::ArgAction::Set, value_name = "BOOL")]
    or_create: bool,
}

impl Select {
    pub fn run(&self, context: &Context) -> Outcome {
        let place = Place::of(self.folder.as_deref(), context)?;
        place.check_selectable("select")?;
        workspace::check_name(&self.name)?;
        if !place.exists(&self.name) {
            if !self.or_create {
                return Err(missing(&self.name));
            }
            place.create(&self.name, context)?;
        } else if place.current.name != self.name {
            workspace::select(&place.folder, &self.name)?;
            let done = format!("Switched to workspace \"{}\".", self.name);
            context.ui.line(&context.ui.success(&done));
        }
        Ok(SUCCESS)
    }
}
