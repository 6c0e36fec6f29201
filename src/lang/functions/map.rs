//! Functions on maps and objects.

use std::collections::BTreeMap;

use super::arguments::{element_type, shown, text, text_list, unmark};
use super::{Call, Function, FunctionError, Parameter, Returns, Shape};
use crate::convert::convert;
use crate::{Data, Marks, Name, Type, Value};

mod merge;

pub(super) use merge::MERGE;

pub(super) static KEYS: Function = Function::new(
    "keys",
    &[Parameter::any("inputMap").or_unknown().with_marks()],
    Returns::Rule(keys_type),
    keys,
    "Returns the keys of a map in lexical order.",
);

pub(super) static LOOKUP: Function = Function::new(
    "lookup",
    &[Parameter::any("inputMap").with_marks(), Parameter::string("key").with_marks()],
    Returns::Rule(lookup_type),
    lookup,
    "Returns the element of a map at a key, or else a default.",
)
.and_any_number_of(Parameter::anything("default"))
.maybe_null();

pub(super) static TRANSPOSE: Function = Function::new(
    "transpose",
    &[Parameter::new("values", Shape::MapOfStringLists)],
    Returns::Always(Shape::MapOfStringLists),
    transpose,
    "Exchanges the keys of a map of lists with the elements of the lists.",
);

pub(super) static VALUES: Function = Function::new(
    "values",
    &[Parameter::any("mapping").with_marks()],
    Returns::Rule(values_type),
    values,
    "Returns the elements of a map in the order of their keys.",
);

pub(super) static ZIPMAP: Function = Function::new(
    "zipmap",
    &[
        Parameter::new("keys", Shape::ListOfString).with_marks(),
        Parameter::any("values").with_marks(),
    ],
    Returns::Rule(zipmap_type),
    zipmap,
    "Makes a map of a list of keys and a list of values.",
);

fn keys_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    match arguments[0].type_of() {
        Type::Map(_) => Ok(Type::list(Type::String)),
        Type::Object(types) => Ok(Type::tuple(vec![Type::String; types.len()])),
        _ => Err(FunctionError::argument(0, "must have map or object type")),
    }
}

fn keys(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (map, marks) = unmark(&call.arguments[0]);
    let keys = match map.data {
        // The attributes of an object are known by its type, even if no value is.
        Data::Null(Type::Object(types)) | Data::Unknown(Type::Object(types), _) => {
            Value::tuple(types.keys().map(text).collect::<Vec<_>>())
        }
        Data::Object(values) => Value::tuple(values.keys().map(text).collect::<Vec<_>>()),
        Data::Map(_, values) => text_list(values.keys()),
        _ => Value::unknown(call.returns.clone()),
    };
    Ok(keys.with_marks(marks))
}

fn lookup_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    if arguments.len() > 3 {
        let message = format!("lookup() takes two or three arguments, got {}", arguments.len());
        return Err(FunctionError::failed(message));
    }
    let default = arguments.get(2);
    match arguments[0].type_of() {
        Type::Object(types) => {
            let Some(key) = arguments[1].as_str() else { return Ok(Type::Dynamic) };
            if let Some(found) = types.get(key) {
                return Ok(found.clone());
            }
            default.map(Value::type_of).ok_or_else(|| {
                let key = shown(key, arguments[1].marks);
                FunctionError::argument(0, format!("the given object has no attribute {key}"))
            })
        }
        Type::Map(element) => match default {
            Some(default) if convert(default, &element).is_err() => Err(FunctionError::argument(
                2,
                "the default value must have the same type as the map elements",
            )),
            _ => Ok(element.as_ref().clone()),
        },
        _ => Err(FunctionError::argument(0, "lookup() requires a map as the first argument")),
    }
}

