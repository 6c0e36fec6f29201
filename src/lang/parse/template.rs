//! Templates: literal text, `${ }` and `%{ }`, in quotes, in heredocs and in whole files.

use std::sync::Arc;

use diagnostics::Span;

use super::parser::Parser;
use super::template_tree::Builder;
use super::token::{Kind, Token};
use crate::{Expr, ExprKind, Name, Value};

/// A piece of a template before directives are joined to their ends.
#[derive(Debug)]
pub(super) enum Part {
    Literal(String),
    Interpolation(Expr),
    If { condition: Expr, span: Span },
    For { key: Option<Name>, value: Name, collection: Expr, span: Span },
    Else(Span),
    EndIf(Span),
    EndFor(Span),
}

/// What reading the parts carries along.
struct Reading {
    parts: Vec<Part>,
    /// `~}` came just before: the next literal loses its leading space.
    trim_next: bool,
    /// The piece before is a literal that `${~` may trim.
    can_trim_last: bool,
    /// How many names were bound before each open `for` directive.
    bound: Vec<usize>,
    /// The place where the template begins.
    start: Span,
}

impl Parser<'_> {
    /// Reads a template up to its closing token; `flush` takes the common indentation away.
    pub(super) fn template_until(&mut self, close: Kind, flush: bool, open: Option<Token>) -> Expr {
        let start = open.map_or(self.span(self.peek()), |token| self.span(token));
        let bound = self.bound.len();
        let mut parts = self.with_newlines(true, |parser| parser.parts(close));
        self.bound.truncate(bound);
        if flush {
            super::heredoc::dedent(&mut parts);
        }
        let span = start.to(self.last_span());
        let end = self.last_span();
        self.joined(parts, span, end)
    }

    fn joined(&mut self, mut parts: Vec<Part>, span: Span, end: Span) -> Expr {
        if matches!(parts.as_slice(), [Part::Interpolation(_)])
            && let Some(Part::Interpolation(expr)) = parts.pop()
        {
            return Expr::new(ExprKind::Wrap(Arc::new(expr)), span);
        }
        if parts.iter().all(|part| matches!(part, Part::Literal(_))) {
            let text: String = parts.iter().map(literal_text).collect();
            return Expr::literal(Value::text(&text), span);
        }
        let (tree, mistakes) = Builder::new(self.source, parts, end).build();
        self.found.extend(mistakes);
        Expr::new(ExprKind::Template(tree), span)
    }

    fn parts(&mut self, close: Kind) -> Vec<Part> {
        let mut reading = Reading {
            parts: Vec::new(),
            trim_next: false,
            can_trim_last: false,
            bound: Vec::new(),
            start: self.span(self.peek()),
        };
        loop {
            let token = self.peek();
            if token.kind == close {
                self.next();
                break;
            }
            if !self.part(token, close, &mut reading) {
                break;
            }
        }
        reading.parts
    }

    /// Reads one part; false where the template ends too early.
    fn part(&mut self, token: Token, close: Kind, reading: &mut Reading) -> bool {
        let trim = std::mem::take(&mut reading.trim_next);
        let can_trim = std::mem::take(&mut reading.can_trim_last);
        match token.kind {
            Kind::Quoted | Kind::Bare => {
                self.next();
                let text = self.literal(token);
                let text = if trim { text.trim_start().to_string() } else { text };
                reading.parts.push(Part::Literal(text));
                reading.can_trim_last = true;
            }
            Kind::OpenInterpolation | Kind::OpenDirective => {
                self.next();
                if can_trim && token.end - token.start == 3 {
                    trim_last(&mut reading.parts);
                }
                self.with_newlines(false, |parser| {
                    if token.kind == Kind::OpenInterpolation {
                        parser.interpolation(close, reading);
                    } else {
                        parser.directive(token, reading);
                    }
                });
            }
            _ => {
                let detail = "No closing marker was found for the string.";
                self.error("Unterminated template string", detail, self.span(token));
                self.next();
                self.recover_to(close);
                return false;
            }
        }
        true
    }

    fn literal(&mut self, token: Token) -> String {
        let text = self.text(token);
        if token.kind == Kind::Bare {
            return super::literal::bare(text).to_string();
        }
        let span = self.span(token);
        super::literal::quoted(text, span, &mut self.found)
    }

    fn interpolation(&mut self, close: Kind, reading: &mut Reading) {
        let expr = self.expression();
        let token = self.peek();
        if token.kind != Kind::CloseSequence {
            self.unclosed_interpolation(token, close, reading.start);
            self.recover_to(Kind::CloseSequence);
        } else {
            self.next();
            reading.trim_next = token.end - token.start == 2;
        }
        reading.parts.push(Part::Interpolation(expr));
    }

    fn unclosed_interpolation(&mut self, token: Token, close: Kind, start: Span) {
        let quote = matches!(token.kind, Kind::CloseQuote | Kind::OpenQuote);
        let (summary, detail, at) = match token.kind {
            Kind::End => (
                "Unclosed template interpolation sequence",
                "There is no closing brace for this interpolation sequence before the end of the file. This might be caused by incorrect nesting inside the given expression.",
                start,
            ),
            Kind::Colon => (
                "Extra characters after interpolation expression",
                "Template interpolation doesn't expect a colon at this location. Did you intend this to be a literal sequence to be processed as part of another language? If so, you can escape it by starting with \"$${\" instead of just \"${\".",
                self.span(token),
            ),
            _ if quote && close == Kind::CloseQuote => (
                "Unclosed template interpolation sequence",
                "There is no closing brace for this interpolation sequence before the end of the quoted template. This might be caused by incorrect nesting inside the given expression.",
                start,
            ),
            _ => (
                "Extra characters after interpolation expression",
                "Expected a closing brace to end the interpolation expression, but found extra characters.\n\nThis can happen when you include interpolation syntax for another language, such as shell scripting, but forget to escape the interpolation start token. If this is an embedded sequence for another language, escape it by starting with \"$${\" instead of just \"${\".",
                self.span(token),
            ),
        };
        self.error(summary, detail, at);
    }

    fn directive(&mut self, open: Token, reading: &mut Reading) {
        let keyword = self.peek();
        if keyword.kind != Kind::Identifier {
            let detail = "A template directive keyword (\"if\", \"for\", etc) is expected at the beginning of a %{ sequence.";
            self.error("Invalid template directive", detail, self.span(keyword));
            self.recover_to(Kind::CloseSequence);
            return;
        }
        self.next();
        let word = self.text(keyword);
        let Some(part) = self.directive_part(open, keyword, reading) else {
            self.recover_to(Kind::CloseSequence);
            return;
        };
        reading.parts.push(part);
        let close = self.peek();
        if close.kind == Kind::CloseSequence {
            self.next();
            reading.trim_next = close.end - close.start == 2;
            return;
        }
        let summary = format!("Extra characters in {word} marker");
        let detail = "Expected a closing brace to end the sequence, but found extra characters.";
        self.error(&summary, detail, self.span(close));
        self.recover_to(Kind::CloseSequence);
    }

    fn directive_part(
        &mut self,
        open: Token,
        keyword: Token,
        reading: &mut Reading,
    ) -> Option<Part> {
        let span = |parser: &Self| parser.span(open).to(parser.span(parser.peek()));
        match self.text(keyword) {
            "if" => {
                let condition = self.expression();
                Some(Part::If { condition, span: span(self) })
            }
            "else" => Some(Part::Else(span(self))),
            "endif" => Some(Part::EndIf(span(self))),
            "for" => {
                let (key, value) = self.for_names(("Invalid 'for' directive", "directive"))?;
                if !self.is_keyword("in") {
                    let detail = "For directive requires 'in' keyword after names.";
                    self.error("Invalid 'for' directive", detail, self.span(self.peek()));
                    return None;
                }
                self.next();
                let collection = self.expression();
                reading.bound.push(self.bound.len());
                self.bound.extend(key.iter().cloned().chain([value.clone()]));
                Some(Part::For { key, value, collection, span: span(self) })
            }
            "endfor" => {
                if let Some(length) = reading.bound.pop() {
                    self.bound.truncate(length);
                }
                Some(Part::EndFor(span(self)))
            }
            word => {
                let words = ["if", "for", "else", "endif", "endfor"];
                let near = diagnostics::did_you_mean(word, words);
                let near = near.map_or(String::new(), |near| format!(" Did you mean {near:?}?"));
                let detail = format!("{word:?} is not a valid template control keyword.{near}");
                self.error("Invalid template control keyword", detail, self.span(keyword));
                None
            }
        }
    }
}

fn literal_text(part: &Part) -> &str {
    if let Part::Literal(text) = part { text } else { "" }
}

fn trim_last(parts: &mut [Part]) {
    if let Some(Part::Literal(text)) = parts.last_mut() {
        text.truncate(text.trim_end().len());
    }
}
