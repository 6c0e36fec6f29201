//! What a change means: configuration merged with what was recorded, and what forces replacement.

use std::collections::BTreeMap;

use lang::{Data, Name, Path, PathStep, Value};

use crate::{Attribute, NestedBlock, Nesting, PlanRequest, Planned, Schema};

/// Merges the configuration with what was recorded.
///
/// What the user sets wins (but a value that means the same keeps its recorded spelling); what the
/// user leaves out keeps its recorded value where the provider decides it, else takes its default,
/// else is unknown until apply.
pub fn propose(schema: &Schema, prior: Option<&Value>, config: &Value) -> Value {
    let mut proposed: BTreeMap<Name, Value> = BTreeMap::new();
    for (name, attribute) in &schema.attributes {
        let recorded = prior.and_then(|prior| prior.get(name));
        let configured = config.get(name);
        let value = propose_attribute(attribute, recorded, configured);
        proposed.insert(name.clone(), value);
    }
    for (name, block) in &schema.blocks {
        let recorded = prior.and_then(|prior| prior.get(name));
        if let Some(configured) = config.get(name) {
            proposed.insert(name.clone(), propose_block(block, recorded, configured));
        }
    }
    Value::object(proposed).with_marks(config.marks)
}

fn propose_attribute(
    attribute: &Attribute,
    recorded: Option<&Value>,
    configured: Option<&Value>,
) -> Value {
    let set = configured.filter(|value| !value.is_null());
    match (set, recorded) {
        (Some(configured), Some(recorded)) if same(attribute, configured, recorded) => {
            recorded.clone().with_marks(configured.marks)
        }
        (Some(configured), _) => configured.clone(),
        (None, Some(recorded)) if attribute.computed => recorded.clone(),
        (None, _) if attribute.default.is_some() => {
            attribute.default.clone().unwrap_or_else(|| Value::null(attribute.ty.clone()))
        }
        (None, _) if attribute.computed => Value::unknown(attribute.ty.clone()),
        (None, _) => Value::null(attribute.ty.clone()),
    }
}

fn same(attribute: &Attribute, configured: &Value, recorded: &Value) -> bool {
    attribute.same.is_some_and(|same| {
        configured.is_wholly_known() && !recorded.is_null() && same(configured, recorded)
    })
}

fn propose_block(block: &NestedBlock, recorded: Option<&Value>, configured: &Value) -> Value {
    let recorded_at = |i: usize| recorded.and_then(|r| r.elements()).and_then(|r| r.get(i));
    let data = match (&configured.data, block.nesting) {
        (Data::List(ty, values), _) => {
            let values = values.iter().enumerate();
            let merged = values.map(|(i, value)| propose(&block.schema, recorded_at(i), value));
            Data::List(ty.clone(), merged.collect())
        }
        (Data::Map(ty, values), _) => {
            let merged = values.iter().map(|(key, value)| {
                let recorded = recorded.and_then(|recorded| recorded.get(key));
                (key.clone(), propose(&block.schema, recorded, value))
            });
            Data::Map(ty.clone(), std::sync::Arc::new(merged.collect()))
        }
        (Data::Object(_), Nesting::Single) => {
            return propose(&block.schema, recorded.filter(|r| !r.is_null()), configured);
        }
        (Data::Set(ty, values), _) => {
            let merged: Vec<Value> =
                values.iter().map(|v| propose_member(block, recorded, v)).collect();
            return Value::set(ty.clone(), merged).with_marks(configured.marks);
        }
        _ => return configured.clone(),
    };
    Value::from(data).with_marks(configured.marks)
}

/// An element of a set is the recorded one that agrees in all that the user set.
fn propose_member(block: &NestedBlock, recorded: Option<&Value>, configured: &Value) -> Value {
    let recorded = recorded.and_then(Value::elements).unwrap_or_default();
    let agrees = |candidate: &&Value| {
        block.schema.attributes.keys().all(|name| {
            let configured = configured.get(name).filter(|value| !value.is_null());
            configured.is_none_or(|configured| candidate.get(name) == Some(configured))
        })
    };
    propose(&block.schema, recorded.iter().find(agrees), configured)
}

/// Plans from the schema alone: recomputed attributes become unknown, changed ones may force replacement.
pub fn default_plan(schema: &Schema, request: &PlanRequest<'_>) -> Planned {
    let Some(prior) = request.prior else {
        return Planned { value: request.proposed.clone(), replace: Vec::new() };
    };
    let changed = changed_attributes(schema, prior, request.proposed);
    let replace: Vec<Path> = replacements(schema, prior, request.proposed);
    let mut value = request.proposed.clone();
    if let Data::Object(attributes) = &mut value.data {
        let attributes = std::sync::Arc::make_mut(attributes);
        for (name, attribute) in &schema.attributes {
            let configured = request.config.get(name).is_some_and(|value| !value.is_null());
            let recomputed =
                attribute.recomputed_with.iter().any(|n| changed.iter().any(|c| **c == **n));
            let decided_anew = recomputed || !replace.is_empty();
            if attribute.computed && !configured && decided_anew {
                attributes.insert(name.clone(), Value::unknown(attribute.ty.clone()));
            }
        }
    }
    Planned { value, replace }
}

