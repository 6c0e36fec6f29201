//! One provider call with its records: intent before effect, result after it.

use std::sync::Arc;
use std::time::Duration;

use diagnostics::Diagnostic;
use futures::future::BoxFuture;
use lang::Value;
use provider::{
    ClaimRequest, Connection, CreateRequest, DeleteRequest, Effect, FindRequest, Future,
    OperationError, Report, ResourceType, StepRecorder, UpdateRequest,
};
use state::{Begin, Change, InstanceState, OperationAction, Record, StateError, Status, Store};

use crate::record;

/// Everything that an operation works with; owned, so that it runs by itself.
pub(crate) struct Job {
    pub store: Arc<Store>,
    pub resource_type: Arc<dyn ResourceType>,
    pub connection: Connection,
    pub address: String,
    /// The record as it will be, without attributes.
    pub skeleton: InstanceState,
    pub token: String,
    pub report: Report,
    pub timeout: Option<Duration>,
    /// A deletion leaves a snapshot behind.
    pub snapshot: bool,
    /// Provisioners run after a creation, which is recorded as tainted until they have.
    pub provisioned_later: bool,
}

/// How an operation ended: the value that is there now (none: nothing is), and what went wrong.
pub(crate) struct Outcome {
    pub value: Option<Value>,
    pub failure: Option<OperationError>,
}

impl Outcome {
    fn done(value: Option<Value>) -> Self {
        Self { value, failure: None }
    }

    pub(crate) fn failed(failure: OperationError) -> Self {
        Self { value: failure.state.clone(), failure: Some(failure) }
    }
}

/// Makes the thing. `resumed`: an interrupted run announced it already, with the same token.
pub(crate) fn create(
    job: Job,
    planned: Value,
    config: Value,
    resumed: Option<String>,
) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let op = resumed.clone().unwrap_or_else(|| format!("create:{}", job.token));
        if resumed.is_none() && job.resource_type.effect() == Effect::External {
            let begin = job.begin(&op, OperationAction::Create, (Some(&planned), None));
            if let Err(error) = job.append(begin).await {
                return Outcome::failed(error);
            }
        }
        let found = if resumed.is_some() { job.find(&planned).await } else { Ok(None) };
        let result = match found {
            Ok(Some(value)) => Ok(value),
            Ok(None) => {
                let request = CreateRequest {
                    address: job.address.clone(),
                    token: job.token.clone(),
                    planned,
                    config,
                    steps: job.recorder(&op),
                    report: job.report.clone(),
                    timeout: job.timeout,
                };
                job.resource_type.create(&job.connection, request).await
            }
            Err(error) => Err(error),
        };
        job.conclude_create(&op, result).await
    })
}

/// Changes the thing in place.
pub(crate) fn update(
    job: Job,
    prior: Value,
    planned: Value,
    config: Value,
) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let op = format!("update:{}", job.token);
        if job.resource_type.effect() == Effect::External {
            let begin = job.begin(&op, OperationAction::Update, (Some(&planned), Some(&prior)));
            if let Err(error) = job.append(begin).await {
                return Outcome::failed(error);
            }
        }
        let request = UpdateRequest {
            address: job.address.clone(),
            token: job.token.clone(),
            prior,
            planned,
            config,
            steps: job.recorder(&op),
            report: job.report.clone(),
            timeout: job.timeout,
        };
        match job.resource_type.update(&job.connection, request).await {
            Ok(value) => job.commit(&op, value, Status::Ready).await,
            Err(error) => match error.state.clone() {
                Some(value) => {
                    let status = job.skeleton.status.clone();
                    let mut outcome = job.commit(&op, value, status).await;
                    outcome.failure = Some(error);
                    outcome
                }
                None => job.give_up(&op, error).await,
            },
        }
    })
}

/// Writes down a value that differs from the recorded one in what is sensitive, and in nothing else.
pub(crate) fn record(job: Job, value: Value) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let change = Change::put(job.recorded(&value, Status::Ready));
        match job.append(Record::changes(vec![change])).await {
            Ok(()) => Outcome::done(Some(value)),
            Err(error) => Outcome::failed(error),
        }
    })
}

/// Deletes the thing; with `deposed`, an object that was replaced.
pub(crate) fn delete(
    job: Job,
    prior: Value,
    deposed: Option<String>,
) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let op = format!("delete:{}", job.token);
        if job.resource_type.effect() == Effect::External {
            let begin = job.begin(&op, OperationAction::Delete, (None, Some(&prior)));
            if let Err(error) = job.append(begin).await {
                return Outcome::failed(error);
            }
        }
        let request = DeleteRequest {
            address: job.address.clone(),
            prior: prior.clone(),
            snapshot: job.snapshot,
            report: job.report.clone(),
            timeout: job.timeout,
        };
        match job.resource_type.delete(&job.connection, request).await {
            Ok(()) => {
                let change = job.removal(deposed.as_deref());
                match job.append(job.conclusion(&op, change)).await {
                    Ok(()) => Outcome::done(None),
                    Err(error) => Outcome::failed(error),
                }
            }
            Err(error) => job.give_up(&op, error.leaving(prior)).await,
        }
    })
}

/// Takes a record out of the state without touching the thing.
pub(crate) fn forget(store: Arc<Store>, address: String) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let record = Record::changes(vec![Change::RemoveInstance(address)]);
        match store.append(record).await {
            Ok(()) => Outcome::done(None),
            Err(error) => Outcome::failed(journal_failed(&error)),
        }
    })
}

