//! `workspace`: several states of one stack.

use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::Verb;
use crate::context::{Context, Failure, Outcome};
use crate::stack::Stack;
use crate::stack_state;
use crate::workspace::{self, Workspace};

mod delete;
mod list;
mod new;
mod select;
mod show;

/// Keep several states of one stack
///
/// Each workspace has a state of its own, beside the stack's. The variable ARTIFORM_WORKSPACE (or
/// TF_WORKSPACE) selects one for a single command; `terraform.workspace` is its name in the configuration.
#[derive(Clone, Debug, clap::Args)]
pub struct WorkspaceCommand {
    #[command(subcommand)]
    verb: WorkspaceVerb,
}

/// The commands below `workspace`.
#[derive(Clone, Debug, Subcommand)]
enum WorkspaceVerb {
    Delete(delete::Delete),
    List(list::List),
    New(new::New),
    Select(select::Select),
    Show(show::Show),
}

impl Verb for WorkspaceCommand {
    const NAME: &'static str = "workspace";

    fn run(self, context: &Context) -> Outcome {
        match self.verb {
            WorkspaceVerb::Delete(delete) => delete.run(context),
            WorkspaceVerb::List(list) => list.run(context),
            WorkspaceVerb::New(new) => new.run(context),
            WorkspaceVerb::Select(select) => select.run(context),
            WorkspaceVerb::Show(show) => show.run(context),
        }
    }
}

/// The stack of a command, where the states of its workspaces are, and which is selected.
struct Place {
    stack: Stack,
    folder: PathBuf,
    /// The folder of the default state.
    base: PathBuf,
    current: Workspace,
}

impl Place {
    fn of(folder: Option<&Path>, context: &Context) -> Result<Self, Box<Failure>> {
        let folder = folder.unwrap_or(Path::new(".")).to_path_buf();
        let stack = Stack::load_for_state(&folder, context)?;
        let base = stack_state::default_folder(&stack.config)?;
        let current = workspace::current(&folder, &context.environment)?;
        Ok(Self { stack, folder, base, current })
    }

    fn exists(&self, name: &str) -> bool {
        workspace::all(&self.base).iter().any(|known| known == name)
    }

    /// Refuses when an environment variable decides.
    fn check_selectable(&self, what: &str) -> Result<(), Box<Failure>> {
        let Some(variable) = self.current.variable else { return Ok(()) };
        let detail = format!(
            "The selected workspace is currently overridden using the {variable} environment variable. To {what} a workspace, either update this environment variable or unset it, and then run this command again."
        );
        Err(Failure::error("Workspace is overridden", detail))
    }

    /// Makes a workspace and selects it.
    fn create(&self, name: &str, context: &Context) -> Result<(), Box<Failure>> {
        workspace::check_name(name)?;
        let folder = workspace::state_folder(&self.base, name);
        std::fs::create_dir_all(&folder).map_err(|error| {
            let detail = format!("The folder {} could not be made: {error}.", folder.display());
            Failure::error("Failed to create workspace", detail)
        })?;
        workspace::select(&self.folder, name)?;
        let done = context.ui.success(&format!("Created and switched to workspace \"{name}\"!"));
        context.ui.line(&format!(
            "{done}\n\nYou're now on a new, empty workspace. Workspaces isolate their state,\nso if you run \"artiform plan\" artiform will not see any existing state\nfor this configuration."
        ));
        Ok(())
    }
}

fn missing(name: &str) -> Box<Failure> {
    let detail = format!("Workspace \"{name}\" doesn't exist.");
    diagnostics::Diagnostic::error("Workspace does not exist", detail)
        .hint("create it with `artiform workspace new`, or with `artiform workspace select -or-create`")
        .into()
}
