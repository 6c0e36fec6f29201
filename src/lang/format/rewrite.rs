//! The few rewrites beyond white space: labels, lone interpolations and types of old.

use std::borrow::Cow;

use super::grammar::Edit;
use super::labels;
use super::token::{Kind, Token};

/// Applies `edits`, which stand in source order and do not overlap.
pub(super) fn apply<'a>(tokens: Vec<Token<'a>>, edits: &[Edit]) -> Vec<Token<'a>> {
    if edits.is_empty() {
        return tokens;
    }
    let mut rewritten = Vec::with_capacity(tokens.len() + edits.len() * 2);
    let mut rest = tokens.into_iter();
    let mut taken = 0;
    for edit in edits {
        let range = edit.range();
        rewritten.extend(rest.by_ref().take(range.start - taken));
        let subject: Vec<Token<'a>> = rest.by_ref().take(range.len()).collect();
        taken = range.end;
        rewritten.extend(match edit {
            Edit::Labels(_) => quoted_labels(subject),
            Edit::Type(_) => modern_type(subject),
            Edit::Value(_) => unwrapped(subject),
        });
    }
    rewritten.extend(rest);
    rewritten
}

/// Quotes every label and drops comments between them.
fn quoted_labels(written: Vec<Token<'_>>) -> Vec<Token<'_>> {
    let mut quoted = Vec::with_capacity(written.len() * 3);
    for token in written {
        match token.kind {
            Kind::Identifier => {
                quoted.push(Token::written(Kind::QuoteOpen, "\""));
                quoted.push(Token { kind: Kind::Literal, ..token });
                quoted.push(Token::written(Kind::QuoteClose, "\""));
            }
            Kind::Literal => quoted.push(Token { text: canonical_label(token.text), ..token }),
            Kind::QuoteOpen | Kind::QuoteClose => quoted.push(token),
            _ => {}
        }
    }
    quoted
}

/// Writes a label with those escapes only that it needs.
fn canonical_label(written: Cow<'_, str>) -> Cow<'_, str> {
    match labels::unescape(&written).map(|text| labels::escape(&text)) {
        Some(canonical) if canonical != written => Cow::Owned(canonical),
        _ => written,
    }
}

/// Writes the type of a variable without the quotes of old, and collections with their element.
fn modern_type(written: Vec<Token<'_>>) -> Vec<Token<'_>> {
    let (name, is_quoted) = match written.as_slice() {
        [name] if name.kind == Kind::Identifier => (name, false),
        [open, name, _] if (open.kind, name.kind) == (Kind::QuoteOpen, Kind::Literal) => {
            (name, true)
        }
        _ => return written,
    };
    let element = match (name.text.as_ref(), is_quoted) {
        ("string", true) => None,
        // Untyped collections of old held strings.
        ("list" | "map", true) => Some("string"),
        ("list" | "map" | "set", false) => Some("any"),
        _ => return written,
    };
    let mut modern = vec![Token { kind: Kind::Identifier, ..name.clone() }];
    if let Some(element) = element {
        modern.push(Token::written(Kind::ParenthesisOpen, "("));
        modern.push(Token::written(Kind::Identifier, element));
        modern.push(Token::written(Kind::ParenthesisClose, ")"));
    }
    modern
}

/// Takes the inside of `"${...}"` when the whole expression is exactly that.
fn unwrapped(written: Vec<Token<'_>>) -> Vec<Token<'_>> {
    let [open, start, inside @ .., end, close] = written.as_slice() else { return written };
    let ends = (open.kind, start.kind, end.kind, close.kind);
    let lone = (Kind::QuoteOpen, Kind::Interpolation, Kind::SequenceEnd, Kind::QuoteClose);
    if ends != lone || !is_one_expression(inside) {
        return written;
    }
    let means_something = |token: &Token<'_>| token.kind != Kind::Newline;
    let first = inside.iter().position(means_something).unwrap_or(0);
    let last = inside.iter().rposition(means_something).map_or(0, |last| last + 1);
    let inside = &inside[first..last];
    if !needs_parentheses(inside) {
        return inside.to_vec();
    }
    let mut wrapped = Vec::with_capacity(inside.len() + 2);
    wrapped.push(Token::written(Kind::ParenthesisOpen, "("));
    wrapped.extend_from_slice(inside);
    wrapped.push(Token::written(Kind::ParenthesisClose, ")"));
    wrapped
}

/// Tells whether no sequence ends or begins between the outer two, save inside of quotes.
fn is_one_expression(inside: &[Token<'_>]) -> bool {
    let mut quotes = 0_isize;
    for token in inside {
        match token.kind {
            Kind::QuoteOpen => quotes += 1,
            Kind::QuoteClose => quotes -= 1,
            Kind::Interpolation | Kind::SequenceEnd if quotes <= 0 => return false,
            _ => {}
        }
    }
    true
}

/// Tells whether line breaks inside would end the attribute early without parentheses.
fn needs_parentheses(inside: &[Token<'_>]) -> bool {
    let [first, .., last] = inside else { return false };
    let enclosed = first.kind == Kind::ParenthesisOpen && last.kind == Kind::ParenthesisClose;
    if enclosed {
        return false;
    }
    let breaks = inside.iter().any(|token| token.kind == Kind::Newline);
    breaks || comment_breaks(&inside[..inside.len() - 1])
}

/// Tells whether a comment ends its line outside of all brackets. Terraform overlooks this one,
/// and writes an attribute without a value.
fn comment_breaks(inside: &[Token<'_>]) -> bool {
    let mut depth = 0;
    inside.iter().any(|token| {
        depth += token.kind.nesting();
        depth == 0 && token.ends_line()
    })
}
