//! JSON text.

use super::arguments::text;
use super::{Function, FunctionError, Parameter, Returns, Shape};
use crate::value::Refinement;
use crate::{Data, Type, Value};

mod complaint;

pub(super) static JSONDECODE: Function = Function::new(
    "jsondecode",
    &[Parameter::string("str")],
    Returns::Rule(decoded_type),
    |call| decode(call.text(0)),
    "Reads a value from JSON.",
)
.maybe_null();

pub(super) static JSONENCODE: Function = Function::new(
    "jsonencode",
    &[Parameter::any("val").or_null().or_unknown().or_dynamic()],
    Returns::Always(Shape::String),
    |call| encode(&call.arguments[0]),
    "Writes a value as JSON.",
);

fn decode(source: &str) -> Result<Value, FunctionError> {
    crate::json::decode(source).map_err(|error| {
        let why = complaint::complaint(source).unwrap_or(error.message);
        FunctionError::failed(why)
    })
}

/// What the start of an unknown text tells already of the type of its value.
fn decoded_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    let Some(source) = arguments[0].as_str() else {
        let prefix = arguments[0].refinement().and_then(|known| known.prefix.as_deref());
        return prefix
            .and_then(|prefix| prefix.trim_start().chars().next())
            .map_or(Ok(Type::Dynamic), implied_by);
    };
    decode(source).map(|value| value.type_of())
}

fn implied_by(first: char) -> Result<Type, FunctionError> {
    match first {
        '{' | '[' | 'n' => Ok(Type::Dynamic),
        '"' => Ok(Type::String),
        't' | 'f' => Ok(Type::Bool),
        '-' | '.' | '0'..='9' => Ok(Type::Number),
        other => Err(FunctionError::argument(
            0,
            format!("a JSON document cannot begin with the character '{other}'"),
        )),
    }
}

fn encode(value: &Value) -> Result<Value, FunctionError> {
    if !value.is_wholly_known() {
        return Ok(unknown(value));
    }
    if has_infinity(value) {
        return Err(FunctionError::failed("cannot serialize infinity as JSON"));
    }
    Ok(text(crate::json::encode(value)))
}

/// The first character is known where the kind of value is.
fn unknown(value: &Value) -> Value {
    let certain = value.is_known() || value.is_definitely_not_null();
    let prefix = match value.type_of() {
        Type::String if certain => Some("\""),
        Type::Object(_) | Type::Map(_) if certain => Some("{"),
        Type::Tuple(_) | Type::List(_) | Type::Set(_) if certain => Some("["),
        _ => None,
    };
    let refinement =
        Refinement { not_null: true, prefix: prefix.map(Into::into), ..Refinement::default() };
    Data::Unknown(Type::String, Some(refinement.into())).into()
}

/// Tells whether a number without a form in JSON is anywhere in a value.
pub(super) fn has_infinity(value: &Value) -> bool {
    match &value.data {
        Data::Number(number) => number.is_infinite(),
        _ => {
            value.elements().is_some_and(|values| values.iter().any(has_infinity))
                || value.entries().is_some_and(|entries| entries.values().any(has_infinity))
        }
    }
}
