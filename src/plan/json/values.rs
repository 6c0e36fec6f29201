//! Values as JSON, with what is unknown and what is secret beside them; the values of a whole state.

use std::collections::BTreeMap;

use lang::{Data, Key, ModuleAddress, Path, PathStep, ResourceAddress, Type, Value};
use provider::Registry;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use super::change::mode;
use super::{View, present};
use crate::{Action, Plan, Secrets};

/// Outputs, and the resources of the root module and of those below it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StateValues {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub outputs: BTreeMap<String, OutputValue>,
    pub root_module: ModuleValues,
}

/// An output; type and value are absent while they are not known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OutputValue {
    pub sensitive: bool,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub value: Option<Json>,
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub value_type: Option<Json>,
}

/// The resources of a module instance, and the module instances that it calls.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModuleValues {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<ResourceValues>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub child_modules: Vec<Self>,
}

/// One instance of a resource.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ResourceValues {
    pub address: String,
    pub mode: String,
    #[serde(rename = "type")]
    pub type_name: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<Json>,
    pub provider_name: String,
    pub schema_version: u64,
    /// What is known of its attributes.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub values: Map<String, Json>,
    pub sensitive_values: Json,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tainted: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deposed_key: Option<String>,
}

impl ResourceValues {
    /// The instance at an address, of which these attributes are known.
    pub(super) fn new(
        address: &ResourceAddress,
        provider: &str,
        value: &Value,
        view: View<'_>,
    ) -> Self {
        let known = known(value, view.secrets).and_then(|json| json.as_object().cloned());
        Self {
            address: address.to_string(),
            mode: mode(address.mode).into(),
            type_name: address.type_name.to_string(),
            name: address.name.to_string(),
            index: address.key.as_ref().map(key),
            provider_name: view.registry.provider_address(provider),
            schema_version: schema_version(address, view.registry),
            values: known.unwrap_or_default(),
            sensitive_values: sensitive(value),
            ..Self::default()
        }
    }
}

fn schema_version(address: &ResourceAddress, registry: &Registry) -> u64 {
    let managed = registry.resource_type(&address.type_name).map(|(_, t)| t.schema().version);
    let read = || registry.data_source(&address.type_name).map(|(_, s)| s.schema().version);
    let version = match address.mode {
        lang::ResourceMode::Managed => managed,
        lang::ResourceMode::Data => read(),
    };
    version.map_or(0, u64::from)
}

impl OutputValue {
    /// An output with what is known of it.
    pub(super) fn new(value: &Value, sensitive: bool, secrets: Secrets) -> Self {
        if !value.is_wholly_known() {
            return Self { sensitive, ..Self::default() };
        }
        let hides = sensitive && secrets == Secrets::Hidden;
        let shown = if hides { Some(Json::Null) } else { known(value, secrets) };
        let value_type = match value.type_of() {
            // Null is of no type.
            _ if value.is_null() => json!("dynamic"),
            Type::Dynamic => json!("dynamic"),
            ty => lang::json::type_to_json(&ty),
        };
        Self { sensitive, value: shown, value_type: Some(value_type) }
    }
}

/// The changes that a plan consists of: when only the state is refreshed, no instance is changed.
pub(super) fn listed(plan: &Plan) -> impl Iterator<Item = &crate::ResourceChange> {
    let changes = plan.changes.iter();
    changes.filter(|_| plan.mode != crate::PlanMode::RefreshOnly)
}

/// Everything as it will be after apply, as far as it is known.
pub(super) fn planned(plan: &Plan, view: View<'_>) -> StateValues {
    let outputs = plan.outputs.iter().filter(|(_, change)| change.action != Action::Delete);
    let output = |change: &crate::OutputChange| {
        let null = Value::null(Type::Dynamic);
        OutputValue::new(change.after.as_ref().unwrap_or(&null), change.sensitive, view.secrets)
    };
    let resources = listed(plan).filter(|change| change.deposed.is_none()).filter_map(|change| {
        let address = &change.address;
        // Of what is forgotten only the name is left.
        let forgotten = Value::null(Type::Dynamic);
        let value = match change.action {
            Action::Delete => return None,
            Action::Forget => &forgotten,
            _ => change.after.as_ref()?,
        };
        let values = ResourceValues::new(address, &change.provider, value, view);
        Some((address.clone(), values))
    });
    let mut root_module = tree(resources);
    sort_by_text(&mut root_module);
    let outputs = outputs.map(|(name, change)| (name.to_string(), output(change)));
    StateValues { outputs: outputs.collect(), root_module }
}

