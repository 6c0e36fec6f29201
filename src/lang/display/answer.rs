//! What the console answers: a value, or the type that `type(...)` tells.

use diagnostics::{Diagnostic, Diagnostics, Span};

use super::console;
use crate::expr::Call;
use crate::{Expr, ExprKind, Value};

/// Prints what an expression of the console gave; the type that `type(...)` tells has no quotes.
///
/// A type is no value: a call of `type` may be the whole expression, in brackets or in `try`, but nothing
/// can be made of its result.
pub fn console_answer(expr: &Expr, value: &Value) -> Result<String, Diagnostics> {
    if let Some(span) = misused_type_call(expr) {
        let detail = "The console-only \"type\" function cannot be used as part of an expression.";
        return Err(Diagnostic::error("Invalid use of type function", detail).at(span).into());
    }
    match value.as_str() {
        Some(ty) if tells_type(expr) => Ok(ty.into()),
        _ => Ok(console(value)),
    }
}

fn is_call(call: &Call, name: &str) -> bool {
    call.name.strip_prefix("core::").unwrap_or(&call.name) == name
}

fn tells_type(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Parentheses(inner) => tells_type(inner),
        ExprKind::Call(call) if is_call(call, "try") => call.arguments.iter().any(tells_type),
        ExprKind::Call(call) => is_call(call, "type"),
        _ => false,
    }
}

fn misused_type_call(expr: &Expr) -> Option<Span> {
    match &expr.kind {
        ExprKind::Parentheses(inner) => misused_type_call(inner),
        ExprKind::Call(call) if is_call(call, "try") => {
            call.arguments.iter().find_map(misused_type_call)
        }
        ExprKind::Call(call) if is_call(call, "type") => {
            call.arguments.iter().find_map(any_type_call)
        }
        _ => any_type_call(expr),
    }
}

fn any_type_call(expr: &Expr) -> Option<Span> {
    if matches!(&expr.kind, ExprKind::Call(call) if is_call(call, "type")) {
        return Some(expr.span);
    }
    let mut found = None;
    expr.for_each_child(&mut |child| {
        if found.is_none() {
            found = any_type_call(child);
        }
    });
    found
}
