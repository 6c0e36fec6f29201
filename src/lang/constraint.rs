//! Type constraints of variables: `list(object({ name = string, port = optional(number, 80) }))`.

use diagnostics::Diagnostic;

use crate::convert::ConvertError;
use crate::{Expr, Type, Value};

/// A type and the attributes of its objects that may be left out, with their defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    pub ty: Type,
    // The lang engineer adds a tree of optional attributes and defaults.
}

impl Constraint {
    /// Accepts everything.
    pub fn any() -> Self {
        Self { ty: Type::Dynamic }
    }

    /// Reads a type expression.
    pub fn parse(_expr: &Expr) -> Result<Self, Box<Diagnostic>> {
        unimplemented!()
    }

    /// Converts a value, filling in the defaults of optional attributes.
    pub fn apply(&self, _value: &Value) -> Result<Value, ConvertError> {
        unimplemented!()
    }
}
