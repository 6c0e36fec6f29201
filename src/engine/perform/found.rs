//! Writes down what planning found out, before anything else is done.

use std::sync::Arc;

use diagnostics::Diagnostic;
use lang::Value;
use plan::Action;
use state::{Change, InstanceState, Mode, Record, StateError, Store};

use crate::events::{Event, ImportStage};
use crate::operation;
use crate::record;
use crate::walk::Run;

impl Run {
    /// Writes down what planning found out: how interrupted operations ended, what moved, what the
    /// world changed, and how unchanged instances are now referred to.
    pub(crate) async fn record_what_was_found(
        &mut self,
        store: &Arc<Store>,
    ) -> Result<(), Diagnostic> {
        let failed = |error: StateError| *operation::journal_failed(&error).diagnostic;
        for mut resolution in std::mem::take(&mut self.resolutions) {
            self.claim(&mut resolution).await.map_err(|error| *error.diagnostic)?;
            store.append(resolution.record()).await.map_err(failed)?;
        }
        let mut changes = self.moves();
        changes.extend(self.data_changes(store));
        for (address, prior) in &self.prior.instances {
            if prior.state.mode == Mode::Data {
                continue;
            }
            let Some(planned) = self.by_address.get(address).map(|i| &self.instances[*i]) else {
                continue;
            };
            let action = planned.change.action;
            let changes_anyway = action.is_replacement()
                || matches!(action, Action::Update | Action::Delete | Action::Forget);
            let left_alone = !planned.selected || prior.unread.is_some();
            let imported = prior.imported.is_some() && planned.selected;
            if prior.recorded.is_none() || left_alone || (changes_anyway && !imported) {
                continue;
            }
            match &prior.current {
                None if prior.state.deposed.is_empty() => {
                    changes.push(Change::RemoveInstance(address.clone()));
                }
                // What it replaced is there still. A moved one is read once more at its new address.
                None if prior.previous.is_some() => {}
                None => changes.push(Change::put(InstanceState {
                    attributes: serde_json::Value::Null,
                    sensitive: Vec::new(),
                    ..(*prior.state).clone()
                })),
                Some(current) => changes.extend(self.refreshed(address, current, store)),
            }
        }
        if changes.is_empty() {
            return Ok(());
        }
        store.append(Record::changes(changes)).await.map_err(failed)
    }

    /// The data sources that were read, and those that are no longer declared.
    fn data_changes(&mut self, store: &Store) -> Vec<Change> {
        let read = std::mem::take(&mut self.data).into_iter().map(|(state, _)| state);
        let new = read.filter(|state| store.instance(&state.address).as_deref() != Some(state));
        let mut changes: Vec<Change> = new.map(Change::put).collect();
        if !self.is_destroying() {
            let recorded = self.prior.instances.iter();
            let gone = recorded.filter(|(address, prior)| {
                let declared = self.declared.contains(*address) || self.is_skipped(address);
                prior.state.mode == Mode::Data && !declared
            });
            changes.extend(gone.map(|(address, _)| Change::RemoveInstance(address.clone())));
        }
        changes
    }

    /// Tells of what is imported, which is recorded before anything else happens; how many there are.
    pub(crate) fn tell_imports(&self, stage: ImportStage) -> usize {
        let imports = self.instances.iter().filter(|instance| instance.selected);
        let imports = imports.filter_map(|it| Some((it, it.change.importing.as_ref()?)));
        let mut count = 0;
        for (instance, import) in imports {
            count += 1;
            let (address, id) = (instance.address.clone(), import.id.clone());
            self.events.send(Event::Import { address, id, stage });
        }
        count
    }

    /// The new record of an instance to which apply does nothing, where it differs from the old one.
    fn refreshed(&self, address: &str, current: &Value, store: &Store) -> Option<Change> {
        let i = *self.by_address.get(address)?;
        let resource_type = self.type_of(i)?;
        let (attributes, sensitive) = record::write(resource_type.schema(), current);
        let now = store.instance(address);
        let old = now.as_deref().unwrap_or(&self.prior.instances.get(address)?.state);
        let mut new =
            InstanceState { attributes, sensitive, ..self.skeleton(i, resource_type.schema()) };
        new.status.clone_from(&old.status);
        new.deposed.clone_from(&old.deposed);
        new.private.clone_from(&old.private);
        if self.instances[i].spot.is_none() {
            new.on_destroy.clone_from(&old.on_destroy);
            new.dependencies.clone_from(&old.dependencies);
        }
        (new != *old).then(|| Change::put(new))
    }

    fn moves(&self) -> Vec<Change> {
        let moved = self.prior.instances.iter().filter_map(|(to, prior)| {
            let from = prior.previous.clone()?;
            let address: lang::ResourceAddress = to.parse().ok()?;
            let index = address.key.as_ref().map(record::key);
            Some(Change::MoveInstance(Box::new(state::Move {
                from,
                to: to.clone(),
                module: address.module.to_string(),
                type_name: address.type_name.to_string(),
                name: address.name.to_string(),
                index,
            })))
        });
        moved.collect()
    }
}
