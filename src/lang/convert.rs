//! Conversion between types, and the one type that several values can become.

use crate::{Type, Value};

/// Converts a value to a type, as Terraform converts; the message says why it cannot be.
pub fn convert(_value: &Value, _to: &Type) -> Result<Value, ConvertError> {
    unimplemented!()
}

/// Finds the one type that all of them convert to, if there is one.
pub fn unify(_types: &[Type]) -> Option<Type> {
    unimplemented!()
}

/// Why a value does not convert: where in it, and a phrase such as `a number is required`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConvertError {
    pub path: crate::Path,
    pub message: String,
}
