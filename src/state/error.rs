//! What can go wrong with state, and how to mend it.

use std::io;
use std::sync::Arc;

use crate::LockInfo;

/// Why state could not be opened, read or written. Cheap to clone, since a batch of appends shares one.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// The snapshot is empty, short or is not what it should be.
    #[error(
        "The state in {location} could not be read: {reason}. It was not taken for \"no state\"."
    )]
    SnapshotUnreadable {
        /// Where the snapshot is.
        location: String,
        /// What is wrong with it.
        reason: String,
        /// What is left to mend it with.
        recovery: Recovery,
    },
    /// There is no snapshot, but a journal or a backup.
    #[error(
        "The state in {location} is missing, but there is a journal or a backup of it, so this stack was \
         applied before. It was not taken for \"no state\"."
    )]
    SnapshotMissing {
        /// Where the snapshot should be.
        location: String,
        /// What is left to mend it with.
        recovery: Recovery,
    },
    /// The journal is damaged in a part that was durable.
    #[error(
        "The journal in {location} is damaged at byte {offset}: {reason}. Nothing was dropped."
    )]
    JournalCorrupt {
        /// Where the journal is.
        location: String,
        /// Where the first damaged record starts, in bytes.
        offset: usize,
        /// What is wrong there.
        reason: String,
        /// What is left to mend it with.
        recovery: Recovery,
    },
    /// The journal and the snapshot are not of one another.
    #[error("The journal does not belong to the state in {location}: {reason}.")]
    JournalMismatch {
        /// Where the state is.
        location: String,
        /// What does not fit.
        reason: String,
        /// What is left to mend it with.
        recovery: Recovery,
    },
    /// The state was written by a newer program.
    #[error(
        "{what} has format version {found}; this program reads versions up to {supported}. A newer version of \
         artiform wrote it."
    )]
    NewerFormat {
        /// The state, the journal or the envelope, with its place.
        what: String,
        /// The version that it has.
        found: u64,
        /// The newest version that can be read.
        supported: u64,
    },
    /// The state has another lineage than the caller expects.
    #[error(
        "The state in {location} has lineage {found}, but {expected} was expected: it is the state of another \
         stack, or of one that was made anew."
    )]
    LineageMismatch {
        /// Where the state is.
        location: String,
        /// The lineage that was asked for.
        expected: String,
        /// The lineage that is there.
        found: String,
    },
    /// Someone else holds the lock.
    #[error("The lock of the state in {location} is held by another process.\n\n{holder}")]
    LockHeld {
        /// Where the state is.
        location: String,
        /// Who holds it.
        holder: Box<LockInfo>,
    },
    /// The lock was forced by someone else while we held it.
    #[error(
        "The lock {id} of the state in {location} was taken away while this process held it, so nothing more is \
         written."
    )]
    LockLost {
        /// Where the state is.
        location: String,
        /// The lock that we had.
        id: String,
    },
    /// `force-unlock` names no lock or another one.
    #[error("The state in {location} cannot be unlocked: {reason}.")]
    CannotUnlock {
        /// Where the state is.
        location: String,
        /// Why not.
        reason: String,
    },
    /// The state is encrypted and no key was given.
    #[error("{what} is encrypted, and no key to it is configured.")]
    KeyMissing {
        /// The state or the journal, with its place.
        what: String,
    },
    /// The cipher refused.
    #[error("{reason}.")]
    Cipher {
        /// What it refused and why.
        reason: String,
    },
    /// A record that does not fit what is there; a mistake of the caller.
    #[error("The change of state was refused: {reason}.")]
    BadChange {
        /// What does not fit.
        reason: String,
    },
    /// A file could not be read or written.
    #[error("Could not {action} {path}: {source}.")]
    Io {
        /// What was tried: `read`, `write`, `rename`.
        action: &'static str,
        /// The file.
        path: String,
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// An earlier write of the journal failed, and nothing is appended after it.
    #[error("The journal takes no more records, because an earlier write failed. {cause}")]
    JournalStopped {
        /// The earlier failure.
        cause: Box<Self>,
    },
    /// A read-only store was asked to write, or a closed one.
    #[error("The state is not open for writing.")]
    NotWritable,
    /// A Terraform state that cannot be read in.
    #[error("The Terraform state could not be read: {reason}.")]
    TerraformState {
        /// What is wrong with it.
        reason: String,
    },
}

