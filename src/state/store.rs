//! The open state of one stack: appends that are durable when they resolve, and the snapshot at the end.

use std::sync::Arc;
use std::time::Duration;

use crate::{
    Backend, Cipher, InstanceState, LockInfo, Notice, PendingOperation, Record, Snapshot,
    StateError,
};

/// How to open a store.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// The stack's name; new state is written under it.
    pub stack: String,
    /// What the lock says that we do: `apply`.
    pub operation: String,
    /// What the lock says that we are: the program's version.
    pub version: String,
    /// How long to wait for a lock that someone else holds.
    pub lock_timeout: Duration,
    /// Seals and opens the state; `None` writes it in the clear.
    pub cipher: Option<Arc<dyn Cipher>>,
    /// Refuse any other lineage than this one (that of a saved plan).
    pub expected_lineage: Option<String>,
}

/// What the journal cost so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Records that are durable.
    pub records: u64,
    /// How often the disk was asked to make them so.
    pub syncs: u64,
}

/// State open for writing: it holds the lock. Share it as `Arc<Store>`.
#[derive(Debug)]
pub struct Store {}

/// State open for reading, without a lock.
#[derive(Clone, Debug)]
pub struct StoreReader {
    snapshot: Arc<Snapshot>,
    pending: Vec<PendingOperation>,
    notices: Vec<Notice>,
}

impl StoreReader {
    /// The state with everything that the journal holds.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot)
    }

    /// Operations without commit or abort: under way now, or left by a crash. In order of their begin.
    #[must_use]
    pub fn pending(&self) -> &[PendingOperation] {
        &self.pending
    }

    /// What was unusual.
    #[must_use]
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }
}

impl OpenOptions {
    /// Options for a stack, without waiting and in the clear.
    pub fn new(stack: impl Into<String>, operation: impl Into<String>) -> Self {
        Self {
            stack: stack.into(),
            operation: operation.into(),
            version: env!("CARGO_PKG_VERSION").into(),
            lock_timeout: Duration::ZERO,
            cipher: None,
            expected_lineage: None,
        }
    }
}

#[expect(clippy::todo, clippy::unused_async, unused_variables, reason = "signatures first")]
impl Store {
    /// Takes the lock, loads the snapshot and replays the journal. Writes nothing but the lock.
    ///
    /// # Errors
    /// [`StateError::LockHeld`] after the timeout; anything that makes the state unreadable.
    pub fn open(backend: Arc<dyn Backend>, options: &OpenOptions) -> Result<Self, StateError> {
        todo!()
    }

    /// Reads snapshot and journal without a lock.
    ///
    /// # Errors
    /// Anything that makes the state unreadable.
    pub fn read_only(
        backend: &dyn Backend,
        options: &OpenOptions,
    ) -> Result<StoreReader, StateError> {
        todo!()
    }

    /// The state with all changes appended so far. Holding on to it costs one copy of the index (not of
    /// the instances) at the next append; use [`Store::instance`] to look at single instances.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        todo!()
    }

    /// The instance at an address now.
    #[must_use]
    pub fn instance(&self, address: &str) -> Option<Arc<InstanceState>> {
        todo!()
    }

    /// Whether nothing is managed and nothing is output.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        todo!()
    }

    /// Operations without commit or abort, in order of their begin.
    #[must_use]
    pub fn pending(&self) -> Vec<PendingOperation> {
        todo!()
    }

    /// What was unusual at opening.
    #[must_use]
    pub fn notices(&self) -> &[Notice] {
        todo!()
    }

    /// The lock that we hold.
    #[must_use]
    pub fn lock_info(&self) -> &LockInfo {
        todo!()
    }

    /// Records that are durable, and syncs that it took.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        todo!()
    }

    /// Queues the record at once, in the order of the calls; the future resolves when it is durable.
    pub fn append(
        &self,
        record: Record,
    ) -> impl Future<Output = Result<(), StateError>> + Send + 'static {
        async move { todo!() }
    }

    /// [`Store::append`] for callers outside of a runtime.
    ///
    /// # Errors
    /// As [`Store::append`].
    pub fn append_blocking(&self, record: Record) -> Result<(), StateError> {
        todo!()
    }

    /// Folds the journal into a new snapshot, with the next serial, if and only if something changed, and
    /// starts a new journal that carries the operations still pending. Blocks; returns the serial.
    ///
    /// # Errors
    /// [`StateError::LockLost`], [`StateError::Io`]; snapshot and journal are still good together then.
    pub fn commit_snapshot(&self) -> Result<u64, StateError> {
        todo!()
    }

    /// [`Store::commit_snapshot`], then releases the lock. Dropping a store releases the lock and leaves
    /// the journal to be replayed.
    ///
    /// # Errors
    /// As [`Store::commit_snapshot`].
    pub fn close(self) -> Result<u64, StateError> {
        todo!()
    }
}
