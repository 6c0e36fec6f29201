//! `formatlist`: `format` for each element of lists.

use super::arguments::text;
use super::{Call, Function, FunctionError, Parameter, Returns, Shape, format};
use crate::{Data, Type, Value};

pub(super) static FORMATLIST: Function = Function::new(
    "formatlist",
    &[Parameter::string("format")],
    Returns::Always(Shape::ListOfString),
    format_list,
    "Writes the elements of lists as the verbs of a format string say, one string for each.",
)
.declared(Shape::Any)
.and_any_number_of(Parameter::any("args").or_null().or_unknown());

/// An argument: the same in each round, or an element for each.
enum Source<'a> {
    Same(&'a Value),
    Each(&'a [Value]),
}

fn format_list(call: &Call<'_>) -> Result<Value, FunctionError> {
    let values = &call.arguments[1..];
    let mut unknown = false;
    let mut sources = Vec::new();
    let mut rounds: Option<(usize, usize)> = None;
    for (index, value) in values.iter().enumerate() {
        let length = match &value.data {
            Data::Unknown(Type::Tuple(types), _) => Some(types.len()),
            _ => value.elements().map(<[_]>::len),
        };
        if let Some(length) = length {
            let (expected, chooser) = *rounds.get_or_insert((length, index));
            if length != expected {
                return Err(inconsistent(index, length, chooser, expected));
            }
        }
        match (value.elements(), value.type_of()) {
            (Some(elements), _) => sources.push(Source::Each(elements)),
            (None, Type::List(_) | Type::Set(_) | Type::Tuple(_) | Type::Dynamic)
                if value.is_unknown() =>
            {
                unknown = true;
            }
            _ => sources.push(Source::Same(value)),
        }
    }
    if unknown {
        return call.unknown();
    }
    let count = rounds.map_or(1, |(length, _)| length);
    let lines = (0..count).map(|round| line(call.text(0), &sources, round));
    Ok(Value::list(Type::String, lines.collect::<Result<Vec<_>, _>>()?))
}

fn inconsistent(index: usize, length: usize, chooser: usize, expected: usize) -> FunctionError {
    let (argument, chooser) = (index + 1, chooser + 1);
    FunctionError::argument(
        argument,
        format!(
            "argument {argument} has length {length}, which is inconsistent with argument {chooser} \
             of length {expected}"
        ),
    )
}

fn line(pattern: &str, sources: &[Source<'_>], round: usize) -> Result<Value, FunctionError> {
    let values: Vec<Value> = sources
        .iter()
        .map(|source| match source {
            Source::Same(value) => (*value).clone(),
            Source::Each(values) => values[round].clone(),
        })
        .collect();
    if !values.iter().all(Value::is_wholly_known) {
        return Ok(Value::unknown_not_null(Type::String));
    }
    format::write(pattern, &values).map(text).map_err(|error| {
        let message = match sources {
            [] => error.message,
            _ => format!("error on format iteration {round}: {}", error.message),
        };
        FunctionError::failed(message)
    })
}
