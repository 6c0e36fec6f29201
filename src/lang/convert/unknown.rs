//! What a null or unknown value becomes: its type with `any` filled in, and what stays known of it.

use std::collections::BTreeMap;

use super::unify;
use crate::value::Refinement;
use crate::{Name, Type, Value};

/// The wanted type with each `any` replaced by what the given type has there.
pub(super) fn replaced(from: &Type, to: &Type) -> Type {
    match (from, to) {
        (Type::Dynamic, _) => to.clone(),
        (_, Type::Dynamic) => from.clone(),
        (Type::Map(from), Type::Map(to)) => Type::map(replaced(from, to)),
        (Type::Object(from), Type::Map(to)) => {
            Type::map(replaced_by_common(from.values().cloned().collect(), to))
        }
        (Type::List(from) | Type::Set(from), Type::List(to)) => Type::list(replaced(from, to)),
        (Type::List(from) | Type::Set(from), Type::Set(to)) => Type::set(replaced(from, to)),
        (Type::Tuple(from), Type::List(to)) => Type::list(replaced_by_common(from.to_vec(), to)),
        (Type::Tuple(from), Type::Set(to)) => Type::set(replaced_by_common(from.to_vec(), to)),
        (Type::Object(from), Type::Object(to)) => attributes(to, |name| from.get(name)),
        (Type::Map(from), Type::Object(to)) => attributes(to, |_| Some(&**from)),
        (Type::Tuple(from), Type::Tuple(to)) => {
            let pairs = from.iter().zip(to.iter());
            Type::tuple(pairs.map(|(from, to)| replaced(from, to)).collect::<Vec<_>>())
        }
        _ => to.clone(),
    }
}

fn replaced_by_common(from: Vec<Type>, to: &Type) -> Type {
    unify(&from).map_or_else(|| to.clone(), |common| replaced(&common, to))
}

fn attributes<'a>(to: &BTreeMap<Name, Type>, from: impl Fn(&Name) -> Option<&'a Type>) -> Type {
    let replace = |name: &Name, to: &Type| match from(name) {
        Some(from) => replaced(from, to),
        None => to.clone(),
    };
    Type::object(to.iter().map(|(name, to)| (name.clone(), replace(name, to))))
}

/// The unknown value of the wanted type; that it is not null and how long it is stays known.
pub(super) fn converted(value: &Value, from: &Type, to: &Type) -> Value {
    let wanted = replaced(from, to);
    let known = value.refinement();
    let count = |n: usize| (u64::try_from(n).ok(), u64::try_from(n).ok());
    let length = match (from, &wanted) {
        (Type::Object(from), Type::Map(_)) => count(from.len()),
        (Type::Tuple(from), Type::List(_)) => count(from.len()),
        (Type::Tuple(from), Type::Set(_)) => (Some(from.len().min(1) as u64), count(from.len()).1),
        (from, Type::Set(_)) if from.is_collection() => {
            known.map_or((None, None), |k| (k.length.0.map(|n| n.min(1)), k.length.1))
        }
        (from, to) if from.is_collection() && to.is_collection() => {
            known.map_or((None, None), |k| k.length)
        }
        _ => (None, None),
    };
    let not_null = known.is_some_and(|k| k.not_null);
    Value::unknown_refined(wanted, Refinement { not_null, length, ..Refinement::default() })
}
