//! The parser's state: the tokens, where it is, what it found, and how it goes on after a mistake.

use std::collections::HashMap;

use diagnostics::{Diagnostic, Diagnostics, FileId, Span};

use super::token::{Kind, Token};
use crate::{Expr, ExprKind, Name, Type, Value};

/// Deeper nesting of expressions, templates and blocks is refused before it exhausts the stack.
pub(super) const DEPTH_MAX: usize = 250;

pub(super) struct Parser<'a> {
    pub(super) source: &'a str,
    file: FileId,
    /// Where the source starts in its file.
    offset: u32,
    tokens: Vec<Token>,
    at: usize,
    /// Line breaks count here; inside brackets they are skipped.
    newlines: bool,
    /// A mistake was found in the current item: what follows from it is not reported.
    pub(super) recovery: bool,
    /// A mistake was found in an item before.
    pub(super) recovered: bool,
    pub(super) found: Diagnostics,
    /// Names of the enclosing `for`s, innermost last.
    pub(super) bound: Vec<Name>,
    depth: usize,
    names: HashMap<&'a str, Name>,
}

impl<'a> Parser<'a> {
    pub(super) fn new(source: &'a str, file: FileId, tokens: Vec<Token>) -> Self {
        Self {
            source,
            file,
            offset: 0,
            found: super::invalid::check(source, &tokens, file),
            tokens,
            at: 0,
            newlines: true,
            recovery: false,
            recovered: false,
            bound: Vec::new(),
            depth: 0,
            names: HashMap::new(),
        }
    }

    /// Says where the source starts in its file.
    pub(super) fn start_at(&mut self, offset: u32) {
        self.offset = offset;
        let shift = |mut diagnostic: Diagnostic| {
            if let Some(span) = &mut diagnostic.subject {
                (span.start, span.end) = (span.start + offset, span.end + offset);
            }
            diagnostic
        };
        let found: Vec<_> = std::mem::take(&mut self.found).into_iter().map(shift).collect();
        self.found = found.into();
    }

    // ---- tokens

    fn next_index(&self) -> usize {
        let mut index = self.at;
        if !self.newlines {
            while self.tokens.get(index).is_some_and(|token| token.kind == Kind::Newline) {
                index += 1;
            }
        }
        index.min(self.tokens.len().saturating_sub(1))
    }

    pub(super) fn peek(&self) -> Token {
        self.tokens.get(self.next_index()).copied().unwrap_or(Token {
            kind: Kind::End,
            start: 0,
            end: 0,
        })
    }

    pub(super) fn peek_kind(&self) -> Kind {
        self.peek().kind
    }

    pub(super) fn next(&mut self) -> Token {
        let index = self.next_index();
        let token = self.peek();
        // The end is never passed, so that reading on is always safe.
        self.at = (index + 1).min(self.tokens.len());
        token
    }

    /// Reads the next token if it is of the kind.
    pub(super) fn accept(&mut self, kind: Kind) -> Option<Token> {
        (self.peek_kind() == kind).then(|| self.next())
    }

    pub(super) fn is_keyword(&self, word: &str) -> bool {
        let token = self.peek();
        token.kind == Kind::Identifier && self.text(token) == word
    }

