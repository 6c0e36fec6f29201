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
    pub(super) found: Diagnostics,
    /// Names of the enclosing `for`s, innermost last.
    pub(super) bound: Vec<Name>,
    depth: usize,
    names: HashMap<&'a str, Name>,
    /// Whether every bracket of the file has its partner; if not, the layout tells where items end.
    pub(super) balanced: bool,
    /// The line before was no item at all.
    pub(super) stray_line: bool,
    /// A mistake was found at the end of the text.
    pub(super) failed_at_end: bool,
    /// How far right the item that is being read starts.
    pub(super) column: Option<usize>,
}

impl<'a> Parser<'a> {
    pub(super) fn new(source: &'a str, file: FileId, tokens: Vec<Token>) -> Self {
        Self {
            source,
            file,
            offset: 0,
            found: super::invalid::check(source, &tokens, file),
            balanced: is_balanced(&tokens),
            tokens,
            at: 0,
            newlines: true,
            recovery: false,
            bound: Vec::new(),
            depth: 0,
            names: HashMap::new(),
            stray_line: false,
            failed_at_end: false,
            column: None,
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

    /// Reports a mistake unless it follows from one before; either way the item is given up.
    pub(super) fn error(&mut self, summary: &str, detail: impl Into<String>, at: Span) {
        // What is never closed was reported where it opens.
        let told = matches!(self.peek_kind(), Kind::UnclosedComment | Kind::UnclosedHeredoc);
        if !self.recovery && !told {
            self.found.push(Diagnostic::error(summary, detail).at(at));
            self.failed_at_end |= at.start as usize >= self.source.len();
        }
        self.recovery = true;
    }

    /// Reports a mistake after which reading simply goes on.
    pub(super) fn remark(&mut self, summary: &str, detail: impl Into<String>, at: Span) {
        self.found.push(Diagnostic::error(summary, detail).at(at));
    }

    /// What stands for an expression that could not be read.
    pub(super) fn placeholder(&self, span: Span) -> Expr {
        Expr::new(ExprKind::Literal(Value::unknown(Type::Dynamic)), span)
    }

    // ---- reading on after a mistake

    /// Skips to just past the partner of an opening bracket; gives the last token that was skipped.
    pub(super) fn recover_to(&mut self, close: Kind) -> Token {
        self.recovery = true;
        let mut nesting = 0usize;
        loop {
            if self.is_at_new_item() {
                return self.tokens.get(self.at.saturating_sub(1)).copied().unwrap_or(self.peek());
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

    /// Skips to the start of the next line that is not inside a bracket opened since.
    pub(super) fn recover_after_item(&mut self) {
        self.recovery = true;
        let mut open: Vec<Kind> = Vec::new();
        loop {
            if self.is_at_new_item() {
                return;
            }
            let token = self.with_newlines(true, Self::next);
            match token.kind {
                Kind::End => return,
                Kind::Newline if open.is_empty() => return,
                kind if kind.closer().is_some() => open.extend(kind.closer()),
                kind if kind.closes() => match open.iter().rposition(|closer| *closer == kind) {
                    Some(at) => open.truncate(at),
                    // A closing bracket that nothing here opened belongs to what is outside.
                    None if self.balanced && kind == Kind::CloseBrace => {
                        self.at -= 1;
                        return;
                    }
                    None => open.clear(),
                },
                _ => {}
            }
        }
    }

    /// Where brackets do not pair up, a line no further right than the item, which looks like
    /// another item or the end of its block, is taken for one.
    pub(super) fn is_at_new_item(&self) -> bool {
        let Some(column) = self.column.filter(|_| !self.balanced) else { return false };
        let starts_line = self.at > 0
            && self.tokens.get(self.at - 1).is_some_and(|token| token.kind == Kind::Newline);
        // A brace right below the start of the item closes what the item opened.
        let reach = if self.tokens.get(self.at).is_some_and(|t| t.kind == Kind::CloseBrace) {
            column
        } else {
            column + 1
        };
        starts_line
            && self.column_of(self.at).is_some_and(|found| found < reach)
            && self.looks_like_item(self.at)
    }

    fn column_of(&self, index: usize) -> Option<usize> {
        let start = self.tokens.get(index)?.start as usize;
        let before = self.source.get(..start)?;
        Some(start - before.rfind('\n').map_or(0, |at| at + 1))
    }

    /// How far right the next token stands.
    pub(super) fn next_column(&self) -> usize {
        self.column_of(self.at).unwrap_or(0)
    }

    pub(super) fn looks_like_item(&self, index: usize) -> bool {
        let kind = |ahead: usize| self.tokens.get(index + ahead).map(|token| token.kind);
        match (kind(0), kind(1)) {
            (Some(Kind::CloseBrace), _) => true,
            (Some(Kind::Identifier), Some(Kind::Assign | Kind::OpenBrace)) => true,
            (Some(Kind::Identifier), Some(Kind::OpenQuote)) => kind(2) == Some(Kind::Quoted),
            _ => false,
        }
    }

    /// The index of the next token, for looking at layout.
    pub(super) fn position(&self) -> usize {
        self.at
    }
}

fn is_balanced(tokens: &[Token]) -> bool {
    let mut open: Vec<Kind> = Vec::new();
    for token in tokens {
        let broken = match token.kind {
            Kind::QuotedNewline | Kind::UnclosedHeredoc | Kind::UnclosedComment => true,
            kind if kind.closes() => open.pop() != Some(kind),
            kind => {
                open.extend(kind.closer());
                false
            }
        };
        if broken {
            return false;
        }
    }
    open.is_empty()
}
