//! Bodies: arguments and blocks, one a line; a mistake in one leaves the others whole.

use diagnostics::Span;
use indexmap::map::Entry;

use super::parser::Parser;
use super::token::{Kind, Token};
use crate::{Attribute, Block, Body, Label};

const ITEM_REQUIRED: &str = "Argument or block definition required";
const UNCLOSED_BLOCK: &str = "Unclosed configuration block";
const NO_CLOSING_BRACE: &str = "There is no closing brace for this block before the end of the file. This may be caused by incorrect brace nesting elsewhere in this file.";

/// The block whose body is read: its opening brace, and how far right its header starts.
#[derive(Clone, Copy)]
struct Within {
    open: Span,
    column: usize,
}

impl Parser<'_> {
    /// Reads a whole file.
    pub(super) fn file_body(&mut self) -> Body {
        let start = self.span(self.peek());
        let mut body = self.body(Span { end: start.start, ..start }, None);
        body.span = Span { start: 0, ..body.span };
        body
    }

    /// Reads items up to the closing brace, which is read too, or up to the end of the file.
    fn body(&mut self, start: Span, within: Option<Within>) -> Body {
        let mut body = Body::empty(start);
        loop {
            let token = self.peek();
            match token.kind {
                Kind::Newline => {
                    self.next();
                    continue;
                }
                Kind::End => {
                    // A mistake at the very end says already what is missing there.
                    if let Some(within) = within.filter(|_| !self.failed_at_end) {
                        self.recovery = false;
                        self.error(UNCLOSED_BLOCK, NO_CLOSING_BRACE, within.open);
                    }
                    break;
                }
                Kind::CloseBrace if within.is_some() => {
                    self.next();
                    break;
                }
                _ => {}
            }
            if within.is_some_and(|within| self.escapes(within)) {
                let header = within.map_or(start, |within| within.open);
                self.recovery = false;
                self.error(UNCLOSED_BLOCK, NO_CLOSING_BRACE, header);
                break;
            }
            self.recovery = false;
            let outer = self.column.replace(self.next_column());
            self.body_item(&mut body);
            self.column = outer;
        }
        body.span = start.to(self.last_span());
        body
    }

    /// Where braces do not pair up: an item no further right than the block's header is outside.
    fn escapes(&self, within: Within) -> bool {
        !self.balanced
            && self.next_column() <= within.column
            && self.looks_like_item(self.position())
    }

    fn body_item(&mut self, body: &mut Body) {
        let token = self.peek();
        let span = self.span(token);
        let after_stray = std::mem::take(&mut self.stray_line);
        if token.kind != Kind::Identifier {
            self.stray(token, after_stray);
            return;
        }
        self.next();
        match self.peek_kind() {
            Kind::Assign => {
                if let Some(attribute) = self.attribute(token, false) {
                    self.add(body, attribute);
                }
            }
            Kind::OpenQuote | Kind::OpenBrace | Kind::Identifier => {
                let block = self.block(token);
                body.blocks.extend(block);
            }
            _ => {
                let detail = "An argument or block definition is required here. To set an argument, use the equals sign \"=\" to introduce the argument value.";
                self.error(ITEM_REQUIRED, detail, span);
                self.recover_after_item();
                self.stray_line = true;
            }
        }
    }

    /// A line that starts like no item; of several in a row only the first is told.
    fn stray(&mut self, token: Token, after_stray: bool) {
        let span = self.span(token);
        let required = "An argument or block definition is required here.";
        match token.kind {
            _ if after_stray => self.recovery = true,
            Kind::OpenQuote => {
                self.error("Invalid argument name", "Argument names must not be quoted.", span);
            }
            Kind::UnclosedComment | Kind::UnclosedHeredoc => self.recovery = true,
            _ => self.error(ITEM_REQUIRED, required, span),
        }
        if token.kind.closer().is_none() {
            self.next();
        }
        self.recover_after_item();
        self.stray_line = true;
    }

    fn add(&mut self, body: &mut Body, attribute: Attribute) {
        match body.attributes.entry(attribute.name.clone()) {
            Entry::Vacant(entry) => {
                entry.insert(attribute);
            }
            Entry::Occupied(entry) => {
                let first = entry.get().name_span.start as usize;
                let place = super::line_and_column(self.source, first);
                let detail = format!(
                    "The argument \"{}\" was already set at {place}. Each argument may be set only once.",
                    attribute.name
                );
                self.remark("Attribute redefined", detail, attribute.name_span);
            }
        }
    }

    /// An argument whose name was read; `=` is next.
    fn attribute(&mut self, name: Token, single_line: bool) -> Option<Attribute> {
        self.next();
        let value = self.expression();
        let name_span = self.span(name);
        let span = name_span.to(self.last_span());
        let name = self.name(name);
        let failed = self.recovery;
        match (self.recovery, single_line) {
            (true, false) => self.recover_after_item(),
            (false, false) => self.end_of_argument(),
            // The block's closing brace is looked for by the block.
            (_, true) => {}
        }
        // The value of an argument that could not be read would only lead to more mistakes.
        let value = if failed { self.placeholder(value.span) } else { value };
        Some(Attribute { name, name_span, value, span })
    }

    fn end_of_argument(&mut self) {
        let end = self.peek();
        match end.kind {
            Kind::Newline | Kind::End => {
                self.next();
                return;
            }
            // The brace of a block that was closed on the argument's line.
            Kind::Comma => self.error(
                "Unexpected comma after argument",
                "Argument definitions must be separated by newlines, not commas. An argument definition must end with a newline.",
                self.span(end),
            ),
            _ => self.error(
                "Missing newline after argument",
                "An argument definition must end with a newline.",
                self.span(end),
            ),
        }
        self.recover_after_item();
    }

    /// A block whose kind was read; labels and the brace follow.
    fn block(&mut self, kind: Token) -> Option<Block> {
        let column = self.column.unwrap_or(0);
        let kind_span = self.span(kind);
        let mut labels = Vec::new();
        let mut header_span = kind_span;
        while self.peek_kind() != Kind::OpenBrace {
            let label = self.label()?;
            header_span = header_span.to(label.span);
            labels.push(label);
        }
        let open = self.next();
        let within = Within { open: self.span(open), column };
        if !self.enter() {
            self.too_deep(kind);
            self.leave();
            self.recover_to(Kind::CloseBrace);
            return None;
        }
        let body = match self.peek_kind() {
            Kind::Newline | Kind::End | Kind::CloseBrace => {
                self.body(self.span(open), Some(within))
            }
            _ => self.single_line_body(open, within),
        };
        self.leave();
        let span = kind_span.to(self.last_span());
        self.end_of_block();
        let kind = self.name(kind);
        Some(Block { kind, kind_span, labels, body, header_span, span })
    }

    fn end_of_block(&mut self) {
        let end = self.peek();
        if self.recovery && (end.kind == Kind::End || self.is_at_new_item()) {
            return;
        }
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

    /// A label, quoted or bare; after a mistake the rest of the block is skipped.
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
                self.error(summary, detail, span);
            }
            Kind::Newline => {
                let detail = "A block definition must have block content delimited by \"{\" and \"}\", starting on the same line as the block header.";
                self.error(summary, detail, span);
            }
            _ => {
                let detail = "Either a quoted string block label or an opening brace (\"{\") is expected here.";
                self.error(summary, detail, span);
            }
        }
        self.recover_after_item();
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
                    let before = self.recovery;
                    self.recover_to(Kind::CloseSequence);
                    self.recovery = before;
                }
                // It was reported; a string that ended with its line ends the label.
                Kind::QuotedNewline => {
                    self.next();
                    if self.peek().start == token.start {
                        self.recovery = true;
                        break;
                    }
                }
                _ => {
                    let detail =
                        "Unable to find the closing quote mark before the end of the file.";
                    self.error("Unterminated string literal", detail, self.span(token));
                    break;
                }
            }
        }
        let span = self.span(open).to(self.last_span());
        Label { text: super::literal::normalised(&text), span }
    }

    /// `name { argument = value }` on one line.
    fn single_line_body(&mut self, open: Token, within: Within) -> Body {
        let mut body = Body::empty(self.span(open));
        let name = self.next();
        match (name.kind, self.peek_kind()) {
            (Kind::Identifier, Kind::Assign) => {
                if let Some(attribute) = self.attribute(name, true) {
                    self.add(&mut body, attribute);
                }
            }
            (Kind::Identifier, Kind::OpenQuote | Kind::OpenBrace | Kind::Identifier) => {
                let text = self.text(name);
                let detail = format!(
                    "A single-line block definition can contain only a single argument. If you meant to define argument \"{text}\", use an equals sign to assign it a value. To define a nested block, place it on a line of its own within its parent block."
                );
                let at = self.span(name).to(self.span(self.peek()));
                self.error("Argument definition required", detail, at);
            }
            (Kind::Identifier, _) => {
                let detail = "An argument or block definition is required here. To set an argument, use the equals sign \"=\" to introduce the argument value.";
                self.error(ITEM_REQUIRED, detail, self.span(name));
            }
            _ => {
                let detail = "An argument or block definition is required here.";
                self.error(ITEM_REQUIRED, detail, self.span(name));
            }
        }
        if self.recovery || self.accept(Kind::CloseBrace).is_none() {
            self.not_closed_on_line(within);
        }
        body.span = body.span.to(self.last_span());
        body
    }

    fn not_closed_on_line(&mut self, within: Within) {
        let next = self.peek();
        let summary = "Invalid single-argument block definition";
        let span = self.span(next);
        match next.kind {
            Kind::Comma => {
                let detail = "Single-line block syntax can include only one argument definition. To define multiple arguments, use the multi-line block syntax with one argument definition per line.";
                self.error(summary, detail, span);
            }
            Kind::Newline => {
                let detail = "An argument definition on the same line as its containing block creates a single-line block definition, which must also be closed on the same line. Place the block's closing brace immediately after the argument definition.";
                self.error(summary, detail, span);
            }
            Kind::End => self.error(UNCLOSED_BLOCK, NO_CLOSING_BRACE, within.open),
            _ => {
                let detail = "A single-line block definition must end with a closing brace immediately after its single argument definition.";
                self.error(summary, detail, span);
            }
        }
        self.recover_to(Kind::CloseBrace);
    }
}
