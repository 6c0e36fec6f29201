//! The values of variables as the command line would give them, so that a saved plan can give them again.

use config::values::VariableValue;
use config::{Config, Variable};
use indexmap::IndexMap;
use lang::{Marks, Name, Value, json};

/// The values that were given, apart from defaults.
#[derive(Clone, Debug, Default)]
pub struct Assignments {
    /// `NAME=VALUE`, of those that may be written down.
    pub plain: Vec<String>,
    /// The names of those that may not: sensitive and ephemeral ones.
    pub secret: Vec<String>,
}

/// The given values of all variables.
pub fn of(config: &Config, values: &IndexMap<Name, VariableValue>) -> Assignments {
    let mut assignments = Assignments::default();
    for (name, value) in values.iter().filter(|(_, value)| value.given) {
        let Some(variable) = config.root.variables.get(name) else { continue };
        if value.value.deep_marks() != Marks::NONE {
            assignments.secret.push(name.to_string());
        } else if let Some(text) = text(variable, &value.value) {
            assignments.plain.push(format!("{name}={text}"));
        }
    }
    assignments
}

/// A value as it is typed; null cannot be typed where text is taken literally.
fn text(variable: &Variable, value: &Value) -> Option<String> {
    if !variable.parse_literally {
        // JSON is an expression, once what looks like a template in it is escaped.
        return Some(json::to_text(value).replace("${", "$${").replace("%{", "%%{"));
    }
    match value.as_str() {
        Some(text) => Some(text.to_owned()),
        None if value.is_null() => None,
        None => Some(json::to_text(value)),
    }
}
