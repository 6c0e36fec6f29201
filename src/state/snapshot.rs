//! The state as a value: outputs and instances under one lineage and serial, and how changes alter it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::record::Move;
use crate::{Change, InstanceState, OutputState, StateError};

/// The version of `state.json` and of the journal that this program writes.
pub const FORMAT_VERSION: u64 = 1;

/// Everything that was applied, at one moment.
///
/// A clone shares the instances and costs one pointer and one key for each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Always [`FORMAT_VERSION`] in memory.
    pub format_version: u64,
    /// The name of the stack.
    pub stack: String,
    /// Random; the same for all snapshots that followed from one first apply.
    pub lineage: String,
    /// Counts the snapshots that differ; 0 before the first.
    pub serial: u64,
    /// The last record of the journal that is folded into this snapshot; records count from 1.
    #[serde(default)]
    pub sequence: u64,
    /// Outputs of the root module by name.
    #[serde(default)]
    pub outputs: BTreeMap<String, OutputState>,
    /// Results of checks, as in plan JSON.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub check_results: Vec<Value>,
    /// Instances by address.
    pub instances: BTreeMap<String, Arc<InstanceState>>,
}

impl Snapshot {
    /// The state of a stack to which nothing was ever applied, with a new random lineage.
    pub fn new(stack: impl Into<String>) -> Self {
        Self {
            format_version: FORMAT_VERSION,
            stack: stack.into(),
            lineage: uuid::Uuid::new_v4().to_string(),
            serial: 0,
            sequence: 0,
            outputs: BTreeMap::new(),
            check_results: Vec::new(),
            instances: BTreeMap::new(),
        }
    }

    /// Whether nothing is managed and nothing is output.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.instances.is_empty() && self.outputs.is_empty()
    }

    /// The instance at an address.
    #[must_use]
    pub fn instance(&self, address: &str) -> Option<&Arc<InstanceState>> {
        self.instances.get(address)
    }

    /// Checks that a list of changes can be made, one after the other, without making any.
    ///
    /// # Errors
    /// [`StateError::BadChange`] when a move starts at no instance or ends at one.
    pub fn check(&self, changes: &[Change]) -> Result<(), StateError> {
        // Only moves can fail; most commits have none and pay nothing here.
        if !changes.iter().any(|change| matches!(change, Change::MoveInstance(_))) {
            return Ok(());
        }
        let mut present: BTreeMap<&str, bool> = BTreeMap::new();
        for change in changes {
            match change {
                Change::PutInstance(instance) => {
                    present.insert(&instance.address, true);
                }
                Change::RemoveInstance(address) => {
                    present.insert(address, false);
                }
                Change::MoveInstance(step) => {
                    let there = |address: &str| {
                        let known = present.get(address).copied();
                        known.unwrap_or_else(|| self.instances.contains_key(address))
                    };
                    check_move(step, there(&step.from), there(&step.to))?;
                    present.insert(&step.from, false);
                    present.insert(&step.to, true);
                }
                Change::PutOutput { .. } | Change::RemoveOutput(_) | Change::PutCheckResults(_) => {
                }
            }
        }
        Ok(())
    }

    /// Makes one change and says whether anything is different now.
    ///
    /// # Errors
    /// As [`Snapshot::check`]; nothing is changed then.
    pub fn apply(&mut self, change: &Change) -> Result<bool, StateError> {
        Ok(match change {
            Change::PutInstance(instance) => self.put(instance),
            Change::RemoveInstance(address) => self.instances.remove(address).is_some(),
            Change::MoveInstance(step) => self.rename(step)?,
            Change::PutOutput { name, output } => {
                let differs = self.outputs.get(name) != Some(output);
                self.outputs.insert(name.clone(), output.clone());
                differs
            }
            Change::RemoveOutput(name) => self.outputs.remove(name).is_some(),
            Change::PutCheckResults(results) => {
                let differs = self.check_results != *results;
                self.check_results.clone_from(results);
                differs
            }
        })
    }

    fn put(&mut self, instance: &Arc<InstanceState>) -> bool {
        let before = self.instances.insert(instance.address.clone(), Arc::clone(instance));
        before.as_ref() != Some(instance)
    }

    fn rename(&mut self, step: &Move) -> Result<bool, StateError> {
        let has = |address: &str| self.instances.contains_key(address);
        check_move(step, has(&step.from), has(&step.to))?;
        let Some(mut instance) = self.instances.remove(&step.from) else { return Ok(false) };
        let moved = Arc::make_mut(&mut instance);
        let deposed = moved.deposed.iter_mut().map(|object| &mut object.made_at);
        for made_at in deposed.chain([&mut moved.made_at]) {
            let origin = made_at.take().unwrap_or_else(|| step.from.clone());
            *made_at = Some(origin).filter(|origin| *origin != step.to);
        }
        moved.address.clone_from(&step.to);
        moved.module.clone_from(&step.module);
        moved.type_name.clone_from(&step.type_name);
        moved.name.clone_from(&step.name);
        moved.index.clone_from(&step.index);
        self.instances.insert(step.to.clone(), instance);
        Ok(true)
    }
}

fn check_move(step: &Move, from_there: bool, to_there: bool) -> Result<(), StateError> {
    let reason = match (from_there, to_there) {
        (true, false) => return Ok(()),
        (false, _) => format!("there is no instance at \"{}\"", step.from),
        (true, true) => format!("there is an instance at \"{}\" already", step.to),
    };
    Err(StateError::BadChange {
        reason: format!("cannot move \"{}\" to \"{}\": {reason}", step.from, step.to),
    })
}
