//! How the executor starts a step.

use std::fmt::Write;
use std::sync::Arc;

use diagnostics::{Diagnostic, Diagnostics};
use futures::future::FutureExt;
use lang::{Type, Value};
use plan::Action;
use provider::{Effect, Limit, ReadOutcome, ReadRequest, Report, change};
use state::{Change, InstanceState, Record};

use crate::apply::{Completion, Executor, Work};
use crate::events::Event;
use crate::instance::{self, BlockKind, Circumstances, Decision, Request};
use crate::lifecycle::OnDestroy;
use crate::operation::{self, Job, Outcome};
use crate::record;
use crate::walk::{PlannedInstance, Run};

mod complete;
mod found;

impl Executor {
    pub(crate) fn start_apply(&mut self, step: usize, i: usize) {
        let instance = &self.run.instances[i];
        let action = instance.change.action;
        let unread = instance.change.unread.is_some();
        if let Some((node, ordinal, _)) = instance.spot {
            self.run.renew_resource(node, ordinal);
        }
        if !self.run.conditions_hold(i, Conditions::Before) {
            let found = std::mem::take(&mut self.run.diagnostics);
            self.fail(step, found);
        } else if action == Action::Read {
            self.start_data(step, i);
        } else if unread {
            self.start_reading_again(step, i);
        } else {
            self.start_change(step, i);
        }
    }

    fn start_data(&mut self, step: usize, i: usize) {
        let config = match self.run.configuration_of(i) {
            Ok(config) => config,
            Err(found) => return self.fail(step, found),
        };
        let Some(source) = self.run.data_source_of(i) else { return self.succeed(step) };
        let Some(connection) = self.run.connection_of(i) else {
            return self.fail(step, no_connection(&self.run.instances[i]).into());
        };
        let (store, mut state) = (self.store.clone(), self.run.skeleton(i, source.schema()));
        let planned = self.run.instances[i].change.after.clone();
        let address = &self.run.instances[i].address;
        let stand_in = planned.as_ref().and_then(|p| self.run.registry.stand_in(address, p));
        let reading = async move {
            let read = match stand_in {
                Some(value) => Ok(value),
                None => source.read(&connection, &config).await,
            };
            let Ok(value) = read else { return Completion::Data(read) };
            let value =
                planned.iter().fold(value, |value, planned| record::copy_marks(planned, value));
            (state.attributes, state.sensitive) = record::write(source.schema(), &value);
            let recorded = store.append(Record::changes(vec![Change::put(state)])).await;
            let recorded = recorded.map_err(|error| operation::journal_failed(&error));
            Completion::Data(recorded.map(|()| value))
        };
        let beginning = Some(self.beginning(i, Action::Read, None));
        let limit = Some(self.limit_of(i));
        self.spawn(step, Work { limit, beginning, operation: reading.boxed() });
    }

    /// What could not be read is read now that what it lives on is back.
    fn start_reading_again(&mut self, step: usize, i: usize) {
        let instance = &self.run.instances[i];
        let recorded = instance.prior.as_ref().and_then(|prior| prior.recorded.clone());
        let address = instance.address.clone();
        let (Some(resource_type), Some(attributes)) = (self.run.type_of(i), recorded) else {
            return self.succeed(step);
        };
        let Some(connection) = self.run.connection_of(i) else {
            return self.fail(step, no_connection(&self.run.instances[i]).into());
        };
        let reading = async move {
            let requests = [ReadRequest { address, attributes }];
            let outcome = resource_type.read(&connection, &requests).await.into_iter().next();
            Completion::Read(outcome.unwrap_or(ReadOutcome::Missing))
        };
        let limit = Some(self.limit_of(i));
        self.spawn(step, Work { limit, beginning: None, operation: reading.boxed() });
    }

    /// Decides once more with everything known, and starts the call.
    fn start_change(&mut self, step: usize, i: usize) {
        let config = match self.run.configuration_of(i) {
            Ok(config) => config,
            Err(found) => return self.fail(step, found),
        };
        let decision = match self.run.decide_again(i, &config) {
            Ok(decision) => decision,
            Err(found) => return self.fail(step, found),
        };
        if decision.action == Action::NoOp {
            self.run.settle(i, decision.planned);
            return self.succeed(step);
        }
        let action = decision.action;
        let operation = if action == Action::Update { "update" } else { "create" };
        let Some(job) = self.job(i, operation) else {
            return self.fail(step, no_connection(&self.run.instances[i]).into());
        };
        let limit = self.limit_for(&job, i);
        self.run.instances[i].change.action = action;
        self.run.instances[i].change.after = Some(decision.planned.clone());
        let beginning = Some(self.beginning(i, shown(action), None));
        let planned = decision.planned;
        let operation = if action == Action::Update {
            let prior = self.run.instances[i].change.before.clone();
            let prior = prior.unwrap_or_else(|| Value::null(Type::Dynamic));
            if change::same_value(&prior, &planned) {
                // Only what is sensitive changes, and of that the provider knows nothing.
                operation::record(job, planned)
            } else {
                operation::update(job, prior, planned, config)
            }
        } else {
            self.start_create(job, i, (planned, config))
        };
        let operation = operation.map(Completion::Done).boxed();
        self.spawn(step, Work { limit, beginning, operation });
    }

