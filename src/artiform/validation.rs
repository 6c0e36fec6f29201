//! Checks a configuration without values, state or world; every mistake that can be known is told at once.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use config::Config;
use diagnostics::{Diagnostic, Diagnostics};
use engine::{Events, PlanInput, PlanOptions};
use indexmap::IndexMap;
use state::Snapshot;

use crate::world::{self, ProcessWorld};
use crate::{context::Failure, providers};

/// Adds what the schemas of resource types say to what loading found, but nothing of a block that could not
/// be read whole.
pub fn completed(config: &Arc<Config>, found: Diagnostics) -> Result<Diagnostics, Box<Failure>> {
    let is_whole = |d: &Diagnostic| !d.subject.is_some_and(|place| config.is_damaged(place));
    let more: Vec<_> = by_schema(config)?.into_iter().filter(is_whole).collect();
    Ok(found.and_elsewhere(more.into()).sorted())
}

fn by_schema(config: &Arc<Config>) -> Result<Diagnostics, Box<Failure>> {
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
    Ok(runtime.block_on(engine::validate(input)))
}
