//! Tuples, objects and `for` expressions.

use std::sync::Arc;

use super::parser::Parser;
use super::token::{Kind, Token};
use crate::expr::For;
use crate::{Expr, ExprKind, Name, Value};

impl Parser<'_> {
    pub(super) fn tuple(&mut self) -> Expr {
        let open = self.next();
        self.with_newlines(false, |parser| {
            if parser.is_keyword("for") {
                return parser.for_expression(open);
            }
            let mut items = Vec::new();
            loop {
                if parser.accept(Kind::CloseBracket).is_some() {
                    break;
                }
                let (item, failed) = parser.tried(Self::expression);
                items.push(item);
                if failed {
                    parser.recover_to(Kind::CloseBracket);
                    break;
                }
                if parser.accept(Kind::CloseBracket).is_some() {
                    break;
                }
                if parser.accept(Kind::Comma).is_none() {
                    parser.no_item_separator(open);
                    break;
                }
            }
            let span = parser.span(open).to(parser.last_span());
            Expr::new(ExprKind::Tuple(items.into()), span)
        })
    }

    fn no_item_separator(&mut self, open: Token) {
        let next = self.peek();
        if next.kind == Kind::End {
            let detail = "There is no corresponding closing bracket before the end of the file. This may be caused by incorrect bracket nesting elsewhere in this file.";
            self.error("Unterminated tuple constructor expression", detail, self.span(open));
        } else {
            let detail = "Expected a comma to mark the beginning of the next item.";
            self.error("Missing item separator", detail, self.span(next));
        }
        self.recover_to(Kind::CloseBracket);
    }

    pub(super) fn object(&mut self) -> Expr {
        let open = self.next();
        if self.with_newlines(false, |parser| parser.is_keyword("for")) {
            return self.with_newlines(false, |parser| parser.for_expression(open));
        }
        self.with_newlines(true, |parser| {
            let mut items = Vec::new();
            loop {
                if parser.accept(Kind::Newline).is_some() {
                    continue;
                }
                if parser.accept(Kind::CloseBrace).is_some() {
                    break;
                }
                let Some(item) = parser.item(open) else {
                    parser.recover_to(Kind::CloseBrace);
                    break;
                };
                items.push(item);
                if parser.accept(Kind::CloseBrace).is_some() {
                    break;
                }
                if parser.accept(Kind::Comma).is_none() && parser.accept(Kind::Newline).is_none() {
                    parser.no_attribute_separator(open);
                    break;
                }
            }
            let span = parser.span(open).to(parser.last_span());
            Expr::new(ExprKind::Object(items.into()), span)
        })
    }

    /// One `key = value`; nothing where a mistake left no value.
    fn item(&mut self, open: Token) -> Option<(Expr, Expr)> {
        let (key, failed) = self.tried(Self::key);
        if failed {
            return None;
        }
        if self.accept(Kind::Assign).is_none() && self.accept(Kind::Colon).is_none() {
            self.no_value(open);
            return None;
        }
        let (value, failed) = self.tried(Self::expression);
        (!failed).then_some((key, value))
    }

    /// A bare identifier is a name, whatever it means elsewhere.
    fn key(&mut self) -> Expr {
        let token = self.peek();
        let key = self.expression();
        let is_whole = key.span == self.span(token);
        if token.kind == Kind::Identifier && is_whole {
            let name = self.name(token);
            return Expr::literal(Value::string(name), key.span);
        }
        key
    }

    fn no_value(&mut self, open: Token) {
        let next = self.peek();
        let (summary, detail, at) = match next.kind {
            Kind::Newline | Kind::Comma => (
                "Missing attribute value",
                "Expected an attribute value, introduced by an equals sign (\"=\").",
                next,
            ),
            Kind::Identifier => (
                "Missing key/value separator",
                "Expected an equals sign (\"=\") to mark the beginning of the attribute value. If you intended to given an attribute name containing periods or spaces, write the name in quotes to create a string literal.",
                next,
            ),
            Kind::End => (UNTERMINATED_OBJECT, NO_CLOSING_BRACE, open),
            _ => (
                "Missing key/value separator",
                "Expected an equals sign (\"=\") to mark the beginning of the attribute value.",
                next,
            ),
        };
        self.error(summary, detail, self.span(at));
    }

    fn no_attribute_separator(&mut self, open: Token) {
        let next = self.peek();
        if next.kind == Kind::End {
            self.error(UNTERMINATED_OBJECT, NO_CLOSING_BRACE, self.span(open));
        } else {
            let detail = "Expected a newline or comma to mark the beginning of the next attribute.";
            self.error("Missing attribute separator", detail, self.span(next));
        }
        self.recover_to(Kind::CloseBrace);
    }

    /// `for x in y : z`, in brackets or braces; the opening one was read.
    fn for_expression(&mut self, open: Token) -> Expr {
        self.next();
        let parsed = self.for_parts(open);
        if parsed.is_none() {
            self.recover_to(open.kind.closer().unwrap_or(Kind::End));
        }
        let span = self.span(open).to(self.last_span());
        match parsed {
            Some(each) => Expr::new(ExprKind::For(Arc::new(each)), span),
            None => self.placeholder(span),
        }
    }

    fn invalid_for(&mut self, detail: &str, at: Token) {
        self.error("Invalid 'for' expression", detail, self.span(at));
    }

    /// The variable names of a `for`: the key's, where there are two, and the value's.
    pub(super) fn for_names(&mut self, what: (&str, &str)) -> Option<(Option<Name>, Name)> {
        let first = self.peek();
        let (summary, kind) = what;
        if first.kind != Kind::Identifier {
            let detail = format!("For {kind} requires variable name after 'for'.");
            self.error(summary, detail, self.span(first));
            return None;
        }
        self.next();
        let first = self.name(first);
        if self.accept(Kind::Comma).is_none() {
            return Some((None, first));
        }
        let second = self.peek();
        if second.kind != Kind::Identifier {
            let detail = format!("For {kind} requires value variable name after comma.");
            self.error(summary, detail, self.span(second));
            return None;
        }
        self.next();
        Some((Some(first), self.name(second)))
    }

    fn for_parts(&mut self, open: Token) -> Option<For> {
        let (key, value) = self.for_names(("Invalid 'for' expression", "expression"))?;
        if !self.is_keyword("in") {
            let detail = "For expression requires the 'in' keyword after its name declarations.";
            self.invalid_for(detail, self.peek());
            return None;
        }
        self.next();
        let (collection, failed) = self.tried(Self::expression);
        if failed {
            return None;
        }
        if self.accept(Kind::Colon).is_none() {
            let detail = "For expression requires a colon after the collection expression.";
            self.invalid_for(detail, self.peek());
            return None;
        }
        let before = self.bound.len();
        self.bound.extend(key.iter().cloned().chain([value.clone()]));
        let results = self.for_results(open);
        self.bound.truncate(before);
        let (key_result, value_result, group, condition) = results?;
        Some(For { key, value, collection, key_result, value_result, condition, group })
    }

    fn for_results(&mut self, open: Token) -> Option<(Option<Expr>, Expr, bool, Option<Expr>)> {
        let ((key, value), failed) = self.tried(|parser| {
            let value = parser.expression();
            match parser.accept(Kind::FatArrow) {
                Some(_) => (Some(value), parser.expression()),
                None => (None, value),
            }
        });
        if failed {
            return None;
        }
        let ellipsis = self.accept(Kind::Ellipsis);
        let mut condition = None;
        if self.is_keyword("if") {
            self.next();
            let (parsed, failed) = self.tried(Self::expression);
            if failed {
                return None;
            }
            condition = Some(parsed);
        }
        let close = open.kind.closer().unwrap_or(Kind::End);
        if self.accept(close).is_none() {
            let detail = "Extra characters after the end of the 'for' expression.";
            self.invalid_for(detail, self.peek());
            self.recover_to(close);
        }
        self.check_for_shape(open, key.as_ref(), ellipsis, &value);
        Some((key, value, ellipsis.is_some(), condition))
    }

    fn check_for_shape(
        &mut self,
        open: Token,
        key: Option<&Expr>,
        ellipsis: Option<Token>,
        value: &Expr,
    ) {
        let summary = "Invalid 'for' expression";
        if open.kind == Kind::OpenBrace {
            if key.is_none() {
                let detail = "Key expression is required when building an object.";
                self.remark(summary, detail, value.span);
            }
            return;
        }
        if let Some(key) = key {
            self.remark(summary, "Key expression is not valid when building a tuple.", key.span);
        }
        if let Some(ellipsis) = ellipsis {
            let detail = "Grouping ellipsis (...) cannot be used when building a tuple.";
            self.remark(summary, detail, self.span(ellipsis));
        }
    }
}

const UNTERMINATED_OBJECT: &str = "Unterminated object constructor expression";
const NO_CLOSING_BRACE: &str = "There is no corresponding closing brace before the end of the file. This may be caused by incorrect brace nesting elsewhere in this file.";
