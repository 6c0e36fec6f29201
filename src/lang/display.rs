//! Values and types as people read them: `terraform console` notation and friendly type names.

use crate::{Type, Value};

/// Quotes a string as HCL does, escaping `${` and `%{` too.
pub fn quoted(text: &str) -> String {
    format!("{text:?}")
}

/// Prints a value as `terraform console` prints it.
pub fn console(_value: &Value) -> String {
    unimplemented!()
}

/// Names a type as messages do: `list of string`, `object with 2 attributes`.
pub fn friendly_type(_ty: &Type) -> String {
    unimplemented!()
}

/// Writes a type as a constraint: `list(string)`.
pub fn type_expression(_ty: &Type) -> String {
    unimplemented!()
}
