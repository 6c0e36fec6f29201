//! `validate`: checks a configuration without values, state or world.

use diagnostics::{Diagnostics, json};
use engine::{Events, PlanInput, PlanOptions};
use indexmap::IndexMap;
use state::Snapshot;

use super::Verb;
use crate::context::{Context, FAILURE, Outcome, SUCCESS};
use crate::planning::{Session, StackArgument};
use crate::{providers, world};

/// Check whether the configuration is valid
///
/// Needs no variables, no state and no network.
#[derive(Clone, Debug, clap::Args)]
pub struct Validate {
    #[command(flatten)]
    stack: StackArgument,
    /// Write the result as JSON
    #[arg(long)]
    json: bool,
    /// Accepted for habit: there are no tests in stacks
    #[arg(long, hide = true)]
    no_tests: bool,
}

impl Verb for Validate {
    const NAME: &'static str = "validate";

    fn run(self, context: &Context) -> Outcome {
        let loaded = config::load(&self.stack.folder);
        let (config, mut diagnostics) = (loaded.config, loaded.diagnostics);
        let sources = config.sources.clone();
        if !diagnostics.has_errors() {
            diagnostics.extend(deeply(config, context)?);
        }
        let valid = !diagnostics.has_errors();
        if self.json {
            let answer = json::validation(&diagnostics, &sources);
            context.ui.line(&format!("{answer:#}"));
        } else {
            context.ui.diagnostics(&diagnostics, &sources);
            if valid {
                let success = context.ui.success("Success!");
                let warned = if diagnostics.is_empty() {
                    ""
                } else {
                    ", but there were some validation warnings as shown above"
                };
                context.ui.line(&format!("{success} The configuration is valid{warned}."));
            }
        }
        Ok(if valid { SUCCESS } else { FAILURE })
    }
}

/// Checks what needs the schemas of resource types.
fn deeply(
    config: config::Config,
    context: &Context,
) -> Result<Diagnostics, Box<crate::context::Failure>> {
    let session = Session::start(context)?;
    let name = config.name();
    let input = PlanInput {
        config: std::sync::Arc::new(config),
        registry: providers::registry(),
        variables: IndexMap::new(),
        prior: std::sync::Arc::new(Snapshot::new(&*name)),
        pending: Vec::new(),
        options: PlanOptions { timestamp: world::now(), ..PlanOptions::default() },
        world: session.world.clone(),
        events: Events::silent(),
    };
    let diagnostics = session.runtime.block_on(engine::validate(input));
    session.end();
    Ok(diagnostics)
}
