//! What was recorded and what reading it found: the state of the world that planning starts from.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use diagnostics::{Diagnostic, Diagnostics};
use futures::stream::{FuturesUnordered, StreamExt};
use lang::Value;
use provider::{Connection, Limits, ReadOutcome, ReadRequest, Registry, change};
use state::{InstanceState, Mode, Snapshot};

use crate::events::{Event, Events, Named};
use crate::record;

/// One recorded instance.
#[derive(Clone, Debug)]
pub(crate) struct PriorInstance {
    pub state: Arc<InstanceState>,
    /// As recorded; none where only deposed objects are left.
    pub recorded: Option<Value>,
    /// As it is now; none where it is gone.
    pub current: Option<Value>,
    /// Why it could not be read.
    pub unread: Option<String>,
    /// Where it was recorded, if it moved.
    pub previous: Option<String>,
    /// The import id by which this run found it; apply records it.
    pub imported: Option<String>,
}

impl PriorInstance {
    /// Where the object was made, if that is not its address any more.
    pub(crate) fn made_at(&self) -> Option<&str> {
        self.state.made_at.as_deref().or(self.previous.as_deref())
    }

    pub(crate) fn drifted(&self) -> bool {
        match (&self.recorded, &self.current) {
            (Some(recorded), Some(current)) => !change::same_value(recorded, current),
            (recorded, current) => recorded.is_some() != current.is_some(),
        }
    }
}

/// Every recorded instance by address.
#[derive(Debug, Default)]
pub(crate) struct Prior {
    pub instances: BTreeMap<String, PriorInstance>,
    pub reads: usize,
    /// By the address that objects moved away from, or were deposed at: the last generation that was made there.
    moved_away: OnceCell<HashMap<String, u64>>,
}

impl Prior {
    /// Reads the recorded values. An unknown type or unreadable attributes are mistakes.
    pub(crate) fn load(
        snapshot: &Snapshot,
        registry: &Registry,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut instances = BTreeMap::new();
        for (address, state) in &snapshot.instances {
            let Some(recorded) = diagnostics.absorb(recorded_value(state, registry)) else {
                continue;
            };
            let instance = PriorInstance {
                state: state.clone(),
                current: recorded.clone(),
                recorded,
                unread: None,
                previous: None,
                imported: None,
            };
            instances.insert(address.clone(), instance);
        }
        Self { instances, reads: 0, moved_away: OnceCell::new() }
    }

    /// The generation of the next object at an address: another than those of all that was made there and is
    /// still known. Asked only once all moves are made.
    pub(crate) fn next_generation(&self, address: &str) -> u64 {
        let moved_away = self.moved_away.get_or_init(|| {
            let mut last: HashMap<String, u64> = HashMap::new();
            for (address, instance) in &self.instances {
                let current = instance.made_at().map(|at| (at, instance.state.generation));
                let here = instance.previous.as_ref().unwrap_or(address);
                let deposed =
                    instance.state.deposed.iter().map(|object| {
                        (object.made_at.as_deref().unwrap_or(here), object.generation)
                    });
                for (made_at, generation) in deposed.chain(current) {
                    let known = last.entry(made_at.to_owned()).or_default();
                    *known = generation.max(*known);
                }
            }
            last
        });
        let here = self.instances.get(address).map(|prior| prior.state.generation);
        here.max(moved_away.get(address).copied()).map_or(0, |last| last + 1)
    }

