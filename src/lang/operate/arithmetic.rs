//! Arithmetic, comparison and logic on values that were converted to the operand type already.

use std::cmp::Ordering;

use crate::expr::BinaryOperator;
use crate::number::NumberError;
use crate::value::Refinement;
use crate::{Data, Number, Type, Value};

/// `argument must not be null`, as operators say.
const NULL: &str = "argument must not be null";

fn operand<'a>(value: &'a Value, null: &mut bool) -> Option<&'a Number> {
    *null |= value.is_null();
    value.as_number()
}

/// Adds, subtracts, multiplies, divides or takes the remainder.
pub fn arithmetic(operator: BinaryOperator, a: &Value, b: &Value) -> Result<Value, String> {
    let mut null = false;
    let (left, right) = (operand(a, &mut null), operand(b, &mut null));
    if null {
        return Err(NULL.into());
    }
    let result = match (left, right) {
        (Some(left), Some(right)) => {
            Value::number(calculate(operator, left, right).map_err(|error| error.to_string())?)
        }
        _ => unknown_number(operator, a, b),
    };
    Ok(result.with_marks(a.marks | b.marks))
}

fn calculate(
    operator: BinaryOperator,
    left: &Number,
    right: &Number,
) -> Result<Number, NumberError> {
    match operator {
        BinaryOperator::Add => left.add(right),
        BinaryOperator::Subtract => left.sub(right),
        BinaryOperator::Multiply => left.mul(right),
        BinaryOperator::Divide => left.div(right),
        _ => left.rem(right),
    }
}

type Bounds = (Option<Number>, Option<Number>);

fn bounds(value: &Value) -> Bounds {
    match value.as_number() {
        Some(number) => (Some(number.clone()), Some(number.clone())),
        None => value.refinement().map_or((None, None), |refinement| refinement.bounds.clone()),
    }
}

/// Of a sum or difference the bounds follow from those of the operands.
fn unknown_number(operator: BinaryOperator, a: &Value, b: &Value) -> Value {
    let ((a_low, a_high), (b_low, b_high)) = (bounds(a), bounds(b));
    let add = |a: Option<Number>, b: Option<Number>| a?.add(&b?).ok();
    let sub = |a: Option<Number>, b: Option<Number>| a?.sub(&b?).ok();
    let bounds = match operator {
        BinaryOperator::Add => (add(a_low, b_low), add(a_high, b_high)),
        BinaryOperator::Subtract => (sub(a_low, b_high), sub(a_high, b_low)),
        _ => (None, None),
    };
    let refinement = Refinement { not_null: true, bounds, ..Refinement::default() };
    Value::unknown_refined(Type::Number, refinement)
}

/// Compares two numbers.
pub fn compare(operator: BinaryOperator, a: &Value, b: &Value) -> Result<Value, String> {
    let mut null = false;
    let (left, right) = (operand(a, &mut null), operand(b, &mut null));
    if null {
        return Err(NULL.into());
    }
    let holds = |order: Ordering| match operator {
        BinaryOperator::Less => order.is_lt(),
        BinaryOperator::LessOrEqual => order.is_le(),
        BinaryOperator::Greater => order.is_gt(),
        _ => order.is_ge(),
    };
    let result = match (left, right) {
        (Some(left), Some(right)) => Value::bool(holds(left.cmp(right))),
        _ => match order_of_bounds(&bounds(a), &bounds(b)) {
            Some(order) => Value::bool(holds(order)),
            None => Value::unknown_not_null(Type::Bool),
        },
    };
    Ok(result.with_marks(a.marks | b.marks))
}

fn order_of_bounds((a_low, a_high): &Bounds, (b_low, b_high): &Bounds) -> Option<Ordering> {
    let less =
        |a: &Option<Number>, b: &Option<Number>| matches!((a, b), (Some(a), Some(b)) if a < b);
    if less(a_high, b_low) {
        return Some(Ordering::Less);
    }
    less(b_high, a_low).then_some(Ordering::Greater)
}

/// The number with the other sign.
pub fn negate(value: &Value) -> Result<Value, String> {
    let result = match &value.data {
        Data::Null(_) => return Err(NULL.into()),
        Data::Number(number) => Value::number(number.neg()),
        _ => Value::unknown_not_null(Type::Number),
    };
    Ok(result.with_marks(value.marks))
}

/// The other truth value.
pub fn not(value: &Value) -> Result<Value, String> {
    let result = match &value.data {
        Data::Null(_) => return Err(NULL.into()),
        Data::Bool(value) => Value::bool(!value),
        _ => Value::unknown_not_null(Type::Bool),
    };
    Ok(result.with_marks(value.marks))
}

/// Whether both hold.
pub fn and(a: &Value, b: &Value) -> Result<Value, String> {
    logic(a, b, |a, b| a && b)
}

/// Whether one holds.
pub fn or(a: &Value, b: &Value) -> Result<Value, String> {
    logic(a, b, |a, b| a || b)
}

/// Neither side decides by itself: an unknown side makes the result unknown, a null one is a mistake.
fn logic(a: &Value, b: &Value, holds: fn(bool, bool) -> bool) -> Result<Value, String> {
    if a.is_null() || b.is_null() {
        return Err(NULL.into());
    }
    let result = match (a.as_bool(), b.as_bool()) {
        (Some(a), Some(b)) => Value::bool(holds(a, b)),
        _ => Value::unknown_not_null(Type::Bool),
    };
    Ok(result.with_marks(a.marks | b.marks))
}
