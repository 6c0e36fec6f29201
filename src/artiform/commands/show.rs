//! `show`: the state, or a saved plan, for people and programs.

use std::path::{Path, PathBuf};

use super::Verb;
use crate::context::{Context, Outcome, SUCCESS};
use crate::plan_file::PlanFile;
use crate::providers;
use crate::stack::Stack;
use crate::stack_state;
use crate::views;

/// Show the state, or a saved plan
#[derive(Clone, Debug, clap::Args)]
pub struct Show {
    /// A saved plan; without one the state is shown
    #[arg(value_name = "PLAN")]
    plan: Option<PathBuf>,
    /// Write it as JSON
    #[arg(long)]
    json: bool,
}

impl Verb for Show {
    const NAME: &'static str = "show";

    fn run(self, context: &Context) -> Outcome {
        let folder = match &self.plan {
            Some(path) if !path.is_dir() => return self.plan(path, context),
            Some(folder) => folder.as_path(),
            None => Path::new("."),
        };
        let stack = Stack::load_for_state(folder, context)?;
        let snapshot = stack_state::read(&stack)?.snapshot();
        let registry = providers::registry();
        if self.json {
            context.ui.line(&views::state::as_json(&snapshot, &registry).to_string());
        } else {
            context.ui.print(&views::state::all(&snapshot, &registry));
        }
        Ok(SUCCESS)
    }
}

impl Show {
    fn plan(&self, path: &Path, context: &Context) -> Outcome {
        let file = PlanFile::read(path)?;
        if self.json {
            context.ui.line(&file.json.to_string());
        } else {
            context.ui.print(&format!("\n{}", file.text));
        }
        Ok(SUCCESS)
    }
}
