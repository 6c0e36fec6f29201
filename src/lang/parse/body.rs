//! Bodies: arguments and blocks, one a line; a mistake in one leaves the others whole.

use diagnostics::{Diagnostic, Span};
use indexmap::map::Entry;

use super::parser::Parser;
use super::token::{Kind, Token};
use crate::{Attribute, Block, Body, Label};

const ITEM_REQUIRED: &str = "Argument or block definition required";
const NO_EQUALS_SIGN: &str = "An argument or block definition is required here. To set an argument, use the equals sign \"=\" to introduce the argument value.";
const UNCLOSED_BLOCK: &str = "Unclosed configuration block";
const NO_CLOSING_BRACE: &str = "There is no closing brace for this block before the end of the file. This may be caused by incorrect brace nesting elsewhere in this file.";

impl Parser<'_> {
    /// Reads a whole file.
    pub(super) fn file_body(&mut self) -> Body {
        let start = self.span(self.peek());
        let mut body = self.body(Span { end: start.start, ..start }, Kind::End);
        body.span = Span { start: 0, ..body.span };
        body
    }

    /// Reads items up to the closing brace of a block, which is read too, or up to the end of the file.
    fn body(&mut self, start: Span, close: Kind) -> Body {
        let mut body = Body::empty(start);
        loop {
            let token = self.peek();
            match token.kind {
                kind if kind == close => {
                    self.next();
                    break;
                }
                Kind::Newline => {
                    self.next();
                }
                _ if close != Kind::End && self.is_at_outer_block() => break,
                Kind::Identifier => {
                    self.recovered |= std::mem::take(&mut self.recovery);
                    self.body_item(&mut body);
                }
                _ => {
                    self.no_item(token, start);
                    if close != Kind::End {
                        self.next();
                        self.recover_to(close);
                        break;
                    }
                    self.recover_to_block();
                    // What is skipped was meant to belong to the block before.
                    if let Some(before) = body.blocks.last_mut() {
                        before.span = before.span.to(self.last_span());
                    }
                }
            }
        }
        body.span = start.to(self.last_span());
        body
    }

    /// A token that begins no item; `open` is the brace of the block around. After any mistake it may be left over.
    fn no_item(&mut self, token: Token, open: Span) {
        self.recovery |= self.recovered;
        let span = self.span(token);
        match token.kind {
            Kind::OpenQuote => {
                self.error("Invalid argument name", "Argument names must not be quoted.", span);
            }
            Kind::End => self.error(UNCLOSED_BLOCK, NO_CLOSING_BRACE, open),
            _ => {
                let detail = "An argument or block definition is required here.";
                self.error(ITEM_REQUIRED, detail, span);
            }
        }
    }

    /// An item that begins with a word.
    fn body_item(&mut self, body: &mut Body) {
        let token = self.next();
        match self.peek_kind() {
            Kind::Assign => {
                let attribute = self.attribute(token, false);
                self.add(body, attribute);
            }
            Kind::OpenQuote | Kind::OpenBrace | Kind::Identifier => {
                let block = self.block(token);
                body.blocks.extend(block);
            }
            _ => {
                self.remark(ITEM_REQUIRED, NO_EQUALS_SIGN, self.span(token));
                self.recover_after_item();
            }
        }
    }

    fn add(&mut self, body: &mut Body, attribute: Attribute) {
        match body.attributes.entry(attribute.name.clone()) {
            Entry::Vacant(entry) => {
                entry.insert(attribute);
            }
            Entry::Occupied(entry) => {
                let first = entry.get().name_span;
                let place = super::line_and_column(self.source, first.start as usize);
                let detail = format!(
                    "The argument \"{}\" was already set at {place}. Each argument may be set only once.",
                    attribute.name
                );
                let remark = Diagnostic::error("Attribute redefined", detail);
                self.found.push(remark.at(attribute.name_span).mentioning(first, place));
            }
        }
    }

    /// An argument whose name was read; `=` is next.
    fn attribute(&mut self, name: Token, single_line: bool) -> Attribute {
        self.next();
        let (value, failed) = self.tried(Self::expression);
        let name_span = self.span(name);
        let span = name_span.to(self.last_span());
        let name = self.name(name);
        if failed {
            self.recover_after_item();
        } else if !single_line {
            self.end_of_argument();
        }
        Attribute { name, name_span, value, span }
    }

    fn end_of_argument(&mut self) {
        let end = self.peek();
        let (summary, detail) = match end.kind {
            Kind::Newline | Kind::End => {
                self.next();
                return;
            }
            Kind::Comma => (
                "Unexpected comma after argument",
                "Argument definitions must be separated by newlines, not commas. An argument definition must end with a newline.",
            ),
            _ => (
                "Missing newline after argument",
                "An argument definition must end with a newline.",
            ),
        };
        self.error(summary, detail, self.span(end));
        self.recover_after_item();
    }

    /// A block whose kind was read; labels and the brace follow.
    fn block(&mut self, kind: Token) -> Option<Block> {
        let kind_span = self.span(kind);
        let mut labels = Vec::new();
        let mut header_span = kind_span;
        while self.peek_kind() != Kind::OpenBrace {
            let Some(label) = self.label() else {
                self.recover_after_item();
                let body = Body::empty(kind_span);
                let kind = self.name(kind);
                return Some(Block {
                    kind,
                    kind_span,
                    labels,
                    body,
                    header_span,
                    span: header_span,
                });
            };
            header_span = header_span.to(label.span);
            labels.push(label);
        }
        let open = self.next();
        if !self.enter() {
            self.too_deep(kind);
            self.leave();
            self.recover_to(Kind::CloseBrace);
            return None;
        }
        let body = match self.peek_kind() {
            Kind::Newline | Kind::End | Kind::CloseBrace => {
                self.body(self.span(open), Kind::CloseBrace)
            }
            _ => self.single_line_body(open),
        };
        self.leave();
        let span = kind_span.to(self.last_span());
        self.end_of_block();
        let kind = self.name(kind);
        Some(Block { kind, kind_span, labels, body, header_span, span })
    }

    fn end_of_block(&mut self) {
        let end = self.peek();
        match end.kind {
            Kind::Newline | Kind::End => {
                self.next();
            }
            _ => {
                let detail = "A block definition must end with a newline.";
                self.error("Missing newline after block definition", detail, self.span(end));
                self.recover_after_item();
            }
        }
    }

    /// A label, quoted or bare; none where something else stands.
    fn label(&mut self) -> Option<Label> {
        let token = self.peek();
        let span = self.span(token);
        let summary = "Invalid block definition";
        match token.kind {
            Kind::OpenQuote => return Some(self.quoted_label()),
            Kind::Identifier => {
                self.next();
                return Some(Label { text: self.name(token), span });
            }
            Kind::Assign => {
                let detail = "The equals sign \"=\" indicates an argument definition, and must not be used when defining a block.";
                self.remark(summary, detail, span);
            }
            Kind::Newline => {
                let detail = "A block definition must have block content delimited by \"{\" and \"}\", starting on the same line as the block header.";
                self.remark(summary, detail, span);
            }
            _ => {
                let detail = "Either a quoted string block label or an opening brace (\"{\") is expected here.";
                self.error(summary, detail, span);
            }
        }
        None
    }

    fn quoted_label(&mut self) -> Label {
        let open = self.next();
        let mut text = String::new();
        loop {
            let token = self.peek();
            match token.kind {
                Kind::CloseQuote => {
                    self.next();
                    break;
                }
                Kind::Quoted => {
                    self.next();
                    let (piece, span) = (self.text(token), self.span(token));
                    text.push_str(&super::literal::quoted(piece, span, &mut self.found));
                }
                Kind::OpenInterpolation | Kind::OpenDirective => {
                    self.next();
                    let sign = if token.kind == Kind::OpenDirective { "%" } else { "$" };
                    let detail = format!(
                        "Template sequences are not allowed in this string. To include a literal \"{sign}\", double it (as \"{sign}{sign}\") to escape it."
                    );
                    self.remark("Invalid string literal", detail, self.span(token));
                    text.push_str(sign);
                    text.push_str("{ ... }");
                    self.recover_to(Kind::CloseSequence);
                }
                Kind::End => {
                    let detail =
                        "Unable to find the closing quote mark before the end of the file.";
                    self.remark("Unterminated string literal", detail, self.span(open));
                    break;
                }
                _ => {
                    let detail = "This item is not valid in a string literal.";
                    self.remark("Invalid string literal", detail, self.span(token));
                    self.next();
                    self.recover_to(Kind::CloseQuote);
                    break;
                }
            }
        }
        let span = self.span(open).to(self.last_span());
        Label { text: super::literal::normalised(&text), span }
    }

    /// `name { argument = value }` on one line.
    fn single_line_body(&mut self, open: Token) -> Body {
        let mut body = Body::empty(self.span(open));
        let name = self.next();
        match (name.kind, self.peek_kind()) {
            (Kind::Identifier, Kind::Assign) => {
                let attribute = self.attribute(name, true);
                // What such a body lacks is told at its one argument.
                body.span = attribute.span;
                self.add(&mut body, attribute);
            }
            (Kind::Identifier, Kind::OpenQuote | Kind::OpenBrace | Kind::Identifier) => {
                let text = self.text(name);
                let detail = format!(
                    "A single-line block definition can contain only a single argument. If you meant to define argument \"{text}\", use an equals sign to assign it a value. To define a nested block, place it on a line of its own within its parent block."
                );
                let at = self.span(name).to(self.span(self.peek()));
                self.remark("Argument definition required", detail, at);
                self.recover_after_item();
            }
            (Kind::Identifier, _) => {
                self.remark(ITEM_REQUIRED, NO_EQUALS_SIGN, self.span(name));
                self.recover_after_item();
            }
            _ => {
                let detail = "An argument or block definition is required here.";
                self.remark(ITEM_REQUIRED, detail, self.span(name));
                self.recover_after_item();
            }
        }
        if self.accept(Kind::CloseBrace).is_none() {
            self.not_closed_on_line(self.span(open));
        }
        body.span = body.span.to(self.last_span());
        body
    }

    fn not_closed_on_line(&mut self, open: Span) {
        let next = self.peek();
        let summary = "Invalid single-argument block definition";
        let span = self.span(next);
        match next.kind {
            Kind::Comma => {
                let detail = "Single-line block syntax can include only one argument definition. To define multiple arguments, use the multi-line block syntax with one argument definition per line.";
                self.remark(summary, detail, span);
            }
            Kind::Newline => {
                let detail = "An argument definition on the same line as its containing block creates a single-line block definition, which must also be closed on the same line. Place the block's closing brace immediately after the argument definition.";
                self.remark(summary, detail, span);
            }
            Kind::End => self.error(UNCLOSED_BLOCK, NO_CLOSING_BRACE, open),
            _ => {
                let detail = "A single-line block definition must end with a closing brace immediately after its single argument definition.";
                self.error(summary, detail, span);
            }
        }
        self.recover_to(Kind::CloseBrace);
    }
}
