//! `plan`: shows what apply would do.

mod generated;

use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};
use engine::PlanOptions;
use plan::PlanMode;
use plan::render::{rule, wrapped};

use super::Verb;
use crate::context::{Context, FAILURE, Failure, Outcome, SUCCESS};
use crate::flags::{LockFlags, PlanningFlags, VariableFlags};
use crate::plan_file::PlanFile;
use crate::planning::{Made, Session, StackArgument};
use crate::stack::{Stack, digest};
use crate::stack_state;
use crate::views::{json_lines, plan as view};

/// Environment variables of programs that call this one.
const AUTOMATION: [&str; 2] = ["TF_IN_AUTOMATION", "ARTIFORM_IN_AUTOMATION"];

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
    #[arg(long, value_name = "FILE", value_parser = OsStringValueParser::new().map(PathBuf::from))]
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
            if options.mode != PlanMode::Normal {
                let detail = "Config can only be generated during a normal plan operation, and not during a refresh-only or destroy plan.";
                return Err(Failure::error("Invalid generate-config-out flag", detail));
            }
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
        if let Some(path) = self.saved_to() {
            let file = PlanFile::new(&planned, options, (stack, self.detail.secrets()))?;
            file.of_configuration(digest).write(path)?;
        }
        if failed {
            return Ok(FAILURE);
        }
        let changes = planned.plan.has_changes();
        if changes && !ui.json {
            self.say_what_next(context);
        }
        // The process ends now: giving its memory back piece by piece would only take time.
        std::mem::forget(planned);
        Ok(if self.detailed_exitcode && changes { CHANGES } else { SUCCESS })
    }

    /// How to apply what was planned, unless a program calls that knows.
    fn say_what_next(&self, context: &Context) {
        let ui = &context.ui;
        if AUTOMATION.iter().any(|name| context.environment.contains_key(*name)) {
            return;
        }
        let next = match self.saved_to() {
            Some(path) => format!(
                "Saved the plan to: {0}\n\nTo perform exactly these actions, run the following command to apply:\n    artiform apply {1:?}",
                path.display(),
                path.display().to_string()
            ),
            None => wrapped(
                "Note: You didn't use the -out option to save this plan, so artiform can't guarantee to take exactly these actions if you run \"artiform apply\" now.",
            ),
        };
        ui.line(&format!("\n{}\n\n{next}", ui.dim(&rule())));
    }

    /// The file of the plan; an empty name is none.
    fn saved_to(&self) -> Option<&PathBuf> {
        self.out.as_ref().filter(|path| !path.as_os_str().is_empty())
    }
}