impl Job {
    fn begin(
        &self,
        op: &str,
        action: OperationAction,
        (planned, prior): (Option<&Value>, Option<&Value>),
    ) -> Record {
        let schema = self.resource_type.schema();
        let json = |value: Option<&Value>| {
            value.map_or(serde_json::Value::Null, |value| record::write(schema, value).0)
        };
        Record::begin(Begin {
            op: op.to_owned(),
            token: self.token.clone(),
            address: self.address.clone(),
            deposed: None,
            action,
            type_name: self.resource_type.name().to_owned(),
            provider: self.skeleton.provider.clone(),
            region: self.skeleton.region.clone(),
            planned: json(planned),
            prior: json(prior),
            context: serde_json::to_value(&self.skeleton).unwrap_or_default(),
        })
    }

    async fn append(&self, record: Record) -> Result<(), OperationError> {
        self.store.append(record).await.map_err(|error| journal_failed(&error))
    }

    async fn find(&self, planned: &Value) -> Result<Option<Value>, OperationError> {
        let request = FindRequest {
            address: self.address.clone(),
            token: self.token.clone(),
            planned: planned.clone(),
            steps: self.steps_done(),
        };
        let Some(found) = self.resource_type.find(&self.connection, request).await? else {
            return Ok(None);
        };
        let (address, token) = (self.address.clone(), self.token.clone());
        let claim = ClaimRequest { address, token, planned: planned.clone(), found };
        self.resource_type.claim(&self.connection, claim).await.map(Some)
    }

    /// The steps that an interrupted run of this operation recorded.
    fn steps_done(&self) -> Vec<String> {
        let pending = self.store.pending().into_iter().find(|p| p.begin.token == self.token);
        pending.map_or_else(Vec::new, |p| p.steps.into_iter().map(|step| step.name).collect())
    }

    async fn conclude_create(&self, op: &str, result: Result<Value, OperationError>) -> Outcome {
        match result {
            Ok(value) => self.commit(op, value, self.made()).await,
            Err(error) => match error.state.clone() {
                Some(value) => {
                    let status = if error.whole { self.made() } else { Status::Tainted };
                    let mut outcome = self.commit(op, value, status).await;
                    outcome.failure = Some(error);
                    outcome
                }
                None if error.nothing_made => self.give_up(op, error).await,
                // What it made, if anything, is looked for by the next run.
                None => Outcome::failed(error),
            },
        }
    }

    /// What a finished creation is recorded as.
    fn made(&self) -> Status {
        if self.provisioned_later { Status::Tainted } else { Status::Ready }
    }

    async fn commit(&self, op: &str, value: Value, status: Status) -> Outcome {
        let instance = self.recorded(&value, status);
        match self.append(self.conclusion(op, Change::put(instance))).await {
            Ok(()) => Outcome::done(Some(value)),
            Err(error) => Outcome::failed(error.leaving(value)),
        }
    }

    /// The record of a value, beside what is deposed.
    fn recorded(&self, value: &Value, status: Status) -> InstanceState {
        let (attributes, sensitive) = record::write(self.resource_type.schema(), value);
        let deposed = self.store.instance(&self.address).map(|now| now.deposed.clone());
        InstanceState {
            attributes,
            sensitive,
            status,
            deposed: deposed.unwrap_or_default(),
            ..self.skeleton.clone()
        }
    }

    /// Ends an operation; what lives in the state alone was never announced.
    fn conclusion(&self, op: &str, change: Change) -> Record {
        match self.resource_type.effect() {
            Effect::External => Record::commit(op, vec![change]),
            Effect::StateOnly => Record::changes(vec![change]),
        }
    }

    async fn give_up(&self, op: &str, error: OperationError) -> Outcome {
        let reason = error.diagnostic.summary.clone();
        if self.resource_type.effect() == Effect::External
            && let Err(failed) = self.append(Record::abort(op, reason)).await
        {
            return Outcome::failed(failed);
        }
        Outcome::failed(error)
    }

    /// What a finished deletion changes: a deposed object goes, or the whole instance.
    fn removal(&self, deposed: Option<&str>) -> Change {
        let now = self.store.instance(&self.address);
        match (deposed, now) {
            (Some(key), Some(now)) => {
                let mut instance = (*now).clone();
                instance.deposed.retain(|object| object.key != key);
                if instance.has_current() || !instance.deposed.is_empty() {
                    Change::put(instance)
                } else {
                    Change::RemoveInstance(self.address.clone())
                }
            }
            (None, Some(now)) if !now.deposed.is_empty() => {
                let mut instance = (*now).clone();
                instance.attributes = serde_json::Value::Null;
                Change::put(instance)
            }
            _ => Change::RemoveInstance(self.address.clone()),
        }
    }

    fn recorder(&self, op: &str) -> Arc<dyn StepRecorder> {
        Arc::new(Steps {
            store: self.store.clone(),
            op: op.to_owned(),
            resource_type: self.resource_type.clone(),
        })
    }
}

/// Writes the steps of one operation to the journal.
struct Steps {
    store: Arc<Store>,
    op: String,
    resource_type: Arc<dyn ResourceType>,
}

impl StepRecorder for Steps {
    fn record<'a>(
        &'a self,
        step: &'a str,
        attributes: &'a Value,
    ) -> Future<'a, Result<(), OperationError>> {
        Box::pin(async move {
            let (json, _) = record::write(self.resource_type.schema(), attributes);
            let record = Record::step(self.op.clone(), step, json);
            self.store.append(record).await.map_err(|error| journal_failed(&error))
        })
    }
}

/// A state that cannot be written stops everything.
pub(crate) fn journal_failed(error: &StateError) -> OperationError {
    let mut diagnostic = Diagnostic::error(error.summary(), error.to_string());
    diagnostic.hints = error.hints();
    OperationError::from(diagnostic)
}
