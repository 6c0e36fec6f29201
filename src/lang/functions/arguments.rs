//! Taking values apart and putting them together, as function bodies need it.

use std::sync::Arc;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::{Data, Marks, Number, Type, Value};

/// A string value, brought to NFC as every string of the language is.
pub(super) fn text(text: impl AsRef<str>) -> Value {
    let text = text.as_ref();
    if is_nfc(text) { Value::string(text) } else { Value::string(text.nfc().collect::<String>()) }
}

/// A list of strings.
pub(super) fn text_list<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Value {
    Value::list(Type::String, texts.into_iter().map(text).collect::<Vec<_>>())
}

/// A number value.
pub(super) fn number(number: Number) -> Value {
    Data::Number(number).into()
}

/// A length as a number value.
pub(super) fn count(length: usize) -> Value {
    Value::int(i64::try_from(length).unwrap_or(i64::MAX))
}

/// The value without its own marks, and those.
pub(super) fn unmark(value: &Value) -> (Value, Marks) {
    (Value { data: value.data.clone(), marks: Marks::NONE }, value.marks)
}

/// The value without any marks in it, and all that there were.
pub(super) fn unmark_deep(value: &Value) -> (Value, Marks) {
    let marks = value.deep_marks();
    if marks.is_empty() {
        return (value.clone(), marks);
    }
    (strip(value), marks)
}

fn strip(value: &Value) -> Value {
    let each = |values: &Arc<[Value]>| values.iter().map(strip).collect::<Arc<[Value]>>();
    let data = match &value.data {
        Data::List(ty, values) => Data::List(ty.clone(), each(values)),
        Data::Set(ty, values) => Data::Set(ty.clone(), each(values)),
        Data::Tuple(values) => Data::Tuple(each(values)),
        Data::Map(ty, values) => Data::Map(
            ty.clone(),
            Arc::new(values.iter().map(|(key, value)| (key.clone(), strip(value))).collect()),
        ),
        Data::Object(values) => Data::Object(Arc::new(
            values.iter().map(|(key, value)| (key.clone(), strip(value))).collect(),
        )),
        other => other.clone(),
    };
    data.into()
}

/// The whole number in a value, or the phrase that says what is asked for.
pub(super) fn int(value: &Value) -> Result<i64, String> {
    value.as_i64().ok_or_else(|| {
        format!("value must be a whole number, between {} and {}", i64::MIN, i64::MAX)
    })
}

/// The text in quotes for a message, unless marks forbid to show it.
pub(super) fn shown(text: &str, marks: Marks) -> String {
    redacted(marks).map_or_else(|| quoted(text), str::to_owned)
}

/// What stands in a message for a value that must not be shown.
pub(super) fn redacted(marks: Marks) -> Option<&'static str> {
    match (marks.contains(Marks::EPHEMERAL), marks.contains(Marks::SENSITIVE)) {
        (true, true) => Some("(ephemeral sensitive value)"),
        (true, false) => Some("(ephemeral value)"),
        (false, true) => Some("(sensitive value)"),
        (false, false) => None,
    }
}

/// The text in double quotes with control characters escaped, for a message.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            control if control.is_control() && control.is_ascii() => {
                out.push_str(&format!("\\x{:02x}", control as u32));
            }
            control if control.is_control() => out.push_str(&format!("\\u{:04x}", control as u32)),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// Whether a type has a sequence of elements: list, set or tuple.
pub(super) fn is_sequence(ty: &Type) -> bool {
    matches!(ty, Type::List(_) | Type::Set(_) | Type::Tuple(_))
}

/// The element type of a list, set or map.
pub(super) fn element_type(ty: &Type) -> Type {
    match ty {
        Type::List(element) | Type::Set(element) | Type::Map(element) => element.as_ref().clone(),
        _ => Type::Dynamic,
    }
}