    pub(super) fn text(&self, token: Token) -> &'a str {
        self.source.get(token.start as usize..token.end as usize).unwrap_or("")
    }

    /// The text as a name; equal names share their text.
    pub(super) fn name(&mut self, token: Token) -> Name {
        let text = self.text(token);
        match self.names.get(text) {
            Some(name) => name.clone(),
            None => {
                let name = super::literal::normalised(text);
                self.names.insert(text, name.clone());
                name
            }
        }
    }

    pub(super) fn span(&self, token: Token) -> Span {
        let shifted = |at: u32| at.saturating_add(self.offset);
        Span { file: self.file, start: shifted(token.start), end: shifted(token.end) }
    }

    pub(super) fn span_between(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start, end)
    }

    /// The place of the token that was read last.
    pub(super) fn last_span(&self) -> Span {
        let last = self.at.saturating_sub(1);
        self.tokens.get(last).map_or(self.span_between(0, 0), |token| self.span(*token))
    }

    /// Runs `read` with line breaks counted or skipped, and restores what was before.
    pub(super) fn with_newlines<T>(
        &mut self,
        newlines: bool,
        read: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let before = std::mem::replace(&mut self.newlines, newlines);
        let result = read(self);
        self.newlines = before;
        result
    }

    /// Runs `read` one level deeper, or reports that this is too deep.
    pub(super) fn nested(&mut self, read: impl FnOnce(&mut Self) -> Expr) -> Expr {
        if self.depth >= DEPTH_MAX {
            let token = self.peek();
            self.too_deep(token);
            return self.placeholder(self.span(token));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    pub(super) fn enter(&mut self) -> bool {
        self.depth += 1;
        self.depth <= DEPTH_MAX
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    pub(super) fn too_deep(&mut self, token: Token) {
        let detail = format!(
            "Expressions and blocks can be nested at most {DEPTH_MAX} levels deep. Give a part of this one a name of its own, such as a local value."
        );
        self.error("Nesting too deep", detail, self.span(token));
    }

    // ---- mistakes

    /// Reports a mistake unless it may follow from one before it in the same item.
    pub(super) fn error(&mut self, summary: &str, detail: impl Into<String>, at: Span) {
        if !self.recovery {
            self.remark(summary, detail, at);
        }
    }

    /// Reports a mistake that follows from no other.
    pub(super) fn remark(&mut self, summary: &str, detail: impl Into<String>, at: Span) {
        self.found.push(Diagnostic::error(summary, detail).at(at));
    }

    /// What stands for an expression that could not be read.
    pub(super) fn placeholder(&self, span: Span) -> Expr {
        Expr::new(ExprKind::Literal(Value::unknown(Type::Dynamic)), span)
    }

    // ---- reading on after a mistake

    /// Runs `read`; tells also whether a mistake in it left the parser in a strange place.
    pub(super) fn tried<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> (T, bool) {
        let before = self.found.len();
        let result = read(self);
        (result, self.recovery && self.found.len() > before)
    }

    /// Skips to just past the partner of an opening bracket; gives the last token that was skipped.
    pub(super) fn recover_to(&mut self, close: Kind) -> Token {
        self.recovery = true;
        let mut nesting = 0usize;
        loop {
            if self.is_at_outer_block() {
                return self.peek();
            }
            let token = self.with_newlines(true, Self::next);
            match token.kind {
                Kind::End => return token,
                kind if kind == close && nesting == 0 => return token,
                kind if kind == close => nesting -= 1,
                kind if kind.closer() == Some(close) => nesting += 1,
                _ => {}
            }
        }
    }

    /// Skips the next pair of brackets of a kind, with all that comes before it.
    pub(super) fn recover_over(&mut self, open: Kind) {
        while !matches!(self.next().kind, kind if kind == open || kind == Kind::End) {}
        self.recover_to(open.closer().unwrap_or(Kind::End));
    }

    /// Skips to the start of the next line that is not inside a bracket opened since.
    pub(super) fn recover_after_item(&mut self) {
        self.recovery = true;
        let mut open: Vec<Kind> = Vec::new();
        loop {
            if self.is_at_outer_block() {
                return;
            }
            let token = self.with_newlines(true, Self::next);
            match token.kind {
                Kind::End => return,
                Kind::Newline if open.is_empty() => return,
                kind if kind.closer().is_some() => open.extend(kind.closer()),
                kind if kind.closes() => {
                    let opened = open.iter().rposition(|closer| *closer == kind);
                    open.truncate(opened.unwrap_or(0));
                }
                _ => {}
            }
        }
    }

    /// Skips to the next line that begins a block, or to the end.
    pub(super) fn recover_to_block(&mut self) {
        self.recovery = true;
        while self.peek_kind() != Kind::End && !self.is_at_block() {
            while !matches!(self.next().kind, Kind::Newline | Kind::End) {}
        }
    }

    /// After a mistake a block that begins at the very left is taken for one of the file, whatever is still open:
    /// mistakes in it are to be told as well.
    pub(super) fn is_at_outer_block(&self) -> bool {
        let start = self.tokens.get(self.at).map_or(0, |token| token.start as usize);
        let at_left = start == 0 || self.source.as_bytes().get(start - 1) == Some(&b'\n');
        at_left && (self.recovery || self.recovered) && self.is_at_block()
    }

    /// A word, labels and a brace, all on one line.
    fn is_at_block(&self) -> bool {
        let mut kinds = self.tokens.iter().skip(self.at).map(|token| token.kind);
        let label = |kind: &Kind| {
            matches!(kind, Kind::Identifier | Kind::OpenQuote | Kind::Quoted | Kind::CloseQuote)
        };
        kinds.next() == Some(Kind::Identifier)
            && kinds.find(|kind| !label(kind)) == Some(Kind::OpenBrace)
    }
}
