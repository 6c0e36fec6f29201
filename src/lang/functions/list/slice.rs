//! `slice`: consecutive elements of a list or tuple.

use std::ops::Range;

use super::super::arguments::{int, unmark};
use super::super::{Call, Function, FunctionError, Parameter, Returns};
use crate::{Type, Value};

pub(in crate::functions) static SLICE: Function = Function::new(
    "slice",
    &[
        Parameter::any("list").with_marks(),
        Parameter::number("start_index"),
        Parameter::number("end_index"),
    ],
    Returns::Rule(returns),
    slice,
    "Takes the elements from one index up to, and without, another.",
);

const SET_PHRASE: &str = "cannot slice a set, because its elements do not have indices; explicitly \
                          convert to a list if the ordering of the result is not important";

fn returns(arguments: &[Value]) -> Result<Type, FunctionError> {
    let ty = arguments[0].type_of();
    match &ty {
        Type::Set(_) => return Err(FunctionError::argument(0, SET_PHRASE)),
        Type::List(_) | Type::Tuple(_) => {}
        _ => return Err(FunctionError::argument(0, "must be a list or tuple value")),
    }
    let bounds = bounds(arguments)?;
    Ok(match (ty, bounds) {
        (Type::Tuple(types), Some(bounds)) => Type::tuple(&types[bounds]),
        (Type::Tuple(_), None) => Type::Dynamic,
        (list, _) => list,
    })
}

fn slice(call: &Call<'_>) -> Result<Value, FunctionError> {
    let Some(bounds) = bounds(call.arguments)? else { return call.unknown() };
    let (list, marks) = unmark(&call.arguments[0]);
    let taken = list.elements().and_then(|values| values.get(bounds)).unwrap_or_default();
    let part = match call.returns {
        Type::List(element) => Value::list(element.as_ref().clone(), taken),
        _ => Value::tuple(taken),
    };
    Ok(part.with_marks(marks))
}

/// The range that the arguments ask for, where both ends are known.
fn bounds(arguments: &[Value]) -> Result<Option<Range<usize>>, FunctionError> {
    let length = match &arguments[0].type_of() {
        Type::Tuple(types) => Some(types.len()),
        _ => arguments[0].elements().map(<[_]>::len),
    };
    let start = bound(&arguments[1], length, 1, "start")?;
    let end = bound(&arguments[2], length, 2, "end")?;
    let (Some(start), Some(end)) = (start, end) else { return Ok(None) };
    if start > end {
        let message = "start index must not be greater than end index";
        return Err(FunctionError::argument(1, message));
    }
    Ok(Some(start..end))
}

fn bound(
    value: &Value,
    length: Option<usize>,
    argument: usize,
    what: &str,
) -> Result<Option<usize>, FunctionError> {
    if value.is_unknown() {
        return Ok(None);
    }
    let refuse = |message: String| FunctionError::argument(argument, message);
    let index = int(value).map_err(|error| refuse(format!("invalid {what} index: {error}")))?;
    let index = usize::try_from(index)
        .map_err(|_| refuse(format!("{what} index must not be less than zero")))?;
    if length.is_some_and(|length| index > length) {
        return Err(refuse(format!(
            "{what} index must not be greater than the length of the list"
        )));
    }
    Ok(Some(index))
}
