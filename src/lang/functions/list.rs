//! Functions on lists and tuples.

use super::arguments::{count, element_type, int, number, text_list, unmark};
use super::{Call, Function, FunctionError, Parameter, Returns, Shape};
use crate::convert::{convert, unify};
use crate::display::friendly_type;
use crate::operate::equal;
use crate::{Data, Number, Type, Value};

mod concat;
mod flatten;
mod slice;

pub(super) use concat::CONCAT;
pub(super) use flatten::FLATTEN;
pub(super) use slice::SLICE;

const LIST: &[Parameter] = &[Parameter::new("list", Shape::ListOfAny)];
const LIST_OF_STRING: &[Parameter] = &[Parameter::new("list", Shape::ListOfString)];
const TEXTS: Returns = Returns::Always(Shape::ListOfString);

pub(super) static CHUNKLIST: Function = Function::new(
    "chunklist",
    &[
        Parameter::new("list", Shape::ListOfAny).with_marks(),
        Parameter::number("size").with_marks(),
    ],
    Returns::Rule(|arguments| Ok(Type::list(arguments[0].type_of()))),
    chunklist,
    "Divides a list into lists of at most a given size.",
)
.declared(Shape::ListOfLists);

pub(super) static COMPACT: Function = Function::new(
    "compact",
    LIST_OF_STRING,
    TEXTS,
    compact,
    "Removes null and empty strings from a list.",
);

pub(super) static DISTINCT: Function = Function::new(
    "distinct",
    LIST,
    Returns::Rule(|arguments| Ok(arguments[0].type_of())),
    distinct,
    "Removes repeated elements from a list.",
)
.declared(Shape::ListOfAny);

pub(super) static ELEMENT: Function = Function::new(
    "element",
    &[Parameter::any("list").with_marks(), Parameter::number("index")],
    Returns::Rule(element_rule),
    element,
    "Returns an element of a list by its index, which begins again after the last one.",
)
.maybe_null();

pub(super) static INDEX: Function = Function::new(
    "index",
    &[Parameter::any("list"), Parameter::any("value")],
    Returns::Always(Shape::Number),
    index,
    "Finds the index of a value in a list.",
)
.declared(Shape::Any);

pub(super) static MATCHKEYS: Function = Function::new(
    "matchkeys",
    &[
        Parameter::new("values", Shape::ListOfAny),
        Parameter::new("keys", Shape::ListOfAny),
        Parameter::new("searchset", Shape::ListOfAny),
    ],
    Returns::Rule(matchkeys_type),
    matchkeys,
    "Takes those values whose keys, at the same places, are in the set searched.",
)
.declared(Shape::ListOfAny);

pub(super) static RANGE: Function = Function::new(
    "range",
    &[],
    Returns::Always(Shape::ListOfNumber),
    range,
    "Counts from a start to a limit by steps.",
)
.and_any_number_of(Parameter::number("params"));

pub(super) static REVERSE: Function = Function::new(
    "reverse",
    &[Parameter::any("list").with_marks()],
    Returns::Rule(reverse_type),
    reverse,
    "Reverses the elements of a list.",
);

pub(super) static SORT: Function = Function::new(
    "sort",
    &[Parameter::new("list", Shape::ListOfString).or_unknown()],
    TEXTS,
    sort,
    "Sorts a list of strings by their characters' code points.",
);

fn chunklist(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (list, list_marks) = unmark(&call.arguments[0]);
    let (size, size_marks) = unmark(&call.arguments[1]);
    let size =
        int(&size).map_err(|error| FunctionError::failed(format!("invalid size: {error}")))?;
    let size = usize::try_from(size)
        .map_err(|_| FunctionError::failed("the size argument must be positive"))?;
    let elements = list.elements().unwrap_or_default();
    let element = element_type(&list.type_of());
    let chunks: Vec<_> = match (elements, size) {
        ([], _) => Vec::new(),
        (_, 0) => vec![list.clone()],
        _ => elements.chunks(size).map(|part| Value::list(element.clone(), part)).collect(),
    };
    Ok(Value::list(list.type_of(), chunks).with_marks(list_marks | size_marks))
}

