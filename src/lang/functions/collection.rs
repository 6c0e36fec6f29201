//! Functions that take any kind of collection.

use super::arguments::{count, element_type, is_sequence, number, unmark};
use super::{Call, Function, FunctionError, Parameter, Returns, Shape};
use crate::convert::{convert, unify};
use crate::display::friendly_type;
use crate::graphemes::graphemes;
use crate::operate::equal;
use crate::value::Refinement;
use crate::{Data, Number, Type, Value};

const BOOL: Returns = Returns::Always(Shape::Bool);
const LIST_OF_BOOL: &[Parameter] = &[Parameter::new("list", Shape::ListOfBool)];
const ANY_LIST: &[Parameter] = &[Parameter::any("list")];

pub(super) static ALLTRUE: Function = Function::new(
    "alltrue",
    LIST_OF_BOOL,
    BOOL,
    alltrue,
    "Tells whether every element of a list is true; it is for an empty one.",
);

pub(super) static ANYTRUE: Function = Function::new(
    "anytrue",
    LIST_OF_BOOL,
    BOOL,
    anytrue,
    "Tells whether any element of a list is true; it is not for an empty one.",
);

pub(super) static COALESCE: Function = Function::new(
    "coalesce",
    &[],
    Returns::Rule(coalesce_type),
    coalesce,
    "Returns the first of its arguments that is neither null nor an empty string.",
)
.and_any_number_of(Parameter::any("vals").or_null().or_unknown().or_dynamic());

pub(super) static COALESCELIST: Function = Function::new(
    "coalescelist",
    &[],
    Returns::Rule(coalescelist_type),
    coalescelist,
    "Returns the first of its arguments that is a list with elements.",
)
.and_any_number_of(Parameter::any("vals").or_null().or_unknown().or_dynamic());

pub(super) static CONTAINS: Function = Function::new(
    "contains",
    &[Parameter::any("list"), Parameter::any("value")],
    BOOL,
    contains,
    "Tells whether a list, tuple or set has a value as its element.",
)
.declared(Shape::Any);

pub(super) static LENGTH: Function = Function::new(
    "length",
    &[Parameter::any("value").or_unknown().or_dynamic().with_marks()],
    Returns::Rule(length_type),
    |call| Ok(length(&call.arguments[0])),
    "Returns the number of elements of a collection, or of characters of a string.",
)
.declared(Shape::Number);

pub(super) static ONE: Function = Function::new(
    "one",
    ANY_LIST,
    Returns::Rule(one_type),
    one,
    "Returns the only element of a list, set or tuple, or null if it has none.",
)
.maybe_null();

pub(super) static SUM: Function = Function::new(
    "sum",
    ANY_LIST,
    Returns::Always(Shape::Number),
    sum,
    "Returns the sum of the numbers in a list, set or tuple.",
)
.declared(Shape::Any);

fn alltrue(call: &Call<'_>) -> Result<Value, FunctionError> {
    for value in call.items(0) {
        match value.data {
            Data::Unknown(..) => return call.unknown(),
            Data::Bool(true) => {}
            _ => return Ok(Value::bool(false)),
        }
    }
    Ok(Value::bool(true))
}

fn anytrue(call: &Call<'_>) -> Result<Value, FunctionError> {
    if call.items(0).iter().any(|value| value.as_bool() == Some(true)) {
        return Ok(Value::bool(true));
    }
    if call.items(0).iter().any(Value::is_unknown) {
        call.unknown()
    } else {
        Ok(Value::bool(false))
    }
}

fn coalesce_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    let types: Vec<_> = arguments.iter().map(Value::type_of).collect();
    unify(&types).ok_or_else(|| FunctionError::failed("all arguments must have the same type"))
}

fn coalesce(call: &Call<'_>) -> Result<Value, FunctionError> {
    for value in call.arguments {
        let value =
            convert(value, call.returns).map_err(|error| FunctionError::failed(error.message))?;
        if value.is_unknown() {
            return call.unknown();
        }
        if !value.is_null() && value.as_str() != Some("") {
            return Ok(value);
        }
    }
    Err(FunctionError::failed("no non-null, non-empty-string arguments"))
}

fn coalescelist_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    let first = arguments
        .first()
        .ok_or_else(|| FunctionError::failed("at least one argument is required"))?
        .type_of();
    let mut same = true;
    for value in arguments {
        if value.is_unknown() {
            return Ok(Type::Dynamic);
        }
        let ty = value.type_of();
        if !matches!(ty, Type::List(_) | Type::Tuple(_)) {
            return Err(FunctionError::failed("coalescelist arguments must be lists or tuples"));
        }
        same &= ty == first;
    }
    Ok(if same { first } else { Type::Dynamic })
}

fn coalescelist(call: &Call<'_>) -> Result<Value, FunctionError> {
    for value in call.arguments {
        if value.is_unknown() {
            return call.unknown();
        }
        if value.elements().is_some_and(|elements| !elements.is_empty()) {
            return Ok(value.clone());
        }
    }
    Err(FunctionError::failed("no non-null arguments"))
}

