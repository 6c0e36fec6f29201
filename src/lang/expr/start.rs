//! Where an expression starts: the first token that says what it is, which messages about arguments point to.

use diagnostics::Span;

use super::{Expr, ExprKind, Step, TemplatePart};
use crate::Data;

impl Expr {
    /// The span of the start: the `[` of a list, the `name(` of a call, the left operand of an operator.
    pub fn start_span(&self) -> Span {
        match &self.kind {
            ExprKind::Literal(value) if matches!(value.data, Data::String(_)) => {
                inside_quotes(self.span)
            }
            ExprKind::Template(parts) => start_of_template(parts, self.span),
            ExprKind::Reference(traversal) => start_of_steps(&traversal.steps, self.span),
            ExprKind::Step(_, step) => start_of_steps(std::slice::from_ref(&**step), self.span),
            ExprKind::Call(call) => Span { end: call.name_span.end + 1, ..call.name_span },
            ExprKind::Conditional(parts) => parts[0].start_span(),
            ExprKind::Binary(_, sides) => sides[0].start_span(),
            ExprKind::Parentheses(inner) => inner.start_span(),
            ExprKind::Unary(..) | ExprKind::Tuple(_) | ExprKind::Object(_) | ExprKind::For(_) => {
                first_character(self.span)
            }
            ExprKind::Splat { source, full, .. } => {
                let start = source.span.end;
                Span { start, end: start + if *full { 3 } else { 2 }, ..self.span }
            }
            ExprKind::Literal(_) | ExprKind::Wrap(_) | ExprKind::Bound(_) => self.span,
        }
    }
}

fn first_character(span: Span) -> Span {
    Span { end: span.start + 1, ..span }
}

/// The text of a quoted string; of an empty one, what is behind it.
fn inside_quotes(span: Span) -> Span {
    if span.end < span.start + 3 {
        return Span { start: span.end, ..span };
    }
    Span { start: span.start + 1, end: span.end - 1, ..span }
}

fn start_of_template(parts: &[TemplatePart], span: Span) -> Span {
    let end = match parts {
        [TemplatePart::Literal(_), TemplatePart::Interpolation(next), ..] => next.span.start - 2,
        [
            TemplatePart::Literal(_),
            TemplatePart::If { span: next, .. } | TemplatePart::For { span: next, .. },
            ..,
        ] => next.start,
        [TemplatePart::Interpolation(first), ..] => return first.start_span(),
        [TemplatePart::If { condition, .. }, ..] => return condition.start_span(),
        [TemplatePart::For { span, .. }, ..] => return *span,
        _ => return span,
    };
    Span { start: span.start + 1, end, ..span }
}

/// An index that is computed starts at its bracket; other steps belong to what they follow.
fn start_of_steps(steps: &[Step], span: Span) -> Span {
    match steps.last() {
        Some(Step::Index(key, index)) if !matches!(key.kind, ExprKind::Literal(_)) => {
            first_character(*index)
        }
        _ => span,
    }
}
