//! `plan`: shows what apply would do.

mod generated;

use std::path::{Path, PathBuf};

use engine::PlanOptions;
use plan::PlanMode;

use super::Verb;
use crate::context::{Context, FAILURE, Failure, Outcome, SUCCESS};
use crate::flags::{LockFlags, PlanningFlags, VariableFlags};
use crate::plan_file::PlanFile;
use crate::planning::{Made, Session, StackArgument};
use crate::stack::{Stack, digest};
use crate::stack_state;
use crate::ui::Ui;
use crate::views::{json_lines, plan as view};

/// Exit code of `--detailed-exitcode` when there is something to apply.
const CHANGES: u8 = 2;

/// Show what apply would do
///
/// Reads the configuration, the state and what exists, and compares them. Nothing is changed.
#[derive(Clone, Debug, clap::Args)]
pub struct Plan {
    #[command(flatten)]
    stack: StackArgument,
    #[command(flatten)]
    variables: VariableFlags,
    #[command(flatten)]
    planning: PlanningFlags,
    #[command(flatten)]
    lock: LockFlags,
    #[command(flatten)]
    detail: view::PlanDetail,
    /// Save the plan to this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write configuration for import blocks whose target has none to this new file
    #[arg(long, value_name = "FILE")]
    generate_config_out: Option<PathBuf>,
    /// Exit with 0 when nothing would change, 1 on errors, 2 when something would change
    #[arg(long)]
    detailed_exitcode: bool,
    /// Write one JSON object for each event
    #[arg(long)]
    json: bool,
    /// Name warnings, without explaining them
    #[arg(long)]
    compact_warnings: bool,
}

impl Verb for Plan {
    const NAME: &'static str = "plan";

    fn run(self, context: &Context) -> Outcome {
        let ui = context.ui.clone().with_json(self.json);
        let ui = ui.with_compact_warnings(self.compact_warnings);
        let context = Context { ui, ..context.clone() };
        if context.ui.json {
            context.ui.line(&json_lines::version());
        }
        super::shown(self.make(&context), &context.ui)
    }
}

impl Plan {
    fn make(&self, context: &Context) -> Outcome {
        let mut options = self.planning.options()?;
        if let Some(path) = &self.generate_config_out {
            generated::check(path)?;
            options.generate_config = true;
        }
        let stack = Stack::load(&self.stack.folder, &self.variables, context)?;
        let session = Session::start(context)?;
        let state = stack_state::for_plan(&stack, &self.lock)?;
        let made = session.plan(&stack, &state, options.clone());
        let code = self.report(made, (&stack, &options), context);
        session.end();
        code
    }

    fn report(
        &self,
        made: Made,
        (stack, options): (&Stack, &PlanOptions),
        context: &Context,
    ) -> Outcome {
        let ui = &context.ui;
        if made.interrupted {
            return Err(Failure::error("Planning was interrupted", "Nothing was changed."));
        }
        let failed = made.diagnostics.has_errors();
        // What could be planned is shown and saved, mistakes or not; who destroys wants all or nothing.
        let partial = options.mode != PlanMode::Destroy;
        let planned = made.planned.filter(|_| partial || !failed);
        if let Some(planned) = &planned {
            view::show(&planned.plan, self.detail, ui);
        }
        ui.diagnostics(&made.diagnostics, stack.sources());
        if ui.json {
            let counted = made.calls.iter();
            counted.for_each(|(name, calls)| ui.line(&json_lines::api_calls(name, calls)));
        }
        let Some(planned) = planned else { return Ok(FAILURE) };
        let mut digest = stack.digest.clone();
        if let Some(path) = self.generate_config_out.as_ref().filter(|_| !failed) {
            generated::write(&planned.plan, path, ui)?;
            // What was generated is a part of the stack from now on, if it lies there.
            digest = digest::sources(&config::load(&stack.config.folder).config.sources);
        }
        if let Some(path) = &self.out {
            let file = PlanFile::new(&planned, options, (stack, self.detail.secrets()))?;
            file.of_configuration(digest).write(path)?;
        }
        if failed {
            return Ok(FAILURE);
        }
        self.out.iter().for_each(|path| self.say_saved(path, ui));
        let changes = planned.plan.has_changes();
        // The process ends now: giving its memory back piece by piece would only take time.
        std::mem::forget(planned);
        Ok(if self.detailed_exitcode && changes { CHANGES } else { SUCCESS })
    }

    fn say_saved(&self, path: &Path, ui: &Ui) {
        if ui.json {
            return;
        }
        let shown = path.display();
        ui.line(&format!(
            "\nSaved the plan to: {shown}\n\nTo perform exactly these actions, run the following command to apply:\n    artiform apply \"{shown}\""
        ));
    }
}
