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
    #[arg(long, conflicts_with = "raw")]
    json: bool,
    /// Write the one value as it is: a string, number or bool
    #[arg(long, requires = "name")]
    raw: bool,
}

impl Verb for Output {
    const NAME: &'static str = "output";

    fn run(self, context: &Context) -> Outcome {
        let stack = Stack::load_for_state(Path::new("."), context)?;
        let snapshot = stack_state::read(&stack)?.snapshot();
        match &self.name {
            Some(name) => self.one(name, &snapshot, context),
            None => Ok(self.all(&snapshot, context)),
        }
    }
}

impl Output {
    fn one(&self, name: &str, snapshot: &Snapshot, context: &Context) -> Outcome {
        let Some(output) = snapshot.outputs.get(name) else {
            return Err(missing(name, snapshot));
        };
        if self.json {
            context.ui.line(&output.value.to_string());
        } else if self.raw {
            context.ui.print(&raw(name, &output.value)?);
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
            let detail = "The state holds no outputs. Outputs are declared with `output` blocks in the stack's own \
                          folder and recorded by apply.";
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
fn raw(name: &str, value: &Value) -> Result<String, Box<Failure>> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(truth) => Ok(truth.to_string()),
        other => {
            let kind = if other.is_null() { "null" } else { "a collection" };
            let detail = format!(
                "The output \"{name}\" is {kind}. Only strings, numbers and bools can be written raw; use --json for others."
            );
            Err(Failure::error("Unsupported value for raw output", detail))
        }
    }
}

fn missing(name: &str, snapshot: &Snapshot) -> Box<Failure> {
    let detail = format!(
        "The output \"{name}\" could not be found in the state. A new output is recorded by the next apply."
    );
    let known = snapshot.outputs.keys().map(String::as_str);
    let diagnostic = Diagnostic::error("Output not found", detail);
    match diagnostics::did_you_mean(name, known) {
        Some(near) => diagnostic.hint(format!("did you mean \"{near}\"?")).into(),
        None => diagnostic.into(),
    }
}
