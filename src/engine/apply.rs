//! Obeys a plan: a ready-queue over dependency counts, each change durable before the next step starts.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use diagnostics::Diagnostics;
use futures::future::{BoxFuture, FutureExt};
use futures::stream::{FuturesUnordered, StreamExt};
use lang::{Marks, Name, ResourceAddress, json};
use plan::{Action, PlanMode};
use provider::Limit;
use state::{OutputState, Store};
use tokio::sync::watch;

use crate::evaluated::Evaluated;
use crate::events::{Event, Events, ImportStage};
use crate::operation::Outcome;
use crate::options::Planned;
use crate::steps::{self, Step, Steps};
use crate::tree::{NodeId, NodeKind, Tree};
use crate::walk::Run;

/// How apply is to run.
pub struct ApplyOptions {
    pub events: Events,
    /// Becomes true when nothing new is to be started.
    pub stop: watch::Receiver<bool>,
}

/// How apply ended.
#[derive(Debug, Default)]
pub struct Applied {
    pub diagnostics: Diagnostics,
    pub imported: usize,
    pub added: usize,
    pub changed: usize,
    pub destroyed: usize,
    pub forgotten: usize,
    /// It was told to stop, and some steps were not started.
    pub interrupted: bool,
    /// The root module's outputs as they are now recorded.
    pub outputs: BTreeMap<Name, OutputState>,
    /// What was evaluated on the way; none where nothing was started.
    pub evaluated: Option<Evaluated>,
}

/// Obeys a plan. What succeeds is kept whatever else fails; independent branches finish.
pub async fn apply(planned: Planned, store: Arc<Store>, options: ApplyOptions) -> Applied {
    let mode = planned.plan.mode;
    let mut run = planned.run;
    run.events = options.events;
    run.applying = true;
    run.diagnostics = Diagnostics::new();
    let mut applied = Applied::default();
    let built = match steps::build(&run) {
        Ok(steps) => steps,
        Err(diagnostics) => {
            applied.diagnostics = diagnostics;
            return applied;
        }
    };
    run.tell_imports(ImportStage::Started);
    if let Err(error) = run.record_what_was_found(&store).await {
        applied.diagnostics = error.into();
        return applied;
    }
    applied.imported = run.tell_imports(ImportStage::Finished);
    let mut executor = Executor {
        run,
        store,
        steps: built,
        ready: BTreeSet::new(),
        running: FuturesUnordered::new(),
        failed: BTreeSet::new(),
        succeeded: BTreeSet::new(),
        applied,
        stop: options.stop,
    };
    executor.execute().await;
    executor.finish(mode).await
}

/// What came out of a step that ran by itself.
pub(crate) enum Completion {
    /// The thing was read again, because it could not be read before.
    Read(provider::ReadOutcome),
    Data(Result<lang::Value, provider::OperationError>),
    /// The configuration of a provider is known now, and this came of it.
    Connected(String, Result<provider::Connection, Diagnostics>),
    Done(Outcome),
    /// What was to run after a creation, which took so long, has run.
    Provisioned(Result<(), provider::OperationError>, Duration),
    /// Nothing new is to be started, and it had not begun.
    NotStarted,
}

/// A piece of work for a provider, or for the state alone.
pub(crate) struct Work {
    /// None for what lives in the state alone, which is not limited.
    pub limit: Option<Arc<Limit>>,
    /// Told when it begins.
    pub beginning: Option<Event>,
    pub operation: BoxFuture<'static, Completion>,
}

/// A step, what came out of it, and how long that took.
type Ended = (usize, Completion, Duration);

pub(crate) struct Executor {
    pub run: Run,
    pub store: Arc<Store>,
    pub steps: Steps,
    /// Ready steps by what they are called, so that runs repeat.
    ready: BTreeSet<(String, usize)>,
    running: FuturesUnordered<BoxFuture<'static, Ended>>,
    failed: BTreeSet<usize>,
    succeeded: BTreeSet<usize>,
    pub applied: Applied,
    stop: watch::Receiver<bool>,
}

impl Executor {
    async fn execute(&mut self) {
        let mut stop = self.stop.clone();
        for step in 0..self.steps.steps.len() {
            if self.steps.waiting[step] == 0 {
                self.make_ready(step);
            }
        }
        let mut watching = true;
        loop {
            let stopping = *stop.borrow();
            if !stopping {
                self.start_ready();
            }
            if self.running.is_empty() {
                self.applied.interrupted = stopping && !self.ready.is_empty();
                break;
            }
            tokio::select! {
                completed = self.running.next() => {
                    match completed {
                        Some((step, Completion::NotStarted, _)) => self.make_ready(step),
                        Some((step, completion, elapsed)) => self.complete(step, completion, elapsed),
                        None => {}
                    }
                }
                changed = stop.changed(), if watching => watching = changed.is_ok(),
            }
        }
    }