fn contains(call: &Call<'_>) -> Result<Value, FunctionError> {
    let elements = call.arguments[0]
        .elements()
        .ok_or_else(|| FunctionError::failed("argument must be list, tuple, or set"))?;
    let mut undecided = false;
    for element in elements {
        match equal(&call.arguments[1], element).as_bool() {
            Some(true) => return Ok(Value::bool(true)),
            Some(false) => {}
            None => undecided = true,
        }
    }
    if undecided { call.unknown() } else { Ok(Value::bool(false)) }
}

fn length_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    let has_length = match &arguments[0].data {
        Data::Bool(_) | Data::Number(_) => false,
        Data::Null(ty) | Data::Unknown(ty, _) => !matches!(ty, Type::Bool | Type::Number),
        _ => true,
    };
    if has_length {
        Ok(Type::Number)
    } else {
        let detail = "argument must be a string, a collection type, or a structural type";
        Err(FunctionError::failed(detail))
    }
}

fn length(value: &Value) -> Value {
    let (plain, marks) = unmark(value);
    let known = match &plain.data {
        Data::String(text) => Some(characters(text)),
        Data::Unknown(Type::Tuple(types), _) => Some(types.len()),
        Data::Unknown(Type::Object(types), _) => Some(types.len()),
        Data::Set(_, values) if values.len() > 1 && !plain.is_wholly_known() => None,
        _ => plain.elements().map(<[_]>::len).or_else(|| plain.entries().map(|map| map.len())),
    };
    known.map_or_else(|| unknown_length(&plain), count).with_marks(marks)
}

fn characters(text: &str) -> usize {
    graphemes(text).count()
}

/// What can be told of a length that is not known: at least the bounds that the value itself has.
fn unknown_length(value: &Value) -> Value {
    let (least, most) = match &value.data {
        Data::Set(_, values) => (1, i64::try_from(values.len()).ok()),
        Data::Unknown(_, Some(known)) => {
            let prefix = known.prefix.as_deref().map(characters).unwrap_or_default() as u64;
            let least = known.length.0.unwrap_or_default().max(prefix);
            let most = known.length.1.and_then(|most| i64::try_from(most).ok());
            (i64::try_from(least).unwrap_or(0), most)
        }
        _ => (0, None),
    };
    let refinement = Refinement {
        not_null: true,
        bounds: (Some(Number::from(least)), most.map(Number::from)),
        ..Refinement::default()
    };
    Data::Unknown(Type::Number, Some(refinement.into())).into()
}

const ONE_PHRASE: &str = "must be a list, set, or tuple value with either zero or one elements";

fn one_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    match arguments[0].type_of() {
        Type::Tuple(types) if types.is_empty() => Ok(Type::Dynamic),
        Type::Tuple(types) if types.len() == 1 => Ok(types[0].clone()),
        ty @ (Type::List(_) | Type::Set(_)) => Ok(element_type(&ty)),
        _ => Err(FunctionError::argument(0, ONE_PHRASE)),
    }
}

fn one(call: &Call<'_>) -> Result<Value, FunctionError> {
    if length(&call.arguments[0]).is_unknown() {
        return call.unknown();
    }
    match call.items(0) {
        [] => Ok(Value::null(call.returns.clone())),
        [only] => Ok(only.clone()),
        _ => Err(FunctionError::argument(0, ONE_PHRASE)),
    }
}

const SUM_PHRASE: &str = "argument must be list, set, or tuple of number values";

fn sum(call: &Call<'_>) -> Result<Value, FunctionError> {
    let value = &call.arguments[0];
    let ty = value.type_of();
    let size = value.elements().map(<[_]>::len).or_else(|| value.entries().map(|map| map.len()));
    match size {
        None => return Err(FunctionError::argument(0, "cannot sum noniterable")),
        Some(0) => return Err(FunctionError::argument(0, "cannot sum an empty list")),
        Some(_) if is_sequence(&ty) => {}
        Some(_) => {
            return Err(FunctionError::argument(
                0,
                format!("argument must be list, set, or tuple. Received {}", friendly_type(&ty)),
            ));
        }
    }
    if !value.is_wholly_known() {
        return call.unknown();
    }
    let mut total: Option<Number> = None;
    for element in call.items(0) {
        let element = convert(element, &Type::Number).ok();
        let part = element
            .as_ref()
            .and_then(Value::as_number)
            .ok_or_else(|| FunctionError::argument(0, SUM_PHRASE))?;
        total = Some(match total {
            None => part.clone(),
            Some(sum) => sum.add(part).map_err(|error| FunctionError::failed(error.to_string()))?,
        });
    }
    total.map(number).ok_or_else(|| FunctionError::argument(0, SUM_PHRASE))
}
