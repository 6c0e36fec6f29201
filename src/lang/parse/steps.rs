//! What follows a term: `.name`, `.0`, `[key]`, `.*` and `[*]`.

use std::sync::Arc;

use super::parser::Parser;
use super::token::{Kind, Token};
use crate::{Expr, ExprKind, Step};

impl Parser<'_> {
    pub(super) fn steps(&mut self, mut from: Expr) -> Expr {
        let mut length = 0;
        loop {
            let token = self.peek();
            length += 1;
            if length > super::parser::DEPTH_MAX * 4 {
                self.too_deep(token);
                return from;
            }
            match token.kind {
                Kind::Dot => from = self.dot(from),
                Kind::OpenBracket => from = self.bracket(from),
                _ => break,
            }
        }
        from
    }

    fn dot(&mut self, from: Expr) -> Expr {
        let dot = self.next();
        let token = self.peek();
        match token.kind {
            Kind::Identifier => {
                self.next();
                let name = self.name(token);
                add_step(from, Step::Attribute(name, self.span(dot).to(self.span(token))))
            }
            Kind::Number => {
                self.next();
                let key = self.legacy_index(token, "Use the proper index syntax instead, like");
                add_step(from, Step::Index(key, self.span(dot).to(self.span(token))))
            }
            Kind::Star => self.attribute_splat(from),
            _ => {
                let detail = "An attribute name is required after a dot.";
                self.remark("Invalid attribute name", detail, self.span(token));
                self.recovery = true;
                from
            }
        }
    }

    /// The number after a dot; `.1.0` reads as one number and is refused.
    fn legacy_index(&mut self, token: Token, instead: &str) -> Expr {
        let text = self.text(token);
        let span = self.span(token);
        if let Some((first, second)) = text.split_once('.') {
            let detail = format!(
                "When using the legacy index syntax, chaining two indexes together is not permitted. {instead} [{first}][{second}]."
            );
            self.remark("Invalid legacy index syntax", detail, span);
            return self.placeholder(span);
        }
        let value = self.number(token);
        Expr::literal(value, span)
    }

    /// `.*` takes along attributes and legacy indexes only; what follows applies to its result.
    fn attribute_splat(&mut self, source: Expr) -> Expr {
        let star = self.next();
        let mut last = star;
        let mut each = Vec::new();
        while self.peek_kind() == Kind::Dot {
            let dot = self.next();
            let token = self.peek();
            match token.kind {
                Kind::Number => {
                    self.next();
                    let instead = "Use the proper index syntax with a full splat expression [*] instead, like";
                    let key = self.legacy_index(token, instead);
                    each.push(Step::Index(key, self.span(dot).to(self.span(token))));
                }
                Kind::Identifier => {
                    self.next();
                    let name = self.name(token);
                    each.push(Step::Attribute(name, self.span(dot).to(self.span(token))));
                }
                Kind::Star => {
                    let detail = "A splat expression (*) cannot be used inside another attribute-only splat expression.";
                    self.error("Nested splat expression not allowed", detail, self.span(token));
                    self.recovery = true;
                    break;
                }
                _ => {
                    let detail = "An attribute name is required after a dot.";
                    self.error("Invalid attribute name", detail, self.span(star));
                    self.recovery = true;
                    break;
                }
            }
            last = token;
        }
        let span = source.span.to(self.span(last));
        let (source, each) = (Arc::new(source), each.into());
        Expr::new(ExprKind::Splat { source, each, full: false, nested: None }, span)
    }

    fn bracket(&mut self, from: Expr) -> Expr {
        let open = self.next();
        if self.accept(Kind::Star).is_some() {
            return self.nested(|parser| parser.full_splat(from, open));
        }
        let key = self.with_newlines(false, |parser| {
            let (key, failed) = parser.tried(Self::expression);
            if failed {
                parser.recover_to(Kind::CloseBracket);
            } else if parser.next().kind != Kind::CloseBracket && !parser.recovery {
                // The place is where the search for it ended.
                let found = parser.recover_to(Kind::CloseBracket);
                let detail = "The index operator must end with a closing bracket (\"]\").";
                parser.remark("Missing close bracket on index", detail, parser.span(found));
            }
            key
        });
        add_step(from, Step::Index(key, self.span(open).to(self.last_span())))
    }

    /// `[*]` takes along every step after it; another splat among them nests.
    fn full_splat(&mut self, source: Expr, open: Token) -> Expr {
        let close = self.next();
        if close.kind != Kind::CloseBracket && !self.recovery {
            let detail = "The star for a full splat operator must be immediately followed by a closing bracket (\"]\").";
            self.remark("Missing close bracket on splat index", detail, self.span(close));
            self.recover_to(Kind::CloseBracket);
        }
        let marker = self.span(open).to(self.last_span());
        let item = Expr::new(ExprKind::Bound(Expr::SPLAT_ITEM.into()), marker);
        let body = self.steps(item);
        let span = source.span.to(body.span);
        let (each, nested) = plain_steps(body);
        let nested = nested.map(Arc::new);
        Expr::new(ExprKind::Splat { source: Arc::new(source), each, full: true, nested }, span)
    }
}

/// Takes the steps off the current item; a body that is more than steps stays whole.
fn plain_steps(body: Expr) -> (Arc<[Step]>, Option<Expr>) {
    let mut steps = Vec::new();
    let mut rest = &body;
    loop {
        match &rest.kind {
            ExprKind::Bound(_) => {
                steps.reverse();
                return (steps.into(), None);
            }
            ExprKind::Step(inner, step) => {
                steps.push((**step).clone());
                rest = inner;
            }
            _ => return (Arc::from([]), Some(body)),
        }
    }
}

/// Adds a step: to a reference it belongs, anything else is stepped into.
fn add_step(from: Expr, step: Step) -> Expr {
    let step_span = match &step {
        Step::Attribute(_, span) | Step::Index(_, span) => *span,
    };
    let span = from.span.to(step_span);
    match from.kind {
        ExprKind::Reference(mut traversal) => {
            // Nobody else holds it yet, so this does not copy.
            let inner = Arc::make_mut(&mut traversal);
            inner.steps.push(step);
            inner.span = span;
            Expr::new(ExprKind::Reference(traversal), span)
        }
        kind => {
            let source = Arc::new(Expr::new(kind, from.span));
            Expr::new(ExprKind::Step(source, Arc::new(step)), span)
        }
    }
}
