//! Who may do what where: permission targets, in both spellings of the REST API.

pub mod matcher;
pub mod wire;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// What a person or a machine does to an artifact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Downloads and lists.
    Read,
    /// Sets properties.
    Annotate,
    /// Uploads.
    Write,
    /// Deletes, and overwrites.
    Delete,
    /// Changes permissions and runs maintenance.
    Manage,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 5] =
        [Self::Read, Self::Annotate, Self::Write, Self::Delete, Self::Manage];

    /// The letter of the first API: `r w n d m`.
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Read => "r",
            Self::Annotate => "n",
            Self::Write => "w",
            Self::Delete => "d",
            Self::Manage => "m",
        }
    }

    /// The word of the second API.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Annotate => "annotate",
            Self::Write => "write",
            Self::Delete => "delete",
            Self::Manage => "manage",
        }
    }

    /// Reads a letter or a word, of either API.
    pub fn parse(text: &str) -> Result<Self, PermissionError> {
        let known = |action: &Self| action.letter() == text || action.word() == text;
        // "deploy" and "admin" are what older clients call write and manage.
        match text {
            "deploy" => Ok(Self::Write),
            "admin" => Ok(Self::Manage),
            _ => Self::ALL
                .into_iter()
                .find(known)
                .ok_or_else(|| PermissionError::Action { text: text.to_owned() }),
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of actions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ActionSet(u8);

impl ActionSet {
    /// No action.
    pub const EMPTY: Self = Self(0);
    /// Every action.
    pub const ALL: Self = Self(0b1_1111);

    /// This set and one more.
    #[must_use]
    pub const fn with(self, action: Action) -> Self {
        Self(self.0 | action.bit())
    }

    /// Both sets together.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the action is in the set.
    pub const fn contains(self, action: Action) -> bool {
        self.0 & action.bit() != 0
    }

    /// Whether no action is in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The actions, in the order of [`Action::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Action> {
        Action::ALL.into_iter().filter(move |action| self.contains(*action))
    }
}

impl FromIterator<Action> for ActionSet {
    fn from_iter<I: IntoIterator<Item = Action>>(actions: I) -> Self {
        actions.into_iter().fold(Self::EMPTY, Self::with)
    }
}

/// Repositories and paths, and what users and groups may do there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PermissionTarget {
    /// The name that the REST API addresses it by.
    pub name: String,
    /// Repository keys, or `ANY`, `ANY LOCAL`, `ANY REMOTE`.
    pub repositories: Vec<String>,
    /// Patterns of paths; none means every path.
    pub includes: Vec<String>,
    /// Patterns of paths to leave out.
    pub excludes: Vec<String>,
    /// What each user may do.
    pub users: IndexMap<String, ActionSet>,
    /// What each group's members may do.
    pub groups: IndexMap<String, ActionSet>,
}

/// Why a permission target was refused.
#[derive(Debug, thiserror::Error)]
pub enum PermissionError {
    /// A field has the wrong type.
    #[error("The permission target could not be read: {0}.")]
    Field(#[from] serde_json::Error),
    /// A target without a name.
    #[error("The permission target has no name. Give it one.")]
    NameMissing,
    /// The URL and the body name two targets.
    #[error(
        "The URL names the permission target \"{url}\", but the body has the name \"{body}\". Make them equal."
    )]
    NameMismatch { url: String, body: String },
    /// A letter or word that is no action.
    #[error(
        "{text:?} is no action. Use r (read), w (write), n (annotate), d (delete) or m (manage)."
    )]
    Action { text: String },
}
