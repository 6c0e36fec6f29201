//! Functions with regular expressions.

use regex::Captures;

use super::arguments::text;
use super::{Call, Function, FunctionError, Parameter, Returns, Shape};
use crate::{Type, Value};

mod dialect;

use dialect::Pattern;

const PARAMETERS: &[Parameter] = &[Parameter::string("pattern"), Parameter::string("string")];

pub(super) static REGEX: Function = Function::new(
    "regex",
    PARAMETERS,
    Returns::Rule(|arguments| arguments[0].as_str().map_or(Ok(Type::Dynamic), result_type)),
    regex,
    "Returns the first match of a pattern, or what its groups matched.",
);

pub(super) static REGEXALL: Function = Function::new(
    "regexall",
    PARAMETERS,
    Returns::Rule(|arguments| {
        let element = arguments[0].as_str().map_or(Ok(Type::Dynamic), result_type);
        element.map(Type::list)
    }),
    regex_all,
    "Returns every match of a pattern, or what its groups matched.",
)
.declared(Shape::ListOfAny);

pub(super) static REPLACE: Function = Function::new(
    "replace",
    &[Parameter::string("str"), Parameter::string("substr"), Parameter::string("replace")],
    Returns::Always(Shape::String),
    replace,
    "Replaces every occurrence of a string, or of a pattern between slashes.",
);

fn compile(pattern: &str) -> Result<Pattern, FunctionError> {
    dialect::compile(pattern).map_err(|mistake| {
        FunctionError::argument(
            0,
            format!("invalid regexp pattern: {} in {}", mistake.what, mistake.part),
        )
    })
}

fn result_type(pattern: &str) -> Result<Type, FunctionError> {
    let names = compile(pattern)?.names;
    let named: Vec<_> = names.iter().flatten().collect();
    if names.is_empty() {
        return Ok(Type::String);
    }
    if named.is_empty() {
        return Ok(Type::tuple(vec![Type::String; names.len()]));
    }
    if named.len() < names.len() {
        return Err(FunctionError::argument(
            0,
            "invalid regexp pattern: cannot mix both named and unnamed capture groups",
        ));
    }
    Ok(Type::object(named.into_iter().map(|name| (name.as_str().into(), Type::String))))
}

fn regex(call: &Call<'_>) -> Result<Value, FunctionError> {
    let pattern = compile(call.text(0))?;
    let captures = pattern.regex.captures(call.text(1)).ok_or_else(|| {
        FunctionError::failed("pattern did not match any part of the given string")
    })?;
    Ok(value(&pattern, &captures, call.returns))
}

fn regex_all(call: &Call<'_>) -> Result<Value, FunctionError> {
    let pattern = compile(call.text(0))?;
    let element = super::arguments::element_type(call.returns);
    let matches = pattern.regex.captures_iter(call.text(1));
    let matches: Vec<_> = matches.map(|found| value(&pattern, &found, &element)).collect();
    Ok(Value::list(element, matches))
}

/// What a match gives: the text of its groups, or the whole if there are none.
fn value(pattern: &Pattern, captures: &Captures<'_>, ty: &Type) -> Value {
    let group = |index: usize| {
        captures.get(index).map_or_else(|| Value::null(Type::String), |found| text(found.as_str()))
    };
    match ty {
        Type::Tuple(types) => Value::tuple((1..=types.len()).map(group).collect::<Vec<_>>()),
        Type::Object(_) => {
            // Of groups of one name the last counts.
            let named = pattern.names.iter().zip(1..);
            Value::object(named.filter_map(|(name, index)| {
                name.as_deref().map(|name| (name.into(), group(index)))
            }))
        }
        _ => group(0),
    }
}

fn replace(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (whole, wanted, with) = (call.text(0), call.text(1), call.text(2));
    let pattern = wanted.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
    let Some(pattern) = pattern else { return Ok(text(whole.replace(wanted, with))) };
    let pattern = dialect::compile(pattern).map_err(|mistake| {
        let message = format!("error parsing regexp: {}: `{}`", mistake.what, mistake.part);
        FunctionError::failed(message)
    })?;
    Ok(text(pattern.replace_all(whole, with)))
}