/// The top-level attributes and blocks whose values differ.
pub fn changed_attributes(schema: &Schema, prior: &Value, planned: &Value) -> Vec<Name> {
    let names = schema.attributes.keys().chain(schema.blocks.keys());
    names.filter(|name| differs(prior.get(name), planned.get(name))).cloned().collect()
}

fn differs(a: Option<&Value>, b: Option<&Value>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => !same_value(a, b),
        (None, Some(value)) | (Some(value), None) => !value.is_null(),
        (None, None) => false,
    }
}

/// Equality without regard to marks; all nulls are one.
pub fn same_value(a: &Value, b: &Value) -> bool {
    match (&a.data, &b.data) {
        (Data::Null(_), Data::Null(_)) => true,
        (Data::List(_, a), Data::List(_, b))
        | (Data::Set(_, a), Data::Set(_, b))
        | (Data::Tuple(a), Data::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same_value(a, b))
        }
        (Data::Map(_, a), Data::Map(_, b)) | (Data::Object(a), Data::Object(b)) => {
            a.len() == b.len()
                && a.iter().zip(b.iter()).all(|((ka, a), (kb, b))| ka == kb && same_value(a, b))
        }
        (a, b) => a == b,
    }
}

/// The paths of changed attributes that cannot be changed in place.
pub fn replacements(schema: &Schema, prior: &Value, planned: &Value) -> Vec<Path> {
    let mut paths = Vec::new();
    for (name, attribute) in &schema.attributes {
        if attribute.forces_replacement && differs(prior.get(name), planned.get(name)) {
            paths.push(Path::attribute(name.clone()));
        }
    }
    for (name, block) in &schema.blocks {
        let (Some(a), Some(b)) = (prior.get(name), planned.get(name)) else { continue };
        let at = Path::attribute(name.clone());
        if block_forces_replacement(block)
            && a.elements().map(<[_]>::len) != b.elements().map(<[_]>::len)
        {
            paths.push(at.clone());
        }
        for (i, (a, b)) in a
            .elements()
            .unwrap_or_default()
            .iter()
            .zip(b.elements().unwrap_or_default())
            .enumerate()
        {
            let index = PathStep::Index(lang::Key::Int(i64::try_from(i).unwrap_or(i64::MAX)));
            paths.extend(
                replacements(&block.schema, a, b).into_iter().map(|inner| join(&at, &index, inner)),
            );
        }
    }
    paths
}

fn join(at: &Path, index: &PathStep, inner: Path) -> Path {
    Path(at.0.iter().chain([index]).cloned().chain(inner.0).collect())
}

fn block_forces_replacement(block: &NestedBlock) -> bool {
    let attributes = &block.schema.attributes;
    !attributes.is_empty() && attributes.values().all(|attribute| attribute.forces_replacement)
}

/// Tells whether a result keeps every promise of the plan: what was known must be so.
///
/// # Errors
/// The path of the first value that is another one.
pub fn keeps_promises(planned: &Value, result: &Value) -> Result<(), Path> {
    broken_promise(planned, result, &Path::root()).map_or(Ok(()), Err)
}

fn broken_promise(planned: &Value, result: &Value, at: &Path) -> Option<Path> {
    if planned.is_unknown() {
        return None;
    }
    match (&planned.data, &result.data) {
        (Data::Object(a) | Data::Map(_, a), Data::Object(b) | Data::Map(_, b)) => {
            a.iter().find_map(|(name, planned)| {
                let at = at.then(PathStep::Attribute(name.clone()));
                match b.get(name) {
                    Some(result) => broken_promise(planned, result, &at),
                    None => (!planned.is_null() && planned.is_known()).then_some(at),
                }
            })
        }
        (Data::List(_, a) | Data::Tuple(a), Data::List(_, b) | Data::Tuple(b)) => {
            if a.len() != b.len() {
                return Some(at.clone());
            }
            a.iter().zip(b.iter()).zip(0i64..).find_map(|((planned, result), i)| {
                let at = at.then(PathStep::Index(lang::Key::Int(i)));
                broken_promise(planned, result, &at)
            })
        }
        (Data::Set(..), _) if !planned.is_wholly_known() => None,
        _ => (!same_value(planned, result)).then(|| at.clone()),
    }
}
