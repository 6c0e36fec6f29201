//! The values of input variables, from everywhere people give them, the strongest last.

use std::collections::BTreeMap;
use std::path::PathBuf;

use diagnostics::{Diagnostics, Span};
use indexmap::IndexMap;
use lang::{Name, Value};

use crate::{Config, Variable};

/// Where values come from besides the files in the stack's folder.
#[derive(Default)]
pub struct ValueOptions<'a> {
    /// The environment; `TF_VAR_x` and `ARTIFORM_VAR_x` are read, the latter wins.
    pub environment: BTreeMap<String, String>,
    /// `--var` and `--var-file` in the order of the command line; later ones win.
    pub command_line: Vec<Given>,
    /// Asks a person for a value that is required and missing.
    pub ask: Option<&'a mut dyn FnMut(&Variable) -> Option<String>>,
}

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
    /// `default`, `environment variable TF_VAR_x`, `file x.tfvars`, `option --var`, `answer`.
    pub origin: String,
    pub span: Option<Span>,
    /// False when it is the default.
    pub given: bool,
}

/// Collects the values of the root module's variables, one entry for each that has a value.
pub fn gather(
    _config: &mut Config,
    _options: ValueOptions<'_>,
) -> (IndexMap<Name, VariableValue>, Diagnostics) {
    unimplemented!()
}
