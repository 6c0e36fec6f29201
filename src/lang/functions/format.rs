//! `format`: values written by the verbs of a format string.

use super::arguments::text;
use super::{Call, Function, FunctionError, Parameter, Returns, Shape};
use crate::convert::convert;
use crate::graphemes::certain_prefix;
use crate::graphemes::graphemes;
use crate::value::Refinement;
use crate::{Data, Number, Type, Value};

mod decimal;
mod number;
mod verb;

use verb::{Piece, Verb};

pub(super) static FORMAT: Function = Function::new(
    "format",
    &[Parameter::string("format")],
    Returns::Always(Shape::String),
    format,
    "Writes values as the verbs of a format string say.",
)
.declared(Shape::Any)
.and_any_number_of(Parameter::any("args").or_null().or_unknown());

fn format(call: &Call<'_>) -> Result<Value, FunctionError> {
    let values = &call.arguments[1..];
    if values.iter().all(Value::is_wholly_known) {
        return write(call.text(0), values).map(text);
    }
    // What stands before the first verb is known all the same.
    let prefix =
        call.text(0).split('%').next().map(certain_prefix).filter(|prefix| !prefix.is_empty());
    let refinement =
        Refinement { not_null: true, prefix: prefix.map(Into::into), ..Refinement::default() };
    Ok(Data::Unknown(Type::String, Some(refinement.into())).into())
}

/// Writes values, all of them known, by a format string.
pub(super) fn write(format: &str, values: &[Value]) -> Result<String, FunctionError> {
    let mut out = String::new();
    let mut next = 1;
    let mut highest = 0;
    for piece in verb::pieces(format) {
        match piece.map_err(FunctionError::failed)? {
            Piece::Text(text) => out.push_str(text),
            Piece::Verb(mut verb) => {
                verb.argument = verb.argument.or(Some(next));
                let number = verb.argument.unwrap_or(next);
                highest = highest.max(number);
                append(&verb, number, values, &mut out).map_err(FunctionError::failed)?;
                next = number + 1;
            }
        }
    }
    if highest >= values.len() {
        return Ok(out);
    }
    let message = if highest == 0 {
        "too many arguments; no verbs in format string".to_owned()
    } else {
        format!("too many arguments; only {highest} used by format string")
    };
    Err(FunctionError::argument(highest + 1, message))
}

fn append(
    verb: &Verb<'_>,
    number: usize,
    values: &[Value],
    out: &mut String,
) -> Result<(), String> {
    let raw = super::arguments::quoted(verb.raw);
    let offset = verb.offset;
    let value = number.checked_sub(1).and_then(|index| values.get(index)).ok_or_else(|| {
        let total = values.len();
        format!(
            "not enough arguments for {raw} at {offset}: need index {number} but have {total} total"
        )
    })?;
    let written = if value.is_null() && verb.mode != 'v' {
        Err("null value cannot be formatted".to_owned())
    } else {
        match verb.mode {
            'v' => as_is(verb, value),
            't' => bool(value),
            'b' | 'd' | 'o' | 'x' | 'X' => integer(verb, value),
            'e' | 'E' | 'f' | 'g' | 'G' => float(verb, value),
            's' | 'q' => string(verb, value),
            mode => {
                return Err(format!(
                    "unsupported format verb '{mode}' in {raw} at offset {offset}"
                ));
            }
        }
    };
    let written =
        written.map_err(|why| format!("unsupported value for {raw} at {offset}: {why}"))?;
    out.push_str(&written);
    Ok(())
}

fn as_is(verb: &Verb<'_>, value: &Value) -> Result<String, String> {
    let plain = match &value.data {
        Data::String(text) if !verb.sharp => text.to_string(),
        Data::Number(number) if !verb.sharp => number::shortest(number),
        _ if super::json::has_infinity(value) => {
            return Err("cannot serialize infinity as JSON".to_owned());
        }
        _ => crate::json::encode(value),
    };
    Ok(pad(verb, &plain))
}

fn bool(value: &Value) -> Result<String, String> {
    let value = convert(value, &Type::Bool).map_err(|error| error.message)?;
    Ok(value.as_bool().unwrap_or_default().to_string())
}

fn to_number(value: &Value) -> Result<Number, String> {
    let value = convert(value, &Type::Number).map_err(|error| error.message)?;
    Ok(value.as_number().cloned().unwrap_or(Number::ZERO))
}

fn integer(verb: &Verb<'_>, value: &Value) -> Result<String, String> {
    let value = to_number(value)?;
    number::integer(verb, &value).ok_or_else(|| "an integer is required".to_owned())
}

fn float(verb: &Verb<'_>, value: &Value) -> Result<String, String> {
    Ok(number::float(verb, &to_number(value)?))
}

fn string(verb: &Verb<'_>, value: &Value) -> Result<String, String> {
    let value = convert(value, &Type::String).map_err(|error| error.message)?;
    let mut plain = value.as_str().unwrap_or_default().to_owned();
    if let Some(most) = verb.precision.filter(|most| *most > 0) {
        plain = graphemes(&plain).take(most).collect();
    }
    if verb.mode == 'q' {
        plain = crate::json::encode_string(&plain);
    }
    Ok(pad(verb, &plain))
}

/// Fills up to the verb's width, counted in characters as people see them.
fn pad(verb: &Verb<'_>, plain: &str) -> String {
    let missing = verb.width.unwrap_or(0).saturating_sub(graphemes(plain).count());
    let padding = if verb.zero { "0" } else { " " }.repeat(missing);
    if verb.minus { format!("{plain}{padding}") } else { format!("{padding}{plain}") }
}
