//! Provisioners: what runs after a thing is created and before it is destroyed.
//!
//! A creation with provisioners is recorded as tainted until the last of them has succeeded, so that a run which is
//! killed in between makes the thing anew. Nothing of them is kept in plan or state.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use config::{OnFailure, When};
use diagnostics::{Diagnostic, Diagnostics, Span, did_you_mean};
use futures::future::FutureExt;
use lang::{Key, Marks, ResourceAddress, Value};
use provider::{OperationError, ProvisionRequest, Provisioner, ResourceType, Voice, decode};
use state::{Change, Record, Status, Store};

use crate::apply::{Completion, Executor, Work};
use crate::events::{Event, Events, ProvisionStage};
use crate::operation::journal_failed;
use crate::scope::ModuleScope;
use crate::tables::Repetition;
use crate::walk::{Run, Spot};

/// One provisioner of one instance, evaluated.
struct Provisioning {
    provisioner: Arc<dyn Provisioner>,
    config: Value,
    on_failure: OnFailure,
    span: Span,
}

/// The provisioners of one instance, in their order.
pub(crate) struct Provisionings {
    list: Vec<Provisioning>,
    address: String,
    folder: PathBuf,
    events: Events,
}

impl Provisionings {
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Runs one after the other, until one fails that may not.
    pub(crate) async fn run(self) -> Result<(), OperationError> {
        for provisioning in &self.list {
            let name = provisioning.provisioner.name();
            self.tell(name, ProvisionStage::Started);
            let voice = self.voice(provisioning);
            let Provisioning { provisioner, config, .. } = provisioning;
            let request = ProvisionRequest { config, folder: &self.folder, voice: &voice };
            let Err(error) = provisioner.run(request).await else {
                self.tell(name, ProvisionStage::Finished);
                continue;
            };
            self.tell(name, ProvisionStage::Failed);
            match provisioning.on_failure {
                OnFailure::Fail => return Err((*error).at(provisioning.span).into()),
                OnFailure::Continue => voice.say("failed, and goes on as on_failure says"),
            }
        }
        Ok(())
    }

    fn voice(&self, provisioning: &Provisioning) -> Voice {
        let (address, events) = (self.address.clone(), self.events.clone());
        let provisioner = provisioning.provisioner.name();
        let say = move |line: &str| {
            let stage = ProvisionStage::Said(line.to_owned());
            events.send(Event::Provision { address: address.clone(), provisioner, stage });
        };
        let marks = provisioning.config.deep_marks();
        let secret = if marks.contains(Marks::SENSITIVE) {
            Some("sensitive")
        } else {
            marks.contains(Marks::EPHEMERAL).then_some("ephemeral")
        };
        Voice::new(say, secret)
    }

    fn tell(&self, provisioner: &'static str, stage: ProvisionStage) {
        self.events.send(Event::Provision { address: self.address.clone(), provisioner, stage });
    }
}

impl Executor {
    /// Runs what is to run after a creation that took so long: also where nothing new is to be started, since the
    /// thing would have to be made anew without.
    pub(crate) fn start_provisioners(&mut self, step: usize, i: usize, before: Duration) {
        let provisionings = match self.run.creation_provisionings(i) {
            Ok(provisionings) => provisionings,
            Err(found) => return self.fail(step, found),
        };
        let (store, limit) = (self.store.clone(), self.limit_of(i));
        let address = provisionings.address.clone();
        let operation = async move {
            let slot = limit.slot().await;
            let ran = slot.run(provisionings.run()).await;
            let ended = match ran {
                Ok(()) => record_as_ready(&store, &address).await,
                failed => failed,
            };
            Completion::Provisioned(ended, before)
        };
        self.spawn(step, Work { limit: None, beginning: None, operation: operation.boxed() });
    }
}

async fn record_as_ready(store: &Store, address: &str) -> Result<(), OperationError> {
    let Some(now) = store.instance(address) else { return Ok(()) };
    let mut instance = (*now).clone();
    instance.status = Status::Ready;
    let record = Record::changes(vec![Change::put(instance)]);
    store.append(record).await.map_err(|error| journal_failed(&error))
}

impl Run {
    /// Finds mistakes in provisioners before anything is done: `self` has its type, and is not known.
    pub(crate) fn check_provisioners(
        &mut self,
        resource: &config::Resource,
        (spot, repetition): (Spot, &Repetition),
        resource_type: &dyn ResourceType,
    ) {
        if resource.provisioners.is_empty() {
            return;
        }
        let own = Value::unknown(resource_type.schema().object_type());
        let mut scope = self.scope(spot.0, spot.1, Some(repetition));
        scope.own = Some(&own);
        let found: Vec<Diagnostics> = resource
            .provisioners
            .iter()
            .filter_map(|block| self.provisioning(block, &scope).err())
            .collect();
        found.into_iter().for_each(|found| self.diagnostics.extend(found));
    }

