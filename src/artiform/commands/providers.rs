//! `providers`: which providers a configuration asks for, which this build has, and what they offer.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Subcommand;

use super::Verb;
use crate::context::{Context, Failure, Outcome, SUCCESS};
use crate::providers::registry;
use crate::stack::Stack;
use crate::stack_state;
use crate::test::{Suite, TestPath};

mod schema;
mod tree;

/// Show the providers that the configuration and the state ask for
#[derive(Clone, Debug, clap::Args)]
#[command(subcommand_negates_reqs = true)]
pub struct Providers {
    #[command(subcommand)]
    verb: Option<ProvidersVerb>,
    /// The folder of the stack
    #[arg(value_name = "STACK", default_value = ".", hide_default_value = true)]
    folder: PathBuf,
    /// List the providers of this build and their resource types instead
    #[arg(long)]
    built_in: bool,
    /// The folder of test files besides the stack's own
    #[arg(long, value_name = "DIR", default_value = "tests", hide_default_value = true)]
    test_directory: PathBuf,
}

/// The commands below `providers`.
#[derive(Clone, Debug, Subcommand)]
enum ProvidersVerb {
    Schema(schema::SchemaCommand),
    /// Refused: there is nothing to lock
    #[command(hide = true)]
    Lock(Refused),
    /// Refused: there is nothing to copy
    #[command(hide = true)]
    Mirror(Refused),
}

/// Whatever Terraform's command takes.
#[derive(Clone, Debug, clap::Args)]
struct Refused {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

impl Verb for Providers {
    const NAME: &'static str = "providers";

    fn run(self, context: &Context) -> Outcome {
        match self.verb {
            Some(ProvidersVerb::Schema(schema)) => schema.run(context),
            Some(ProvidersVerb::Lock(_)) => Err(refused("lock")),
            Some(ProvidersVerb::Mirror(_)) => Err(refused("mirror")),
            None if self.built_in => {
                built_in(context);
                Ok(SUCCESS)
            }
            None => self.asked_for(context),
        }
    }
}

fn refused(verb: &str) -> Box<Failure> {
    let detail = format!(
        "The command \"providers {verb}\" is for providers that are downloaded. All providers of artiform are built in: `artiform providers --built-in` lists them, and `artiform version` tells their version. Modules are locked by `artiform init`."
    );
    Failure::error("Command is not supported", detail)
}

/// The providers of this build.
fn built_in(context: &Context) {
    context.ui.line("All providers are built in:\n");
    for provider in registry().providers() {
        context.ui.line(&context.ui.bold(provider.name()));
        let mut types: Vec<_> = provider.resource_types().iter().map(|t| t.name()).collect();
        types.sort_unstable();
        types.iter().for_each(|name| context.ui.line(&format!("  resource {name}")));
        let mut sources: Vec<_> = provider.data_sources().iter().map(|s| s.name()).collect();
        sources.sort_unstable();
        sources.iter().for_each(|name| context.ui.line(&format!("  data {name}")));
    }
}

impl Providers {
    fn asked_for(&self, context: &Context) -> Outcome {
        let suite = Suite::load(&self.folder, &self.test_directory, &[])?;
        let loaded = suite.stack;
        if loaded.diagnostics.has_errors() {
            return Err(Failure::new(loaded.diagnostics, &loaded.config.sources));
        }
        let registry = registry();
        let tests = suite.files.iter().map(|(path, file)| self.modules_of(path, file));
        let tests = tests.collect::<Result<Vec<_>, _>>()?;
        let tree = tree::draw(&loaded.config.root, &tests, &registry);
        context.ui.print(&format!("\nProviders required by configuration:\n{tree}\n"));
        let stack = Stack::bare(loaded.config, indexmap::IndexMap::new());
        let snapshot = stack_state::read(&stack)?.snapshot();
        let of_state: BTreeSet<String> = snapshot
            .instances
            .values()
            .map(|instance| registry.provider_address(&instance.provider))
            .collect();
        if !of_state.is_empty() {
            context.ui.line("Providers required by state:\n");
            of_state.iter().for_each(|name| context.ui.line(&format!("    provider[{name}]\n")));
        }
        Ok(SUCCESS)
    }

    /// The modules that the run blocks of a test file name.
    fn modules_of(
        &self,
        path: &TestPath,
        file: &config::TestFile,
    ) -> Result<tree::TestModules, Box<Failure>> {
        let mut runs = Vec::new();
        for run in &file.runs {
            let Some(module) = &run.module else { continue };
            let loaded = config::load(&self.folder.join(&*module.source));
            if loaded.diagnostics.has_errors() {
                return Err(Failure::new(loaded.diagnostics, &loaded.config.sources));
            }
            runs.push((run.name.to_string(), loaded.config.root.clone()));
        }
        let name = path.name.trim_end_matches(".tftest.hcl").trim_end_matches(".tftest.json");
        Ok(tree::TestModules { name: name.replace('/', "."), runs })
    }
}
