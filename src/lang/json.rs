//! Values and types as JSON, the way state, plan and `jsonencode` hold them.

use crate::{Type, Value};

/// Writes a wholly known value without regard to marks; unknown parts become null.
pub fn to_json(_value: &Value) -> serde_json::Value {
    unimplemented!()
}

/// Reads a value of a given type (`Dynamic` takes the type from the JSON).
pub fn from_json(_json: &serde_json::Value, _ty: &Type) -> Result<Value, String> {
    unimplemented!()
}

/// Writes a type as Terraform does: `"string"`, `["list","string"]`, `["object",{...}]`.
pub fn type_to_json(_ty: &Type) -> serde_json::Value {
    unimplemented!()
}

/// Reads such a type.
pub fn type_from_json(_json: &serde_json::Value) -> Option<Type> {
    unimplemented!()
}
