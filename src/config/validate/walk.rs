//! Walks an expression: every reference and every call in it, and whether a mistake there is caught.

use std::sync::Arc;

use lang::expr::{Call, TemplatePart};
use lang::{Expr, ExprKind, Step, Traversal};

/// What a walk meets.
pub(super) enum Met<'a> {
    Reference(&'a Traversal),
    Call(&'a Call, &'a Expr),
}

/// Walks over everything inside; inside of `try` and `can` things are `caught`.
pub(super) struct Walk<'v, 'a> {
    pub visit: &'v mut dyn FnMut(Met<'a>, bool),
    pub caught: bool,
}

impl<'a> Walk<'_, 'a> {
    pub(super) fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Literal(_) | ExprKind::Bound(_) => {}
            ExprKind::Template(parts) => self.parts(parts),
            ExprKind::Wrap(inner) | ExprKind::Parentheses(inner) | ExprKind::Unary(_, inner) => {
                self.expr(inner);
            }
            ExprKind::Reference(traversal) => {
                (self.visit)(Met::Reference(traversal), self.caught);
                self.steps(&traversal.steps);
            }
            ExprKind::Step(source, step) => {
                self.expr(source);
                self.steps(std::slice::from_ref(&**step));
            }
            ExprKind::Splat { source, each, nested, .. } => {
                self.expr(source);
                self.steps(each);
                nested.iter().for_each(|nested| self.expr(nested));
            }
            ExprKind::Call(call) => self.call(call, expr),
            ExprKind::Conditional(parts) => self.all(&parts[..]),
            ExprKind::Binary(_, sides) => self.all(&sides[..]),
            ExprKind::Tuple(items) => self.all(items),
            ExprKind::Object(items) => items.iter().for_each(|(key, value)| {
                self.expr(key);
                self.expr(value);
            }),
            ExprKind::For(each) => {
                self.expr(&each.collection);
                each.key_result.iter().for_each(|key| self.expr(key));
                self.expr(&each.value_result);
                each.condition.iter().for_each(|condition| self.expr(condition));
            }
        }
    }

    fn all(&mut self, exprs: &'a [Expr]) {
        exprs.iter().for_each(|expr| self.expr(expr));
    }

    fn call(&mut self, call: &'a Arc<Call>, whole: &'a Expr) {
        (self.visit)(Met::Call(call, whole), self.caught);
        let name = call.name.strip_prefix("core::").unwrap_or(&call.name);
        let before = self.caught;
        self.caught |= matches!(name, "can" | "try");
        self.all(&call.arguments);
        self.caught = before;
    }

    fn steps(&mut self, steps: &'a [Step]) {
        for step in steps {
            if let Step::Index(key, _) = step {
                self.expr(key);
            }
        }
    }

    fn parts(&mut self, parts: &'a [TemplatePart]) {
        for part in parts {
            match part {
                TemplatePart::Literal(_) => {}
                TemplatePart::Interpolation(expr) => self.expr(expr),
                TemplatePart::If { condition, then, otherwise, .. } => {
                    self.expr(condition);
                    self.parts(then);
                    self.parts(otherwise);
                }
                TemplatePart::For { collection, body, .. } => {
                    self.expr(collection);
                    self.parts(body);
                }
            }
        }
    }
}
