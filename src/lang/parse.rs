//! Text to bodies and expressions; every mistake of a file is reported.
//!
//! The parser is our own: a lexer that knows templates, and a descent over its tokens. It reads what
//! Terraform reads, with its words for mistakes, and goes on after each of them where it does, but that
//! no mistake hides one in another item.

use diagnostics::{Diagnostics, FileId};

use crate::graphemes::graphemes;
use crate::{Body, Expr, Name};

mod body;
mod call;
mod collection;
mod expression;
mod heredoc;
mod invalid;
mod json;
mod lexer;
mod literal;
mod parser;
mod steps;
mod template;
mod template_tree;
mod token;

use parser::Parser;
use token::Kind;

/// Parses a file in native syntax; what could be read is there even when there are mistakes.
pub fn file(source: &str, file: FileId) -> (Body, Diagnostics) {
    let mut parser = Parser::new(source, file, lexer::code(source));
    let body = parser.file_body();
    (body, parser.found.sorted())
}

/// Parses a file in JSON syntax (`.tf.json`); string values are templates.
///
/// Members named like Terraform's blocks become blocks, labels taken from nested objects; all below
/// stays attributes, whose objects and lists of objects stand for nested blocks.
pub fn json_file(source: &str, file: FileId) -> (Body, Diagnostics) {
    json::file(source, file)
}

/// Parses a file of values in JSON syntax (`.tfvars.json`): one object, whose members are attributes.
pub fn json_values(source: &str, file: FileId) -> (Body, Diagnostics) {
    json::values(source, file)
}

/// Parses one expression.
pub fn expression(source: &str, file: FileId) -> Result<Expr, Diagnostics> {
    let mut parser = Parser::new(source, file, lexer::code(source));
    let expr = parser.with_newlines(false, |parser| {
        let expr = parser.expression();
        let next = parser.peek();
        if next.kind != Kind::End {
            let detail =
                "An expression was successfully parsed, but extra characters were found after it.";
            parser.error("Extra characters after expression", detail, parser.span(next));
        }
        expr
    });
    finish(expr, parser.found)
}

/// Parses a template, as `templatefile` reads files.
pub fn template(source: &str, file: FileId) -> Result<Expr, Diagnostics> {
    template_at(source, file, 0)
}

/// Parses a template that starts at a place of its file.
fn template_at(source: &str, file: FileId, offset: u32) -> Result<Expr, Diagnostics> {
    let mut parser = Parser::new(source, file, lexer::template(source));
    parser.start_at(offset);
    let expr = parser.template_until(Kind::End, false, None);
    finish(expr, parser.found)
}

fn finish(expr: Expr, found: Diagnostics) -> Result<Expr, Diagnostics> {
    if found.has_errors() { Err(found.sorted()) } else { Ok(expr) }
}

/// The name as the language holds it, if the text is an identifier.
pub fn identifier(text: &str) -> Option<Name> {
    let mut chars = text.chars();
    let valid = chars.next().is_some_and(lexer::is_identifier_start)
        && chars.all(lexer::is_identifier_part);
    valid.then(|| literal::normalised(text))
}

/// A place as Terraform's messages name it: `main.tf:3,5-9`, or `main.tf:3,5-4,2` over lines.
pub fn place(name: &str, source: &str, span: diagnostics::Span) -> String {
    let position = |at: u32| {
        let before = source.get(..at as usize).unwrap_or(source);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = graphemes(&before[line_start..]).count() + 1;
        (before.matches('\n').count() + 1, column)
    };
    let ((line, column), (end_line, end_column)) = (position(span.start), position(span.end));
    if line == end_line {
        format!("{name}:{line},{column}-{end_column}")
    } else {
        format!("{name}:{line},{column}-{end_line},{end_column}")
    }
}

/// A place in words, for details that point at a second place.
fn line_and_column(source: &str, at: usize) -> String {
    let before = source.get(..at).unwrap_or("");
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let column = before[start..].chars().count() + 1;
    format!("line {line}, column {column}")
}
