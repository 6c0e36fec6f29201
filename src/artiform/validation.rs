//! Checks a configuration without values, state or world; every mistake that can be known is told at once.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use config::Config;
use diagnostics::{Diagnostic, Diagnostics, Span};
use engine::{Events, PlanInput, PlanOptions};
use indexmap::IndexMap;
use state::Snapshot;

use crate::world::{self, ProcessWorld};
use crate::{context::Failure, providers};

/// Adds what the schemas of resource types say to what loading found.
///
/// A place that has a mistake already gets no second one, which would most often follow from the first;
/// nor does a block that could not be read whole.
pub fn completed(config: &Arc<Config>, found: Diagnostics) -> Result<Diagnostics, Box<Failure>> {
    let more = by_schema(config)?;
    let known: Vec<_> = found.iter().filter(|d| d.is_error()).filter_map(|d| d.subject).collect();
    let touches = |span: &Span, place: Span| {
        span.file == place.file && span.start <= place.end && place.start <= span.end
    };
    let is_told =
        |place: Span| config.is_damaged(place) || known.iter().any(|span| touches(span, place));
    let is_new = |diagnostic: &Diagnostic| !diagnostic.subject.is_some_and(is_told);
    let mut all = found;
    all.extend(more.into_iter().filter(is_new));
    Ok(all.sorted())
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
