//! What happens to one resource instance or output, as plan JSON tells it.

use std::collections::BTreeMap;

use lang::{ResourceMode, Value};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::{View, present, values};
use crate::{OutputChange, Plan, Reason, Secrets};

/// An entry of `resource_changes` or `resource_drift`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResourceChange {
    pub address: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_address: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub module_address: String,
    /// `managed` or `data`
    pub mode: String,
    #[serde(rename = "type")]
    pub type_name: String,
    pub name: String,
    /// A number or a string.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<Json>,
    pub provider_name: String,
    /// The key of the deposed object that is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deposed: Option<String>,
    pub change: Change,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action_reason: Option<Reason>,
}

/// Before and after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    pub actions: Vec<String>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub before: Option<Json>,
    /// What is known of it; absent where nothing is.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub after: Option<Json>,
    pub after_unknown: Json,
    pub before_sensitive: Json,
    pub after_sensitive: Json,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replace_paths: Vec<Vec<Json>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub importing: Option<Importing>,
    /// The block that was written for an import target that has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generated_config: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Importing {
    pub id: String,
}

impl ResourceChange {
    pub(super) fn new(change: &crate::ResourceChange, view: View<'_>) -> Self {
        let address = &change.address;
        Self {
            address: address.to_string(),
            previous_address: change.previous_address.as_ref().map(ToString::to_string),
            module_address: address.module.to_string(),
            mode: mode(address.mode).into(),
            type_name: address.type_name.to_string(),
            name: address.name.to_string(),
            index: address.key.as_ref().map(values::key),
            provider_name: view.registry.provider_address(&change.provider),
            deposed: change.deposed.clone(),
            change: Change::of_resource(change, view.secrets),
            action_reason: change.reason,
        }
    }
}

impl Change {
    fn of_resource(change: &crate::ResourceChange, secrets: Secrets) -> Self {
        let sensitive = |value: Option<&Value>| value.map_or(json!(false), values::sensitive);
        let (before, after) = (change.before.as_ref(), change.after.as_ref());
        let shown = |value: Option<&Value>| {
            value.and_then(|value| values::known(value, secrets)).unwrap_or_default()
        };
        let importing = change.importing.as_ref();
        Self {
            actions: change.action.names().iter().map(|name| (*name).to_owned()).collect(),
            before: Some(shown(before)),
            after: Some(shown(after)),
            after_unknown: match after {
                Some(after) if !after.is_wholly_known() => values::unknown(after),
                _ => json!({}),
            },
            before_sensitive: sensitive(before),
            after_sensitive: sensitive(after),
            replace_paths: change.replace_paths.iter().map(values::path).collect(),
            importing: importing.map(|import| Importing { id: import.id.clone() }),
            generated_config: importing.and_then(|import| import.generated_config.clone()),
        }
    }

    /// An output is sensitive as a whole or not at all.
    fn of_output(change: &OutputChange, secrets: Secrets) -> Self {
        let (before, after) = (change.before.as_ref(), change.after.as_ref());
        let hides = change.sensitive && secrets == Secrets::Hidden;
        let unknown = after.filter(|after| !after.is_wholly_known());
        let shown = |value: Option<&Value>| {
            value.map_or(Some(Json::Null), |value| values::known(value, secrets))
        };
        let hidden = |value| if hides { Some(Json::Null) } else { shown(value) };
        Self {
            actions: change.action.names().iter().map(|name| (*name).to_owned()).collect(),
            before: hidden(before),
            after: if unknown.is_some() { shown(after) } else { hidden(after) },
            after_unknown: unknown.map_or(json!(false), values::unknown),
            before_sensitive: json!(change.sensitive),
            after_sensitive: json!(change.sensitive),
            replace_paths: Vec::new(),
            importing: None,
            generated_config: None,
        }
    }
}

/// The changes of the root module's outputs.
pub(super) fn outputs(plan: &Plan, secrets: Secrets) -> BTreeMap<String, Change> {
    let outputs = plan.outputs.iter();
    outputs.map(|(name, change)| (name.to_string(), Change::of_output(change, secrets))).collect()
}

pub(super) fn mode(mode: ResourceMode) -> &'static str {
    match mode {
        ResourceMode::Managed => "managed",
        ResourceMode::Data => "data",
    }
}
