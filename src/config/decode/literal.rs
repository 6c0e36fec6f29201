//! Arguments that must be literal: strings, booleans, and references that are not evaluated.

use std::sync::Arc;

use diagnostics::Diagnostic;
use lang::convert::convert;
use lang::{Attribute, Body, Expr, ExprKind, Name, Traversal, Type};

use super::Decoder;
use crate::constant;
use crate::reference::relocated;

impl Decoder<'_> {
    /// Takes an argument out of a body.
    pub(crate) fn take(&mut self, body: &mut Body, name: &str) -> Option<Attribute> {
        body.attributes.shift_remove(name)
    }

    /// Takes an argument that is any expression.
    pub(crate) fn take_expr(&mut self, body: &mut Body, name: &str) -> Option<Expr> {
        self.take(body, name).map(|attribute| attribute.value)
    }

    /// Takes a literal string, or what converts to one; null counts as absent.
    pub(crate) fn take_text(&mut self, body: &mut Body, name: &str) -> Option<Name> {
        let value = self.take_expr(body, name)?;
        self.text(&value)
    }

    /// The text of a literal; null is none.
    pub(crate) fn text(&mut self, value: &Expr) -> Option<Name> {
        let text = constant::text(value).or_else(|| {
            let ExprKind::Literal(literal) = &value.kind else { return None };
            convert(literal, &Type::String).ok()?.as_str().map(Name::from)
        });
        if text.is_none() && !is_null(value) {
            self.not_literal(value, "string");
        }
        text
    }

    /// Takes a literal boolean.
    pub(crate) fn take_bool(&mut self, body: &mut Body, name: &str) -> Option<bool> {
        let value = self.take_expr(body, name)?;
        let boolean = constant::boolean(&value);
        if boolean.is_none() {
            self.not_literal(&value, "bool");
        }
        boolean
    }

    /// Says why an expression is no literal of the type.
    pub(crate) fn not_literal(&mut self, value: &Expr, kind: &str) {
        let unknown = self.refers(value, &format!("write a literal {kind}"));
        let why = if unknown {
            "Unsuitable value: value must be known".into()
        } else {
            unsuitable(value, kind)
        };
        self.report("Unsuitable value type", why, value.start_span());
    }

    /// Tells whether an expression refers to something or calls functions, and says that it may not.
    pub(crate) fn refers(&mut self, value: &Expr, hint: &str) -> bool {
        let mut found = Vec::new();
        value.for_each_reference(&mut |traversal| {
            let summary = "Variables not allowed";
            let diagnostic = Diagnostic::error(summary, "Variables may not be used here.");
            found.push(diagnostic.at(traversal.root_span).hint(hint));
        });
        if matches!(value.kind, ExprKind::Call(_)) {
            let summary = "Function calls not allowed";
            let diagnostic = Diagnostic::error(summary, "Functions may not be called here.");
            found.push(diagnostic.at(value.span).hint(hint));
        }
        let refers = !found.is_empty();
        self.diagnostics.extend(found);
        refers
    }

    /// A reference that is read, not evaluated: bare, or (JSON, and long ago) in quotes.
    pub(crate) fn traversal(&mut self, expr: &Expr) -> Option<Arc<Traversal>> {
        if let ExprKind::Reference(traversal) = &expr.kind {
            return Some(traversal.clone());
        }
        let quoted = constant::text(expr).and_then(|text| {
            let parsed = lang::parse::expression(&text, expr.span.file).ok()?;
            match parsed.kind {
                ExprKind::Reference(traversal) => Some(Arc::new(relocated(&traversal, expr.span))),
                _ => None,
            }
        });
        match &quoted {
            Some(_) if self.is_json(expr.span) => {}
            Some(_) => {
                let detail = "In this context, references are expected literally rather than in \
                              quotes. Remove the quotes surrounding this reference to silence \
                              this warning.";
                let warning = Diagnostic::warning("Quoted references are deprecated", detail);
                self.diagnostics.push(warning.at(expr.span));
            }
            None => {
                let detail = "A single static variable reference is required: only attribute \
                              access and indexing with constant keys. No calculations, function \
                              calls, template expressions, etc are allowed here.";
                self.report("Invalid expression", detail, expr.span);
            }
        }
        quoted
    }

    /// An expression whose quoted references, of a JSON file, are unwrapped.
    pub(crate) fn static_expr(&mut self, expr: &Expr) -> Expr {
        let from_json = self.is_json(expr.span) && constant::text(expr).is_some();
        match from_json.then(|| self.traversal(expr)).flatten() {
            Some(traversal) => Expr::new(ExprKind::Reference(traversal), expr.span),
            None => expr.clone(),
        }
    }

    /// The items of a list in brackets.
    pub(crate) fn items(&mut self, expr: &Expr) -> Vec<Expr> {
        if let ExprKind::Tuple(items) = &expr.kind {
            return items.to_vec();
        }
        if !is_null(expr) {
            let detail = "A static list expression is required.";
            self.report("Invalid expression", detail, expr.start_span());
        }
        Vec::new()
    }
}

/// Why a literal does not fit, in the words of the conversion.
fn unsuitable(value: &Expr, kind: &str) -> String {
    if is_null(value) {
        return "Unsuitable value: null value is not allowed".into();
    }
    let ty = if kind == "bool" { Type::Bool } else { Type::String };
    let reason = constant::value(value).ok().and_then(|value| convert(&value, &ty).err());
    match reason {
        Some(error) => format!("Unsuitable value: {}", error.message),
        None => format!("Unsuitable value: {kind} required"),
    }
}

pub(crate) fn is_null(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Literal(value) if value.is_null())
}
