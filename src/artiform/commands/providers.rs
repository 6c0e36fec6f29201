//! `providers`: which providers this build has, and what they offer.

use clap::Subcommand;

use super::Verb;
use crate::context::{Context, Outcome, SUCCESS};
use crate::providers::registry;

mod schema;

/// List the providers of this build and their resource types
#[derive(Clone, Debug, clap::Args)]
pub struct Providers {
    #[command(subcommand)]
    verb: Option<ProvidersVerb>,
    /// Accepted for habit: all providers are built in
    #[arg(long, value_name = "DIR", hide = true)]
    test_directory: Option<String>,
}

/// The commands below `providers`.
#[derive(Clone, Debug, Subcommand)]
enum ProvidersVerb {
    Schema(schema::SchemaCommand),
}

impl Verb for Providers {
    const NAME: &'static str = "providers";

    fn run(self, context: &Context) -> Outcome {
        if let Some(ProvidersVerb::Schema(schema)) = self.verb {
            return schema.run(context);
        }
        let registry = registry();
        context.ui.line("All providers are built in:\n");
        for provider in registry.providers() {
            context.ui.line(&context.ui.bold(provider.name()));
            let mut types: Vec<_> = provider.resource_types().iter().map(|t| t.name()).collect();
            types.sort_unstable();
            types.iter().for_each(|name| context.ui.line(&format!("  resource {name}")));
            let mut sources: Vec<_> = provider.data_sources().iter().map(|s| s.name()).collect();
            sources.sort_unstable();
            sources.iter().for_each(|name| context.ui.line(&format!("  data {name}")));
        }
        Ok(SUCCESS)
    }
}