fn lookup(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (map, map_marks) = unmark(&call.arguments[0]);
    let key = &call.arguments[1];
    let marks = map_marks | key.marks;
    let key_text = key.as_str().unwrap_or_default();
    if let Some(found) = map.get(key_text) {
        return Ok(found.clone().with_marks(marks));
    }
    let Some(default) = call.arguments.get(2) else {
        let message = format!("lookup failed to find key {}", shown(key_text, key.marks));
        return Err(FunctionError::failed(message));
    };
    convert(default, call.returns)
        .map(|value| value.with_marks(marks))
        .map_err(|error| FunctionError::failed(error.message))
}

fn transpose(call: &Call<'_>) -> Result<Value, FunctionError> {
    let map = &call.arguments[0];
    if !map.is_wholly_known() {
        return call.unknown();
    }
    let mut turned: BTreeMap<Name, Vec<Value>> = BTreeMap::new();
    for (key, list) in map.entries().into_iter().flatten() {
        let null = |message: &str| FunctionError::failed(message);
        let values = list.elements().ok_or_else(|| null("input must not contain null list"))?;
        for value in values {
            let value =
                value.as_str().ok_or_else(|| null("input list must not contain null string"))?;
            turned.entry(value.into()).or_default().push(text(key));
        }
    }
    let lists = turned.into_iter().map(|(key, keys)| (key, Value::list(Type::String, keys)));
    Ok(Value::map(Type::list(Type::String), lists.collect()))
}

fn values_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    match arguments[0].type_of() {
        ty @ Type::Map(_) => Ok(Type::list(element_type(&ty))),
        Type::Object(types) => Ok(Type::tuple(types.values().cloned().collect::<Vec<_>>())),
        _ => Err(FunctionError::failed("values() requires a map as the first argument")),
    }
}

fn values(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (map, marks) = unmark(&call.arguments[0]);
    let values: Vec<_> = map.entries().into_iter().flat_map(BTreeMap::values).cloned().collect();
    let listed = match call.returns {
        Type::List(element) => Value::list(element.as_ref().clone(), values),
        _ => Value::tuple(values),
    };
    Ok(listed.with_marks(marks))
}

fn differing(keys: usize, values: usize) -> FunctionError {
    FunctionError::failed(format!(
        "number of keys ({keys}) does not match number of values ({values})"
    ))
}

fn zipmap_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    let types = match arguments[1].type_of() {
        ty @ Type::List(_) => return Ok(Type::map(element_type(&ty))),
        Type::Tuple(types) => types,
        _ => return Err(FunctionError::failed("values argument must be a list or tuple value")),
    };
    let keys = match arguments[0].elements() {
        Some(keys) if arguments[0].is_wholly_known() => keys,
        _ => return Ok(Type::Dynamic),
    };
    if keys.len() != types.len() {
        return Err(differing(keys.len(), types.len()));
    }
    let mut attributes = BTreeMap::new();
    for (key, ty) in key_names(keys)?.into_iter().zip(types.iter()) {
        attributes.insert(key, ty.clone());
    }
    Ok(Type::object(attributes))
}

fn key_names(keys: &[Value]) -> Result<Vec<Name>, FunctionError> {
    keys.iter()
        .enumerate()
        .map(|(index, key)| {
            key.as_str().map(Name::from).ok_or_else(|| {
                FunctionError::failed(format!("keys list has null value at index {index}"))
            })
        })
        .collect()
}

fn zipmap(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (keys, keys_marks) = unmark(&call.arguments[0]);
    let (values, values_marks) = unmark(&call.arguments[1]);
    let names = keys.elements().unwrap_or_default();
    let marks = names.iter().fold(keys_marks | values_marks, |marks: Marks, key| marks | key.marks);
    if !keys.is_wholly_known() {
        return Ok(Value::unknown(call.returns.clone()).with_marks(marks));
    }
    let values = values.elements().unwrap_or_default();
    if names.len() != values.len() {
        return Err(differing(names.len(), values.len()));
    }
    let entries: BTreeMap<_, _> =
        key_names(names)?.into_iter().zip(values.iter().cloned()).collect();
    let zipped = match call.returns {
        Type::Map(element) => Value::map(element.as_ref().clone(), entries),
        _ => Value::object(entries),
    };
    Ok(zipped.with_marks(marks))
}
