//! `value.name` and `value[key]`.

use crate::convert::convert;
use crate::display::{friendly_type, go_quoted};
use crate::value::Refinement;
use crate::{Data, Number, Type, Value};

/// Why a step cannot be taken: summary and detail of a diagnostic, and a name that was near.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepError {
    pub summary: &'static str,
    pub detail: String,
    pub suggestion: Option<String>,
}

const UNSUPPORTED: &str = "Unsupported attribute";
const INVALID_INDEX: &str = "Invalid index";

fn error(summary: &'static str, detail: impl Into<String>) -> StepError {
    StepError { summary, detail: detail.into(), suggestion: None }
}

fn unsupported(detail: impl Into<String>) -> StepError {
    error(UNSUPPORTED, detail)
}

/// The attribute of an object or the element of a map; it takes on the marks of the whole.
pub fn attribute(value: &Value, name: &str) -> Result<Value, StepError> {
    match &value.data {
        Data::Object(values) => match values.get(name) {
            Some(found) => Ok(found.clone().with_marks(value.marks)),
            None => Err(conceal(no_attribute(name, values.keys().map(|key| &**key)), value)),
        },
        Data::Map(_, values) => match values.get(name) {
            Some(found) => Ok(found.clone().with_marks(value.marks)),
            None => Err(StepError {
                suggestion: suggest(name, value, values.keys().map(|key| &**key)),
                ..error(
                    "Missing map element",
                    format!("This map does not have an element with the key {}.", go_quoted(name)),
                )
            }),
        },
        Data::Null(_) => Err(error(
            "Attempt to get attribute from null value",
            "This value is null, so it does not have any attributes.",
        )),
        Data::Unknown(ty, _) => attribute_of_unknown(ty, name).map(|v| v.with_marks(value.marks)),
        _ => Err(no_attributes(&value.type_of(), name)),
    }
}

fn attribute_of_unknown(ty: &Type, name: &str) -> Result<Value, StepError> {
    match ty {
        Type::Dynamic => Ok(Value::unknown(Type::Dynamic)),
        Type::Map(element) => Ok(Value::unknown((**element).clone())),
        Type::Object(attributes) => match attributes.get(name) {
            Some(ty) => Ok(Value::unknown(ty.clone())),
            None => Err(no_attribute(name, attributes.keys().map(|key| &**key))),
        },
        other => Err(no_attributes(other, name)),
    }
}

/// Names inside what is sensitive may be secrets themselves.
fn conceal(error: StepError, of: &Value) -> StepError {
    let suggestion = error.suggestion.filter(|_| of.marks.is_empty());
    StepError { suggestion, ..error }
}

fn suggest<'a>(name: &str, of: &Value, keys: impl Iterator<Item = &'a str>) -> Option<String> {
    if of.marks.is_empty() { near(name, keys) } else { None }
}

fn near<'a>(name: &str, keys: impl Iterator<Item = &'a str>) -> Option<String> {
    diagnostics::did_you_mean(name, keys).map(str::to_string)
}

fn no_attribute<'a>(name: &str, keys: impl Iterator<Item = &'a str>) -> StepError {
    StepError {
        suggestion: near(name, keys),
        ..unsupported(format!("This object does not have an attribute named {}.", go_quoted(name)))
    }
}

fn no_attributes(ty: &Type, name: &str) -> StepError {
    let attributes_of = |element: &Type| element.attributes().map(|a| a.contains_key(name));
    match ty {
        Type::List(element) => match attributes_of(element) {
            Some(true) => unsupported(format!(
                "Can't access attributes on a list of objects. Did you mean to access attribute {} for a specific element of the list, or across all elements of the list?",
                go_quoted(name)
            )),
            Some(false) => unsupported(
                "Can't access attributes on a list of objects. Did you mean to access an attribute for a specific element of the list, or across all elements of the list?",
            ),
            None => unsupported("This value does not have any attributes."),
        },
        Type::Set(element) if attributes_of(element).is_some() => unsupported(
            "Can't access attributes on a set of objects. Did you mean to access an attribute across all elements of the set?",
        ),
        ty if ty.is_primitive() => unsupported(format!(
            "Can't access attributes on a primitive-typed value ({}).",
            friendly_type(ty)
        )),
        _ => unsupported("This value does not have any attributes."),
    }
}

/// The detail that most index mistakes share, with what is known beyond it.
fn no_element(more: &str) -> StepError {
    error(
        INVALID_INDEX,
        format!("The given key does not identify an element in this collection value{more}"),
    )
}

/// The element at a key; it takes on the marks of the whole, and of the key where that chose it.
pub fn index(value: &Value, key: &Value) -> Result<Value, StepError> {
    if value.is_null() {
        return Err(error(
            "Attempt to index null value",
            "This value is null, so it does not have any indices.",
        ));
    }
    if key.is_null() {
        return Err(error(INVALID_INDEX, "Can't use a null value as an indexing key."));
    }
    let untyped = |value: &Value| matches!(&value.data, Data::Unknown(Type::Dynamic, _));
    if untyped(value) || untyped(key) {
        return Ok(Value::unknown(Type::Dynamic).with_marks(value.marks));
    }
    match value.type_of_shape() {
        Shape::Sequence => sequence(value, &converted(key, &Type::Number)?),
        Shape::Map => map(value, &converted(key, &Type::String)?),
        Shape::Object => object(value, key),
        Shape::Set => Err(error(
            INVALID_INDEX,
            "Elements of a set are identified only by their value and don't have any separate index or key to select with, so it's only possible to perform operations across all elements of the set.",
        )),
        Shape::Other => Err(error(INVALID_INDEX, "This value does not have any indices.")),
    }
}

