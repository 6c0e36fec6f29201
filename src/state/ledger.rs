//! State as records alter it: the one place where live appends and replay meet.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::{Commit, PendingOperation, Record, Snapshot, StateError};

/// A snapshot and the operations under way.
#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    /// Its serial is one above the stored one as soon as anything differs from what is stored.
    pub(crate) snapshot: Arc<Snapshot>,
    /// Whether anything differs from the snapshot that is stored.
    pub(crate) changed: bool,
    pending: Pending,
}

impl Ledger {
    pub(crate) fn new(snapshot: Snapshot) -> Self {
        Self { snapshot: Arc::new(snapshot), changed: false, pending: Pending::default() }
    }

    /// Operations under way in order of their begin.
    pub(crate) fn pending(&self) -> impl Iterator<Item = &PendingOperation> {
        self.pending.operations.values()
    }

    /// Whether [`Ledger::apply`] will succeed.
    pub(crate) fn check(&self, record: &Record) -> Result<(), StateError> {
        match record {
            Record::Begin(begin) => self.pending.check_new(&begin.op),
            Record::Step(step) => self.pending.check_known(&step.op),
            Record::Abort(abort) => self.pending.check_known(&abort.op),
            Record::Commit(commit) => {
                commit.op.as_deref().map_or(Ok(()), |op| self.pending.check_known(op))?;
                self.snapshot.check(&commit.changes)
            }
        }
    }

    /// Applies a record that passed [`Ledger::check`].
    pub(crate) fn apply(&mut self, record: &Record, sequence: u64) -> Result<(), StateError> {
        self.track(record, sequence);
        if let Record::Commit(commit) = record {
            self.change(commit, sequence)?;
        }
        Ok(())
    }

    /// Follows only which operations are under way, for records whose changes are in the snapshot already.
    pub(crate) fn track(&mut self, record: &Record, sequence: u64) {
        match record {
            Record::Begin(begin) => {
                let operation = PendingOperation { begin: (**begin).clone(), steps: Vec::new() };
                self.pending.insert(sequence, operation);
            }
            Record::Step(step) => {
                if let Some(operation) = self.pending.get_mut(&step.op) {
                    operation.steps.push(step.clone());
                }
            }
            Record::Abort(abort) => self.pending.remove(&abort.op),
            Record::Commit(Commit { op: Some(op), .. }) => self.pending.remove(op),
            Record::Commit(Commit { op: None, .. }) => {}
        }
    }

    fn change(&mut self, commit: &Commit, sequence: u64) -> Result<(), StateError> {
        if commit.changes.is_empty() {
            return Ok(());
        }
        let snapshot = Arc::make_mut(&mut self.snapshot);
        let mut differs = false;
        for change in &commit.changes {
            differs |= snapshot.apply(change)?;
        }
        if differs {
            snapshot.sequence = sequence;
            snapshot.serial += u64::from(!self.changed);
            self.changed = true;
        }
        Ok(())
    }
}

/// Operations by the sequence of their begin, and that by their name.
#[derive(Clone, Debug, Default)]
struct Pending {
    operations: BTreeMap<u64, PendingOperation>,
    begins: HashMap<String, u64>,
}

impl Pending {
    fn check_new(&self, op: &str) -> Result<(), StateError> {
        if self.begins.contains_key(op) {
            return Err(bad(&format!("the operation \"{op}\" is under way already")));
        }
        Ok(())
    }

    fn check_known(&self, op: &str) -> Result<(), StateError> {
        if self.begins.contains_key(op) {
            return Ok(());
        }
        Err(bad(&format!("the operation \"{op}\" is not under way")))
    }

    fn insert(&mut self, sequence: u64, operation: PendingOperation) {
        self.begins.insert(operation.begin.op.clone(), sequence);
        self.operations.insert(sequence, operation);
    }

    fn get_mut(&mut self, op: &str) -> Option<&mut PendingOperation> {
        self.operations.get_mut(self.begins.get(op)?)
    }

    fn remove(&mut self, op: &str) {
        if let Some(sequence) = self.begins.remove(op) {
            self.operations.remove(&sequence);
        }
    }
}

fn bad(reason: &str) -> StateError {
    StateError::BadChange { reason: reason.into() }
}