    /// Reads the managed instances of one provider configuration: all of a type and region in one call.
    /// What is `skipped` keeps its recorded values.
    pub(crate) async fn refresh(
        &mut self,
        provider: &str,
        connection: &Connection,
        (registry, limits, events): (&Registry, &Limits, &Events),
        skipped: &HashSet<String>,
    ) -> Diagnostics {
        let mut batches: BTreeMap<(String, Option<String>), Vec<ReadRequest>> = BTreeMap::new();
        for (address, instance) in &self.instances {
            let state = &instance.state;
            let ours = state.provider == provider && state.mode == Mode::Managed;
            let wanted = ours && !skipped.contains(address);
            if let Some(value) = instance.current.as_ref().filter(|_| wanted) {
                let key = (state.type_name.clone(), state.region.clone());
                let request = ReadRequest { address: address.clone(), attributes: value.clone() };
                batches.entry(key).or_default().push(request);
            }
        }
        let all: Arc<[Named]> = batches.values().flatten().map(named).collect();
        if !all.is_empty() {
            events.send(Event::RefreshStarted { instances: all });
        }
        self.reads += batches.len();
        let mut reading: FuturesUnordered<_> = batches
            .into_iter()
            .filter_map(|((type_name, region), requests)| {
                let (_, resource_type) = registry.resource_type(&type_name)?;
                let limit = limits.of(provider, region.as_deref());
                Some(async move {
                    let outcomes = limit.run(resource_type.read(connection, &requests)).await;
                    (type_name, requests, outcomes)
                })
            })
            .collect();
        let mut diagnostics = Diagnostics::new();
        while let Some((type_name, requests, outcomes)) = reading.next().await {
            let instances = requests.iter().map(named).collect();
            events.send(Event::Refreshed { type_name, instances });
            for (request, outcome) in requests.into_iter().zip(outcomes) {
                diagnostics.extend(self.take_in(&request.address, outcome));
            }
        }
        diagnostics
    }

    fn take_in(&mut self, address: &str, outcome: ReadOutcome) -> Option<Diagnostic> {
        let instance = self.instances.get_mut(address)?;
        match outcome {
            ReadOutcome::Found(value) => {
                let marked = instance
                    .recorded
                    .as_ref()
                    .map(|recorded| record::copy_marks(recorded, value.clone()));
                instance.current = Some(marked.unwrap_or(value));
                None
            }
            ReadOutcome::Missing => {
                instance.current = None;
                None
            }
            ReadOutcome::Unreachable(why) => {
                instance.unread = Some(why);
                None
            }
            ReadOutcome::Failed(diagnostic) => {
                instance.unread = Some(diagnostic.summary.clone());
                Some(diagnostic.on(address))
            }
        }
    }

    /// The addresses that refer to each address or resource, from what is recorded.
    pub(crate) fn dependents(&self) -> HashMap<String, Vec<String>> {
        let mut dependents: HashMap<String, Vec<String>> = HashMap::new();
        for (address, instance) in &self.instances {
            for dependency in &instance.state.dependencies {
                dependents.entry(dependency.clone()).or_default().push(address.clone());
            }
        }
        dependents
    }
}

fn named(request: &ReadRequest) -> Named {
    Named { address: request.address.clone(), id: crate::perform::id_of(&request.attributes) }
}

fn recorded_value(
    state: &InstanceState,
    registry: &Registry,
) -> Result<Option<Value>, Diagnostics> {
    if state.attributes.is_null() {
        return Ok(None);
    }
    let schema = match state.mode {
        Mode::Managed => registry.resource_type(&state.type_name).map(|(_, t)| t.schema()),
        Mode::Data => registry.data_source(&state.type_name).map(|(_, s)| s.schema()),
    };
    let schema = schema.ok_or_else(|| unknown_type(state, registry))?;
    let value = record::read(schema, &state.attributes, &state.sensitive);
    value.map(Some).map_err(|why| {
        let diagnostic = Diagnostic::error(
            "Unreadable state",
            format!(
                "The recorded attributes of {} do not fit the type {}: {why}.",
                state.address, state.type_name
            ),
        );
        diagnostic
            .hint("a newer version of artiform may have written them; use that version")
            .into()
    })
}

fn unknown_type(state: &InstanceState, registry: &Registry) -> Diagnostics {
    let diagnostic = Diagnostic::error(
        "Resource type is not available",
        format!(
            "The state holds {}, and this build of artiform has no type \"{}\".",
            state.address, state.type_name
        ),
    );
    crate::instance::build_hint(diagnostic, &state.type_name, registry).into()
}
