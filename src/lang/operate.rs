//! What operators and steps do to values: unknown and marks travel through.

use crate::Value;

/// Equality of the language: types must agree, unknown gives unknown.
pub fn equal(_a: &Value, _b: &Value) -> Value {
    unimplemented!()
}
