//! `terraform_remote_state`: the outputs of another stack, read from its state.
//!
//! The one backend is `local`. Its `path` is a state of artiform (the folder `state/<stack>`) or of Terraform (a file,
//! version 4), so that stacks of both can build on each other while they move.
//! (<https://developer.hashicorp.com/terraform/language/state/remote-state-data>)

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use diagnostics::Diagnostic;
use lang::{Marks, Name, Type, Value, json};
use provider::{Attribute, Connection, DataSource, Finding, Future, OperationError, Schema};
use state::{LocalBackend, OpenOptions, OutputState, StateError, Store};

use crate::state_only::with;

/// What the configuration of the backend may hold.
const ARGUMENTS: [&str; 2] = ["path", "workspace_dir"];
const DEFAULT_WORKSPACE: &str = "default";
const INVALID: &str = "Invalid backend configuration";

pub(crate) struct RemoteState {
    schema: Schema,
}

impl RemoteState {
    pub(crate) fn new() -> Self {
        let schema = Schema::new([
            (
                "backend",
                Attribute::required(Type::String).describe("The backend of the state: local."),
            ),
            (
                "config",
                Attribute::optional(Type::Dynamic)
                    .describe("The configuration of the backend: path and workspace_dir."),
            ),
            (
                "defaults",
                Attribute::optional(Type::Dynamic)
                    .describe("Values of outputs that the state does not have."),
            ),
            ("outputs", Attribute::computed(Type::Dynamic).describe("The outputs, by name.")),
            (
                "workspace",
                Attribute::optional(Type::String)
                    .describe("The workspace whose state it is; default where it is not set."),
            ),
        ]);
        Self { schema: schema.describe("Reads the outputs of another stack from its state.") }
    }
}

impl DataSource for RemoteState {
    fn name(&self) -> &'static str {
        "terraform_remote_state"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn check(&self, config: &Value) -> Vec<Finding> {
        // What an unknown backend takes cannot be said.
        let Some(name) = config.get("backend").and_then(Value::as_str) else { return Vec::new() };
        if name != "local" {
            let detail = format!("There is no backend type named \"{name}\".");
            let path = lang::Path::attribute("backend");
            let mut finding = Finding::error(path, INVALID, detail);
            finding.diagnostic = finding.diagnostic.hint("states are read from backend \"local\"");
            return vec![finding];
        }
        let mistake = config.get("config").and_then(mistake_in).map(|why| {
            let detail =
                format!("The given configuration is not valid for backend \"local\": {why}.");
            Finding::error(lang::Path::attribute("config"), INVALID, detail)
        });
        let defaults = config.get("defaults").filter(|value| is_something_else(value)).map(|_| {
            let detail = "Defaults must be given in a map or an object.";
            Finding::error(lang::Path::attribute("defaults"), "Invalid default values", detail)
        });
        mistake.into_iter().chain(defaults).collect()
    }

    fn read<'a>(
        &'a self,
        connection: &'a Connection,
        config: &'a Value,
    ) -> Future<'a, Result<Value, OperationError>> {
        Box::pin(async move {
            // What was not known before is checked here.
            if let Some(found) = self.check(config).pop() {
                return Err(OperationError::from(found.diagnostic).at(found.path));
            }
            let stack = connection.get::<PathBuf>().cloned().unwrap_or_default();
            let place = Place::of(config, &stack);
            let reading = tokio::task::spawn_blocking(move || place.outputs());
            let found = reading.await.map_err(|error| unreadable(&error.to_string()))?;
            let outputs = found.map_err(|diagnostic| OperationError::from(*diagnostic))?;
            let defaults = config.get("defaults").and_then(Value::entries);
            let mut all: BTreeMap<Name, Value> = defaults.cloned().unwrap_or_default();
            for (name, output) in outputs {
                let value = value(&output).map_err(|why| {
                    unreadable(&format!("the output \"{name}\" cannot be read: {why}"))
                })?;
                all.insert(name.into(), value);
            }
            Ok(with(config.clone(), [("outputs", Value::object(all))]))
        })
    }
}

fn mistake_in(config: &Value) -> Option<String> {
    if is_something_else(config) {
        return Some("an object is required".into());
    }
    let mut names = config.entries()?.keys();
    let unexpected = names.find(|name| !ARGUMENTS.contains(&&***name));
    unexpected.map(|name| format!("unexpected attribute \"{name}\""))
}

/// Known, and neither an object nor a map.
fn is_something_else(value: &Value) -> bool {
    !value.is_null() && !value.is_unknown() && value.entries().is_none()
}

fn value(output: &OutputState) -> Result<Value, String> {
    let ty = json::type_from_json(&output.value_type).ok_or("its type is none")?;
    let value = json::from_json(&output.value, &ty)?;
    Ok(if output.sensitive { value.with_marks(Marks::SENSITIVE) } else { value })
}

fn unreadable(why: &str) -> OperationError {
    let detail = format!("The state of the other stack could not be read: {why}.");
    Diagnostic::error("Error loading state", detail).into()
}

/// Where a state lies; relative paths start from the folder of the stack that reads it.
struct Place {
    path: PathBuf,
    workspaces: PathBuf,
    workspace: String,
}

impl Place {
    fn of(config: &Value, stack: &Path) -> Self {
        let set =
            |name: &str| config.get("config").and_then(|c| c.get(name)).and_then(Value::as_str);
        let workspace = config.get("workspace").and_then(Value::as_str);
        Self {
            path: stack.join(set("path").unwrap_or("terraform.tfstate")),
            workspaces: stack.join(set("workspace_dir").unwrap_or("terraform.tfstate.d")),
            workspace: workspace.unwrap_or(DEFAULT_WORKSPACE).to_owned(),
        }
    }

    fn outputs(&self) -> Result<BTreeMap<String, OutputState>, Box<Diagnostic>> {
        if let Some(folder) = self.folder() {
            let options = OpenOptions::new("", "read");
            let state = Store::read_only(&LocalBackend::new(folder), &options).map_err(explain)?;
            return Ok(state.snapshot().outputs.clone());
        }
        let file = self.file();
        match std::fs::read(&file) {
            Ok(bytes) => Ok(state::import_terraform(&bytes).map_err(explain)?.outputs),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(missing(&file)),
            Err(error) => Err(unreadable(&format!("{}: {error}", file.display())).diagnostic),
        }
    }

    /// The folder of artiform's state, where the path is one: `state/<stack>` or `state/<stack>@<workspace>`.
    fn folder(&self) -> Option<PathBuf> {
        if self.workspace == DEFAULT_WORKSPACE {
            return self.path.is_dir().then(|| self.path.clone());
        }
        let name = self.path.file_name()?.to_string_lossy();
        let folder = self.path.with_file_name(format!("{name}@{}", self.workspace));
        folder.is_dir().then_some(folder)
    }

    /// The file of Terraform's state.
    fn file(&self) -> PathBuf {
        if self.workspace == DEFAULT_WORKSPACE {
            self.path.clone()
        } else {
            self.workspaces.join(&self.workspace).join("terraform.tfstate")
        }
    }
}

fn missing(place: &Path) -> Box<Diagnostic> {
    let detail = format!(
        "No stored state was found for the given workspace in the given backend: there is no {}.",
        place.display()
    );
    let diagnostic = Diagnostic::error("Unable to find remote state", detail);
    Box::new(diagnostic.hint("apply the other stack first, or correct the path"))
}

fn explain(error: StateError) -> Box<Diagnostic> {
    let mut diagnostic = Diagnostic::error(error.summary(), error.to_string());
    diagnostic.hints = error.hints();
    Box::new(diagnostic)
}
