//! Equality of the language.

use std::collections::BTreeMap;

use crate::value::Refinement;
use crate::{Data, Name, Number, Type, Value};

/// Equality of the language: types must agree, unknown gives unknown, marks join, also those of
/// what is inside: whoever learns that a value is null or not learns something of it.
///
/// Two nulls are equal whatever their types.
pub fn equal(a: &Value, b: &Value) -> Value {
    let result = match compare(a, b) {
        Some(result) => Value::bool(result),
        None => Value::unknown_not_null(Type::Bool),
    };
    result.with_marks(a.deep_marks() | b.deep_marks())
}

/// Whether they are equal, or `None` where that is not known.
fn compare(a: &Value, b: &Value) -> Option<bool> {
    match (&a.data, &b.data) {
        (Data::String(a), Data::String(b)) => return Some(a == b),
        (Data::Number(a), Data::Number(b)) => return Some(a.same(b)),
        (Data::Bool(a), Data::Bool(b)) => return Some(a == b),
        _ => {}
    }
    if (a.is_null() && b.is_definitely_not_null()) || (b.is_null() && a.is_definitely_not_null()) {
        return Some(false);
    }
    match (a.is_unknown(), b.is_unknown()) {
        (true, true) => None,
        (true, false) => compare_unknown(b, a),
        (false, true) => compare_unknown(a, b),
        (false, false) if a.is_null() || b.is_null() => Some(a.is_null() && b.is_null()),
        (false, false) => compare_known(a, b),
    }
}

fn compare_unknown(known: &Value, unknown: &Value) -> Option<bool> {
    let ty = unknown.type_of();
    if known.is_null() {
        return None;
    }
    if ty.has_dynamic() {
        return (!may_conform(&known.type_of(), &ty)).then_some(false);
    }
    let excluded = unknown.refinement().is_some_and(|refinement| excludes(refinement, known));
    (excluded || known.type_of() != ty).then_some(false)
}

fn excludes(refinement: &Refinement, known: &Value) -> bool {
    let beyond = |number: &Number| {
        refinement.bounds.0.as_ref().is_some_and(|low| number < low)
            || refinement.bounds.1.as_ref().is_some_and(|high| number > high)
    };
    match &known.data {
        Data::String(text) => {
            refinement.prefix.as_ref().is_some_and(|prefix| !text.starts_with(&**prefix))
        }
        Data::Number(number) => beyond(number),
        _ => known.length().is_some_and(|length| {
            let length = u64::try_from(length).unwrap_or(u64::MAX);
            refinement.length.0.is_some_and(|low| length < low)
                || refinement.length.1.is_some_and(|high| length > high)
        }),
    }
}

fn compare_known(a: &Value, b: &Value) -> Option<bool> {
    if has_unknown_type(a) || has_unknown_type(b) {
        return if may_conform(&a.type_of(), &b.type_of()) { None } else { Some(false) };
    }
    match (&a.data, &b.data) {
        (Data::List(a_type, a), Data::List(b_type, b)) => types_then(a_type, b_type, || {
            if a.len() == b.len() { sequences(a, b) } else { Some(false) }
        }),
        (Data::Map(a_type, a), Data::Map(b_type, b)) => types_then(a_type, b_type, || maps(a, b)),
        (Data::Set(a_type, a), Data::Set(b_type, b)) => types_then(a_type, b_type, || sets(a, b)),
        (Data::Tuple(a_items), Data::Tuple(b_items)) => {
            let (a_type, b_type) = (a.type_of(), b.type_of());
            types_then(&a_type, &b_type, || sequences(a_items, b_items))
        }
        (Data::Object(a_items), Data::Object(b_items)) => {
            let (a_type, b_type) = (a.type_of(), b.type_of());
            types_then(&a_type, &b_type, || maps(a_items, b_items))
        }
        _ => Some(false),
    }
}

/// Whether something in it may still become of any type; a null has the type that it has.
fn has_unknown_type(value: &Value) -> bool {
    match &value.data {
        Data::Unknown(ty, _) => *ty == Type::Dynamic,
        Data::List(_, values) | Data::Set(_, values) | Data::Tuple(values) => {
            values.iter().any(has_unknown_type)
        }
        Data::Map(_, values) | Data::Object(values) => values.values().any(has_unknown_type),
        _ => false,
    }
}

/// Different types are never equal.
fn types_then(a: &Type, b: &Type, compare: impl FnOnce() -> Option<bool>) -> Option<bool> {
    if a == b { compare() } else { Some(false) }
}

fn may_conform(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (Type::Dynamic, _) | (_, Type::Dynamic) => true,
        (Type::List(a), Type::List(b))
        | (Type::Set(a), Type::Set(b))
        | (Type::Map(a), Type::Map(b)) => may_conform(a, b),
        (Type::Tuple(a), Type::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| may_conform(a, b))
        }
        (Type::Object(a), Type::Object(b)) => {
            a.len() == b.len()
                && a.iter().zip(b.iter()).all(|((n, a), (m, b))| n == m && may_conform(a, b))
        }
        _ => a == b,
    }
}

fn sequences(a: &[Value], b: &[Value]) -> Option<bool> {
    for (a, b) in a.iter().zip(b) {
        if !compare(a, b)? {
            return Some(false);
        }
    }
    Some(true)
}

fn maps(a: &BTreeMap<Name, Value>, b: &BTreeMap<Name, Value>) -> Option<bool> {
    if !(a.len() == b.len() && a.keys().eq(b.keys())) {
        return Some(false);
    }
    for (a, b) in a.values().zip(b.values()) {
        if !compare(a, b)? {
            return Some(false);
        }
    }
    Some(true)
}

fn sets(a: &[Value], b: &[Value]) -> Option<bool> {
    if a.iter().chain(b).any(|element| !element.is_wholly_known()) {
        return None;
    }
    let has =
        |set: &[Value], element: &Value| set.iter().any(|o| compare(o, element) == Some(true));
    // Sets are sorted, so that equal ones usually pair up at once.
    let paired = a.len() == b.len() && a.iter().zip(b).all(|(a, b)| compare(a, b) == Some(true));
    Some(paired || (a.len() == b.len() && a.iter().all(|element| has(b, element))))
}