    fn start_create(
        &mut self,
        mut job: Job,
        i: usize,
        (planned, config): (Value, Value),
    ) -> futures::future::BoxFuture<'static, Outcome> {
        let pending = self.run.pending.remove(&job.address);
        let pending = pending.filter(|p| p.begin.action == state::OperationAction::Create);
        if let Some(pending) = pending {
            // An interrupted run announced it: the same token finds what it made.
            job.token = pending.begin.token;
            return operation::create(job, planned, config, Some(pending.begin.op));
        }
        if self.run.instances[i].change.action != Action::CreateThenDelete {
            return operation::create(job, planned, config, None);
        }
        let store = self.store.clone();
        let key = deposed_key(&job.token);
        async move {
            // The old object is recorded as deposed before the new one is made.
            let old = store.instance(&job.address);
            if let Some(old) = &old {
                let mut deposed = (**old).clone();
                deposed.depose(key);
                let record = Record::changes(vec![Change::put(deposed)]);
                if let Err(error) = store.append(record).await {
                    let failure = operation::journal_failed(&error);
                    return Outcome { value: None, failure: Some(failure) };
                }
            }
            let outcome = operation::create(job, planned, config, None).await;
            // What may have been made after all is adopted by the next run, beside the old one.
            let nothing = outcome.failure.as_ref().is_some_and(|failure| failure.nothing_made);
            if outcome.value.is_none()
                && nothing
                && let Some(old) = old
                && let Err(error) = store.append(Record::changes(vec![Change::put(old)])).await
            {
                let failure = operation::journal_failed(&error);
                return Outcome { value: None, failure: Some(failure) };
            }
            outcome
        }
        .boxed()
    }

    pub(crate) fn start_destroy(&mut self, step: usize, i: usize) {
        let instance = &self.run.instances[i];
        let (address, action) = (instance.address.clone(), instance.change.action);
        if action == Action::Forget || instance.vanishes {
            let store = self.store.clone();
            let operation = operation::forget(store, address).map(Completion::Done).boxed();
            return self.spawn(step, Work { limit: None, beginning: None, operation });
        }
        let deposed = match (&instance.change.deposed, action) {
            (Some(key), _) => Some(key.clone()),
            (None, Action::CreateThenDelete) => {
                let now = self.store.instance(&address);
                now.and_then(|now| now.deposed.last().map(|object| object.key.clone()))
            }
            _ => None,
        };
        let prior = instance.change.before.clone();
        let (Some(job), Some(prior)) = (self.job(i, "delete"), prior) else {
            return self.fail(step, no_connection(&self.run.instances[i]).into());
        };
        let before = match self.run.destruction_provisionings(i) {
            Ok(provisionings) => provisionings,
            Err(found) => return self.fail(step, found),
        };
        let beginning = Some(self.beginning(i, Action::Delete, deposed.clone()));
        let limit = self.limit_for(&job, i);
        let limit = limit.or_else(|| (!before.is_empty()).then(|| self.limit_of(i)));
        let operation = async move {
            Completion::Done(match before.run().await {
                Ok(()) => operation::delete(job, prior, deposed).await,
                Err(error) => Outcome::failed(error.leaving(prior)),
            })
        };
        self.spawn(step, Work { limit, beginning, operation: operation.boxed() });
    }

    /// What is told when an operation begins: the id of what is there already.
    fn beginning(&self, i: usize, action: Action, deposed: Option<String>) -> Event {
        let instance = &self.run.instances[i];
        let id = instance.change.before.as_ref().and_then(id_of);
        let id = id.filter(|_| matches!(action, Action::Update | Action::Delete));
        Event::Started { address: instance.address.clone(), deposed, action, id }
    }

    /// The limit that an operation keeps to; what lives in the state alone has none.
    fn limit_for(&self, job: &Job, i: usize) -> Option<Arc<Limit>> {
        (job.resource_type.effect() == Effect::External).then(|| self.limit_of(i))
    }

    /// `operation` is what the block `timeouts` calls it.
    fn job(&mut self, i: usize, operation: &str) -> Option<Job> {
        let resource_type = self.run.type_of(i)?;
        let connection = self.run.connection_of(i)?;
        let instance = &self.run.instances[i];
        let events = self.run.events.clone();
        let address = instance.address.clone();
        let report = Report::new(move |words| {
            events.send(Event::Progress { address: address.clone(), words: words.to_owned() });
        });
        Some(Job {
            store: self.store.clone(),
            skeleton: self.run.skeleton(i, resource_type.schema()),
            resource_type,
            connection,
            address: instance.address.clone(),
            token: token(),
            report,
            timeout: self.run.timeout_of(i, operation),
            snapshot: instance.on_destroy == OnDestroy::Snapshot,
            provisioned_later: self.run.provisions(i),
        })
    }
}

