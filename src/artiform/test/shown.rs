//! What `-verbose` shows of a run: its plan, or the state after it.

use config::Config;
use engine::Planned;
use plan::Secrets;
use plan::render::{self, RenderOptions};
use provider::Registry;
use serde_json::{Map, Value, json};
use state::Snapshot;

use super::modules;
use crate::views::{self, schema};

/// The version of the form of values and schemas, as Terraform numbers it.
const FORMAT_VERSION: &str = "1.0";

/// A plan or a state, for people and for programs.
pub struct Shown {
    pub text: String,
    /// `plan` or `state`.
    pub kind: &'static str,
    pub json: Value,
}

impl Shown {
    pub fn plan(planned: &Planned, config: &Config, registry: &Registry) -> Self {
        let origin = plan::json::Origin {
            config,
            registry,
            relevant: planned.relevant_attributes(),
            dependencies: planned.dependencies(),
            secrets: Secrets::Hidden,
        };
        let document = json!(plan::json::document(&planned.plan, &origin));
        let mut shown = Map::new();
        shown.insert("plan_format_version".into(), document["format_version"].clone());
        let fields =
            ["output_changes", "resource_changes", "resource_drift", "relevant_attributes"];
        for field in fields {
            let present = document.get(field).map(|value| (field.to_owned(), value.clone()));
            shown.extend(present);
        }
        let text = render::text(&planned.plan, RenderOptions::default());
        Self { text, kind: "plan", json: with_schemas(shown, config, registry) }
    }

    pub fn state(snapshot: &Snapshot, config: &Config, registry: &Registry) -> Self {
        let document = views::state::as_json(snapshot, registry);
        let values = &document["values"];
        let mut shown = Map::new();
        shown.insert("state_format_version".into(), document["format_version"].clone());
        let root = values.get("root_module").cloned().unwrap_or_else(|| json!({}));
        shown.insert("root_module".into(), root);
        let outputs = values.get("outputs").map(|outputs| ("outputs".to_owned(), outputs.clone()));
        shown.extend(outputs);
        let text = views::state::all(snapshot, registry, Secrets::Hidden);
        Self { text, kind: "state", json: with_schemas(shown, config, registry) }
    }
}

fn with_schemas(mut shown: Map<String, Value>, config: &Config, registry: &Registry) -> Value {
    let used = modules::providers_used(&config.root);
    let schemas = registry.providers().iter().filter(|provider| used.contains(provider.name()));
    let schemas: Map<String, Value> = schemas
        .map(|provider| (registry.provider_address(provider.name()), schema::of(&**provider)))
        .collect();
    shown.insert("provider_format_version".into(), json!(FORMAT_VERSION));
    shown.insert("provider_schemas".into(), json!(schemas));
    Value::Object(shown)
}
