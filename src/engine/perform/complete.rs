//! How the executor takes in what came out of a step.

use std::time::Duration;

use diagnostics::{Diagnostic, Diagnostics};
use lang::Value;
use plan::Action;
use provider::{OperationError, ReadOutcome, change};

use super::{Conditions, id_of, shown};
use crate::apply::{Completion, Executor};
use crate::events::Event;
use crate::operation::Outcome;
use crate::record;
use crate::steps::Step;

impl Executor {
    pub(crate) fn complete(&mut self, step: usize, completion: Completion, elapsed: Duration) {
        if let Completion::Connected(name, result) = completion {
            return self.connected(step, name, result);
        }
        let (Step::Apply(i) | Step::Destroy(i)) = self.steps.steps[step] else { return };
        match completion {
            Completion::Connected(..) | Completion::NotStarted => {}
            Completion::Read(outcome) => self.complete_reading(step, i, (outcome, elapsed)),
            Completion::Data(Ok(value)) => {
                self.finished(i, (Action::Read, None), elapsed);
                self.run.settle(i, value);
                self.conclude(step, i);
            }
            Completion::Data(Err(error)) => self.failed_step(step, i, (error, elapsed)),
            Completion::Done(outcome) => self.complete_operation(step, i, (outcome, elapsed)),
            Completion::Provisioned(Ok(()), before) => {
                self.complete_change(step, i, before + elapsed);
            }
            Completion::Provisioned(Err(error), before) => {
                self.failed_step(step, i, (error, before + elapsed));
            }
        }
    }

    fn complete_reading(
        &mut self,
        step: usize,
        i: usize,
        (outcome, elapsed): (ReadOutcome, Duration),
    ) {
        let instance = &mut self.run.instances[i];
        instance.change.unread = None;
        match outcome {
            ReadOutcome::Found(value) => {
                let recorded = instance.prior.as_ref().and_then(|prior| prior.recorded.as_ref());
                let value = match recorded {
                    Some(recorded) => record::copy_marks(recorded, value),
                    None => value,
                };
                instance.change.before = Some(value);
            }
            ReadOutcome::Missing => instance.change.before = None,
            ReadOutcome::Unreachable(why) => {
                let detail =
                    format!("It could not be read after what it lives on was mended: {why}.");
                let diagnostic = Diagnostic::error("Still unreachable", detail);
                return self.failed_step(step, i, (diagnostic.into(), elapsed));
            }
            ReadOutcome::Failed(diagnostic) => {
                return self.failed_step(step, i, ((*diagnostic).into(), elapsed));
            }
        }
        self.start_change(step, i);
    }

    fn complete_operation(
        &mut self,
        step: usize,
        i: usize,
        (outcome, elapsed): (Outcome, Duration),
    ) {
        let destroying = matches!(self.steps.steps[step], Step::Destroy(_));
        let action = self.run.instances[i].change.action;
        if let Some(failure) = outcome.failure {
            if let Some(value) = outcome.value.filter(|_| !destroying) {
                self.run.settle(i, value);
            }
            return self.failed_step(step, i, (failure, elapsed));
        }
        if destroying {
            if action == Action::Forget {
                self.applied.forgotten += 1;
            } else {
                self.applied.destroyed += 1;
                self.finished(i, (Action::Delete, None), elapsed);
            }
            self.run.instances[i].change.before = self.run.instances[i]
                .change
                .before
                .take()
                .filter(|_| !action.destroys() || action == Action::CreateThenDelete);
            return self.succeed(step);
        }
        let Some(value) = outcome.value else { return self.succeed(step) };
        if let Some(found) = self.broken_promise(i, &value) {
            self.run.settle(i, value);
            return self.fail(step, found);
        }
        self.run.settle(i, value);
        if self.run.provisions(i) {
            self.start_provisioners(step, i, elapsed);
        } else {
            self.complete_change(step, i, elapsed);
        }
    }

    /// The thing is there, and everything that was to run after its creation has run.
    fn complete_change(&mut self, step: usize, i: usize, elapsed: Duration) {
        let action = self.run.instances[i].change.action;
        let id = self.run.value_of(i).and_then(id_of);
        self.count(action);
        self.finished(i, (shown(action), id), elapsed);
        self.conclude(step, i);
    }

    /// Postconditions that do not hold stop what waits for the thing; the thing itself is there.
    fn conclude(&mut self, step: usize, i: usize) {
        if self.run.conditions_hold(i, Conditions::After) {
            self.succeed(step);
        } else {
            let found = std::mem::take(&mut self.run.diagnostics);
            self.fail(step, found);
        }
    }

    fn connected(
        &mut self,
        step: usize,
        name: String,
        result: Result<provider::Connection, Diagnostics>,
    ) {
        match result {
            Ok(connection) => {
                self.run.connections.insert(name, connection);
                self.succeed(step);
            }
            Err(found) => self.fail(step, found),
        }
    }

    fn broken_promise(&self, i: usize, value: &Value) -> Option<Diagnostics> {
        let instance = &self.run.instances[i];
        let planned = instance.change.after.as_ref()?;
        let path = change::keeps_promises(planned, value).err()?;
        let detail = format!(
            "When applying changes to {}, the provider produced an unexpected new value for {path}. This is a bug in the provider, which should be reported.",
            instance.address
        );
        let summary = "Provider produced inconsistent result after apply";
        Some(Diagnostic::error(summary, detail).on(&instance.address).into())
    }

    fn failed_step(&mut self, step: usize, i: usize, (error, elapsed): (OperationError, Duration)) {
        let instance = &self.run.instances[i];
        let destroying = matches!(self.steps.steps[step], Step::Destroy(_));
        let action = instance.change.action;
        let action = if destroying { Action::Delete } else { shown(action) };
        let address = instance.address.clone();
        let finding = provider::Finding { path: error.path, diagnostic: *error.diagnostic };
        let found = self.run.place_findings(i, vec![finding]);
        self.run.events.send(Event::Failed { address, action, elapsed });
        self.fail(step, found);
    }

    fn finished(&self, i: usize, (action, id): (Action, Option<String>), elapsed: Duration) {
        let address = self.run.instances[i].address.clone();
        self.run.events.send(Event::Finished { address, action, id, elapsed });
    }
}
