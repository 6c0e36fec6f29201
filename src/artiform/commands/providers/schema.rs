//! `providers schema`: what every type takes and gives, in Terraform's form.

use serde_json::{Map, json};

use crate::context::{Context, Outcome, SUCCESS};
use crate::providers::registry;
use crate::views::schema;

/// The version of Terraform's form that this follows.
const FORMAT_VERSION: &str = "1.0";

/// Write the schemas of all providers
#[derive(Clone, Debug, clap::Args)]
pub struct SchemaCommand {
    /// Write JSON, which is the only form
    #[arg(long, required = true)]
    json: bool,
}

impl SchemaCommand {
    pub fn run(&self, context: &Context) -> Outcome {
        let registry = registry();
        let mut providers = Map::new();
        for provider in registry.providers() {
            providers.insert(registry.provider_address(provider.name()), schema::of(&**provider));
        }
        let answer = json!({ "format_version": FORMAT_VERSION, "provider_schemas": providers });
        context.ui.line(&answer.to_string());
        Ok(SUCCESS)
    }
}
