//! Expressions: conditionals, operators and terms.

use std::sync::Arc;

use super::parser::Parser;
use super::token::{Kind, Token};
use crate::expr::{BinaryOperator, Traversal, UnaryOperator};
use crate::{Expr, ExprKind, Type, Value};

/// Longer chains of binary operators are refused, since they nest as deeply as they are long.
const CHAIN_MAX: usize = 1000;

fn operator(kind: Kind) -> Option<(u8, BinaryOperator)> {
    Some(match kind {
        Kind::Or => (1, BinaryOperator::Or),
        Kind::And => (2, BinaryOperator::And),
        Kind::Equal => (3, BinaryOperator::Equal),
        Kind::NotEqual => (3, BinaryOperator::NotEqual),
        Kind::Less => (4, BinaryOperator::Less),
        Kind::LessOrEqual => (4, BinaryOperator::LessOrEqual),
        Kind::Greater => (4, BinaryOperator::Greater),
        Kind::GreaterOrEqual => (4, BinaryOperator::GreaterOrEqual),
        Kind::Plus => (5, BinaryOperator::Add),
        Kind::Minus => (5, BinaryOperator::Subtract),
        Kind::Star => (6, BinaryOperator::Multiply),
        Kind::Slash => (6, BinaryOperator::Divide),
        Kind::Percent => (6, BinaryOperator::Modulo),
        _ => return None,
    })
}

impl Parser<'_> {
    /// Reads one expression; after a mistake `recovery` is set and what was read is returned.
    pub(super) fn expression(&mut self) -> Expr {
        self.nested(Self::conditional)
    }

    fn conditional(&mut self) -> Expr {
        let (condition, failed) = self.tried(|parser| parser.binary(0));
        if failed || self.accept(Kind::Question).is_none() {
            return condition;
        }
        let (then, failed) = self.tried(Self::expression);
        if failed {
            return condition;
        }
        let colon = self.peek();
        if colon.kind != Kind::Colon {
            let detail = "The conditional operator (...?...:...) requires a false expression, delimited by a colon.";
            self.remark("Missing false expression in conditional", detail, self.span(colon));
            return condition;
        }
        self.next();
        let (otherwise, failed) = self.tried(Self::expression);
        if failed {
            return condition;
        }
        let span = condition.span.to(otherwise.span);
        Expr::new(ExprKind::Conditional(Arc::new([condition, then, otherwise])), span)
    }

    /// Reads operators that bind tighter than `level`, from the left.
    fn binary(&mut self, level: u8) -> Expr {
        let (mut left, failed) = self.tried(Self::with_steps);
        if failed {
            return left;
        }
        let mut length = 0;
        loop {
            let token = self.peek();
            let Some((binding, operator)) = operator(token.kind).filter(|(b, _)| *b > level) else {
                break;
            };
            length += 1;
            if length > CHAIN_MAX {
                self.too_deep(token);
                break;
            }
            self.next();
            let (right, failed) = self.tried(|parser| parser.binary(binding));
            if failed {
                break;
            }
            let span = left.span.to(right.span);
            left = Expr::new(ExprKind::Binary(operator, Arc::new([left, right])), span);
        }
        left
    }

    /// A term and the steps and splats after it.
    pub(super) fn with_steps(&mut self) -> Expr {
        let term = self.term();
        self.steps(term)
    }

    fn term(&mut self) -> Expr {
        let token = self.peek();
        match token.kind {
            Kind::OpenParenthesis => self.parentheses(),
            Kind::Number => {
                self.next();
                let value = self.number(token);
                Expr::literal(value, self.span(token))
            }
            Kind::Identifier => {
                self.next();
                match self.peek_kind() {
                    Kind::OpenParenthesis | Kind::DoubleColon => self.call(token),
                    _ => self.identifier(token),
                }
            }
            Kind::OpenQuote | Kind::OpenHeredoc => self.nested(Self::string),
            Kind::Minus => self.unary(UnaryOperator::Negate),
            Kind::Bang => self.unary(UnaryOperator::Not),
            Kind::OpenBracket => self.nested(Self::tuple),
            Kind::OpenBrace => self.nested(Self::object),
            _ => self.no_term(token),
        }
    }

    fn no_term(&mut self, token: Token) -> Expr {
        let span = self.span(token);
        match token.kind {
            Kind::End => {
                let detail = "Expected the start of an expression, but found the end of the file.";
                self.error("Missing expression", detail, span);
            }
            _ => {
                let detail =
                    "Expected the start of an expression, but found an invalid expression token.";
                self.error("Invalid expression", detail, span);
            }
        }
        self.recovery = true;
        self.placeholder(span)
    }

    fn parentheses(&mut self) -> Expr {
        let open = self.next();
        let inner = self.with_newlines(false, |parser| {
            let before = parser.found.len();
            let inner = parser.expression();
            if parser.found.len() > before {
                parser.recover_to(Kind::CloseParenthesis);
                return inner;
            }
            let close = parser.next();
            if close.kind != Kind::CloseParenthesis {
                let detail = "Expected a closing parenthesis to terminate the expression.";
                parser.remark("Unbalanced parentheses", detail, parser.span(close));
                parser.recovery = true;
            }
            inner
        });
        let span = self.span(open).to(self.last_span());
        Expr::new(ExprKind::Parentheses(Arc::new(inner)), span)
    }

    pub(super) fn number(&mut self, token: Token) -> Value {
        match self.text(token).parse::<crate::Number>() {
            Ok(number) => Value::number(number),
            Err(_) => {
                let detail = "Failed to recognize the value of this number literal.";
                self.remark("Invalid number literal", detail, self.span(token));
                Value::unknown(Type::Number)
            }
        }
    }

    fn identifier(&mut self, token: Token) -> Expr {
        let span = self.span(token);
        match self.text(token) {
            "true" => return Expr::literal(Value::bool(true), span),
            "false" => return Expr::literal(Value::bool(false), span),
            "null" => return Expr::literal(Value::null(Type::Dynamic), span),
            _ => {}
        }
        let name = self.name(token);
        if self.bound.contains(&name) {
            return Expr::new(ExprKind::Bound(name), span);
        }
        let steps = Vec::new();
        let traversal = Traversal { root: name, root_span: span, steps, span };
        Expr::new(ExprKind::Reference(Arc::new(traversal)), span)
    }

    fn unary(&mut self, operator: UnaryOperator) -> Expr {
        let token = self.next();
        let operand = self.nested(Self::with_steps);
        let span = self.span(token).to(operand.span);
        Expr::new(ExprKind::Unary(operator, Arc::new(operand)), span)
    }

    fn string(&mut self) -> Expr {
        let open = self.next();
        let close = open.kind.closer().unwrap_or(Kind::End);
        let flush = self.text(open).starts_with("<<-");
        // Inside a heredoc and quotes line breaks are text; sequences skip them.
        self.template_until(close, flush, Some(open))
    }
}
