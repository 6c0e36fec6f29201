//! Recorded attributes as values: of the types that their schema gives them, with what is secret marked.

use lang::{Key, Marks, Name, Path, Type, Value, json};
use provider::{Registry, Schema};
use serde_json::Value as Json;
use state::{InstanceState, Mode, PathStep, SensitivePath};

/// The attributes of the current object; of a type that this build does not know, as they read by themselves.
pub fn attributes(instance: &InstanceState, registry: &Registry) -> Value {
    let schema = match instance.mode {
        Mode::Managed => registry.resource_type(&instance.type_name).map(|(_, t)| t.schema()),
        Mode::Data => registry.data_source(&instance.type_name).map(|(_, s)| s.schema()),
    };
    let types = schema.map(Schema::object_type);
    let type_of = |name: &str| match &types {
        Some(Type::Object(types)) => types.get(name).cloned().unwrap_or(Type::Dynamic),
        _ => Type::Dynamic,
    };
    let is_schema_secret = |name: &str| {
        let attribute = schema.and_then(|schema| schema.attributes.get(name));
        attribute.is_some_and(|attribute| attribute.sensitive)
    };
    let given = instance.attributes.as_object().into_iter().flatten();
    let value = Value::object(given.map(|(name, json)| {
        let value = one(json, &type_of(name));
        (Name::from(name.as_str()), if is_schema_secret(name) { value.sensitive() } else { value })
    }));
    let recorded = instance.sensitive.iter().map(|path| (path_of(path), Marks::SENSITIVE));
    value.with_marked_paths(&recorded.collect::<Vec<_>>())
}

/// A path as the state holds it, as one of the language.
fn path_of(path: &SensitivePath) -> Path {
    let step = |step: &PathStep| match step {
        PathStep::Name(name) => lang::PathStep::Attribute(name.as_str().into()),
        PathStep::Index(index) => {
            lang::PathStep::Index(Key::Int(i64::try_from(*index).unwrap_or(i64::MAX)))
        }
    };
    Path(path.iter().map(step).collect())
}

fn one(json: &Json, ty: &Type) -> Value {
    // What may be of any type is recorded together with the type that it had.
    let typed = || {
        let object = json.as_object().filter(|object| *ty == Type::Dynamic && object.len() == 2)?;
        let recorded = json::type_from_json(object.get("type")?)?;
        json::from_json(object.get("value")?, &recorded).ok()
    };
    let plain = || json::from_json(json, ty).or_else(|_| json::from_json(json, &Type::Dynamic));
    typed().unwrap_or_else(|| plain().unwrap_or_else(|_| Value::unknown(Type::Dynamic)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_may_be_of_any_type_has_the_type_that_it_had() {
        let instance = InstanceState {
            type_name: "terraform_data".into(),
            attributes: json!({"id": "7", "input": {"value": ["a"], "type": ["list", "string"]}}),
            sensitive: vec![vec![PathStep::Name("id".into())]],
            ..InstanceState::default()
        };
        let value = attributes(&instance, &crate::providers::registry());
        let element = Value::string("a");
        assert_eq!(value.get("input"), Some(&Value::list(Type::String, vec![element])));
        assert!(value.get("id").is_some_and(Value::is_sensitive));
    }
}
