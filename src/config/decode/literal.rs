//! Arguments that must be literal: strings, booleans, and references that are not evaluated.

use std::sync::Arc;

use diagnostics::Diagnostic;
use lang::convert::convert;
use lang::{Attribute, Body, Expr, ExprKind, Name, Traversal, Type, Value};

use super::Decoder;
use crate::constant;
use crate::reference::shifted;

/// What is wrong with an expression where only a reference can stand.
pub(crate) const NOT_STATIC: &str = "A single static variable reference is required: only attribute access and indexing with constant keys. No calculations, function calls, template expressions, etc are allowed here.";

impl Decoder<'_> {
    /// Takes an argument out of a body.
    pub(crate) fn take(&mut self, body: &mut Body, name: &str) -> Option<Attribute> {
        body.attributes.shift_remove(name)
    }

    /// Takes an argument that is any expression.
    pub(crate) fn take_expr(&mut self, body: &mut Body, name: &str) -> Option<Expr> {
        self.take(body, name).map(|attribute| attribute.value)
    }

    /// Takes a string that refers to nothing, or what converts to one.
    pub(crate) fn take_text(&mut self, body: &mut Body, name: &str) -> Option<Name> {
        let value = self.take_expr(body, name)?;
        self.text(&value)
    }

    /// The text of an expression that refers to nothing.
    pub(crate) fn text(&mut self, value: &Expr) -> Option<Name> {
        self.literal(value, &Type::String)?.as_str().map(Name::from)
    }

    /// Takes a boolean that refers to nothing.
    pub(crate) fn take_bool(&mut self, body: &mut Body, name: &str) -> Option<bool> {
        let value = self.take_expr(body, name)?;
        self.literal(&value, &Type::Bool)?.as_bool()
    }

    /// Evaluates what refers to nothing and converts it; null is no value.
    pub(crate) fn literal(&mut self, expr: &Expr, ty: &Type) -> Option<Value> {
        let why = if self.refers(expr, "write the value itself") {
            "value must be known".into()
        } else {
            let value = self.diagnostics.absorb(constant::value(expr))?;
            match convert(&value, ty) {
                _ if value.is_null() => "null value is not allowed".into(),
                Ok(value) => return Some(value),
                Err(error) => error.message,
            }
        };
        let place = if self.is_json(expr.span) { expr.span } else { expr.start_span() };
        self.report("Unsuitable value type", format!("Unsuitable value: {why}"), place);
        None
    }

    /// Tells whether an expression refers to something or calls functions, and says that it may not.
    pub(crate) fn refers(&mut self, value: &Expr, hint: &str) -> bool {
        let found = lang::eval::forbidden(value);
        let refers = !found.is_empty();
        self.diagnostics.extend(found.into_iter().map(|diagnostic| diagnostic.hint(hint)));
        refers
    }

    /// A reference that is read, not evaluated: bare, or (JSON, and long ago) in quotes.
    pub(crate) fn traversal(&mut self, expr: &Expr) -> Option<Arc<Traversal>> {
        if let ExprKind::Reference(traversal) = &expr.kind {
            return Some(traversal.clone());
        }
        // Terraform counts from the quote itself in JSON.
        let begin = expr.span.start + u32::from(!self.is_json(expr.span));
        let quoted = constant::text(expr).and_then(|text| {
            let parsed = lang::parse::expression(&text, expr.span.file).ok()?;
            match parsed.kind {
                ExprKind::Reference(traversal) => Some(Arc::new(shifted(&traversal, begin))),
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
                self.report("Invalid expression", NOT_STATIC, expr.span);
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
        let place = if self.is_json(expr.span) { expr.span } else { expr.start_span() };
        self.report("Invalid expression", "A static list expression is required.", place);
        Vec::new()
    }
}

pub(crate) fn is_null(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Literal(value) if value.is_null())
}
