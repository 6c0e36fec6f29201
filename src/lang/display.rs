//! Values and types as people read them: `terraform console` notation and friendly type names.

use std::fmt::Write;

use crate::{Data, Marks, Type, Value};

mod answer;
mod quote;
mod type_name;

pub use answer::console_answer;
pub use quote::{go_quoted, quoted};
pub use type_name::{console_type, constraint_name, friendly_type, type_expression};

/// Prints a value as `terraform console` prints it.
pub fn console(value: &Value) -> String {
    let mut text = String::new();
    write_value(value, 0, &mut text);
    text
}

fn write_value(value: &Value, indent: usize, text: &mut String) {
    if value.is_unknown() {
        return text.push_str("(known after apply)");
    }
    if value.is_sensitive() {
        return text.push_str("(sensitive value)");
    }
    if value.marks.contains(Marks::EPHEMERAL) {
        return text.push_str("(ephemeral value)");
    }
    match &value.data {
        Data::Null(ty) => text.push_str(&null(ty)),
        Data::Unknown(..) => {}
        Data::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Data::Number(number) => {
            let _ = write!(text, "{number}");
        }
        Data::String(string) => write_string(string, indent, text),
        Data::Tuple(values) => write_sequence(values, indent, text),
        Data::List(_, values) => {
            text.push_str("tolist(");
            write_sequence(values, indent, text);
            text.push(')');
        }
        Data::Set(_, values) => {
            text.push_str("toset(");
            write_sequence(values, indent, text);
            text.push(')');
        }
        Data::Object(_) => write_mapping(value, indent, text),
        Data::Map(..) => {
            text.push_str("tomap(");
            write_mapping(value, indent, text);
            text.push(')');
        }
    }
}

fn null(ty: &Type) -> String {
    match ty {
        Type::Dynamic => "null".into(),
        Type::String => "tostring(null)".into(),
        Type::Number => "tonumber(null)".into(),
        Type::Bool => "tobool(null)".into(),
        Type::List(element) => format!("tolist(null) /* of {} */", friendly_type(element)),
        Type::Set(element) => format!("toset(null) /* of {} */", friendly_type(element)),
        Type::Map(element) => format!("tomap(null) /* of {} */", friendly_type(element)),
        Type::Tuple(_) | Type::Object(_) => format!("null /* {} */", friendly_type(ty)),
    }
}

fn write_string(string: &str, indent: usize, text: &mut String) {
    if !string.contains('\n') {
        return text.push_str(&go_quoted(string));
    }
    let lines: Vec<&str> = string.split('\n').collect();
    let mut delimiter = String::from("EOT");
    while lines.iter().any(|line| line.trim() == delimiter) {
        delimiter.push('_');
    }
    let _ = write!(text, "{}{delimiter}", if indent > 0 { "<<-" } else { "<<" });
    for line in lines.into_iter().chain([delimiter.as_str()]) {
        let _ = write!(text, "\n{:indent$}{line}", "");
    }
}

fn write_sequence(values: &[Value], indent: usize, text: &mut String) {
    text.push('[');
    for value in values {
        let _ = write!(text, "\n{:1$}", "", indent + 2);
        write_value(value, indent + 2, text);
        text.push(',');
    }
    if !values.is_empty() {
        let _ = write!(text, "\n{:indent$}", "");
    }
    text.push(']');
}

fn write_mapping(value: &Value, indent: usize, text: &mut String) {
    text.push('{');
    let entries = value.entries();
    for (name, value) in entries.into_iter().flatten() {
        let _ = write!(text, "\n{:1$}", "", indent + 2);
        write_string(name, indent + 2, text);
        text.push_str(" = ");
        write_value(value, indent + 2, text);
    }
    if entries.is_some_and(|entries| !entries.is_empty()) {
        let _ = write!(text, "\n{:indent$}", "");
    }
    text.push('}');
}
