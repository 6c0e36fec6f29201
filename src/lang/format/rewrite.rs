//! The few rewrites beyond white space: labels, lone interpolations and types of old.

use super::grammar::Edit;
use super::labels;
use super::token::{Kind, Token};

/// Applies `edits`, which stand in source order and do not overlap.
pub(super) fn apply<'a>(tokens: Vec<Token<'a>>, edits: &[Edit]) -> Vec<Token<'a>> {
    if edits.is_empty() {
        return tokens;
    }
    let mut rewritten = Vec::with_capacity(tokens.len() + edits.len() * 2);
    let mut done = 0;
    for edit in edits {
        let range = edit.range();
        rewritten.extend_from_slice(&tokens[done..range.start]);
        done = range.end;
        let subject = &tokens[range];
        rewritten.extend(match edit {
            Edit::Labels(_) => quoted_labels(subject),
            Edit::Type(_) => modern_type(subject),
            Edit::Value(_) => unwrapped(subject),
        });
    }
    rewritten.extend_from_slice(&tokens[done..]);
    rewritten
}

/// Quotes every label and drops comments between them.
fn quoted_labels<'a>(written: &[Token<'a>]) -> Vec<Token<'a>> {
    let mut quoted = Vec::with_capacity(written.len() * 3);
    for token in written {
        match token.kind {
            Kind::Identifier => {
                quoted.push(Token::written(Kind::QuoteOpen, "\""));
                quoted.push(Token { kind: Kind::Literal, ..token.clone() });
                quoted.push(Token::written(Kind::QuoteClose, "\""));
            }
            Kind::Literal => {
                let text = labels::unescape(&token.text).map(|text| labels::escape(&text));
                quoted.push(match text {
                    Some(text) if text != token.text => Token::written(Kind::Literal, text),
                    _ => token.clone(),
                });
            }
            Kind::QuoteOpen | Kind::QuoteClose => quoted.push(token.clone()),
            _ => {}
        }
    }
    quoted
}

/// Writes the type of a variable without the quotes of old, and collections with their element.
fn modern_type<'a>(written: &[Token<'a>]) -> Vec<Token<'a>> {
    match written {
        [name] if name.kind == Kind::Identifier => match name.text.as_ref() {
            "list" | "map" | "set" => collection(name.clone(), "any"),
            _ => written.to_vec(),
        },
        [open, name, close]
            if (open.kind, name.kind, close.kind)
                == (Kind::QuoteOpen, Kind::Literal, Kind::QuoteClose) =>
        {
            let bare = Token { kind: Kind::Identifier, ..name.clone() };
            match name.text.as_ref() {
                "string" => vec![bare],
                "list" | "map" => collection(bare, "string"),
                _ => written.to_vec(),
            }
        }
        _ => written.to_vec(),
    }
}

fn collection<'a>(name: Token<'a>, element: &'static str) -> Vec<Token<'a>> {
    vec![
        name,
        Token::written(Kind::ParenthesisOpen, "("),
        Token::written(Kind::Identifier, element),
        Token::written(Kind::ParenthesisClose, ")"),
    ]
}

/// Takes the inside of `"${...}"` when the whole expression is exactly that.
fn unwrapped<'a>(written: &[Token<'a>]) -> Vec<Token<'a>> {
    let [open, start, inside @ .., end, close] = written else { return written.to_vec() };
    let ends = (open.kind, start.kind, end.kind, close.kind);
    let lone = (Kind::QuoteOpen, Kind::Interpolation, Kind::SequenceEnd, Kind::QuoteClose);
    if ends != lone || inside.is_empty() || !is_one_expression(inside) {
        return written.to_vec();
    }
    let first = inside.iter().position(|token| token.kind != Kind::Newline).unwrap_or(0);
    let last = inside.iter().rposition(|token| token.kind != Kind::Newline).unwrap_or(0);
    let inside = &inside[first..=last];
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
    let enclosed = inside.first().is_some_and(|token| token.kind == Kind::ParenthesisOpen)
        && inside.last().is_some_and(|token| token.kind == Kind::ParenthesisClose);
    !enclosed && inside.iter().any(|token| token.kind == Kind::Newline)
}
