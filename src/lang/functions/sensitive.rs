//! Functions that put marks on values, take them off and tell them.

use std::sync::Arc;

use super::{Call, Function, FunctionError, Parameter, Returns, Shape};
use crate::{Data, Marks, Type, Value};

const VALUE: &[Parameter] = &[Parameter::anything("value")];

pub(super) static EPHEMERALASNULL: Function = Function::new(
    "ephemeralasnull",
    VALUE,
    Returns::Rule(same_type),
    |call| Ok(without_ephemeral(&call.arguments[0])),
    "Replaces every ephemeral value by null.",
)
.maybe_null();

pub(super) static ISSENSITIVE: Function = Function::new(
    "issensitive",
    VALUE,
    Returns::Always(Shape::Bool),
    is_sensitive,
    "Tells whether a value is sensitive.",
);

pub(super) static NONSENSITIVE: Function = Function::new(
    "nonsensitive",
    VALUE,
    Returns::Rule(same_type),
    |call| {
        let value = &call.arguments[0];
        Ok(Value { data: value.data.clone(), marks: value.marks.without(Marks::SENSITIVE) })
    },
    "Makes a sensitive value one that may be shown.",
)
.maybe_null();

pub(super) static SENSITIVE: Function = Function::new(
    "sensitive",
    VALUE,
    Returns::Rule(same_type),
    |call| Ok(call.arguments[0].clone().sensitive()),
    "Makes a value sensitive, so that it is never shown.",
)
.maybe_null();

fn same_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    Ok(arguments[0].type_of())
}

fn is_sensitive(call: &Call<'_>) -> Result<Value, FunctionError> {
    match &call.arguments[0] {
        // What is unknown now may turn out to be sensitive.
        value if value.is_sensitive() => Ok(Value::bool(true)),
        value if value.is_unknown() => call.unknown(),
        _ => Ok(Value::bool(false)),
    }
}

fn without_ephemeral(value: &Value) -> Value {
    let marks = value.marks.without(Marks::EPHEMERAL);
    if value.marks.contains(Marks::EPHEMERAL) && value.is_known() {
        return Value::null(value.type_of()).with_marks(marks);
    }
    let each =
        |values: &Arc<[Value]>| -> Vec<Value> { values.iter().map(without_ephemeral).collect() };
    let data = match &value.data {
        Data::List(ty, values) => Data::List(ty.clone(), each(values).into()),
        Data::Set(ty, values) => Value::set(ty.clone(), each(values)).data,
        Data::Tuple(values) => Data::Tuple(each(values).into()),
        Data::Map(ty, values) => {
            let entries = values.iter().map(|(key, value)| (key.clone(), without_ephemeral(value)));
            Data::Map(ty.clone(), Arc::new(entries.collect()))
        }
        Data::Object(values) => {
            let entries = values.iter().map(|(key, value)| (key.clone(), without_ephemeral(value)));
            Data::Object(Arc::new(entries.collect()))
        }
        other => other.clone(),
    };
    Value { data, marks }
}
