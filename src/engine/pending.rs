//! What an interrupted run left undecided: each begun create is looked for, then adopted or given up.

use std::sync::Arc;

use diagnostics::Diagnostic;
use provider::{ClaimRequest, Connection, FindRequest, OperationError};
use state::{Begin, InstanceState, OperationAction, PendingOperation, Record, Status};

use crate::events::Event;
use crate::prior::PriorInstance;
use crate::record;
use crate::walk::Run;

/// What apply has to write down about an operation that an interrupted run left.
#[derive(Clone, Debug)]
pub(crate) enum Resolution {
    /// It had made this.
    Adopted { op: String, instance: Arc<InstanceState>, claim: ClaimRequest },
    /// It had made nothing, or reading tells all there is to know.
    Closed { op: String, reason: &'static str },
}

impl Resolution {
    pub(crate) fn record(&self) -> Record {
        match self {
            Self::Adopted { op, instance, .. } => {
                Record::commit(op.clone(), vec![state::Change::put(instance.clone())])
            }
            Self::Closed { op, reason } => Record::abort(op.clone(), *reason),
        }
    }
}

impl Run {
    /// Decides what can be decided now; the rest stays pending and is looked for again before it is made.
    pub(crate) async fn adopt_pending(&mut self, provider: &str, connection: &Connection) {
        let ours: Vec<PendingOperation> =
            self.pending.values().filter(|p| p.begin.provider == provider).cloned().collect();
        for pending in ours {
            let begin = &pending.begin;
            if begin.action != OperationAction::Create {
                self.close(begin, "reading tells how it ended");
                continue;
            }
            match self.find(&pending, connection).await {
                Some(Ok(Some(value))) => self.adopt(&pending, value),
                Some(Ok(None)) => self.close(begin, "it had made nothing"),
                Some(Err(diagnostic)) => {
                    let mut warning = *diagnostic;
                    warning.severity = diagnostics::Severity::Warning;
                    self.diagnostics.push(warning.on(&begin.address));
                }
                None => {}
            }
        }
    }

    /// Finishes what is adopted, before it is recorded.
    pub(crate) async fn claim(&self, resolution: &mut Resolution) -> Result<(), OperationError> {
        let Resolution::Adopted { instance, claim, .. } = resolution else { return Ok(()) };
        let found = self.registry.resource_type(&instance.type_name);
        if let Some(((_, resource_type), connection)) =
            found.zip(self.connections.get(&instance.provider))
        {
            let limit = self.limits.of(&instance.provider, instance.region.as_deref());
            let value = limit.run(resource_type.claim(connection, claim.clone())).await?;
            let instance = Arc::make_mut(instance);
            (instance.attributes, instance.sensitive) =
                record::write(resource_type.schema(), &value);
        }
        Ok(())
    }

    fn close(&mut self, begin: &Begin, reason: &'static str) {
        self.pending.remove(&begin.address);
        self.resolutions.push(Resolution::Closed { op: begin.op.clone(), reason });
    }

    async fn find(
        &self,
        pending: &PendingOperation,
        connection: &Connection,
    ) -> Option<Result<Option<lang::Value>, Box<Diagnostic>>> {
        let begin = &pending.begin;
        let (_, resource_type) = self.registry.resource_type(&begin.type_name)?;
        let planned = record::read(resource_type.schema(), &begin.planned, &[]).ok()?;
        let request = FindRequest {
            address: begin.address.clone(),
            token: begin.token.clone(),
            planned,
            steps: pending.steps.iter().map(|step| step.name.clone()).collect(),
        };
        let limit = self.limits.of(&begin.provider, begin.region.as_deref());
        let found = limit.run(resource_type.find(connection, request)).await;
        Some(found.map_err(|error| error.diagnostic))
    }

    fn adopt(&mut self, pending: &PendingOperation, value: lang::Value) {
        let begin = &pending.begin;
        let Some((_, resource_type)) = self.registry.resource_type(&begin.type_name) else {
            return;
        };
        let schema = resource_type.schema();
        let (attributes, sensitive) = record::write(schema, &value);
        let planned = record::read(schema, &begin.planned, &[]).unwrap_or_else(|_| value.clone());
        // The context is the record as it would have been, without attributes.
        let skeleton: Option<InstanceState> = serde_json::from_value(begin.context.clone()).ok();
        let mut state = skeleton.unwrap_or_else(|| InstanceState {
            address: begin.address.clone(),
            type_name: begin.type_name.clone(),
            provider: begin.provider.clone(),
            region: begin.region.clone(),
            ..InstanceState::default()
        });
        state.attributes = attributes;
        state.sensitive = sensitive;
        state.status = Status::Ready;
        if let Some(recorded) = self.prior.instances.get(&begin.address) {
            // What it replaces waits to be destroyed.
            state.deposed.clone_from(&recorded.state.deposed);
        }
        let state = Arc::new(state);
        self.pending.remove(&begin.address);
        let claim = ClaimRequest {
            address: begin.address.clone(),
            token: begin.token.clone(),
            planned,
            found: value.clone(),
        };
        let (op, adopted) = (begin.op.clone(), state.clone());
        self.resolutions.push(Resolution::Adopted { op, instance: adopted, claim });
        let instance = PriorInstance {
            state,
            recorded: Some(value.clone()),
            current: Some(value),
            unread: None,
            previous: None,
            imported: None,
        };
        self.prior.instances.insert(begin.address.clone(), instance);
        self.events.send(Event::Adopted { address: begin.address.clone() });
    }
}
