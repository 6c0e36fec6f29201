//! The values of input variables, from everywhere people give them, the strongest last.
//!
//! In order: the environment; `terraform.tfvars`, `artiform.tfvars` and their `.json` forms;
//! `*.auto.tfvars` and `*.auto.tfvars.json` by name; `--var` and `--var-file` in their order.

mod read;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

use diagnostics::{Diagnostic, Diagnostics, Span};
use indexmap::IndexMap;
use lang::convert::ConvertError;
use lang::{Name, Value};

use crate::{Config, Module, Variable, files, schema};

/// Where values come from besides the files in the stack's folder.
#[derive(Default)]
pub struct ValueOptions<'a> {
    /// The environment; `TF_VAR_x` and `ARTIFORM_VAR_x` are read, the latter wins.
    pub environment: BTreeMap<String, String>,
    /// `--var` and `--var-file` in the order of the command line; later ones win.
    pub command_line: Vec<Given>,
    /// Folders besides the stack's, whose automatic files of values win over the stack's own.
    pub folders: Vec<PathBuf>,
    /// Values that the caller has already: they win over all others. Names that are no variables of the
    /// root module are passed over.
    pub evaluated: IndexMap<Name, (Value, Span)>,
    /// The run block of a test that needs the values; it is named where one is missing.
    pub run: Option<Name>,
    /// Asks a person for a value that is required and missing.
    pub ask: Option<&'a mut Ask<'a>>,
}

/// Puts a question about a variable to a person; `None` when there is nobody to ask.
pub type Ask<'a> = dyn FnMut(&Variable) -> Option<String> + 'a;

/// One option of the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// `NAME=VALUE`
    Assignment(String),
    /// A file of values, in native or (`.json`) JSON syntax.
    File(PathBuf),
}

/// The value of one variable and where it came from.
#[derive(Clone, Debug)]
pub struct VariableValue {
    /// Converted by the variable's constraint; marked when the variable is sensitive or ephemeral.
    pub value: Value,
    /// As it was given, before it was converted; marked too.
    pub written: Value,
    /// `default`, `environment variable TF_VAR_x`, `file x.tfvars`, `option --var`, `answer`; empty where the caller had it.
    pub origin: String,
    pub span: Option<Span>,
    /// False when it is the default.
    pub given: bool,
}

/// A value before conversion.
struct Found {
    value: Value,
    origin: String,
    /// Where it stands in a file of values; of what was typed a mistake is told at the variable.
    span: Option<Span>,
}

/// Collects the values of the root module's variables, one entry for each that has a value.
///
/// Conditions (`validation`) are not tried here. A variable that has neither value nor default is
/// an error.
pub fn gather(
    config: &mut Config,
    mut options: ValueOptions<'_>,
) -> (IndexMap<Name, VariableValue>, Diagnostics) {
    let root = config.root.clone();
    let mut reader = read::Reader {
        variables: &root.variables,
        sources: &mut config.sources,
        found: IndexMap::new(),
        spoilt: HashSet::new(),
        undeclared: 0,
        diagnostics: Diagnostics::new(),
    };
    reader.environment(&options.environment);
    for folder in std::iter::once(&config.folder).chain(&options.folders) {
        for path in files::automatic_value_files(folder) {
            reader.file(&path);
        }
    }
    for given in &options.command_line {
        match given {
            Given::Assignment(text) => reader.assignment(text),
            Given::File(path) => reader.file(path),
        }
    }
    for (name, (value, span)) in options.evaluated {
        if root.variables.contains_key(&name) {
            reader.found.insert(name, Found { value, origin: String::new(), span: Some(span) });
        }
    }
    if let Some(ask) = options.ask.as_mut() {
        reader.questions(ask);
    }
    reader.summarise_undeclared();
    let read::Reader { mut found, mut diagnostics, spoilt, .. } = reader;
    let mut values = IndexMap::new();
    // A value that could not be read was told; that it is missing would be told twice. What could not
    // be read at all may hold any of them.
    let unread = diagnostics.has_errors() && spoilt.is_empty();
    for (name, variable) in root.variables.iter().filter(|(name, _)| !spoilt.contains(*name)) {
        let value = match found.shift_remove(name) {
            Some(found) => given(config, variable, found),
            None if unread && variable.default_value.is_none() => continue,
            None => default(variable, options.run.as_ref()),
        };
        if let Some(value) = diagnostics.absorb(value.map_err(|mistake| *mistake)) {
            values.insert(name.clone(), value);
        }
    }
    (values, diagnostics)
}

