//! What a journal consists of: operations that begin, go on by steps, and end by a commit or an abort.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{InstanceState, OutputState};

/// What an operation does to the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationAction {
    /// Makes a new thing; after a crash the token finds it.
    Create,
    /// Reads a data source.
    Read,
    /// Changes a thing in place.
    Update,
    /// Deletes a thing; not found counts as done.
    Delete,
    /// Takes over a thing that exists, by its id.
    Import,
}

/// The intent, durable before the effect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Begin {
    /// Names the operation; unique among the operations under way.
    pub op: String,
    /// Goes to the provider (ClientToken, name, tag), so that what was made can be found again.
    pub token: String,
    /// The address of the instance.
    pub address: String,
    /// The deposed object that is meant, if not the current one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deposed: Option<String>,
    /// What is done.
    pub action: OperationAction,
    /// The type, as `aws_lb`.
    #[serde(rename = "type")]
    pub type_name: String,
    /// The provider's name, as [`InstanceState::provider`].
    pub provider: String,
    /// The region, for types that have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The attributes that the operation is to bring about; `null` for a delete.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub planned: Value,
    /// The attributes before; `null` for a create.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub prior: Value,
    /// Whatever else the engine needs to go on after a crash (dependencies, lifecycle, ...).
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub context: Value,
}

/// One finished step of a composite operation: also "accepted, and this is its id".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepDone {
    /// The operation, which must be under way.
    pub op: String,
    /// The step, in the words of the type: `accepted`, `versioning`, `policy`.
    pub name: String,
    /// The attributes known after the step.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub attributes: Value,
}

/// Ends an operation and says what it changed; without an operation, only changes the state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Commit {
    /// The operation that ends; `None` for changes that had no effect outside (mv, rm, taint, outputs).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub op: Option<String>,
    /// Made together: after a crash all of them are there or none.
    pub changes: Vec<Change>,
}

/// Ends an operation that made nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Abort {
    /// The operation that ends.
    pub op: String,
    /// Why, for the person who reads the journal.
    pub reason: String,
}

/// One change of the state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Records the instance under its address, in the place of what was there.
    PutInstance(Arc<InstanceState>),
    /// Forgets the instance; nothing happens when there is none.
    RemoveInstance(String),
    /// Gives the instance another address, and with it the parts of the address.
    MoveInstance(Box<Move>),
    /// Records an output.
    PutOutput {
        /// Its name.
        name: String,
        /// Its value.
        output: OutputState,
    },
    /// Forgets an output; nothing happens when there is none.
    RemoveOutput(String),
    /// Replaces the results of all checks.
    PutCheckResults(Vec<Value>),
}

/// Where an instance goes. The parts of the new address are given because state cannot parse addresses.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Move {
    /// The address where the instance is.
    pub from: String,
    /// The address where it will be; must be free.
    pub to: String,
    /// The new module instance, empty for the root.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub module: String,
    /// The new type.
    #[serde(rename = "type")]
    pub type_name: String,
    /// The new name.
    pub name: String,
    /// The new instance key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<Value>,
}

impl Change {
    /// A [`Change::PutInstance`] of an owned or shared instance.
    pub fn put(instance: impl Into<Arc<InstanceState>>) -> Self {
        Self::PutInstance(instance.into())
    }
}

/// One record of the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// An operation is about to have effects.
    Begin(Box<Begin>),
    /// A part of an operation is done.
    Step(StepDone),
    /// An operation is done, or the state changes without one.
    Commit(Commit),
    /// An operation made nothing.
    Abort(Abort),
}

impl Record {
    /// A begin.
    #[must_use]
    pub fn begin(begin: Begin) -> Self {
        Self::Begin(Box::new(begin))
    }

    /// A finished step of an operation.
    pub fn step(op: impl Into<String>, name: impl Into<String>, attributes: Value) -> Self {
        Self::Step(StepDone { op: op.into(), name: name.into(), attributes })
    }

    /// The end of an operation with what it changed.
    pub fn commit(op: impl Into<String>, changes: Vec<Change>) -> Self {
        Self::Commit(Commit { op: Some(op.into()), changes })
    }

    /// Changes that no operation made: moves, removals, taint, outputs.
    #[must_use]
    pub fn changes(changes: Vec<Change>) -> Self {
        Self::Commit(Commit { op: None, changes })
    }

    /// The end of an operation that made nothing.
    pub fn abort(op: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Abort(Abort { op: op.into(), reason: reason.into() })
    }
}

/// A begin without commit or abort: a crash, or an operation under way.
#[derive(Clone, Debug, PartialEq)]
pub struct PendingOperation {
    /// What was intended.
    pub begin: Begin,
    /// What is known to be done, in order.
    pub steps: Vec<StepDone>,
}