fn compact(call: &Call<'_>) -> Result<Value, FunctionError> {
    if !call.arguments[0].is_wholly_known() {
        return call.unknown();
    }
    let texts = call.items(0).iter().filter_map(Value::as_str);
    Ok(text_list(texts.filter(|text| !text.is_empty())))
}

fn distinct(call: &Call<'_>) -> Result<Value, FunctionError> {
    if !call.arguments[0].is_wholly_known() {
        return call.unknown();
    }
    // Strings and numbers, by far the most frequent, are told apart by a set of what was seen.
    let mut seen_texts = std::collections::HashSet::new();
    let mut kept: Vec<Value> = Vec::new();
    for value in call.items(0) {
        let new = match value.as_str() {
            Some(text) => seen_texts.insert(text),
            None => !kept.iter().any(|other| equal(other, value).as_bool() == Some(true)),
        };
        if new {
            kept.push(value.clone());
        }
    }
    Ok(Value::list(element_type(call.returns), kept))
}

fn element_rule(arguments: &[Value]) -> Result<Type, FunctionError> {
    match arguments[0].type_of() {
        Type::List(element) => Ok(element.as_ref().clone()),
        Type::Tuple(_) if arguments[1].is_unknown() => Ok(Type::Dynamic),
        Type::Tuple(types) => Ok(types[wrapped(&arguments[1], types.len())?].clone()),
        other => {
            let name = friendly_type(&other);
            Err(FunctionError::failed(format!("cannot read elements from {name}")))
        }
    }
}

/// The place that an index means in a list of a length.
fn wrapped(index: &Value, length: usize) -> Result<usize, FunctionError> {
    let index =
        int(index).map_err(|error| FunctionError::failed(format!("invalid index: {error}")))?;
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let place = index
        .checked_rem(length)
        .ok_or_else(|| FunctionError::failed("cannot use element function with an empty list"))?;
    usize::try_from(place)
        .map_err(|_| FunctionError::failed("cannot use element function with a negative index"))
}

fn element(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (list, marks) = unmark(&call.arguments[0]);
    let elements = list.elements().unwrap_or_default();
    let place = wrapped(&call.arguments[1], elements.len())?;
    Ok(elements[place].clone().with_marks(marks))
}

fn index(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (Data::List(_, elements) | Data::Tuple(elements)) = &call.arguments[0].data else {
        return Err(FunctionError::failed("argument must be a list or tuple"));
    };
    if elements.is_empty() {
        return Err(FunctionError::failed("cannot search an empty list"));
    }
    for (place, element) in elements.iter().enumerate() {
        match equal(element, &call.arguments[1]).as_bool() {
            Some(true) => return Ok(count(place)),
            Some(false) => {}
            None => return call.unknown(),
        }
    }
    Err(FunctionError::failed("item not found"))
}

fn matchkeys_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    unify(&[arguments[1].type_of(), arguments[2].type_of()])
        .map(|_| arguments[0].type_of())
        .ok_or_else(|| FunctionError::failed("keys and searchset must be of the same type"))
}

