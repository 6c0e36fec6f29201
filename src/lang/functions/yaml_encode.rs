//! `yamlencode`: a value as a YAML document in block style.

use super::arguments::text;
use super::{Call, Function, FunctionError, Parameter, Returns, Shape};
use crate::{Data, Value};

mod scalar;

use scalar::Style;

pub(super) static YAMLENCODE: Function = Function::new(
    "yamlencode",
    &[Parameter::any("value").or_null().or_dynamic()],
    Returns::Always(Shape::String),
    encode,
    "Writes a value as YAML.",
);

fn encode(call: &Call<'_>) -> Result<Value, FunctionError> {
    let value = &call.arguments[0];
    if !value.is_wholly_known() {
        return call.unknown();
    }
    let mut writer = Writer::default();
    writer.node(value, 0, Place::Root);
    writer.end_line();
    if is_plain(value) {
        // A plain scalar that is a whole document ends with a marker of its own.
        writer.out.push_str("...\n");
    }
    Ok(text(writer.out))
}

fn is_plain(value: &Value) -> bool {
    matches!(value.data, Data::Null(_) | Data::Bool(_) | Data::Number(_))
}

/// What stands before a node.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Root,
    /// `-`, `?` or the `:` of a key that has a line of its own: a collection begins right there.
    Indicator,
    /// A key on the same line: a collection begins on the next.
    Key,
}

/// The longest key that stands on the line of its value, in bytes.
const KEY_MAX: usize = 128;

#[derive(Default)]
struct Writer {
    out: String,
}

impl Writer {
    /// Writes a node inside a collection that is indented by `indent`.
    fn node(&mut self, value: &Value, indent: usize, place: Place) {
        match (value.elements(), value.entries()) {
            (Some([]), _) => self.word("[]", place),
            (Some(values), _) => {
                let inner = if place == Place::Indicator { indent + 2 } else { indent };
                let mut fresh = self.open(place);
                for value in values {
                    self.item(inner, "-", &mut fresh);
                    self.node(value, inner, Place::Indicator);
                }
            }
            (_, Some(entries)) if entries.is_empty() => self.word("{}", place),
            (_, Some(entries)) => {
                let inner = if place == Place::Root { indent } else { indent + 2 };
                let mut fresh = self.open(place);
                for (key, value) in entries {
                    self.entry(key, value, inner, &mut fresh);
                }
            }
            _ => self.scalar(value, indent + 2, place),
        }
    }

    /// Begins a collection; tells whether its first part stands on the line that is there.
    fn open(&mut self, place: Place) -> bool {
        if place == Place::Indicator {
            self.out.push(' ');
        }
        place != Place::Key
    }

    /// Begins an item, on a line of its own but for the first of some collections.
    fn item(&mut self, indent: usize, indicator: &str, same_line: &mut bool) {
        if !std::mem::take(same_line) {
            self.end_line();
            self.out.push_str(&" ".repeat(indent));
        }
        self.out.push_str(indicator);
    }

    fn entry(&mut self, key: &str, value: &Value, indent: usize, same_line: &mut bool) {
        if !key.contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) && key.len() <= KEY_MAX {
            self.item(indent, "", same_line);
            scalar::double_quoted(key, None, &mut self.out);
            self.out.push(':');
            self.node(value, indent, Place::Key);
            return;
        }
        self.item(indent, "?", same_line);
        self.string(key, indent + 2, Place::Indicator);
        self.end_line();
        self.out.push_str(&" ".repeat(indent));
        self.out.push(':');
        self.node(value, indent, Place::Indicator);
    }

    fn end_line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    fn word(&mut self, word: &str, place: Place) {
        if place != Place::Root {
            self.out.push(' ');
        }
        self.out.push_str(word);
    }

    fn scalar(&mut self, value: &Value, indent: usize, place: Place) {
        match &value.data {
            Data::String(text) => self.string(text, indent, place),
            Data::Bool(value) => self.word(&value.to_string(), place),
            Data::Number(number) if number.is_infinite() => {
                self.word(if number.signum() < 0 { "-Inf" } else { "+Inf" }, place);
            }
            Data::Number(number) => self.word(&number.to_string(), place),
            _ => self.word("null", place),
        }
    }

    fn string(&mut self, text: &str, indent: usize, place: Place) {
        self.word("", place);
        match scalar::style(text) {
            Style::Literal => scalar::literal(text, indent, &mut self.out),
            Style::DoubleQuoted => scalar::double_quoted(text, Some(indent), &mut self.out),
        }
    }
}