/// Where the values stand that were given, but for those of secrets, whose source is never drawn.
pub fn places(root: &Module, values: &IndexMap<Name, VariableValue>) -> HashMap<Name, Span> {
    let is_shown = |name: &Name| root.variables.get(name).is_some_and(|v| !v.sensitive);
    let given = values.iter().filter(|(name, value)| value.given && is_shown(name));
    given.filter_map(|(name, value)| Some((name.clone(), value.span?))).collect()
}

fn default(variable: &Variable, run: Option<&Name>) -> Result<VariableValue, Box<Diagnostic>> {
    if let Some(value) = &variable.default_value {
        let (origin, span) = ("default".into(), variable.default.as_ref().map(|d| d.span));
        let value = variable.marked(value.clone());
        let written = value.clone();
        return Ok(VariableValue { value, written, origin, span, given: false });
    }
    let name = &variable.name;
    let of_test = |run: &Name| {
        format!(
            "The module under test for run block \"{run}\" has a required variable \"{name}\" with no set value. Use a -var or -var-file command line argument or add this variable into a \"variables\" block within the test file or run block."
        )
    };
    let of_stack = || {
        format!(
            "The root module input variable \"{name}\" is not set, and has no default value. Use a -var or -var-file command line argument to provide a value for this variable."
        )
    };
    let detail = run.map_or_else(of_stack, of_test);
    let summary = "No value for required variable";
    Err(Box::new(Diagnostic::error(summary, detail).at(variable.header_span)))
}

fn given(
    config: &Config,
    variable: &Variable,
    found: Found,
) -> Result<VariableValue, Box<Diagnostic>> {
    let name = &variable.name;
    let place = schema::place(&config.sources, variable.header_span);
    // The source of a secret is never drawn.
    let shown = found.span.filter(|_| !variable.sensitive);
    let placed =
        |diagnostic: Diagnostic| Box::new(diagnostic.at_or(shown.or(Some(variable.header_span))));
    let unsuitable = |why: &str| match found.span {
        Some(_) => {
            format!("The given value is not suitable for var.{name} declared at {place}: {why}.")
        }
        None => format!("Unsuitable value for var.{name} set {}: {why}.", found.origin),
    };
    if found.value.is_null() && !variable.nullable {
        if variable.default_value.is_some() {
            return default(variable, None);
        }
        let detail = unsuitable("required variable may not be set to null");
        return Err(placed(Diagnostic::error("Required variable not set", detail)));
    }
    match variable.constraint.apply(&found.value) {
        Ok(value) => {
            let (value, written) = (variable.marked(value), variable.marked(found.value));
            let (origin, span) = (found.origin, found.span);
            Ok(VariableValue { value, written, origin, span, given: true })
        }
        Err(error) => {
            let detail = unsuitable(&conversion_message(&error));
            Err(placed(Diagnostic::error("Invalid value for input variable", detail)))
        }
    }
}

/// Why a value does not convert, with the place inside of it.
fn conversion_message(error: &ConvertError) -> String {
    let path = error.path.to_string();
    let message = error.message.trim_end_matches('.');
    if path.is_empty() { message.to_owned() } else { format!("at {path}: {message}") }
}

/// Why a default does not convert, with the place as Terraform writes it: `.a[0]: ...`.
pub(crate) fn default_message(error: &ConvertError) -> String {
    let path = error.path.to_string();
    let message = error.message.trim_end_matches('.');
    match path.chars().next() {
        None => message.to_owned(),
        Some('[') => format!("{path}: {message}"),
        Some(_) => format!(".{path}: {message}"),
    }
}
