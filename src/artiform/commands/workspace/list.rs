//! `workspace list`: every workspace, with the selected one marked.

use std::path::PathBuf;

use super::Place;
use crate::context::{Context, Outcome, SUCCESS};
use crate::workspace;

/// List the workspaces; the selected one has a star
#[derive(Clone, Debug, clap::Args)]
pub struct List {
    /// The folder of the stack
    #[arg(value_name = "STACK")]
    folder: Option<PathBuf>,
}

impl List {
    pub fn run(&self, context: &Context) -> Outcome {
        let place = Place::of(self.folder.as_deref(), context)?;
        let current = &place.current;
        let mut names = workspace::all(&place.base);
        if !names.contains(&current.name) {
            names.push(current.name.clone());
        }
        for name in names {
            let mark = if name == current.name { "*" } else { " " };
            context.ui.line(&format!("{mark} {name}"));
        }
        context.ui.line("");
        if let Some(variable) = current.variable {
            context.ui.line(&format!(
                "The active workspace is being overridden using the {variable} environment\nvariable.\n"
            ));
        }
        Ok(SUCCESS)
    }
}