    /// Tells whether anything runs after the creation of a planned instance.
    pub(crate) fn provisions(&self, i: usize) -> bool {
        let blocks = self.resource_of(i).map(|resource| &*resource.provisioners);
        let mut blocks = blocks.unwrap_or_default().iter();
        self.instances[i].change.action.creates() && blocks.any(|block| block.when == When::Create)
    }

    fn creation_provisionings(&self, i: usize) -> Result<Provisionings, Diagnostics> {
        let address = &self.instances[i].address;
        let (Some(resource), Some(spot)) = (self.resource_of(i), self.instances[i].spot) else {
            return Ok(self.all(address, Vec::new()));
        };
        let table = self.tables.resource(spot.0, spot.1);
        let repetition = table.map(|table| table.expansion.repetition(spot.2 as usize));
        let mut scope = self.scope(spot.0, spot.1, repetition.as_ref());
        scope.own = self.value_of(i);
        let list = self.evaluated(&resource.provisioners, When::Create, &scope);
        let list = list.map_err(|found| crate::resources::on_address(found, address))?;
        Ok(self.all(address, list))
    }

    /// What is to run before a planned instance is destroyed. Nothing runs for what is tainted or was deposed.
    pub(crate) fn destruction_provisionings(&self, i: usize) -> Result<Provisionings, Diagnostics> {
        let instance = &self.instances[i];
        let change = &instance.change;
        let tainted =
            instance.prior.as_ref().is_some_and(|prior| prior.state.status == Status::Tainted);
        let deposed = change.deposed.is_some() || change.action == plan::Action::CreateThenDelete;
        let Some(own) = change.before.as_ref().filter(|_| !tainted && !deposed) else {
            return Ok(self.all(&instance.address, Vec::new()));
        };
        let repetition = repetition(&change.address);
        let declared = self.block_of(&change.address);
        let declared = declared.map(|(resource, scope)| (&resource.provisioners, scope));
        let removed = || {
            let removed = self.removed_block(&change.address)?;
            // Nothing but the instance itself can be named, so that any module serves.
            Some((&removed.provisioners, crate::evaluated::root(self)))
        };
        let Some((blocks, scope)) = declared.or_else(removed) else {
            return Ok(self.all(&instance.address, Vec::new()));
        };
        let scope = ModuleScope { repetition: Some(&repetition), own: Some(own), ..scope };
        let list = self.evaluated(blocks, When::Destroy, &scope);
        let list = list.map_err(|found| crate::resources::on_address(found, &instance.address))?;
        Ok(self.all(&instance.address, list))
    }

    fn all(&self, address: &str, list: Vec<Provisioning>) -> Provisionings {
        let folder = self.surroundings.folder.clone();
        Provisionings { list, address: address.to_owned(), folder, events: self.events.clone() }
    }

    fn evaluated(
        &self,
        blocks: &[config::Provisioner],
        when: When,
        scope: &ModuleScope<'_>,
    ) -> Result<Vec<Provisioning>, Diagnostics> {
        let blocks = blocks.iter().filter(|block| block.when == when);
        blocks.map(|block| self.provisioning(block, scope)).collect()
    }

    fn provisioning(
        &self,
        block: &config::Provisioner,
        scope: &ModuleScope<'_>,
    ) -> Result<Provisioning, Diagnostics> {
        let Some(provisioner) = self.registry.provisioner(&block.type_name) else {
            return Err(unknown(block, &self.registry.provisioner_names()).into());
        };
        let config = decode::decode(&block.body, provisioner.schema(), scope)?;
        let span = Span { end: block.body.span.start + 1, ..block.body.span };
        let provisioner = provisioner.clone();
        Ok(Provisioning { provisioner, config, on_failure: block.on_failure, span })
    }
}

/// What `count` and `each` mean for what is recorded under an address.
fn repetition(address: &ResourceAddress) -> Repetition {
    match &address.key {
        None => Repetition::None,
        Some(Key::Int(index)) => Repetition::Count(Value::int(*index)),
        Some(Key::String(key)) => {
            let key = Value::string(key.clone());
            Repetition::Each(key.clone(), key)
        }
    }
}

fn unknown(block: &config::Provisioner, known: &[&str]) -> Diagnostic {
    let name = &block.type_name;
    let (detail, hint) = match &**name {
        "file" | "remote-exec" => (
            format!("The provisioner \"{name}\" logs in to a machine, which artiform never does."),
            "let the machine configure itself at its start, by user_data".to_owned(),
        ),
        _ => {
            let near = did_you_mean(name, known.iter().copied());
            let hint = near.map_or(format!("there is {}", known.join(", ")), |near| {
                format!("did you mean \"{near}\"?")
            });
            (
                format!(
                    "This configuration requires provisioner plugin \"{name}\", which isn't available."
                ),
                hint,
            )
        }
    };
    Diagnostic::error("Missing required provisioner plugin", detail).at(block.type_span).hint(hint)
}
