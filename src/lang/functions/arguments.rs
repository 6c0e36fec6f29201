//! Taking values apart and putting them together, as function bodies need it.

pub(super) use crate::display::go_quoted as quoted;
use crate::{Marks, Number, Type, Value};

/// A string value, brought to NFC as every string of the language is.
pub(super) fn text(text: impl AsRef<str>) -> Value {
    Value::text(text.as_ref())
}

/// A list of strings.
pub(super) fn text_list<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Value {
    Value::list(Type::String, texts.into_iter().map(text).collect::<Vec<_>>())
}

/// A number value.
pub(super) fn number(number: Number) -> Value {
    Value::number(number)
}

/// A length as a number value.
pub(super) fn count(length: usize) -> Value {
    Value::int(i64::try_from(length).unwrap_or(i64::MAX))
}

/// The value without its own marks, and those.
pub(super) fn unmark(value: &Value) -> (Value, Marks) {
    value.clone().unmark()
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