fn matchkeys(call: &Call<'_>) -> Result<Value, FunctionError> {
    let [values, keys, searched] = call.arguments else { return call.unknown() };
    if call.items(0).len() != call.items(1).len() {
        return Err(FunctionError::failed("length of keys and values should be equal"));
    }
    let common = unify(&[keys.type_of(), searched.type_of()]).unwrap_or(Type::Dynamic);
    let same =
        |value| convert(value, &common).map_err(|error| FunctionError::failed(error.message));
    let (keys, searched) = (same(keys)?, same(searched)?);
    let element = element_type(call.returns);
    if searched.elements().is_some_and(<[_]>::is_empty) {
        return Ok(Value::list(element, Vec::new()));
    }
    if !values.is_wholly_known() || !keys.is_wholly_known() || !searched.is_wholly_known() {
        return call.unknown();
    }
    let wanted = searched.elements().unwrap_or_default();
    let matches =
        |key: &Value| wanted.iter().any(|other| equal(key, other).as_bool() == Some(true));
    let found = keys.elements().unwrap_or_default().iter().zip(call.items(0));
    let taken: Vec<_> =
        found.filter(|(key, _)| matches(key)).map(|(_, value)| value.clone()).collect();
    Ok(Value::list(element, taken))
}

/// The most values that `range` makes.
const RANGE_MAX: usize = 1024;

fn range(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (start, end, step) = match call.arguments {
        [_] => (Number::ZERO, call.number(0), None),
        [_, _] => (call.number(0), call.number(1), None),
        [_, _, _] => (call.number(0), call.number(1), Some(call.number(2))),
        _ => return Err(FunctionError::failed("must have one, two, or three arguments")),
    };
    let step = step.unwrap_or_else(|| Number::from(if end < start { -1 } else { 1 }));
    match step.signum() {
        -1 if end > start => {
            return Err(FunctionError::argument(
                1,
                "end must be less than start when step is negative",
            ));
        }
        0 | 1 if end < start => {
            return Err(FunctionError::argument(
                1,
                "end must be greater than start when step is positive",
            ));
        }
        _ => {}
    }
    let down = step.signum() < 0;
    let mut values = Vec::new();
    let mut next = start;
    while if down { next > end } else { next < end } {
        if values.len() >= RANGE_MAX {
            return Err(FunctionError::failed(
                "more than 1024 values were generated; either decrease the difference between \
                 start and end or use a smaller step",
            ));
        }
        let following =
            next.add(&step).map_err(|error| FunctionError::failed(error.to_string()))?;
        values.push(number(next));
        next = following;
    }
    Ok(Value::list(Type::Number, values))
}

fn reverse_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    match arguments[0].type_of() {
        Type::Tuple(types) => Ok(Type::tuple(types.iter().rev().cloned().collect::<Vec<_>>())),
        ty @ (Type::List(_) | Type::Set(_)) => Ok(Type::list(element_type(&ty))),
        other => Err(FunctionError::argument(
            0,
            format!("can only reverse list or tuple values, not {}", friendly_type(&other)),
        )),
    }
}

fn reverse(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (list, marks) = unmark(&call.arguments[0]);
    let values: Vec<_> = list.elements().unwrap_or_default().iter().rev().cloned().collect();
    let reversed = match call.returns {
        Type::List(element) => Value::list(element.as_ref().clone(), values),
        _ => Value::tuple(values),
    };
    Ok(reversed.with_marks(marks))
}

fn sort(call: &Call<'_>) -> Result<Value, FunctionError> {
    let list = &call.arguments[0];
    if !list.is_wholly_known() {
        return Ok(unsorted(list));
    }
    let mut texts = Vec::new();
    for (place, value) in call.items(0).iter().enumerate() {
        texts.push(value.as_str().ok_or_else(|| {
            FunctionError::failed(format!(
                "given list element {place} is null; a null string cannot be sorted"
            ))
        })?);
    }
    texts.sort_unstable();
    Ok(text_list(texts))
}

/// An unknown list, of which the length is known if the length of the given one is.
fn unsorted(list: &Value) -> Value {
    let length = match &list.data {
        Data::List(_, values) => (Some(values.len() as u64), Some(values.len() as u64)),
        Data::Unknown(_, Some(known)) => known.length,
        _ => (None, None),
    };
    let refinement =
        crate::value::Refinement { length, not_null: true, ..crate::value::Refinement::default() };
    Value::unknown_refined(Type::list(Type::String), refinement)
}
