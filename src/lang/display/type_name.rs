//! Types as messages name them, as constraints write them, and as `type()` prints them.

use std::fmt::Write;

use crate::Type;

/// Names a type as messages do: `list of string`, `object`.
pub fn friendly_type(ty: &Type) -> String {
    friendly(ty, "dynamic", "dynamic")
}

/// Names a type that is asked for: like `friendly_type`, but `any type` and `list of any single type`.
pub fn constraint_name(ty: &Type) -> String {
    friendly(ty, "any type", "any single type")
}

fn friendly(ty: &Type, any: &str, any_element: &str) -> String {
    let element_name = |element: &Type| match element {
        Type::Dynamic => any_element.to_string(),
        element => friendly(element, any, any_element),
    };
    match ty {
        Type::Dynamic => any.into(),
        Type::Bool => "bool".into(),
        Type::Number => "number".into(),
        Type::String => "string".into(),
        Type::List(element) => format!("list of {}", element_name(element)),
        Type::Set(element) => format!("set of {}", element_name(element)),
        Type::Map(element) => format!("map of {}", element_name(element)),
        Type::Tuple(_) => "tuple".into(),
        Type::Object(_) => "object".into(),
    }
}

/// Writes a type as a constraint: `list(string)`.
pub fn type_expression(ty: &Type) -> String {
    match ty {
        Type::Dynamic => "any".into(),
        Type::Bool => "bool".into(),
        Type::Number => "number".into(),
        Type::String => "string".into(),
        Type::List(element) => format!("list({})", type_expression(element)),
        Type::Set(element) => format!("set({})", type_expression(element)),
        Type::Map(element) => format!("map({})", type_expression(element)),
        Type::Tuple(elements) => {
            let elements: Vec<String> = elements.iter().map(type_expression).collect();
            format!("tuple([{}])", elements.join(", "))
        }
        Type::Object(attributes) => {
            let attribute = |(name, ty): (&crate::Name, &Type)| {
                format!("{} = {}", attribute_name(name), type_expression(ty))
            };
            let attributes: Vec<String> = attributes.iter().map(attribute).collect();
            format!("object({{ {} }})", attributes.join(", ")).replace("({  })", "({})")
        }
    }
}

fn attribute_name(name: &str) -> String {
    if is_identifier(name) { name.to_string() } else { super::quoted(name) }
}

fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_alphabetic())
        && chars.all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}

/// Writes a type as `type()` does in the console: attributes and tuple elements on their own lines.
pub fn console_type(ty: &Type) -> String {
    let mut text = String::new();
    write_type(ty, 0, &mut text);
    text
}

fn write_type(ty: &Type, indent: usize, text: &mut String) {
    match ty {
        Type::Dynamic => text.push_str("dynamic"),
        Type::Bool | Type::Number | Type::String => text.push_str(&type_expression(ty)),
        Type::List(element) => write_collection("list", element, indent, text),
        Type::Set(element) => write_collection("set", element, indent, text),
        Type::Map(element) => write_collection("map", element, indent, text),
        Type::Tuple(elements) if elements.is_empty() => text.push_str("tuple([])"),
        Type::Tuple(elements) => {
            text.push_str("tuple([\n");
            for element in elements.iter() {
                let _ = write!(text, "{:1$}", "", indent + 4);
                write_type(element, indent + 4, text);
                text.push_str(",\n");
            }
            let _ = write!(text, "{:indent$}])", "");
        }
        Type::Object(attributes) if attributes.is_empty() => text.push_str("object({})"),
        Type::Object(attributes) => {
            text.push_str("object({\n");
            for (name, ty) in attributes.iter() {
                let _ = write!(text, "{:1$}{name}: ", "", indent + 4);
                write_type(ty, indent + 4, text);
                text.push_str(",\n");
            }
            let _ = write!(text, "{:indent$}}})", "");
        }
    }
}

fn write_collection(name: &str, element: &Type, indent: usize, text: &mut String) {
    if !matches!(element, Type::Tuple(_) | Type::Object(_)) {
        let _ = write!(text, "{name}(");
        write_type(element, indent, text);
        return text.push(')');
    }
    let _ = write!(text, "{name}(\n{:1$}", "", indent + 4);
    write_type(element, indent + 4, text);
    let _ = write!(text, ",\n{:indent$})", "");
}
