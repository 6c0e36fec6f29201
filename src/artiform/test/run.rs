//! One run block: plan or apply its module, then hold it against its assertions.

use std::collections::HashMap;
use std::sync::Arc;

use config::{Config, MovedEndpoint, RunBlock};
use diagnostics::{Diagnostic, Diagnostics, Span};
use engine::{
    ApplyOptions, Evaluated, Events, PlanInput, PlanOptions, Planned, RootScope, Selector,
};
use indexmap::IndexMap;
use lang::functions::FunctionContext;
use lang::{Name, Value};
use plan::PlanMode;
use provider::Registry;
use state::Snapshot;

use super::expected::Expected;
use super::scope::TestScope;
use super::shown::Shown;
use super::states::{self, TestState};
use super::{Status, assertion};
use crate::context::Failure;
use crate::interrupts;
use crate::planning::Session;
use crate::world::ProcessWorld;

/// Everything that a run starts from.
pub struct Prepared<'a> {
    pub run: &'a RunBlock,
    pub config: Arc<Config>,
    pub registry: Registry,
    pub variables: IndexMap<Name, Value>,
    /// Where the values stand that people wrote.
    pub places: HashMap<Name, Span>,
    /// What `var` means beside the module's own variables, and the outputs of the runs so far.
    pub test_variables: IndexMap<Name, Value>,
    pub runs: &'a IndexMap<Name, Value>,
    /// The runs from this one on.
    pub ahead: &'a [Name],
    pub functions: FunctionContext,
    /// Show plan or state.
    pub verbose: bool,
}

/// How a run ended.
#[derive(Default)]
pub struct Ended {
    pub status: Status,
    pub diagnostics: Diagnostics,
    /// Its outputs, for the runs after it.
    pub outputs: Option<Value>,
    /// The plan or the state, when asked for.
    pub shown: Option<Shown>,
    /// It changed its state, or tried to.
    pub applied: bool,
}

impl Ended {
    pub fn error(diagnostics: Diagnostics) -> Self {
        Self { status: Status::Error, diagnostics, ..Self::default() }
    }
}

impl Prepared<'_> {
    /// Plans or applies; `expected` are the failures that are none.
    pub fn execute(
        &self,
        mut expected: Expected,
        (state, session): (&TestState, &Session),
    ) -> Result<Ended, Box<Failure>> {
        let options = match self.options() {
            Ok(options) => options,
            Err(mistakes) => return Ok(Ended::error(mistakes)),
        };
        let world = Arc::new(ProcessWorld::default());
        let prior = state.snapshot(&self.config.name())?;
        let planning = self.plan(options, prior, (&world, session));
        let Some((planned, found)) = planning else {
            let detail = "Planning was interrupted; nothing was changed.";
            return Ok(Ended::error(Diagnostic::error("Test was interrupted", detail).into()));
        };
        let diagnostics = if self.run.applies {
            expected.explain(found)
        } else {
            let mut rest = expected.filter(found);
            rest.extend(expected.missing());
            rest
        };
        if diagnostics.has_errors() {
            return Ok(Ended::error(diagnostics));
        }
        let mut ended = Ended { diagnostics, ..Ended::default() };
        let Some(planned) = planned else { return Ok(ended) };
        if !self.run.applies {
            ended.shown = self.verbose.then(|| Shown::plan(&planned, &self.config, &self.registry));
            self.judge(&mut ended, planned.root_scope());
            return Ok(ended);
        }
        ended.applied = true;
        world.settle();
        if let Some(evaluated) = self.apply(planned, state, (&mut ended, &mut expected), session)? {
            self.judge(&mut ended, evaluated.root_scope());
        }
        Ok(ended)
    }

    fn options(&self) -> Result<PlanOptions, Diagnostics> {
        let wanted = &self.run.options;
        let replaced = |endpoint: &MovedEndpoint| match endpoint {
            MovedEndpoint::Resource(address) => Ok(address.clone()),
            MovedEndpoint::Module(module) => {
                let detail = format!("{module} names a module; a resource is required here.");
                Err(Diagnostics::from(Diagnostic::error("Invalid address", detail)))
            }
        };
        let mode = if wanted.refresh_only { PlanMode::RefreshOnly } else { PlanMode::Normal };
        Ok(PlanOptions {
            mode,
            refresh: wanted.refresh,
            replace: wanted.replace.iter().map(replaced).collect::<Result<_, _>>()?,
            targets: wanted.targets.iter().map(|target| Selector(target.to_string())).collect(),
            places: self.places.clone(),
            ..states::plan_options()
        })
    }

    /// Plans; nothing after an interrupt.
    fn plan(
        &self,
        options: PlanOptions,
        prior: Arc<Snapshot>,
        (world, session): (&Arc<ProcessWorld>, &Session),
    ) -> Option<(Option<Planned>, Diagnostics)> {
        let input = PlanInput {
            config: self.config.clone(),
            registry: self.registry.clone(),
            variables: self.variables.clone(),
            prior,
            pending: Vec::new(),
            options,
            world: world.clone(),
            events: Events::silent(),
        };
        session.runtime.block_on(async {
            tokio::select! {
                planning = engine::plan(input) => Some((planning.planned, planning.diagnostics)),
                () = interrupts::received(session.stop.clone()) => None,
            }
        })
    }

    fn apply(
        &self,
        planned: Planned,
        state: &TestState,
        (ended, expected): (&mut Ended, &mut Expected),
        session: &Session,
    ) -> Result<Option<Evaluated>, Box<Failure>> {
        let store = Arc::new(state.open(&self.config.name())?);
        let options = ApplyOptions { events: Events::silent(), stop: session.stop.clone() };
        let applied = session.runtime.block_on(engine::apply(planned, store.clone(), options));
        let snapshot = store.snapshot();
        store.commit_snapshot()?;
        drop(store);
        let mut found = expected.filter(applied.diagnostics);
        found.extend(expected.missing());
        let failed = found.has_errors() || applied.interrupted;
        // Apply tells again what was told when planning.
        for new in found {
            let mut known = ended.diagnostics.iter();
            let is_same = |old: &Diagnostic| old.subject == new.subject && old.detail == new.detail;
            if new.is_error() || !known.any(is_same) {
                ended.diagnostics.push(new);
            }
        }
        if failed {
            ended.status = Status::Error;
            return Ok(None);
        }
        ended.shown = self.verbose.then(|| Shown::state(&snapshot, &self.config, &self.registry));
        Ok(applied.evaluated)
    }

    /// Holds what came out against the assertions.
    fn judge(&self, ended: &mut Ended, module: RootScope<'_>) {
        ended.outputs = Some(module.outputs());
        let scope = TestScope {
            module,
            config: &self.config,
            variables: &self.test_variables,
            runs: self.runs,
            ahead: self.ahead,
            functions: self.functions.clone(),
        };
        for rule in &self.run.asserts {
            let (status, found) = assertion::judge(rule, &scope, self.run.applies);
            ended.diagnostics.extend(found);
            ended.status = ended.status.max(status);
        }
    }
}
