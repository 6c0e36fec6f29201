//! Functions on sets.

use super::arguments::{element_type, unmark};
use super::{Call, Function, FunctionError, Parameter, Returns, Shape};
use crate::convert::{convert, unify};
use crate::value::Refinement;
use crate::{Data, Marks, Type, Value};

const OTHERS: Parameter = Parameter::new("other_sets", Shape::SetOfAny).or_dynamic();

pub(super) static SETINTERSECTION: Function = Function::new(
    "setintersection",
    &[Parameter::new("first_set", Shape::SetOfAny).or_dynamic()],
    Returns::Rule(common_set),
    |call| combine(call, |kept, other| kept.retain(|value| other.contains(value))),
    "Returns the elements that all the sets have.",
)
.declared(Shape::SetOfAny)
.and_any_number_of(OTHERS);

pub(super) static SETSUBTRACT: Function = Function::new(
    "setsubtract",
    &[
        Parameter::new("a", Shape::SetOfAny).or_dynamic(),
        Parameter::new("b", Shape::SetOfAny).or_dynamic(),
    ],
    Returns::Rule(common_set),
    |call| combine(call, |kept, other| kept.retain(|value| !other.contains(value))),
    "Returns the elements of the first set that the second has not.",
)
.declared(Shape::SetOfAny);

pub(super) static SETUNION: Function = Function::new(
    "setunion",
    &[Parameter::new("first_set", Shape::SetOfAny).or_dynamic()],
    Returns::Rule(common_set),
    // What is not known belongs to the union all the same.
    |call| combine_where(call, |_| true, |kept, other| kept.extend_from_slice(other)),
    "Returns the elements that any of the sets has.",
)
.declared(Shape::SetOfAny)
.and_any_number_of(OTHERS);

pub(super) static SETPRODUCT: Function = Function::new(
    "setproduct",
    &[],
    Returns::Rule(product_type),
    product,
    "Returns every combination of one element of each of the sets.",
)
.and_any_number_of(Parameter::any("sets").or_unknown().with_marks());

fn common_set(arguments: &[Value]) -> Result<Type, FunctionError> {
    let mut types = Vec::new();
    for value in arguments {
        let element = element_type(&value.type_of());
        // An empty set of anything goes with every other.
        let empty = value.elements().is_some_and(<[_]>::is_empty);
        if !(empty && element == Type::Dynamic) {
            types.push(element);
        }
    }
    if types.is_empty() {
        return Ok(Type::set(Type::Dynamic));
    }
    unify(&types)
        .map(Type::set)
        .ok_or_else(|| FunctionError::failed("given sets must all have compatible element types"))
}

fn combine(call: &Call<'_>, step: fn(&mut Vec<Value>, &[Value])) -> Result<Value, FunctionError> {
    combine_where(call, Value::is_wholly_known, step)
}

/// Combines sets that are known as well as is needed.
fn combine_where(
    call: &Call<'_>,
    is_known: fn(&Value) -> bool,
    step: fn(&mut Vec<Value>, &[Value]),
) -> Result<Value, FunctionError> {
    let mut kept: Option<Vec<Value>> = None;
    for (index, value) in call.arguments.iter().enumerate() {
        let set = convert(value, call.returns)
            .map_err(|error| FunctionError::argument(index, error.message))?;
        let Some(elements) = set.elements().filter(|_| is_known(&set)) else {
            return call.unknown();
        };
        match &mut kept {
            None => kept = Some(elements.to_vec()),
            Some(kept) => step(kept, elements),
        }
    }
    Ok(Value::set(element_type(call.returns), kept.unwrap_or_default()))
}

fn product_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    if arguments.len() < 2 {
        return Err(FunctionError::failed("at least two arguments are required"));
    }
    let mut elements = Vec::new();
    let mut sets = false;
    for (index, value) in arguments.iter().enumerate() {
        elements.push(match value.type_of() {
            Type::Set(element) => {
                sets = true;
                element.as_ref().clone()
            }
            Type::List(element) => element.as_ref().clone(),
            Type::Tuple(types) if types.is_empty() => Type::Dynamic,
            Type::Tuple(types) => unify(&types).ok_or_else(|| {
                FunctionError::argument(index, "all elements must be of the same type")
            })?,
            _ => return Err(FunctionError::argument(index, "a set or a list is required")),
        });
    }
    let combination = Type::tuple(elements);
    Ok(if sets { Type::set(combination) } else { Type::list(combination) })
}

/// The most combinations that are made, so that a few long lists do not take all memory.
const PRODUCT_MAX: usize = 1_000_000;

fn product(call: &Call<'_>) -> Result<Value, FunctionError> {
    let plain: Vec<_> = call.arguments.iter().map(unmark).collect();
    let marks = plain.iter().fold(Marks::NONE, |all, (_, own)| all | *own);
    let lists: Vec<_> = plain.iter().map(|(value, _)| value.elements()).collect();
    if lists.contains(&None) {
        return Ok(unknown_product(call).with_marks(marks));
    }
    let total = lists
        .iter()
        .flatten()
        .try_fold(1_usize, |total, list| total.checked_mul(list.len()))
        .filter(|total| *total <= PRODUCT_MAX)
        .ok_or_else(|| {
            FunctionError::failed(format!("more than {PRODUCT_MAX} combinations would be made"))
        })?;
    let combination = element_type(call.returns);
    let Type::Tuple(types) = &combination else { return call.unknown() };
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for (list, ty) in lists.iter().flatten().zip(types.iter()) {
        let list = list
            .iter()
            .map(|value| convert(value, ty))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| FunctionError::failed(error.message))?;
        rows = rows.iter().flat_map(|row| extended(row, &list)).collect();
    }
    debug_assert_eq!(rows.len(), total);
    let rows: Vec<_> = rows.into_iter().map(Value::tuple).collect();
    let made = match call.returns {
        Type::Set(_) => Value::set(combination, rows),
        _ => Value::list(combination, rows),
    };
    Ok(made.with_marks(marks))
}

fn extended<'a>(row: &'a [Value], list: &'a [Value]) -> impl Iterator<Item = Vec<Value>> + 'a {
    list.iter().map(|value| row.iter().chain([value]).cloned().collect())
}

/// An unknown product is at least as short as the bounds of its factors say.
fn unknown_product(call: &Call<'_>) -> Value {
    let most = |value: &Value| match &value.data {
        Data::Unknown(Type::Tuple(types), _) => Some(types.len() as u64),
        Data::Unknown(_, known) => known.as_ref().and_then(|known| known.length.1),
        _ => value.elements().map(|elements| elements.len() as u64),
    };
    let limit = call
        .arguments
        .iter()
        .try_fold(1_u64, |limit, value| limit.checked_mul(most(value)?))
        .filter(|limit| *limit <= 2048);
    let refinement = Refinement {
        not_null: true,
        length: (limit.filter(|limit| *limit == 0), limit),
        ..Refinement::default()
    };
    Value::unknown_refined(call.returns.clone(), refinement)
}