/// What is left to mend a state with, by location, best first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// The journal, when there is one.
    pub journal: Option<String>,
    /// Earlier snapshots and journals.
    pub backups: Vec<String>,
}

impl StateError {
    /// An [`StateError::Io`].
    pub fn io(action: &'static str, path: impl std::fmt::Display, source: io::Error) -> Self {
        Self::Io { action, path: path.to_string(), source: Arc::new(source) }
    }

    /// A fixed short summary without names.
    #[must_use]
    pub fn summary(&self) -> &'static str {
        match self {
            Self::SnapshotUnreadable { .. } => "State is unreadable",
            Self::SnapshotMissing { .. } => "State is missing",
            Self::JournalCorrupt { .. } => "State journal is damaged",
            Self::JournalMismatch { .. } => "State and journal do not match",
            Self::NewerFormat { .. } => "State was written by a newer version",
            Self::LineageMismatch { .. } => "State has another lineage",
            Self::LockHeld { .. } => "Error acquiring the state lock",
            Self::LockLost { .. } => "State lock was lost",
            Self::CannotUnlock { .. } => "Failed to unlock state",
            Self::KeyMissing { .. } => "State is encrypted",
            Self::Cipher { .. } => "State encryption failed",
            Self::BadChange { .. } => "Invalid change of state",
            Self::Io { .. } => "State could not be read or written",
            Self::JournalStopped { .. } => "State journal has stopped",
            Self::NotWritable => "State is not open for writing",
            Self::TerraformState { .. } => "Invalid Terraform state",
        }
    }

    /// How to mend it, one imperative sentence each.
    #[must_use]
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::SnapshotUnreadable { location, recovery, .. }
            | Self::SnapshotMissing { location, recovery } => recovery.for_snapshot(location),
            Self::JournalCorrupt { recovery, .. } => recovery.for_journal(),
            Self::JournalMismatch { recovery, .. } => recovery.for_mismatch(),
            Self::NewerFormat { .. } => {
                vec!["use the version that wrote it, or a newer one".into()]
            }
            Self::LineageMismatch { .. } => vec!["make a new plan from this state".into()],
            Self::LockHeld { holder, .. } => vec![
                "wait for the holder, or give --lock-timeout=5m to wait here".into(),
                format!(
                    "if the holder is gone for good, run `artiform force-unlock {}`",
                    holder.id
                ),
            ],
            Self::LockLost { .. } => {
                vec!["run the command again; it resumes what was begun".into()]
            }
            Self::KeyMissing { .. } => {
                vec!["configure the `encryption` block that the state was written with".into()]
            }
            Self::JournalStopped { .. } => {
                vec!["make room on the disk, then run the command again; it resumes".into()]
            }
            Self::CannotUnlock { .. }
            | Self::Cipher { .. }
            | Self::BadChange { .. }
            | Self::Io { .. }
            | Self::NotWritable
            | Self::TerraformState { .. } => Vec::new(),
        }
    }
}

impl Recovery {
    fn backups_text(&self) -> Option<String> {
        (!self.backups.is_empty()).then(|| self.backups.join(", "))
    }

    fn for_snapshot(&self, location: &str) -> Vec<String> {
        let mut hints = Vec::new();
        if let Some(backups) = self.backups_text() {
            hints.push(format!(
                "copy the newest snapshot over {location}; earlier files: {backups}"
            ));
        }
        if let Some(journal) = &self.journal {
            hints.push(format!(
                "keep the journal {journal}: it holds what was done since and is replayed when the state is back"
            ));
        }
        if hints.is_empty() {
            hints.push(format!("restore {location} from your own backup"));
        }
        hints.push("or rebuild the state from the tags in the cloud, or import what exists".into());
        hints
    }

    fn for_journal(&self) -> Vec<String> {
        let journal = self.journal.as_deref().unwrap_or("the journal");
        vec![
            format!("restore {journal} from your own backup, if there is one"),
            format!(
                "or move {journal} away, which forgets the records that it holds, and compare with \
                 `artiform plan -refresh-only`"
            ),
        ]
    }

    fn for_mismatch(&self) -> Vec<String> {
        let journal = self.journal.as_deref().unwrap_or("the journal");
        let mut hints = vec![format!("put back the state that {journal} follows")];
        if let Some(backups) = self.backups_text() {
            hints.push(format!("earlier files: {backups}"));
        }
        hints.push(format!("or move {journal} away, if what it records is known to be obsolete"));
        hints
    }
}