enum Shape {
    Sequence,
    Map,
    Object,
    Set,
    Other,
}

impl Value {
    fn type_of_shape(&self) -> Shape {
        match &self.data {
            Data::List(..) | Data::Tuple(_) | Data::Unknown(Type::List(_) | Type::Tuple(_), _) => {
                Shape::Sequence
            }
            Data::Map(..) | Data::Unknown(Type::Map(_), _) => Shape::Map,
            Data::Object(_) | Data::Unknown(Type::Object(_), _) => Shape::Object,
            Data::Set(..) | Data::Unknown(Type::Set(_), _) => Shape::Set,
            _ => Shape::Other,
        }
    }
}

fn converted(key: &Value, to: &Type) -> Result<Value, StepError> {
    convert(key, to).map_err(|error| no_element(&format!(": {error}.")))
}

fn sequence(value: &Value, key: &Value) -> Result<Value, StepError> {
    let marks = value.marks | key.marks;
    let Some(number) = key.as_number() else {
        return Ok(unknown_element(value).with_marks(value.marks));
    };
    if number.is_infinite() || !number.is_whole() {
        return Err(no_element(
            ": indexing a sequence requires a whole number, but the given index has a fractional part.",
        ));
    }
    if number.signum() < 0 {
        return Err(no_element(": a negative number is not a valid index for a sequence."));
    }
    match value.elements() {
        Some(elements) => match position(number).and_then(|at| elements.get(at)) {
            Some(found) => Ok(found.clone().with_marks(marks)),
            None => Err(beyond(elements.len(), value, number)),
        },
        None => match &value.data {
            Data::Unknown(Type::Tuple(items), _) => {
                let ty = position(number).and_then(|at| items.get(at));
                ty.map(|ty| Value::unknown(ty.clone()).with_marks(marks))
                    .ok_or_else(|| beyond(items.len(), value, number))
            }
            _ => Ok(unknown_element(value).with_marks(marks)),
        },
    }
}

fn position(number: &Number) -> Option<usize> {
    number.to_i64().and_then(|whole| usize::try_from(whole).ok())
}

/// Terraform tells "no elements" and "one past the end" apart from an index far beyond.
fn beyond(length: usize, value: &Value, number: &Number) -> StepError {
    let past = position(number).is_none_or(|at| at > length);
    match length {
        _ if past || !value.marks.is_empty() => no_element("."),
        0 => no_element(": the collection has no elements."),
        _ => no_element(
            ": the given index is greater than or equal to the length of the collection.",
        ),
    }
}

fn unknown_element(value: &Value) -> Value {
    match &value.data {
        Data::List(element, _) | Data::Map(element, _) => Value::unknown(element.clone()),
        Data::Unknown(Type::List(element) | Type::Map(element), _) => {
            Value::unknown((**element).clone())
        }
        _ => Value::unknown_refined(Type::Dynamic, Refinement::default()),
    }
}

fn map(value: &Value, key: &Value) -> Result<Value, StepError> {
    let marks = value.marks | key.marks;
    let (Some(name), Some(entries)) = (key.as_str(), value.entries()) else {
        return Ok(unknown_element(value).with_marks(value.marks));
    };
    match entries.get(name) {
        Some(found) => Ok(found.clone().with_marks(marks)),
        None => Err(StepError {
            suggestion: if key.marks.is_empty() {
                suggest(name, value, entries.keys().map(|key| &**key))
            } else {
                None
            },
            ..no_element(".")
        }),
    }
}

fn object(value: &Value, key: &Value) -> Result<Value, StepError> {
    let numeric = matches!(key.type_of(), Type::Number);
    let key = converted(key, &Type::String)?;
    let Some(name) = key.as_str() else {
        return Ok(Value::unknown(Type::Dynamic).with_marks(value.marks));
    };
    let missing = |keys: &mut dyn Iterator<Item = &str>| {
        let by_name =
            " An object only supports looking up attributes by name, not by numeric index.";
        let mut error = no_element(".");
        let plain = key.marks.is_empty() && value.marks.is_empty();
        error.suggestion = if plain { near(name, keys) } else { None };
        if numeric {
            error.detail.push_str(by_name);
        }
        error
    };
    match &value.data {
        Data::Object(entries) => match entries.get(name) {
            Some(found) => Ok(found.clone().with_marks(value.marks)),
            None => Err(missing(&mut entries.keys().map(|key| &**key))),
        },
        Data::Unknown(Type::Object(attributes), _) => {
            // By index, unlike by name, nothing is held against what is not known.
            let ty = attributes.get(name).cloned().unwrap_or(Type::Dynamic);
            Ok(Value::unknown(ty).with_marks(value.marks))
        }
        _ => Ok(Value::unknown(Type::Dynamic)),
    }
}
