//! Operators.

use diagnostics::Diagnostic;

use super::Evaluator;
use crate::convert::convert;
use crate::expr::{BinaryOperator, UnaryOperator};
use crate::operate;
use crate::{Expr, ExprKind, Type, Value};

/// What a unary operator does to a value of its type.
type Apply = fn(&Value) -> Result<Value, String>;

const INVALID_OPERAND: &str = "Invalid operand";

impl Evaluator<'_> {
    pub(super) fn unary(&mut self, operator: UnaryOperator, operand: &Expr, whole: &Expr) -> Value {
        let (ty, apply): (Type, Apply) = match operator {
            UnaryOperator::Not => (Type::Bool, operate::not),
            UnaryOperator::Negate => (Type::Number, operate::negate),
        };
        let before = self.found.len();
        let value = self.value(operand);
        let value = match convert(&value, &ty) {
            Ok(value) => value,
            Err(error) => {
                let detail = format!("Unsuitable value for unary operand: {error}.");
                let diagnostic = Diagnostic::error(INVALID_OPERAND, detail).at(operand.span);
                self.report(diagnostic.within(whole.span), operand);
                return Value::unknown(ty);
            }
        };
        if self.found.len() > before {
            return Value::unknown(ty);
        }
        apply(&value).unwrap_or_else(|message| self.failed(&message, whole, ty))
    }

    fn failed(&mut self, message: &str, whole: &Expr, ty: Type) -> Value {
        let detail = format!("Error during operation: {message}.");
        self.error("Operation failed", detail, whole.span, whole);
        Value::unknown(ty)
    }

    /// A chain of operators from the left, without recursion over its length.
    pub(super) fn binary(&mut self, expr: &Expr) -> Value {
        let mut chain = Vec::new();
        let mut first = expr;
        while let ExprKind::Binary(operator, sides) = &first.kind {
            chain.push((*operator, sides, first));
            first = &sides[0];
        }
        let before = self.found.len();
        let mut left = self.value(first);
        for (operator, sides, whole) in chain.into_iter().rev() {
            let failed = self.found.len() > before;
            left = self.combine(operator, (left, failed), sides, whole);
        }
        left
    }

    fn combine(
        &mut self,
        operator: BinaryOperator,
        (left, left_failed): (Value, bool),
        sides: &[Expr; 2],
        whole: &Expr,
    ) -> Value {
        let (operand, result) = types(operator);
        let before = self.found.len();
        let right = self.value(&sides[1]);
        let after = self.found.len();
        let left = self.operand(&left, &operand, "left", (&sides[0], whole));
        let right = self.operand(&right, &operand, "right", (&sides[1], whole));
        let (Some(left), Some(right)) = (left, right) else { return Value::unknown(result) };
        if left_failed || after > before {
            return Value::unknown(result).with_marks(left.marks | right.marks);
        }
        apply(operator, &left, &right)
            .unwrap_or_else(|message| self.failed(&message, whole, result))
    }

    fn operand(
        &mut self,
        value: &Value,
        ty: &Type,
        side: &str,
        (expr, whole): (&Expr, &Expr),
    ) -> Option<Value> {
        match convert(value, ty) {
            Ok(value) => Some(value),
            Err(error) => {
                let detail = format!("Unsuitable value for {side} operand: {error}.");
                let diagnostic = Diagnostic::error(INVALID_OPERAND, detail).at(expr.span);
                self.report(diagnostic.within(whole.span), expr);
                None
            }
        }
    }
}

/// The type of the operands, and of the result.
fn types(operator: BinaryOperator) -> (Type, Type) {
    match operator {
        BinaryOperator::Or | BinaryOperator::And => (Type::Bool, Type::Bool),
        BinaryOperator::Equal | BinaryOperator::NotEqual => (Type::Dynamic, Type::Bool),
        BinaryOperator::Less
        | BinaryOperator::LessOrEqual
        | BinaryOperator::Greater
        | BinaryOperator::GreaterOrEqual => (Type::Number, Type::Bool),
        _ => (Type::Number, Type::Number),
    }
}

fn apply(operator: BinaryOperator, left: &Value, right: &Value) -> Result<Value, String> {
    match operator {
        BinaryOperator::Or => operate::or(left, right),
        BinaryOperator::And => operate::and(left, right),
        BinaryOperator::Equal => Ok(operate::equal(left, right)),
        BinaryOperator::NotEqual => operate::not(&operate::equal(left, right)),
        BinaryOperator::Less
        | BinaryOperator::LessOrEqual
        | BinaryOperator::Greater
        | BinaryOperator::GreaterOrEqual => operate::compare(operator, left, right),
        _ => operate::arithmetic(operator, left, right),
    }
}
