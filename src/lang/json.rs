//! Values and types as JSON, the way state, plan and `jsonencode` hold them.

use std::fmt::Write;

use serde_json::Value as Json;

use crate::convert::convert;
use crate::{Data, Name, Number, Type, Value};

mod read;

pub use read::{Node, NodeKind, ReadError, read};

/// Writes a wholly known value without regard to marks; unknown parts become null.
///
/// Numbers are exact; infinities, which JSON does not have, become strings.
pub fn to_json(value: &Value) -> Json {
    match &value.data {
        Data::Null(_) | Data::Unknown(..) => Json::Null,
        Data::Bool(value) => Json::Bool(*value),
        Data::Number(number) => number_to_json(number),
        Data::String(text) => Json::String(text.to_string()),
        Data::List(_, values) | Data::Set(_, values) | Data::Tuple(values) => {
            values.iter().map(to_json).collect()
        }
        Data::Map(_, values) | Data::Object(values) => {
            values.iter().map(|(name, value)| (name.to_string(), to_json(value))).collect()
        }
    }
}

fn number_to_json(number: &Number) -> Json {
    if let Some(whole) = number.to_i64() {
        return Json::from(whole);
    }
    let text = number.to_string();
    match text.parse::<serde_json::Number>() {
        Ok(exact) => Json::Number(exact),
        Err(_) => Json::String(text),
    }
}

/// Writes a value as exact, compact JSON text; unknown parts become null, infinities strings.
pub fn to_text(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut |string, text| push_string(string, false, text), &mut text);
    text
}

/// Writes a value as `jsonencode` does: like [`to_text`], but `<`, `>` and `&` are escaped.
pub fn encode(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut |string, text| push_string(string, true, text), &mut text);
    text
}

/// Writes a string as a JSON string, as `jsonencode` does.
pub fn encode_string(string: &str) -> String {
    let mut text = String::new();
    push_string(string, true, &mut text);
    text
}

fn write(value: &Value, string: &mut dyn FnMut(&str, &mut String), text: &mut String) {
    match &value.data {
        Data::Null(_) | Data::Unknown(..) => text.push_str("null"),
        Data::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Data::Number(number) if number.is_infinite() => string(&number.to_string(), text),
        Data::Number(number) => {
            let _ = write!(text, "{number}");
        }
        Data::String(value) => string(value, text),
        Data::List(_, values) | Data::Set(_, values) | Data::Tuple(values) => {
            text.push('[');
            for (i, value) in values.iter().enumerate() {
                text.push_str(if i > 0 { "," } else { "" });
                write(value, string, text);
            }
            text.push(']');
        }
        Data::Map(_, values) | Data::Object(values) => {
            text.push('{');
            for (i, (name, value)) in values.iter().enumerate() {
                text.push_str(if i > 0 { "," } else { "" });
                string(name, text);
                text.push(':');
                write(value, string, text);
            }
            text.push('}');
        }
    }
}

fn push_string(string: &str, html: bool, text: &mut String) {
    text.push('"');
    for c in string.chars() {
        match c {
            '"' | '\\' => {
                text.push('\\');
                text.push(c);
            }
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            '<' | '>' | '&' if html => push_code(c, text),
            '\0'..='\u{1f}' | '\u{2028}' | '\u{2029}' => push_code(c, text),
            c => text.push(c),
        }
    }
    text.push('"');
}

fn push_code(c: char, text: &mut String) {
    let _ = write!(text, "\\u{:04x}", u32::from(c));
}

/// Reads JSON text into a value of the type that it implies: objects and tuples, exact numbers.
pub fn decode(text: &str) -> Result<Value, ReadError> {
    Ok(read(text)?.to_value())
}

/// Reads a value of a given type (`Dynamic` takes the type from the JSON).
pub fn from_json(json: &Json, ty: &Type) -> Result<Value, String> {
    let value = implied(json);
    if json.is_null() {
        return Ok(Value::null(ty.clone()));
    }
    convert(&value, ty).map_err(|error| {
        if error.path.0.is_empty() {
            error.message
        } else {
            format!("{}: {}", error.path, error.message)
        }
    })
}

/// The value of the type that the JSON implies.
fn implied(json: &Json) -> Value {
    match json {
        Json::Null => Value::null(Type::Dynamic),
        Json::Bool(value) => Value::bool(*value),
        Json::Number(number) => Value::number(number.to_string().parse().unwrap_or(Number::ZERO)),
        Json::String(text) => Value::text(text),
        Json::Array(values) => Value::tuple(values.iter().map(implied).collect::<Vec<_>>()),
        Json::Object(values) => Value::object(
            values.iter().map(|(name, value)| (Name::from(name.as_str()), implied(value))),
        ),
    }
}

/// Writes a type as Terraform does: `"string"`, `["list","string"]`, `["object",{...}]`.
pub fn type_to_json(ty: &Type) -> Json {
    let collection =
        |kind: &str, element: &Type| Json::from(vec![Json::from(kind), type_to_json(element)]);
    match ty {
        Type::Dynamic => "dynamic".into(),
        Type::Bool => "bool".into(),
        Type::Number => "number".into(),
        Type::String => "string".into(),
        Type::List(element) => collection("list", element),
        Type::Set(element) => collection("set", element),
        Type::Map(element) => collection("map", element),
        Type::Tuple(items) => {
            let items: Vec<Json> = items.iter().map(type_to_json).collect();
            vec![Json::from("tuple"), items.into()].into()
        }
        Type::Object(attributes) => {
            let attribute = |(name, ty): (&Name, &Type)| (name.to_string(), type_to_json(ty));
            let attributes: serde_json::Map<_, _> = attributes.iter().map(attribute).collect();
            vec![Json::from("object"), attributes.into()].into()
        }
    }
}

/// Reads such a type.
pub fn type_from_json(json: &Json) -> Option<Type> {
    match json {
        Json::String(name) => match name.as_str() {
            "dynamic" => Some(Type::Dynamic),
            "bool" => Some(Type::Bool),
            "number" => Some(Type::Number),
            "string" => Some(Type::String),
            _ => None,
        },
        Json::Array(parts) => {
            let (kind, inner) = (parts.first()?.as_str()?, parts.get(1)?);
            match kind {
                "list" => type_from_json(inner).map(Type::list),
                "set" => type_from_json(inner).map(Type::set),
                "map" => type_from_json(inner).map(Type::map),
                "tuple" => {
                    let items = inner.as_array()?.iter().map(type_from_json);
                    Some(Type::tuple(items.collect::<Option<Vec<_>>>()?))
                }
                "object" => {
                    let attribute = |(name, ty): (&String, &Json)| {
                        Some((Name::from(name.as_str()), type_from_json(ty)?))
                    };
                    let attributes = inner.as_object()?.iter().map(attribute);
                    Some(Type::object(attributes.collect::<Option<Vec<_>>>()?))
                }
                _ => None,
            }
        }
        _ => None,
    }
}
