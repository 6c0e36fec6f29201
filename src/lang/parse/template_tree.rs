//! Joins `%{ if }`, `%{ for }` and their ends into a tree.

use std::sync::Arc;

use diagnostics::{Diagnostic, Diagnostics, Span};

use super::literal;
use super::template::Part;
use crate::expr::TemplatePart;

/// Directives nested more deeply are refused.
const DEPTH_MAX: usize = 200;

pub(super) struct Builder<'a> {
    source: &'a str,
    parts: std::iter::Peekable<std::vec::IntoIter<Part>>,
    /// Where the template ends: the place of what is missing there.
    end: Span,
    found: Diagnostics,
    depth: usize,
}

/// What ended a run of parts.
enum End {
    Template,
    Else,
    If,
    For,
}

impl<'a> Builder<'a> {
    pub(super) fn new(source: &'a str, parts: Vec<Part>, end: Span) -> Self {
        let parts = parts.into_iter().peekable();
        Self { source, parts, end, found: Diagnostics::new(), depth: 0 }
    }

    pub(super) fn build(mut self) -> (Arc<[TemplatePart]>, Diagnostics) {
        let mut tree = Vec::new();
        loop {
            let (parts, end, at) = self.run();
            tree.extend(parts);
            match end {
                End::Template => return (tree.into(), self.found),
                End::Else => self.unexpected("else", at, UNBALANCED),
                End::If => self.unexpected("endif", at, UNBALANCED),
                End::For => self.unexpected("endfor", at, UNBALANCED),
            }
        }
    }

    fn unexpected(&mut self, name: &str, at: Span, detail: impl Into<String>) {
        let summary = format!("Unexpected {name} directive");
        self.found.push(Diagnostic::error(summary, detail).at(at));
    }

    /// Reads parts up to an end directive; literals that follow each other melt into one.
    fn run(&mut self) -> (Vec<TemplatePart>, End, Span) {
        let mut parts = Vec::new();
        let mut text = String::new();
        loop {
            let Some(part) = self.parts.next() else {
                push_text(&mut parts, &mut text);
                return (parts, End::Template, self.end);
            };
            if let Part::Literal(literal) = part {
                text.push_str(&literal);
                continue;
            }
            push_text(&mut parts, &mut text);
            match part {
                Part::Interpolation(expr) => parts.push(TemplatePart::Interpolation(expr)),
                Part::If { .. } | Part::For { .. } => parts.extend(self.directive(part)),
                Part::Else(span) => return (parts, End::Else, span),
                Part::EndIf(span) => return (parts, End::If, span),
                Part::EndFor(span) => return (parts, End::For, span),
                Part::Literal(_) => {}
            }
        }
    }

    fn directive(&mut self, part: Part) -> Option<TemplatePart> {
        self.depth += 1;
        let result = match part {
            _ if self.depth > DEPTH_MAX => {
                let detail =
                    format!("Template directives can be nested at most {DEPTH_MAX} levels deep.");
                self.found.push(Diagnostic::error("Nesting too deep", detail).at(self.end));
                self.parts = Vec::new().into_iter().peekable();
                None
            }
            Part::If { condition, span } => {
                let (then, otherwise) = self.branches(span);
                let (then, otherwise) = (then.into(), otherwise.into());
                Some(TemplatePart::If { condition, then, otherwise, span })
            }
            Part::For { key, value, collection, span } => {
                let body = self.body(span).into();
                Some(TemplatePart::For { key, value, collection, body, span })
            }
            _ => None,
        };
        self.depth -= 1;
        result
    }

    fn branches(&mut self, open: Span) -> (Vec<TemplatePart>, Vec<TemplatePart>) {
        let (place, before) = (self.place(open), self.found.len());
        let branches = self.branches_of(&place);
        self.mention(before, open, &place);
        branches
    }

    /// Says of the mistakes since that `place` is where a directive opens.
    fn mention(&mut self, before: usize, open: Span, place: &str) {
        if self.found.len() == before {
            return;
        }
        let told = |(at, found): (usize, Diagnostic)| {
            let is_new = at >= before && found.mentioned.is_none();
            if is_new && found.detail.contains(place) {
                found.mentioning(open, place)
            } else {
                found
            }
        };
        let found = std::mem::take(&mut self.found).into_iter().enumerate();
        self.found = found.map(told).collect::<Vec<_>>().into();
    }

    fn branches_of(&mut self, place: &str) -> (Vec<TemplatePart>, Vec<TemplatePart>) {
        let (then, end, at) = self.run();
        match end {
            End::If => return (then, Vec::new()),
            End::Else => {}
            End::Template => {
                self.missing("if", "endif", place);
                return (then, Vec::new());
            }
            End::For => {
                let detail = format!("Expecting an endif directive for the if started at {place}.");
                self.unexpected("endfor", at, detail);
                return (then, Vec::new());
            }
        }
        let (otherwise, end, at) = self.run();
        match end {
            End::If => {}
            End::Template => self.missing("if", "endif", place),
            End::Else => {
                let detail = format!("Already in the else clause for the if started at {place}.");
                self.unexpected("else", at, detail);
            }
            End::For => {
                let detail = format!("Expecting an endif directive for the if started at {place}.");
                self.unexpected("endfor", at, detail);
            }
        }
        (then, otherwise)
    }

    fn body(&mut self, open: Span) -> Vec<TemplatePart> {
        let (place, before) = (self.place(open), self.found.len());
        let (body, end, at) = self.run();
        match end {
            End::For => {}
            End::Template => self.missing("for", "endfor", &place),
            End::Else => {
                self.unexpected("else", at, "An else clause is not expected for a for directive.");
            }
            End::If => {
                let detail = format!(
                    "Expecting an endfor directive corresponding to the for directive at {place}."
                );
                self.unexpected("endif", at, detail);
            }
        }
        self.mention(before, open, &place);
        body
    }

    fn missing(&mut self, open: &str, end: &str, place: &str) {
        let detail = format!(
            "The {open} directive at {place} is missing its corresponding {end} directive."
        );
        self.found.push(Diagnostic::error("Unexpected end of template", detail).at(self.end));
    }

    fn place(&self, span: Span) -> String {
        super::line_and_column(self.source, span.start as usize)
    }
}

const UNBALANCED: &str = "The control directives within this template are unbalanced.";

fn push_text(parts: &mut Vec<TemplatePart>, text: &mut String) {
    if !text.is_empty() {
        parts.push(TemplatePart::Literal(literal::normalised(text)));
        text.clear();
    }
}
