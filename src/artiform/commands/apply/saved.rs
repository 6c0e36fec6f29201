//! `apply PLANFILE`: makes the saved plan again, and obeys it where it is still the same.

use std::path::Path;

use config::values::{Given, ValueOptions, gather};
use diagnostics::Diagnostic;
use lang::{Marks, Value};

use super::Apply;
use crate::context::{Context, FAILURE, Failure, Outcome};
use crate::flags::VariableFlags;
use crate::plan_file::PlanFile;
use crate::planning::Session;
use crate::stack::Stack;
use crate::stack_state::{self, Opened};
use crate::views::plan as plan_view;

impl Apply {
    /// Executes a saved plan; it was approved when it was saved.
    pub(super) fn saved(&self, path: &Path, context: &Context) -> Outcome {
        let file = PlanFile::read(path)?;
        let options = file.options(self.planning.parallelism()?)?;
        let stack = self.stack_of(&file, context)?;
        // Whoever reads the lines has read what reading found.
        let session = Session { quiet: context.ui.json, ..Session::start(context)? };
        let store = stack_state::lock(&stack, "apply", &self.flags.lock)?;
        file.check_inputs(&stack, &store.snapshot())?;
        let opened = Opened::Locked(store);
        let made = session.plan(&stack, &opened, options);
        let Opened::Locked(store) = opened else { return Ok(FAILURE) };
        if made.interrupted {
            return Err(Failure::error("Planning was interrupted", "Nothing was changed."));
        }
        let failed = made.diagnostics.has_errors();
        let Some(planned) = made.planned.filter(|_| !failed) else {
            context.ui.diagnostics(&made.diagnostics, stack.sources());
            return Ok(FAILURE);
        };
        file.check_plan(&planned.plan)?;
        if context.ui.json {
            plan_view::saved_changes(&planned.plan).for_each(|line| context.ui.line(&line));
        }
        // What else there was to say about the plan was said when it was saved.
        let code = self.execute(planned, store, (&stack, &session));
        session.end();
        code
    }

    /// The stack with the values that were saved; secrets were not, and must be given again.
    fn stack_of(&self, file: &PlanFile, context: &Context) -> Result<Stack, Box<Failure>> {
        let saved = file.variables().iter().cloned().map(Given::Assignment);
        let given = self.flags.variables.given.iter().cloned().chain(saved).collect();
        let flags = VariableFlags { given, input: self.flags.variables.input };
        let stack = Stack::load(file.folder(), &flags, context)?;
        self.check_given(&stack)?;
        let missing = file.secrets().iter().find(|name| !stack.assignments.secret.contains(*name));
        if let Some(name) = missing {
            let detail = format!(
                "The plan was made with a value for the sensitive variable \"{name}\". Plan files hold no secrets, so it must be given again, by --var, --var-file or the environment variable TF_VAR_{name}."
            );
            return Err(Diagnostic::error("Sensitive variable is not set", detail).into());
        }
        Ok(stack)
    }

    /// A value may be given again, but not another one.
    fn check_given(&self, stack: &Stack) -> Result<(), Box<Failure>> {
        let given = self.flags.variables.given.clone();
        let files = given.iter().filter_map(|one| match one {
            Given::File(path) => Some(format!("the file {}", path.display())),
            Given::Assignment(_) => None,
        });
        let files: Vec<String> = files.collect();
        let mut config = config::load(&stack.config.folder).config;
        let options = ValueOptions { command_line: given, ..ValueOptions::default() };
        let (values, _) = gather(&mut config, options);
        let typed = values.iter().filter(|(_, value)| {
            value.origin.starts_with("using -var=") || files.contains(&value.origin)
        });
        for (name, typed) in typed {
            let Some(saved) = stack.variables.get(name) else { continue };
            let ephemeral = typed.value.deep_marks().contains(Marks::EPHEMERAL);
            if ephemeral || *saved == typed.value {
                continue;
            }
            let shown = |value: &Value| match value.deep_marks().contains(Marks::SENSITIVE) {
                true => "(sensitive value)".to_owned(),
                false => lang::display::console(value),
            };
            let detail = format!(
                "The variable {name} cannot be set using the -var and -var-file options when applying a saved plan file, because a saved plan includes the variable values that were set when it was created. The saved plan specifies {} as the value whereas during apply the value {} was set by a CLI argument. To declare an ephemeral variable which is not saved in the plan file, use ephemeral = true.",
                shown(saved),
                shown(&typed.value)
            );
            let summary = "Can't change variable when applying a saved plan";
            return Err(Failure::error(summary, detail));
        }
        Ok(())
    }
}