    fn make_ready(&mut self, step: usize) {
        let name = match self.steps.steps[step] {
            Step::Apply(i) | Step::Destroy(i) => self.run.instances[i].address.clone(),
            // Values come first: they cost nothing and others wait for them.
            Step::Value(..) | Step::Gather(..) | Step::Released(..) => String::new(),
        };
        self.ready.insert((name, step));
    }

    fn start_ready(&mut self) {
        while let Some((_, step)) = self.ready.pop_first() {
            let what = self.steps.steps[step];
            match what {
                Step::Gather(..) | Step::Released(..) => self.succeed(step),
                Step::Value(node, _) if self.start_provider(step, node) => {}
                Step::Value(node, ordinal) => {
                    let before = std::mem::take(&mut self.run.diagnostics);
                    self.run.visit_value(node, ordinal);
                    let found = std::mem::replace(&mut self.run.diagnostics, before);
                    if found.has_errors() {
                        self.fail(step, found);
                    } else {
                        self.succeed(step);
                    }
                }
                Step::Apply(i) => self.start_apply(step, i),
                Step::Destroy(i) => self.start_destroy(step, i),
            }
        }
    }

    /// Lets work begin as soon as the limit has room for it, unless nothing new is to be started by then.
    pub(crate) fn spawn(&mut self, step: usize, work: Work) {
        let (events, mut stop) = (self.run.events.clone(), self.stop.clone());
        let Work { limit, beginning, operation } = work;
        let begin = move || {
            beginning.into_iter().for_each(|event| events.send(event));
            Instant::now()
        };
        let running = async move {
            let Some(limit) = limit else {
                let begun = begin();
                return (step, operation.await, begun.elapsed());
            };
            let slot = tokio::select! {
                biased;
                Ok(_) = stop.wait_for(|stop| *stop) => {
                    return (step, Completion::NotStarted, Duration::ZERO);
                }
                slot = limit.slot() => slot,
            };
            let begun = begin();
            (step, slot.run(operation).await, begun.elapsed())
        };
        self.running.push(running.boxed());
    }

    /// The limit of an instance's provider and region.
    pub(crate) fn limit_of(&self, i: usize) -> Arc<Limit> {
        let change = &self.run.instances[i].change;
        self.run.limits.of(&change.provider, change.region.as_deref())
    }

    pub(crate) fn succeed(&mut self, step: usize) {
        self.succeeded.insert(step);
        for dependent in self.steps.dependents[step].clone() {
            self.steps.waiting[dependent] -= 1;
            if self.steps.waiting[dependent] == 0 && !self.failed.contains(&dependent) {
                self.make_ready(dependent);
            }
        }
    }

    /// Collects what went wrong, and gives up everything that waits for the step.
    pub(crate) fn fail(&mut self, step: usize, found: Diagnostics) {
        self.applied.diagnostics.extend(found);
        let because = self.describe(step);
        let mut queue = self.steps.dependents[step].clone();
        while let Some(dependent) = queue.pop() {
            if !self.failed.insert(dependent) {
                continue;
            }
            if let Step::Apply(i) | Step::Destroy(i) = self.steps.steps[dependent] {
                let address = self.run.instances[i].address.clone();
                self.run.events.send(Event::Skipped { address, because: because.clone() });
            }
            queue.extend(self.steps.dependents[dependent].iter().copied());
        }
        self.failed.insert(step);
    }

    fn describe(&self, step: usize) -> String {
        match self.steps.steps[step] {
            Step::Apply(i) | Step::Destroy(i) => self.run.instances[i].address.clone(),
            step => self.steps.describe(&self.run, step),
        }
    }

