//! The evaluator: an expression and a scope give a value, or the mistakes in it.

use diagnostics::Diagnostics;

use crate::{Expr, Scope, Value};

/// Evaluates an expression. Unknown and sensitive travel through; it never panics.
pub fn evaluate(_expr: &Expr, _scope: &dyn Scope) -> Result<Value, Diagnostics> {
    unimplemented!()
}
