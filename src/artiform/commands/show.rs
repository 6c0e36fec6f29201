//! `show`: the state, or a saved plan, for people and programs.

use std::path::{Path, PathBuf};

use diagnostics::{Diagnostics, SourceMap};

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
    /// Show sensitive values in the clear; of a plan, where it was saved with this option
    #[arg(long)]
    show_sensitive: bool,
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
        let secrets = views::plan::secrets(self.show_sensitive);
        if self.json {
            context.ui.line(&views::state::as_json(&snapshot, &registry).to_string());
        } else if stack_state::is_missing(&stack)? {
            context.ui.line("No state.");
        } else {
            context.ui.print(&views::state::all(&snapshot, &registry, secrets));
        }
        Ok(SUCCESS)
    }
}

impl Show {
    fn plan(&self, path: &Path, context: &Context) -> Outcome {
        let secrets = views::plan::secrets(self.show_sensitive);
        let (shown, warning) = PlanFile::read(path)?.shown(secrets);
        if self.json {
            context.ui.line(shown.json.get());
        } else {
            context.ui.print(&format!("\n{}", shown.text));
        }
        // Beside the plan, which a program reads.
        let warnings = warning.map(Diagnostics::from).unwrap_or_default();
        context.ui.clone().with_json(false).diagnostics(&warnings, &SourceMap::new());
        Ok(SUCCESS)
    }
}
