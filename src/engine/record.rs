//! Recorded instances to values and back.
//!
//! Attributes whose type is `any` are recorded as `{"value": ..., "type": ...}`, as Terraform does,
//! so that a list stays a list.

use std::collections::BTreeMap;

use lang::{
    Data, Key, Marks, Name, Path, PathStep, ResourceAddress, ResourceMode, Type, Value, json,
};
use provider::Schema;
use serde_json::{Map, Value as Json};
use state::{InstanceState, Mode, PathStep as StateStep, SensitivePath};

/// Reads recorded attributes; what an older schema did not have is null.
///
/// # Errors
/// A phrase that says which attribute cannot be read.
pub(crate) fn read(
    schema: &Schema,
    attributes: &Json,
    sensitive: &[SensitivePath],
) -> Result<Value, String> {
    let empty = Map::new();
    let given = attributes.as_object().unwrap_or(&empty);
    let Type::Object(types) = schema.object_type() else {
        return Err("the schema is no object".into());
    };
    let mut values: BTreeMap<Name, Value> = BTreeMap::new();
    for (name, ty) in types.iter() {
        let value = match given.get(&**name) {
            None | Some(Json::Null) => default_of(schema, name, ty),
            Some(json) => {
                read_one(json, ty).map_err(|why| format!("attribute \"{name}\": {why}"))?
            }
        };
        values.insert(name.clone(), value);
    }
    let mut value = Value::object(values);
    for path in schema.sensitive_paths(&value) {
        value = mark_at(value, &path.0, Marks::SENSITIVE);
    }
    for path in sensitive {
        value = mark_at(value, &path.iter().map(step_of).collect::<Vec<_>>(), Marks::SENSITIVE);
    }
    Ok(value)
}

fn default_of(schema: &Schema, name: &str, ty: &Type) -> Value {
    if schema.blocks.contains_key(name) {
        let empty = schema.empty_object();
        return empty.get(name).cloned().unwrap_or_else(|| Value::null(ty.clone()));
    }
    Value::null(ty.clone())
}

fn read_one(json: &Json, ty: &Type) -> Result<Value, String> {
    if *ty != Type::Dynamic {
        return json::from_json(json, ty);
    }
    match (json.get("type").and_then(json::type_from_json), json.get("value")) {
        (Some(ty), Some(value)) => json::from_json(value, &ty),
        _ => json::from_json(json, &Type::Dynamic),
    }
}

/// The record of an instance that has no attributes yet.
pub(crate) fn instance(
    address: &ResourceAddress,
    provider: &str,
    schema: &Schema,
) -> InstanceState {
    let mode = match address.mode {
        ResourceMode::Managed => Mode::Managed,
        ResourceMode::Data => Mode::Data,
    };
    InstanceState {
        address: address.to_string(),
        mode,
        type_name: address.type_name.to_string(),
        name: address.name.to_string(),
        module: address.module.to_string(),
        index: address.key.as_ref().map(key),
        provider: provider.to_owned(),
        schema_version: u64::from(schema.version),
        ..InstanceState::default()
    }
}

/// An instance key as state holds it: a number or a string.
pub(crate) fn key(key: &Key) -> Json {
    match key {
        Key::Int(index) => serde_json::json!(index),
        Key::String(name) => serde_json::json!(name),
    }
}

/// Writes attributes and the places of what is sensitive in them. Write-only attributes become null.
pub(crate) fn write(schema: &Schema, value: &Value) -> (Json, Vec<SensitivePath>) {
    let mut attributes = Map::new();
    for (name, value) in value.entries().into_iter().flatten() {
        let attribute = schema.attributes.get(name);
        let json = match attribute {
            Some(attribute) if attribute.write_only => Json::Null,
            Some(attribute) if attribute.ty == Type::Dynamic && !value.is_null() => {
                let ty = json::type_to_json(&value.type_of());
                serde_json::json!({"value": json::to_json(value), "type": ty})
            }
            _ => json::to_json(value),
        };
        attributes.insert(name.to_string(), json);
    }
    let paths = marked_paths(value, Marks::SENSITIVE);
    let paths = paths.into_iter().map(|path| path.0.iter().map(state_step).collect());
    (Json::Object(attributes), paths.collect())
}

fn step_of(step: &StateStep) -> PathStep {
    match step {
        StateStep::Name(name) => PathStep::Attribute(name.as_str().into()),
        StateStep::Index(index) => {
            PathStep::Index(Key::Int(i64::try_from(*index).unwrap_or(i64::MAX)))
        }
    }
}

