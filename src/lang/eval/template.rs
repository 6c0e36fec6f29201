//! Rendering templates.

use std::sync::Arc;

use diagnostics::{Diagnostic, Span};

use super::Evaluator;
use crate::convert::convert;
use crate::expr::TemplatePart;
use crate::graphemes::certain_prefix;
use crate::value::Refinement;
use crate::{Expr, Marks, Type, Value};

const INVALID: &str = "Invalid template interpolation value";

/// What is known of an unknown string's start is kept up to this length.
const PREFIX_MAX: usize = 128;

/// The text so far.
#[derive(Default)]
struct Rendering {
    text: String,
    /// Something before was unknown: the text is what is known to come before it.
    unknown: bool,
    marks: Marks,
}

impl Evaluator<'_> {
    pub(super) fn template(&mut self, parts: &[TemplatePart], _span: Span) -> Value {
        let before = self.found.len();
        let mut rendering = Rendering::default();
        self.render(parts, &mut rendering);
        let value = if rendering.unknown {
            let mut end = rendering.text.len().min(PREFIX_MAX);
            while !rendering.text.is_char_boundary(end) {
                end -= 1;
            }
            let prefix = certain_prefix(&rendering.text[..end]);
            let sure = !prefix.is_empty() && self.found.len() == before;
            let prefix = sure.then(|| Arc::from(prefix));
            let known = Refinement { not_null: true, prefix, ..Refinement::default() };
            Value::unknown_refined(Type::String, known)
        } else {
            Value::text(&rendering.text)
        };
        value.with_marks(rendering.marks)
    }

    fn render(&mut self, parts: &[TemplatePart], rendering: &mut Rendering) {
        for part in parts {
            match part {
                TemplatePart::Literal(text) => {
                    if !rendering.unknown {
                        rendering.text.push_str(text);
                    }
                }
                TemplatePart::Interpolation(expr) => self.interpolation(expr, rendering),
                TemplatePart::If { condition, then, otherwise, .. } => {
                    self.if_directive(condition, (then, otherwise), rendering);
                }
                TemplatePart::For { key, value, collection, body, .. } => {
                    let Some(collection) = self.collection(collection) else {
                        rendering.unknown = true;
                        continue;
                    };
                    rendering.marks = rendering.marks | collection.marks;
                    rendering.unknown |= collection.is_unknown();
                    let before = self.found.len();
                    self.for_each(&collection, key.as_ref(), value, &mut |evaluator| {
                        evaluator.render(body, rendering);
                        evaluator.found.len() < before + super::MISTAKES_MAX
                    });
                }
            }
        }
    }

    fn interpolation(&mut self, expr: &Expr, rendering: &mut Rendering) {
        let value = self.value(expr);
        if value.is_null() {
            let detail =
                "The expression result is null. Cannot include a null value in a string template.";
            return self.error(INVALID, detail, expr.span, expr);
        }
        rendering.marks = rendering.marks | value.marks;
        if value.is_unknown() {
            rendering.unknown = true;
            return;
        }
        match convert(&value, &Type::String) {
            Ok(text) if !rendering.unknown => {
                rendering.text.push_str(text.as_str().unwrap_or_default());
            }
            Ok(_) => {}
            Err(error) => {
                let detail =
                    format!("Cannot include the given value in a string template: {error}.");
                self.error(INVALID, detail, expr.span, expr);
            }
        }
    }

    /// Both branches are rendered, since marks of either show; mistakes count only in the chosen one.
    fn if_directive(
        &mut self,
        condition: &Expr,
        (then, otherwise): (&[TemplatePart], &[TemplatePart]),
        rendering: &mut Rendering,
    ) {
        let (then, then_found) = self.branch(then);
        let (otherwise, otherwise_found) = self.branch(otherwise);
        let Some(condition) = self.condition(condition) else {
            rendering.unknown = true;
            return;
        };
        rendering.marks = rendering.marks | condition.marks | then.marks | otherwise.marks;
        let (branch, found) = match condition.as_bool() {
            Some(true) => (then, then_found),
            Some(false) => (otherwise, otherwise_found),
            None => {
                rendering.unknown = true;
                return;
            }
        };
        self.found.extend(found);
        if !rendering.unknown {
            rendering.text.push_str(&branch.text);
        }
        rendering.unknown |= branch.unknown;
    }

    fn branch(&mut self, parts: &[TemplatePart]) -> (Rendering, Vec<Diagnostic>) {
        let before = self.found.len();
        let mut rendering = Rendering::default();
        self.render(parts, &mut rendering);
        (rendering, self.found.split_off(before))
    }
}
