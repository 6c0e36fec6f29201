//! `merge`: maps and objects laid over each other.

use std::collections::BTreeMap;

use super::super::arguments::{quoted, unmark};
use super::super::{Call, Function, FunctionError, Parameter, Returns};
use crate::display::friendly_type;
use crate::{Marks, Name, Type, Value};

pub(in crate::functions) static MERGE: Function = Function::new(
    "merge",
    &[],
    Returns::Rule(returns),
    merge,
    "Lays maps or objects over each other; later ones win.",
)
.and_any_number_of(Parameter::any("maps").or_null().or_dynamic().with_marks());

/// Arguments of one type give that type; different ones give an object of all attributes.
fn returns(arguments: &[Value]) -> Result<Type, FunctionError> {
    let mut attributes: BTreeMap<Name, Type> = BTreeMap::new();
    let mut first = None;
    let mut same = true;
    let mut keys_known = true;
    for value in arguments {
        let ty = match (value.type_of(), value.is_null()) {
            (Type::Dynamic, _) => return Ok(Type::Dynamic),
            (Type::Object(_), true) => Type::object([]),
            (ty, _) => ty,
        };
        match &ty {
            Type::Object(types) => {
                attributes.extend(types.iter().map(|(name, ty)| (name.clone(), ty.clone())));
            }
            Type::Map(element) => match value.entries() {
                Some(entries) => attributes
                    .extend(entries.keys().map(|name| (name.clone(), element.as_ref().clone()))),
                None => keys_known &= value.is_null(),
            },
            other => {
                let name = quoted(&friendly_type(other));
                let message = format!("arguments must be maps or objects, got {name}");
                return Err(FunctionError::failed(message));
            }
        }
        same &= first.get_or_insert_with(|| ty.clone()) == &ty;
    }
    Ok(match first {
        Some(first) if same => first,
        _ if keys_known => Type::object(attributes),
        _ => Type::Dynamic,
    })
}

fn merge(call: &Call<'_>) -> Result<Value, FunctionError> {
    let mut merged = BTreeMap::new();
    let mut marks = Marks::NONE;
    for value in call.arguments {
        let (map, own) = unmark(value);
        marks = marks | own;
        for (key, value) in map.entries().into_iter().flatten() {
            merged.insert(key.clone(), value.clone());
        }
    }
    let whole = match call.returns {
        Type::Map(element) => Value::map(element.as_ref().clone(), merged),
        _ => Value::object(merged),
    };
    Ok(whole.with_marks(marks))
}
