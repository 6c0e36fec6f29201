//! Checks a configuration without values, state or world; every mistake that can be known is told at once.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use config::Config;
use diagnostics::Diagnostics;
use engine::{Events, PlanInput, PlanOptions};
use indexmap::IndexMap;
use state::Snapshot;

use crate::world::{self, ProcessWorld};
use crate::{context::Failure, providers};

/// Adds what the schemas of resource types say to what loading found.
pub fn completed(config: &Arc<Config>, found: Diagnostics) -> Result<Diagnostics, Box<Failure>> {
    let input = PlanInput {
        config: config.clone(),
        registry: providers::registry(),
        variables: IndexMap::new(),
        prior: Arc::new(Snapshot::new(&*config.name())),
        pending: Vec::new(),
        options: PlanOptions { timestamp: world::now(), ..PlanOptions::default() },
        world: Arc::new(ProcessWorld::default()),
        events: Events::silent(),
    };
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
            Failure::error("Failed to start", format!("The runtime could not be started: {error}."))
        })?;
    Ok(runtime.block_on(engine::validate(input, found)))
}
