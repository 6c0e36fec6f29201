//! What the tests of this crate share: a scope like that of the recorded cases, and their files.

use std::collections::BTreeMap;
use std::path::PathBuf;

use diagnostics::{Diagnostics, FileId};

use crate::functions::FunctionContext;
use crate::scope::ObjectScope;
use crate::{Name, Value, eval, parse};

/// The text of a file below `tests/cases/lang`.
pub(crate) fn case_file(name: &str) -> String {
    let folder = PathBuf::from("../../tests/cases/lang");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// Evaluates an expression without any names.
pub(crate) fn constant(source: &str) -> Value {
    evaluate(source, &scope(&[])).unwrap_or_else(|found| panic!("{source}: {found:?}"))
}

/// Evaluates an expression in a scope.
pub(crate) fn evaluate(source: &str, scope: &ObjectScope) -> Result<Value, Diagnostics> {
    eval::evaluate(&parse::expression(source, FileId(0))?, scope)
}

/// A scope whose names have the values of constant expressions.
pub(crate) fn scope(variables: &[(&str, &str)]) -> ObjectScope {
    let value = |(name, source): &(&str, &str)| (Name::from(*name), constant(source));
    let variables: BTreeMap<Name, Value> = variables.iter().map(value).collect();
    ObjectScope::new(variables, FunctionContext::nowhere())
}