    /// Records outputs and the results of checks, and gives the account.
    async fn finish(mut self, mode: PlanMode) -> Applied {
        self.run.give_up(self.undone());
        if mode == PlanMode::Normal {
            self.evaluate_all().await;
        }
        let mut changes = Vec::new();
        let recorded = self.store.snapshot().outputs.clone();
        let outputs = if mode == PlanMode::Destroy { BTreeMap::new() } else { self.outputs() };
        let complete = self.failed.is_empty() && !self.applied.interrupted;
        for name in recorded.keys() {
            let gone = mode == PlanMode::Destroy || self.has_no_value(name);
            if gone && self.run.speaks_of_output(name) {
                changes.push(state::Change::RemoveOutput(name.clone()));
            }
        }
        for (name, output) in &outputs {
            if recorded.get(&**name) != Some(output) {
                let name = name.to_string();
                changes.push(state::Change::PutOutput { name, output: output.clone() });
            }
        }
        if mode == PlanMode::Destroy && complete && self.run.selection.is_everything() {
            // Nothing is left that would read them.
            let snapshot = self.store.snapshot();
            let data = snapshot.instances.values().filter(|i| i.mode == state::Mode::Data);
            changes.extend(data.map(|i| state::Change::RemoveInstance(i.address.clone())));
        }
        // What checks read now that everything is there.
        let read = std::mem::take(&mut self.run.data).into_iter().map(|(state, _)| state);
        let now = |address: &str| self.store.instance(address);
        let read = read.filter(|state| now(&state.address).as_deref() != Some(state));
        changes.extend(read.map(state::Change::put));
        changes.extend(self.check_results(mode));
        if !changes.is_empty()
            && let Err(error) = self.store.append(state::Record::changes(changes)).await
        {
            let failed = crate::operation::journal_failed(&error);
            self.applied.diagnostics.extend(Diagnostics::from(failed));
        }
        let now = self.store.snapshot();
        let named = now.outputs.iter().map(|(name, o)| (Name::from(name.as_str()), o.clone()));
        self.applied.outputs = named.collect();
        self.applied.diagnostics.extend(std::mem::take(&mut self.run.diagnostics));
        let partial = self.run.applied_partially();
        self.applied.diagnostics.extend(partial);
        self.applied.diagnostics = std::mem::take(&mut self.applied.diagnostics).sorted();
        self.applied.evaluated = Some(Evaluated(self.run));
        self.applied
    }

    /// The declarations of which something was not made or changed as planned.
    fn undone(&self) -> BTreeSet<NodeId> {
        let steps = self.steps.steps.iter().enumerate();
        let undone = steps.filter_map(|(index, step)| match step {
            Step::Apply(i) if !self.succeeded.contains(&index) => self.run.instances[*i].spot,
            _ => None,
        });
        undone.map(|spot| spot.0).collect()
    }

    /// Evaluates every value again, now that the world is as it is.
    async fn evaluate_all(&mut self) {
        let graph = self.run.graph.clone();
        let planned: HashSet<&str> = self.run.by_address.keys().map(String::as_str).collect();
        // What was read while planning is judged already.
        let is_data = |address: &str| {
            let parsed = address.parse::<ResourceAddress>();
            parsed.is_ok_and(|address| address.mode == lang::ResourceMode::Data)
        };
        self.run.judgements.retain(|address| is_data(address) && !planned.contains(address));
        for node in &graph.order {
            let declared = self.run.tree.get(*node);
            let module = declared.module;
            let is_value = !matches!(
                declared.kind,
                NodeKind::Resource(_) | NodeKind::Call(_) | NodeKind::Provider(_)
            );
            let count = self.run.tables.module(module).instances.len();
            if !self.run.selection.visits(*node) || self.run.is_behind(*node) {
                continue;
            }
            if matches!(declared.kind, NodeKind::Check(_)) {
                self.run.visit_checks(*node).await;
            } else if is_value {
                (0..count).for_each(|o| self.run.visit_value(*node, crate::walk::to_u32(o)));
            }
        }
        self.run.judge_instances();
    }

    /// The results of all conditions, where they are others than the recorded ones.
    fn check_results(&self, mode: PlanMode) -> Option<state::Change> {
        let results: Vec<plan::CheckResult> = match mode {
            PlanMode::Normal | PlanMode::RefreshOnly => self.run.check_results(),
            PlanMode::Destroy => Vec::new(),
        };
        let results = plan::json::state::recorded_checks(&results);
        let differs = self.store.snapshot().check_results != results;
        differs.then_some(state::Change::PutCheckResults(results))
    }

    /// Tells whether an output is no longer declared, or is null. One that is only not known (its
    /// resource was not a target) keeps what is recorded.
    fn has_no_value(&self, name: &str) -> bool {
        let root = self.run.tree.module(Tree::ROOT);
        let Some(node) = root.outputs.get(name) else { return true };
        self.run.tables.value(*node, 0).is_some_and(lang::Value::is_null)
    }

    fn outputs(&self) -> BTreeMap<Name, OutputState> {
        let root = self.run.tree.module(Tree::ROOT);
        let known = root.outputs.iter().filter_map(|(name, node)| {
            let config = &root.config.outputs[name];
            let visited = self.run.selection.visits(*node);
            let value = self.run.tables.value(*node, 0).filter(|_| visited)?;
            let ephemeral = config.ephemeral || value.deep_marks().contains(Marks::EPHEMERAL);
            if !value.is_wholly_known() || value.is_null() || ephemeral {
                return None;
            }
            let output = OutputState {
                value: json::to_json(value),
                value_type: json::type_to_json(&value.type_of()),
                sensitive: config.sensitive,
            };
            Some((name.clone(), output))
        });
        known.collect()
    }

    pub(crate) fn count(&mut self, action: Action) {
        match action {
            Action::Create | Action::DeleteThenCreate | Action::CreateThenDelete => {
                self.applied.added += 1;
            }
            Action::Update => self.applied.changed += 1,
            _ => {}
        }
    }
}
