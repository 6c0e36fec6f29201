//! Between the attributes of resources and the JSON of the REST API.

use lang::{Data, Type, Value};
use serde_json::Value as Json;

/// The attribute as text.
pub(crate) fn text<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    object.get(name).and_then(Value::as_str)
}

/// The attribute as text, empty where it is null.
pub(crate) fn text_or_empty<'a>(object: &'a Value, name: &str) -> &'a str {
    text(object, name).unwrap_or_default()
}

/// The attribute as a flag, false where it is null.
pub(crate) fn flag(object: &Value, name: &str) -> bool {
    object.get(name).and_then(Value::as_bool).unwrap_or(false)
}

/// The texts of a list or set attribute.
pub(crate) fn texts(object: &Value, name: &str) -> Vec<String> {
    let elements = object.get(name).and_then(Value::elements).unwrap_or_default();
    elements.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The object with some attributes set anew.
pub(crate) fn with<const N: usize>(object: &Value, attributes: [(&str, Value); N]) -> Value {
    let mut entries = object.entries().cloned().unwrap_or_default();
    entries.extend(attributes.into_iter().map(|(name, value)| (name.into(), value)));
    Value::object(entries).with_marks(object.marks)
}

/// The attribute as JSON: null where it is null or unknown.
pub(crate) fn json(object: &Value, name: &str) -> Json {
    object.get(name).map_or(Json::Null, to_json)
}

fn to_json(value: &Value) -> Json {
    match &value.data {
        Data::Bool(flag) => Json::Bool(*flag),
        Data::String(text) => Json::String(text.to_string()),
        Data::Number(_) => value.as_i64().map_or(Json::Null, Json::from),
        Data::List(_, values) | Data::Set(_, values) | Data::Tuple(values) => {
            values.iter().map(to_json).collect()
        }
        Data::Map(_, entries) | Data::Object(entries) => {
            entries.iter().map(|(name, value)| (name.to_string(), to_json(value))).collect()
        }
        Data::Null(_) | Data::Unknown(..) => Json::Null,
    }
}

/// What the server says for a text attribute: its empty text is the same as none, so that what a
/// user leaves out is no drift.
pub(crate) fn said_text(answer: &Json, field: &str, recorded: Option<&Value>) -> Value {
    let said = answer.get(field).and_then(Json::as_str).unwrap_or_default();
    let empty = said.is_empty() && recorded.is_none_or(Value::is_null);
    if empty { Value::null(Type::String) } else { Value::text(said) }
}

/// What the server says for a flag; a field that it leaves out is false.
pub(crate) fn said_flag(answer: &Json, field: &str) -> Value {
    Value::bool(answer.get(field).and_then(Json::as_bool).unwrap_or(false))
}

/// The texts of a JSON array.
pub(crate) fn said_texts(answer: Option<&Json>) -> Vec<Value> {
    let elements = answer.and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
    elements.iter().filter_map(Json::as_str).map(Value::text).collect()
}

/// A set of texts; null where there are none and none were recorded.
pub(crate) fn said_set(answer: Option<&Json>, recorded: Option<&Value>) -> Value {
    let texts = said_texts(answer);
    if texts.is_empty() && recorded.is_none_or(Value::is_null) {
        return Value::null(Type::set(Type::String));
    }
    Value::set(Type::String, texts)
}