fn state_step(step: &PathStep) -> StateStep {
    match step {
        PathStep::Attribute(name) | PathStep::Index(Key::String(name)) => {
            StateStep::Name(name.to_string())
        }
        PathStep::Index(Key::Int(index)) => StateStep::Index(u64::try_from(*index).unwrap_or(0)),
    }
}

/// Marks the value that a path leads to; a path that leads nowhere changes nothing.
pub(crate) fn mark_at(value: Value, path: &[PathStep], marks: Marks) -> Value {
    let Some((step, rest)) = path.split_first() else { return value.with_marks(marks) };
    change_at(value, step, |inner| mark_at(inner, rest, marks))
}

/// Replaces the value that a path leads to; a path that leads nowhere changes nothing.
/// A map gets the key that the path ends with where it has it not.
pub(crate) fn set_at(value: Value, path: &[PathStep], new: &Value) -> Value {
    let Some((step, rest)) = path.split_first() else { return new.clone() };
    if let (Data::Map(_, entries), PathStep::Index(Key::String(key)), []) =
        (&value.data, step, rest)
        && !entries.contains_key(key)
    {
        let mut value = value;
        if let Data::Map(_, entries) = &mut value.data {
            std::sync::Arc::make_mut(entries).insert(key.clone(), new.clone());
        }
        return value;
    }
    change_at(value, step, |inner| set_at(inner, rest, new))
}

/// Takes the entry of a map away that a path ends with, where it ends with a key.
pub(crate) fn remove_key(value: Value, path: &[PathStep]) -> Value {
    match path {
        [PathStep::Index(Key::String(key))] => {
            let mut value = value;
            if let Data::Map(_, entries) = &mut value.data {
                std::sync::Arc::make_mut(entries).remove(key);
            }
            value
        }
        [step, rest @ ..] => change_at(value, step, |inner| remove_key(inner, rest)),
        [] => value,
    }
}

fn change_at(value: Value, step: &PathStep, change: impl FnOnce(Value) -> Value) -> Value {
    let Value { mut data, marks } = value;
    match (&mut data, step) {
        (
            Data::Map(_, entries) | Data::Object(entries),
            PathStep::Attribute(name) | PathStep::Index(Key::String(name)),
        ) => {
            if let Some(slot) = std::sync::Arc::make_mut(entries).get_mut(name) {
                *slot = change(slot.clone());
            }
        }
        (Data::List(_, values) | Data::Tuple(values), PathStep::Index(Key::Int(index))) => {
            let mut changed = values.to_vec();
            if let Some(slot) = usize::try_from(*index).ok().and_then(|i| changed.get_mut(i)) {
                *slot = change(slot.clone());
            }
            *values = changed.into();
        }
        _ => {}
    }
    Value { data, marks }
}

/// The paths of everything that carries a mark; inside a marked value nothing more is listed.
pub(crate) fn marked_paths(value: &Value, mark: Marks) -> Vec<Path> {
    let mut paths = Vec::new();
    if !value.deep_marks().is_empty() {
        collect_marked(value, mark, &Path::root(), &mut paths);
    }
    paths
}

fn collect_marked(value: &Value, mark: Marks, at: &Path, paths: &mut Vec<Path>) {
    if value.marks.contains(mark) {
        paths.push(at.clone());
        return;
    }
    match &value.data {
        Data::Map(_, entries) | Data::Object(entries) => {
            for (name, inner) in entries.iter() {
                collect_marked(inner, mark, &at.then(PathStep::Attribute(name.clone())), paths);
            }
        }
        Data::List(_, values) | Data::Tuple(values) => {
            for (inner, i) in values.iter().zip(0i64..) {
                collect_marked(inner, mark, &at.then(PathStep::Index(Key::Int(i))), paths);
            }
        }
        // Elements of a set have no address: the whole set is marked.
        Data::Set(_, values) if values.iter().any(|v| v.deep_marks().contains(mark)) => {
            paths.push(at.clone());
        }
        _ => {}
    }
}

/// Carries the marks of one value over to another of the same shape.
pub(crate) fn copy_marks(from: &Value, to: Value) -> Value {
    let paths = marked_paths(from, Marks::SENSITIVE);
    paths.iter().fold(to, |value, path| mark_at(value, &path.0, Marks::SENSITIVE))
}
