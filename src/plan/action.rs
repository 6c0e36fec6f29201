//! What is done to an instance, and why.

use serde::{Deserialize, Serialize};

/// What apply does to an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    NoOp,
    Create,
    /// Reads a data source during apply.
    Read,
    Update,
    DeleteThenCreate,
    CreateThenDelete,
    Delete,
    /// Leaves the state without being destroyed.
    Forget,
    /// What it lives on is down: read and planned again by apply when that is back.
    ReadAgain,
}

impl Action {
    /// The list that Terraform's plan JSON holds for it.
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Self::NoOp | Self::ReadAgain => &["no-op"],
            Self::Create => &["create"],
            Self::Read => &["read"],
            Self::Update => &["update"],
            Self::DeleteThenCreate => &["delete", "create"],
            Self::CreateThenDelete => &["create", "delete"],
            Self::Delete => &["delete"],
            Self::Forget => &["forget"],
        }
    }

    pub fn is_replacement(self) -> bool {
        matches!(self, Self::DeleteThenCreate | Self::CreateThenDelete)
    }

    /// Tells whether the object that is there now ceases to exist.
    pub fn destroys(self) -> bool {
        self == Self::Delete || self.is_replacement()
    }

    /// Tells whether an object is there after it that was not there before.
    pub fn creates(self) -> bool {
        self == Self::Create || self.is_replacement()
    }
}

/// Why this action, where the difference between before and after does not say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    ReplaceBecauseTainted,
    ReplaceBecauseCannotUpdate,
    ReplaceByRequest,
    ReplaceByTriggers,
    DeleteBecauseNoResourceConfig,
    DeleteBecauseWrongRepetition,
    DeleteBecauseCountIndex,
    DeleteBecauseEachKey,
    DeleteBecauseNoModule,
    DeleteBecauseNoMoveTarget,
    ReadBecauseConfigUnknown,
    ReadBecauseDependencyPending,
    ReadBecauseCheckNested,
}
