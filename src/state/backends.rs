//! Where state lives. A new place is one new file in `backends/` and one line here.
//!
//! A backend stores bytes: it knows neither records nor snapshots. Its calls block; [`crate::Store`] calls
//! the writing ones from its own thread, never from a runtime's.

use std::fmt::Debug;

use crate::error::Recovery;
use crate::{LockInfo, StateError};

#[cfg(test)]
pub(crate) mod conformance;
pub mod local;

/// A place for one stack's snapshot, journal, history and lock.
pub trait Backend: Debug + Send + Sync {
    /// The place of the snapshot as people write it (a path, an `s3://` URL).
    fn location(&self) -> String;

    /// Tries once to take the lock and writes `info` as its holder.
    ///
    /// # Errors
    /// [`StateError::LockHeld`] when someone else has it.
    fn lock(&self, info: &LockInfo) -> Result<AcquiredLock, StateError>;

    /// The holder that is written down, alive or not.
    ///
    /// # Errors
    /// [`StateError::Io`].
    fn lock_holder(&self) -> Result<Option<LockInfo>, StateError>;

    /// Takes the lock away from its holder, whose next write fails with [`StateError::LockLost`].
    ///
    /// # Errors
    /// [`StateError::CannotUnlock`] when nobody has the lock or its id is another.
    fn force_unlock(&self, id: &str) -> Result<LockInfo, StateError>;

    /// The snapshot's bytes; `None` when there is none.
    ///
    /// # Errors
    /// [`StateError::Io`].
    fn read_snapshot(&self) -> Result<Option<Vec<u8>>, StateError>;

    /// Replaces the snapshot so that a crash leaves the old one or the new one, durable on return. The
    /// old one becomes the backup.
    ///
    /// # Errors
    /// [`StateError::Io`]; the old snapshot is in place then.
    fn replace_snapshot(&self, bytes: &[u8]) -> Result<(), StateError>;

    /// The journal's bytes; `None` when there is none. May end in zero bytes.
    ///
    /// # Errors
    /// [`StateError::Io`].
    fn read_journal(&self) -> Result<Option<Vec<u8>>, StateError>;

    /// Puts a new journal with these first bytes in the place of the old one, atomically and durably. The
    /// old one goes into the history under `retire_as`, its serial.
    ///
    /// # Errors
    /// [`StateError::Io`]; the old journal is in place then.
    fn start_journal(
        &self,
        bytes: &[u8],
        retire_as: Option<u64>,
    ) -> Result<Box<dyn JournalWriter>, StateError>;

    /// Opens the journal to append after its first `length` bytes; whatever follows them is cut off.
    ///
    /// # Errors
    /// [`StateError::Io`].
    fn resume_journal(&self, length: u64) -> Result<Box<dyn JournalWriter>, StateError>;

    /// What a person can mend the state with.
    fn recovery(&self) -> Recovery;

    /// Removes backup and history, when they are in the clear and the state no longer is.
    ///
    /// # Errors
    /// [`StateError::Io`].
    fn discard_history(&self) -> Result<(), StateError>;
}

/// The open end of a journal.
pub trait JournalWriter: Send {
    /// Appends bytes; they are durable on return.
    ///
    /// # Errors
    /// [`StateError::Io`]; how much was written is unknown then.
    fn append(&mut self, bytes: &[u8]) -> Result<(), StateError>;
}

/// A lock that is held. Dropping it releases it.
pub trait LockGuard: Debug + Send + Sync {
    /// Checks that nobody forced the lock.
    ///
    /// # Errors
    /// [`StateError::LockLost`].
    fn verify(&self) -> Result<(), StateError>;
}

/// A lock just taken.
#[derive(Debug)]
pub struct AcquiredLock {
    /// Keeps the lock until it is dropped.
    pub guard: Box<dyn LockGuard>,
    /// The dead holder from which it was taken over.
    pub taken_over_from: Option<LockInfo>,
}