/// A replacement is told as what it consists of: this is its creation.
fn shown(action: Action) -> Action {
    if action.is_replacement() { Action::Create } else { action }
}

/// A token that nobody else has: 160 random bits in lower-case hexadecimal.
fn token() -> String {
    let mut bytes = [0u8; 20];
    // Without randomness of the system nothing safe can be made; zeros would only repeat a token that
    // the journal of this very state has to hold already to be mistaken for.
    let _ = getrandom::fill(&mut bytes);
    bytes.iter().fold(String::with_capacity(40), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn deposed_key(token: &str) -> String {
    token.chars().take(8).collect()
}

pub(crate) fn id_of(value: &Value) -> Option<String> {
    let id = value.get("id").or_else(|| value.get("key"))?;
    if id.is_sensitive() {
        return None;
    }
    id.as_str().map(str::to_owned)
}

fn no_connection(instance: &PlannedInstance) -> Diagnostic {
    let detail = format!(
        "The provider \"{}\" is not connected, so that nothing can be done with {}.",
        instance.change.provider, instance.address
    );
    Diagnostic::error("Provider is not configured", detail).on(&instance.address)
}

/// When a condition is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Conditions {
    Before,
    After,
}

impl Run {
    /// Decodes the block of a planned instance with everything that is known now.
    fn configuration_of(&self, i: usize) -> Result<Value, Diagnostics> {
        let instance = &self.instances[i];
        let Some((spot, block)) =
            instance.spot.and_then(|spot| Some((spot, self.blocks.get(&spot.0)?)))
        else {
            return Err(no_connection(instance).into());
        };
        let table = self.tables.resource(spot.0, spot.1);
        let repetition = table.map(|table| table.expansion.repetition(spot.2 as usize));
        let repetition = repetition.unwrap_or(crate::tables::Repetition::None);
        let config = self.decode_instance(block, spot, &repetition);
        let config =
            config.map_err(|found| crate::resources::on_address(found, &instance.address))?;
        let resource = self.resource_of(i);
        let kept = instance.change.before.as_ref().filter(|_| !instance.change.action.creates());
        Ok(match (kept, resource) {
            (Some(before), Some(resource)) => {
                instance::ignore_changes(&resource.lifecycle.ignore_changes, before, config)
            }
            _ => config,
        })
    }

    pub(crate) fn resource_of(&self, i: usize) -> Option<&config::Resource> {
        let spot = self.instances[i].spot?;
        let node = self.tree.get(spot.0);
        let crate::tree::NodeKind::Resource(key) = &node.kind else { return None };
        self.tree.module(node.module).config.resources.get(key)
    }

    fn data_source_of(&self, i: usize) -> Option<Arc<dyn provider::DataSource>> {
        let spot = self.instances[i].spot?;
        match &self.blocks.get(&spot.0)?.kind {
            BlockKind::Data(source) => Some(source.clone()),
            BlockKind::Managed(_) => None,
        }
    }

    fn connection_of(&self, i: usize) -> Option<provider::Connection> {
        self.connections.get(&self.instances[i].change.provider).cloned()
    }

    /// The decision of the plan, made again with everything known. It may only become less: an update
    /// that turns out to change nothing is none.
    fn decide_again(&self, i: usize, config: &Value) -> Result<Decision, Diagnostics> {
        let instance = &self.instances[i];
        let Some(resource_type) = self.type_of(i) else {
            return Err(no_connection(instance).into());
        };
        let action = instance.change.action;
        let creating = action.creates();
        let seed = self.name_seed(&instance.address);
        let request = Request {
            address: &instance.address,
            prior: instance.change.before.as_ref().filter(|_| !creating),
            config,
            whole_config: config,
            name_seed: &seed,
            connection: self.connections.get(&instance.change.provider),
        };
        let decided = instance::decide(&*resource_type, &request, Circumstances::default());
        let mut decision = decided.map_err(|findings| self.place_findings(i, findings))?;
        if creating {
            decision.action = action;
        } else if decision.action.is_replacement() {
            let detail = format!(
                "Now that everything is known, {} would have to be replaced, and the plan promised to change it in place.",
                instance.address
            );
            let diagnostic = Diagnostic::error("Plan cannot be kept", detail);
            return Err(diagnostic.on(&instance.address).hint("plan and apply again").into());
        }
        self.check_against_plan(i, &decision)?;
        Ok(decision)
    }

    fn check_against_plan(&self, i: usize, decision: &Decision) -> Result<(), Diagnostics> {
        let instance = &self.instances[i];
        let Some(planned) = &instance.change.after else { return Ok(()) };
        if instance.change.action == Action::ReadAgain || decision.action == Action::NoOp {
            return Ok(());
        }
        match change::keeps_promises(planned, &decision.planned) {
            Ok(()) => Ok(()),
            Err(path) => {
                let detail = format!(
                    "When expanding the plan for {} to include new values learned so far during apply, the value of {path} was not the planned one.",
                    instance.address
                );
                let summary = "Provider produced inconsistent final plan";
                Err(Diagnostic::error(summary, detail).on(&instance.address).into())
            }
        }
    }

    /// The value that a thing has now.
    pub(crate) fn value_of(&self, i: usize) -> Option<&Value> {
        let (node, ordinal, index) = self.instances[i].spot?;
        self.tables.resource(node, ordinal)?.values.get(index as usize)
    }

    /// Takes in the value that a thing has now, so that others see it.
    fn settle(&mut self, i: usize, value: Value) {
        let Some((node, ordinal, index)) = self.instances[i].spot else { return };
        let value = match &self.instances[i].change.after {
            Some(planned) => record::copy_marks(planned, value),
            None => value,
        };
        if let Some(table) = self.tables.resource_mut(node, ordinal) {
            table.set(index as usize, value);
        }
    }

    /// Judges the conditions of all instances once more, for the record: what is wrong was told before.
    pub(crate) fn judge_instances(&mut self) {
        let told = std::mem::take(&mut self.diagnostics);
        for i in 0..self.instances.len() {
            if self.instances[i].spot.is_some_and(|spot| self.is_behind(spot.0)) {
                continue;
            }
            self.conditions_hold(i, Conditions::Before);
            self.conditions_hold(i, Conditions::After);
        }
        self.diagnostics = told;
    }

    /// Evaluates the pre- or postconditions of an instance with all that is known now.
    fn conditions_hold(&mut self, i: usize, which: Conditions) -> bool {
        let Some(resource) = self.resource_of(i) else { return true };
        let (rules, summary) = match which {
            Conditions::Before => {
                (resource.lifecycle.preconditions.clone(), "Resource precondition failed")
            }
            Conditions::After => {
                (resource.lifecycle.postconditions.clone(), "Resource postcondition failed")
            }
        };
        let Some((node, ordinal, index)) = self.instances[i].spot else { return true };
        if rules.is_empty() {
            return true;
        }
        let Some(table) = self.tables.resource(node, ordinal) else { return true };
        let repetition = table.expansion.repetition(index as usize);
        let value = match which {
            Conditions::Before => Some(Value::null(Type::Dynamic)),
            Conditions::After => table.values.get(index as usize).cloned(),
        };
        let Some(value) = value else { return true };
        let address = self.instances[i].address.clone();
        let own = (node, ordinal, Some((&repetition, &value)));
        self.check_rules(&rules, own, (&address, "resource", summary))
    }

    /// The record of an instance without its attributes.
    pub(crate) fn skeleton(&self, i: usize, schema: &provider::Schema) -> InstanceState {
        let instance = &self.instances[i];
        let change = &instance.change;
        let kept = instance.prior.as_ref().filter(|_| !change.action.creates());
        let generation = match kept {
            Some(prior) => prior.state.generation,
            None if change.action.creates() => self.next_generation(&instance.address),
            None => 0,
        };
        let made_at = kept.and_then(|prior| prior.made_at());
        InstanceState {
            generation,
            made_at: made_at.filter(|at| *at != instance.address).map(str::to_owned),
            region: change.region.clone(),
            dependencies: instance.depends_on.clone(),
            create_before_destroy: instance.create_before_destroy,
            prevent_destroy: instance.prevent_destroy,
            on_destroy: instance.on_destroy.recorded(),
            ..record::instance(&change.address, &change.provider, schema)
        }
    }
}