/// Puts resources into the tree of their modules, each list sorted by address.
pub(super) fn tree(
    resources: impl Iterator<Item = (ResourceAddress, ResourceValues)>,
) -> ModuleValues {
    let mut modules: BTreeMap<ModuleAddress, Vec<ResourceValues>> = BTreeMap::new();
    let mut resources: Vec<_> = resources.collect();
    resources.sort_by(|(a, x), (b, y)| (a, &x.deposed_key).cmp(&(b, &y.deposed_key)));
    for (address, resource) in resources {
        modules.entry(address.module).or_default().push(resource);
    }
    let ancestors: Vec<ModuleAddress> = modules
        .keys()
        .flat_map(|module| (1..module.0.len()).map(|n| ModuleAddress(module.0[..n].to_vec())))
        .collect();
    for ancestor in ancestors {
        modules.entry(ancestor).or_default();
    }
    let mut root = ModuleValues::default();
    // The deepest come last in the order of addresses, and find their callers filled no more.
    let mut children: BTreeMap<ModuleAddress, Vec<ModuleValues>> = BTreeMap::new();
    while let Some((address, resources)) = modules.pop_last() {
        let mut child_modules = children.remove(&address).unwrap_or_default();
        child_modules.sort_by(|a, b| a.address.cmp(&b.address));
        let module = ModuleValues { resources, address: address.to_string(), child_modules };
        match address.0.split_last() {
            Some((_, caller)) => {
                children.entry(ModuleAddress(caller.to_vec())).or_default().push(module);
            }
            None => root = module,
        }
    }
    if let Some(mut left) = children.remove(&ModuleAddress::default()) {
        left.sort_by(|a, b| a.address.cmp(&b.address));
        root.child_modules = left;
    }
    root
}

/// Planned values stand in the order of their addresses as text, other than those of a state.
fn sort_by_text(module: &mut ModuleValues) {
    module.resources.sort_by(|a, b| a.address.cmp(&b.address));
    module.child_modules.iter_mut().for_each(sort_by_text);
}

/// What is known; unknown attributes are left out, unknown elements and hidden secrets are null.
pub(super) fn known(value: &Value, secrets: Secrets) -> Option<Json> {
    Some(match &value.data {
        Data::Unknown(..) => return None,
        _ if value.is_sensitive() && secrets == Secrets::Hidden => Json::Null,
        Data::List(_, values) | Data::Set(_, values) | Data::Tuple(values) => {
            values.iter().map(|value| known(value, secrets).unwrap_or_default()).collect()
        }
        Data::Map(_, values) | Data::Object(values) => {
            let entry =
                |(name, value): (&lang::Name, _)| Some((name.to_string(), known(value, secrets)?));
            Json::Object(values.iter().filter_map(entry).collect())
        }
        _ => lang::json::to_json(value),
    })
}

/// True where a value is unknown; objects hold only the attributes where something may be.
pub(super) fn unknown(value: &Value) -> Json {
    if value.is_unknown() { json!(true) } else { mask(value, &unknown) }
}

/// True where a value is a secret; objects hold only the attributes where something may be.
pub(super) fn sensitive(value: &Value) -> Json {
    match &value.data {
        _ if value.is_sensitive() => json!(true),
        // Of what is unknown only the shape can be told.
        Data::Unknown(Type::List(_) | Type::Set(_) | Type::Tuple(_), _) => json!([]),
        Data::Unknown(Type::Map(_) | Type::Object(_), _) => json!({}),
        _ => mask(value, &sensitive),
    }
}

fn mask(value: &Value, of: &dyn Fn(&Value) -> Json) -> Json {
    match &value.data {
        Data::List(_, values) | Data::Set(_, values) | Data::Tuple(values) => {
            values.iter().map(of).collect()
        }
        Data::Map(_, values) | Data::Object(values) => {
            let entries = values.iter().map(|(name, value)| (name.to_string(), of(value)));
            Json::Object(entries.filter(|(_, mark)| *mark != json!(false)).collect())
        }
        _ => json!(false),
    }
}

/// A path as a list of names and keys.
pub(super) fn path(path: &Path) -> Vec<Json> {
    let step = |step: &PathStep| match step {
        PathStep::Attribute(name) => json!(&**name),
        PathStep::Index(index) => key(index),
    };
    path.0.iter().map(step).collect()
}

pub(super) fn key(key: &Key) -> Json {
    match key {
        Key::Int(index) => json!(index),
        Key::String(text) => json!(&**text),
    }
}
