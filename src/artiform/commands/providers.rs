//! `providers`: which providers this build has, and what they offer.

use super::Verb;
use crate::context::{Context, Outcome, SUCCESS};
use crate::providers::registry;

/// List the providers of this build and their resource types
#[derive(Clone, Debug, clap::Args)]
pub struct Providers {}

impl Verb for Providers {
    const NAME: &'static str = "providers";

    fn run(self, context: &Context) -> Outcome {
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
