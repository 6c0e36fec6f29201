//! Functions on numbers.

use dashu_int::UBig;

use super::arguments::{number, shown};
use super::{Call, Function, FunctionError, Parameter, Returns, Shape};
use crate::display::friendly_type;
use crate::number::Float;
use crate::{Number, Type, Value};

mod logarithm;
mod power;

const NUMBER: Returns = Returns::Always(Shape::Number);
const NUM: &[Parameter] = &[Parameter::number("num")];

pub(super) static ABS: Function = Function::new(
    "abs",
    NUM,
    NUMBER,
    |call| Ok(number(call.number(0).abs())),
    "Returns the number without its sign.",
);

pub(super) static CEIL: Function = Function::new(
    "ceil",
    NUM,
    NUMBER,
    |call| Ok(number(call.number(0).ceil())),
    "Returns the least whole number that is not less than the given one.",
);

pub(super) static FLOOR: Function = Function::new(
    "floor",
    NUM,
    NUMBER,
    |call| Ok(number(call.number(0).floor())),
    "Returns the greatest whole number that is not greater than the given one.",
);

pub(super) static LOG: Function = Function::new(
    "log",
    &[Parameter::number("num"), Parameter::number("base")],
    NUMBER,
    |call| float(logarithm::natural(as_float(call, 0)?) / logarithm::natural(as_float(call, 1)?)),
    "Returns the logarithm of a number in a base.",
);

pub(super) static POW: Function = Function::new(
    "pow",
    &[Parameter::number("num"), Parameter::number("power")],
    NUMBER,
    |call| float(power::power(as_float(call, 0)?, as_float(call, 1)?)),
    "Returns a number raised to a power.",
);

pub(super) static SIGNUM: Function = Function::new(
    "signum",
    NUM,
    NUMBER,
    |call| call.int(0).map(|value| Value::int(value.signum())),
    "Returns -1, 0 or 1: the sign of a whole number.",
);

pub(super) static MAX: Function = Function::new(
    "max",
    &[],
    NUMBER,
    |call| extreme(call, |numbers| numbers.max()),
    "Returns the greatest of the numbers.",
)
.and_any_number_of(Parameter::number("numbers"));

pub(super) static MIN: Function = Function::new(
    "min",
    &[],
    NUMBER,
    |call| extreme(call, |numbers| numbers.min()),
    "Returns the least of the numbers.",
)
.and_any_number_of(Parameter::number("numbers"));

pub(super) static PARSEINT: Function = Function::new(
    "parseint",
    &[Parameter::any("number").with_marks(), Parameter::number("base").with_marks()],
    Returns::Rule(parseint_type),
    parseint,
    "Reads a whole number written in a base from 2 to 62.",
)
.declared(Shape::Any);

/// An argument as the nearest float, which has to be finite.
fn as_float(call: &Call<'_>, index: usize) -> Result<f64, FunctionError> {
    let value = call.number(index).to_f64();
    if value.is_infinite() {
        let (low, high) = (f64::MIN, f64::MAX);
        let message = format!("value must be between {low:.6} and {high:.6} inclusive");
        return Err(FunctionError::failed(message));
    }
    Ok(value)
}

fn float(value: f64) -> Result<Value, FunctionError> {
    if value.is_nan() {
        return Err(FunctionError::failed("the result is not a real number"));
    }
    Ok(number(Number::from(value)))
}

type Pick = for<'a> fn(std::vec::IntoIter<&'a Number>) -> Option<&'a Number>;

fn extreme(call: &Call<'_>, pick: Pick) -> Result<Value, FunctionError> {
    let numbers: Vec<_> = call.arguments.iter().filter_map(Value::as_number).collect();
    pick(numbers.into_iter())
        .map(|value| number(value.clone()))
        .ok_or_else(|| FunctionError::failed("must pass at least one number"))
}

fn parseint_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    match arguments[0].type_of() {
        Type::String => Ok(Type::Number),
        other => Err(FunctionError::argument(
            0,
            format!("first argument must be a string, not {}", friendly_type(&other)),
        )),
    }
}

fn parseint(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (text, base) = (&call.arguments[0], &call.arguments[1]);
    let radix =
        super::arguments::int(base).map_err(|message| FunctionError::argument(1, message))?;
    let digits = text.as_str().unwrap_or_default();
    let radix =
        u32::try_from(radix).ok().filter(|radix| (2..=62).contains(radix)).ok_or_else(|| {
            FunctionError::argument(1, "base must be a whole number between 2 and 62 inclusive")
        })?;
    let value = integer(digits, radix).ok_or_else(|| {
        let base_text =
            super::arguments::redacted(base.marks).map_or_else(|| radix.to_string(), str::to_owned);
        let message =
            format!("cannot parse {} as a base {base_text} integer", shown(digits, text.marks));
        FunctionError::argument(0, message)
    })?;
    Ok(number(value).with_marks(text.marks | base.marks))
}

fn integer(text: &str, radix: u32) -> Option<Number> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() {
        return None;
    }
    let mut value = UBig::ZERO;
    for character in digits.chars() {
        value = value * radix + digit(character, radix)?;
    }
    if let Ok(small) = i64::try_from(value.clone()) {
        return Some(Number::from(if negative { -small } else { small }));
    }
    let bits = u32::try_from(dashu_int::ops::BitTest::bit_len(&value)).ok()?.max(64);
    Some(Float::from_integer(negative, value, bits).into())
}

/// Up to base 36 letters of both cases are alike; above it capitals follow the small letters.
fn digit(character: char, radix: u32) -> Option<u32> {
    let value = match character {
        '0'..='9' => character as u32 - '0' as u32,
        'a'..='z' => character as u32 - 'a' as u32 + 10,
        'A'..='Z' if radix <= 36 => character as u32 - 'A' as u32 + 10,
        'A'..='Z' => character as u32 - 'A' as u32 + 36,
        _ => return None,
    };
    (value < radix).then_some(value)
}
