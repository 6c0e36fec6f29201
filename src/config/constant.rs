//! Expressions that must be literal: read without a scope.

use diagnostics::Diagnostics;
use lang::scope::EmptyScope;
use lang::{Expr, ExprKind, Key, Name, Value};

/// The text of a literal string.
pub(crate) fn text(expr: &Expr) -> Option<Name> {
    match &expr.kind {
        ExprKind::Literal(value) => value.as_str().map(Name::from),
        ExprKind::Parentheses(inner) => text(inner),
        ExprKind::Template(parts) => {
            let mut whole = String::new();
            for part in parts.iter() {
                let lang::expr::TemplatePart::Literal(part) = part else { return None };
                whole.push_str(part);
            }
            Some(whole.into())
        }
        _ => None,
    }
}

/// A literal instance key: a whole number or a string.
pub fn key(expr: &Expr) -> Option<Key> {
    match (&expr.kind, text(expr)) {
        (_, Some(text)) => Some(Key::String(text)),
        (ExprKind::Literal(value), None) => value.as_i64().map(Key::Int),
        _ => None,
    }
}

/// A literal list of strings.
pub(crate) fn texts(expr: &Expr) -> Option<Vec<(Name, diagnostics::Span)>> {
    match &expr.kind {
        ExprKind::Tuple(items) => items.iter().map(|item| Some((text(item)?, item.span))).collect(),
        ExprKind::Parentheses(inner) => texts(inner),
        // `toset([...])` is a list to whoever reads the members.
        ExprKind::Call(call) if matches!(&*call.name, "toset" | "tolist") => match &*call.arguments
        {
            [list] => texts(list),
            _ => None,
        },
        _ => None,
    }
}

/// The keys of an object whose keys are all literal.
pub(crate) fn object_keys(expr: &Expr) -> Option<Vec<Name>> {
    match &expr.kind {
        ExprKind::Object(items) => items.iter().map(|(key, _)| text(key)).collect(),
        ExprKind::Parentheses(inner) => object_keys(inner),
        _ => None,
    }
}

/// Evaluates what stands for itself: it may neither refer to anything nor call functions.
pub(crate) fn literal(expr: &Expr) -> Result<Value, Diagnostics> {
    let forbidden = lang::eval::forbidden(expr);
    if forbidden.is_empty() { value(expr) } else { Err(forbidden.into()) }
}

/// Evaluates an expression that refers to nothing.
pub(crate) fn value(expr: &Expr) -> Result<Value, Diagnostics> {
    lang::eval::evaluate(expr, &EmptyScope::new())
}
