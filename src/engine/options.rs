//! What the callers of the engine hand in and get back.

use std::collections::HashMap;
use std::sync::Arc;

use config::Config;
use diagnostics::{Diagnostics, Span};
use indexmap::IndexMap;
use lang::functions::World;
use lang::{Name, ResourceAddress, Value};
use plan::{Plan, PlanMode};
use provider::Registry;
use state::{PendingOperation, Snapshot};

use crate::events::Events;

/// Everything that planning starts from.
pub struct PlanInput {
    pub config: Arc<Config>,
    pub registry: Registry,
    /// The root module's variables, converted by their constraints.
    pub variables: IndexMap<Name, Value>,
    pub prior: Arc<Snapshot>,
    /// What an interrupted run left undecided.
    pub pending: Vec<PendingOperation>,
    pub options: PlanOptions,
    /// Files, clock and randomness for the functions of the language.
    pub world: Arc<dyn World>,
    pub events: Events,
}

/// The flags of `plan` that change what is planned.
#[derive(Clone, Debug)]
pub struct PlanOptions {
    pub mode: PlanMode,
    pub refresh: bool,
    /// Only these and what they depend on; empty means everything.
    pub targets: Vec<Selector>,
    /// Everything but these and what depends on them.
    pub excludes: Vec<Selector>,
    /// Replace these even if nothing about them changes.
    pub replace: Vec<ResourceAddress>,
    /// Things to be taken into the state, besides those of `import` blocks.
    pub imports: Vec<ImportTarget>,
    /// Write configuration for the targets of `import` blocks that have none.
    pub generate_config: bool,
    /// When the plan is made, RFC 3339 in UTC.
    pub timestamp: String,
    pub workspace: String,
    /// Where values of the root module's variables stand: there a validation that fails points.
    pub places: HashMap<Name, Span>,
    /// How many provider calls may be under way at once.
    pub parallelism: usize,
}

/// A thing that exists already, and the instance that it is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportTarget {
    pub address: ResourceAddress,
    /// What its type calls the thing, such as an ARN or a name.
    pub id: String,
}

/// What a target or exclusion names: an address or a glob of addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector(pub String);

impl Default for PlanOptions {
    fn default() -> Self {
        Self {
            mode: PlanMode::Normal,
            refresh: true,
            targets: Vec::new(),
            excludes: Vec::new(),
            replace: Vec::new(),
            imports: Vec::new(),
            generate_config: false,
            timestamp: "1970-01-01T00:00:00Z".into(),
            workspace: "default".into(),
            places: HashMap::new(),
            parallelism: 10,
        }
    }
}

/// What planning gives: the plan where there is one, and every mistake.
pub struct Planning {
    pub planned: Option<Planned>,
    pub diagnostics: Diagnostics,
}

/// A plan, and all that apply needs to obey it.
pub struct Planned {
    pub plan: Plan,
    pub(crate) run: crate::walk::Run,
}

impl PlanInput {
    /// The same configuration without variables, state and what only a plan is asked for.
    pub(crate) fn without_values(&self) -> Self {
        let PlanOptions { timestamp, workspace, .. } = self.options.clone();
        Self {
            config: self.config.clone(),
            registry: self.registry.clone(),
            variables: IndexMap::new(),
            prior: Arc::new(Snapshot::new(&*self.config.name())),
            pending: Vec::new(),
            options: PlanOptions { timestamp, workspace, ..PlanOptions::default() },
            world: self.world.clone(),
            events: Events::silent(),
        }
    }
}

impl Selector {
    /// Tells whether it is a glob: `*` stands for any run of characters, `?` for one.
    pub fn is_glob(&self) -> bool {
        self.0.contains(['*', '?'])
    }
}
