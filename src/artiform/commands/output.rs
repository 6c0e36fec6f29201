//! `output`: the outputs of the last apply.

use std::path::Path;

use diagnostics::{Diagnostic, Diagnostics};
use serde_json::{Map, Value, json};
use state::{OutputState, Snapshot};

use super::Verb;
use crate::context::{Context, Failure, Outcome, SUCCESS};
use crate::stack::Stack;
use crate::stack_state;
use crate::views::outputs;

/// Show the outputs of the last apply
#[derive(Clone, Debug, clap::Args)]
pub struct Output {
    /// Show only this output
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Write values as JSON, also those of sensitive outputs
    #[arg(long)]
    json: bool,
    /// Write the one value as it is: a string, number or bool
    #[arg(long)]
    raw: bool,
}

impl Verb for Output {
    const NAME: &'static str = "output";

    fn run(self, context: &Context) -> Outcome {
        self.check()?;
        let stack = Stack::load_for_state(Path::new("."), context)?;
        let snapshot = stack_state::read(&stack)?.snapshot();
        match &self.name {
            // Without any output there is none to miss, as Terraform sees it; a program is told all the same.
            Some(name) if self.json || !snapshot.outputs.is_empty() => {
                self.one(name, &snapshot, context)
            }
            _ => Ok(self.all(&snapshot, context)),
        }
    }
}

impl Output {
    fn check(&self) -> Result<(), Box<Failure>> {
        let (summary, detail) = if self.json && self.raw {
            ("Invalid output format", "The -raw and -json options are mutually-exclusive.")
        } else if self.raw && self.name.is_none() {
            (
                "Output name required",
                "You must give the name of a single output value when using the -raw option.",
            )
        } else {
            return Ok(());
        };
        Err(Failure::error(summary, detail))
    }

    fn one(&self, name: &str, snapshot: &Snapshot, context: &Context) -> Outcome {
        let Some(output) = snapshot.outputs.get(name) else {
            return Err(missing(name, snapshot));
        };
        if self.json {
            context.ui.line(&output.value.to_string());
        } else if self.raw {
            context.ui.print(&raw(name, output)?);
        } else {
            context.ui.line(&lang::display::console(&outputs::value(output)));
        }
        Ok(SUCCESS)
    }

    fn all(&self, snapshot: &Snapshot, context: &Context) -> u8 {
        let outputs = &snapshot.outputs;
        if self.json {
            let object: Map<String, Value> =
                outputs.iter().map(|(name, output)| (name.clone(), as_json(output))).collect();
            context.ui.line(&format!("{:#}", Value::Object(object)));
        } else if outputs.is_empty() {
            let detail = "The state file either has no outputs defined, or all the defined outputs are empty. Please define an output in your configuration with the `output` keyword and run `artiform refresh` for it to become available. If you are using interpolation, please verify the interpolated value is not empty. You can use the `artiform console` command to assist.";
            let warning = Diagnostic::warning("No outputs found", detail);
            context.ui.diagnostics(&Diagnostics::from(warning), &Default::default());
        } else {
            let named = outputs.iter().map(|(name, output)| (name.as_str(), output));
            context.ui.print(&outputs::all(named, plan::Secrets::Hidden));
        }
        SUCCESS
    }
}

fn as_json(output: &OutputState) -> Value {
    json!({ "sensitive": output.sensitive, "type": output.value_type, "value": output.value })
}

/// The value without quotes and without a line break, for scripts.
fn raw(name: &str, output: &OutputState) -> Result<String, Box<Failure>> {
    match &output.value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(truth) => Ok(truth.to_string()),
        other => {
            let ty = outputs::value(output).type_of();
            if other.is_null() {
                let detail = format!(
                    "The value for output value \"{name}\" is null, so -raw mode cannot print it."
                );
                return Err(Failure::error("Unsupported value for raw output", detail));
            }
            let kind = lang::display::friendly_type(&ty);
            let detail = format!(
                "The -raw option only supports strings, numbers, and boolean values, but output value \"{name}\" is {kind}.\n\nUse the -json option for machine-readable representations of output values that have complex types."
            );
            Err(Failure::error("Unsupported value for raw output", detail))
        }
    }
}

fn missing(name: &str, snapshot: &Snapshot) -> Box<Failure> {
    let detail = "The output variable requested could not be found in the state file. If you recently added this to your configuration, be sure to run `artiform apply`, since the state won't be updated with new output variables until that command is run.";
    let known = snapshot.outputs.keys().map(String::as_str);
    let diagnostic = Diagnostic::error(format!("Output \"{name}\" not found"), detail);
    match diagnostics::did_you_mean(name, known) {
        Some(near) => diagnostic.hint(format!("did you mean \"{near}\"?")).into(),
        None => diagnostic.into(),
    }
}
