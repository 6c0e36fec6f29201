//! The open state of one stack: appends that are durable when they resolve, and the snapshot at the end.

use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::replay::{self, Loaded};
use crate::writer::{Acknowledge, Beginning, Checkpoint, Entry, Job, Live, Shared, Writer};
use crate::{
    AcquiredLock, Backend, Cipher, InstanceState, LockGuard, LockInfo, Notice, PendingOperation,
    Record, Snapshot, StateError,
};

/// How long a reader waits before it looks again at a journal that is being written.
const REREAD_DELAY: Duration = Duration::from_millis(20);
const REREADS: usize = 5;

/// How often a held lock is tried again.
const LOCK_RETRY_DELAY: Duration = Duration::from_millis(100);

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
///
/// All changes go through the journal; the snapshot is written by [`Store::commit_snapshot`] only.
pub struct Store {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
    notices: Vec<Notice>,
    lock_info: LockInfo,
    // Invariant: the last field, so that the lock outlives the thread that writes.
    _lock: Arc<dyn LockGuard>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("lock_info", &self.lock_info).finish_non_exhaustive()
    }
}

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

impl Store {
    /// Takes the lock, loads the snapshot and replays the journal. Writes nothing but the lock: files are
    /// made by the first append.
    ///
    /// # Errors
    /// [`StateError::LockHeld`] after the timeout; anything that makes the state unreadable.
    pub fn open(backend: Arc<dyn Backend>, options: &OpenOptions) -> Result<Self, StateError> {
        let lock_info =
            LockInfo::of_this_process(&options.operation, &options.version, backend.location());
        let lock = wait_for_lock(&*backend, &lock_info, options.lock_timeout)?;
        let mut loaded = replay::load(&*backend, options)?;
        if let Some(holder) = lock.taken_over_from {
            loaded.notices.insert(0, Notice::LockTakenOver { holder });
        }
        Self::start(backend, options, loaded, (lock.guard.into(), lock_info))
    }

    fn start(
        backend: Arc<dyn Backend>,
        options: &OpenOptions,
        loaded: Loaded,
        (lock, lock_info): (Arc<dyn LockGuard>, LockInfo),
    ) -> Result<Self, StateError> {
        let stored = Arc::clone(&loaded.ledger.snapshot);
        let shared = Arc::new(Shared::new(loaded.ledger, loaded.sequence));
        let beginning = Beginning {
            lock: Arc::clone(&lock),
            cipher: options.cipher.clone(),
            stored,
            journal: loaded.journal,
            clear_history: loaded.clear_history,
        };
        let writer = Writer::new(Arc::clone(&shared), backend, beginning);
        let thread = std::thread::Builder::new()
            .name("state-writer".into())
            .spawn(move || writer.run())
            .map_err(|error| StateError::io("start", "the thread that writes state", error))?;
        let notices = loaded.notices;
        Ok(Self { shared, thread: Some(thread), notices, lock_info, _lock: lock })
    }

    /// Reads snapshot and journal without a lock, also while another process writes them.
    ///
    /// # Errors
    /// Anything that makes the state unreadable.
    pub fn read_only(
        backend: &dyn Backend,
        options: &OpenOptions,
    ) -> Result<StoreReader, StateError> {
        let mut loaded = replay::load(backend, options);
        for _ in 0..REREADS {
            // The writer may be in the middle of a write of which we saw some bytes, or of a first one.
            let may_pass = matches!(
                loaded,
                Err(StateError::JournalCorrupt { .. } | StateError::SnapshotMissing { .. })
            );
            if !may_pass {
                break;
            }
            std::thread::sleep(REREAD_DELAY);
            loaded = replay::load(backend, options);
        }
        let loaded = loaded?;
        Ok(StoreReader {
            pending: loaded.ledger.pending().cloned().collect(),
            snapshot: loaded.ledger.snapshot,
            notices: loaded.notices,
        })
    }

    /// The state with all changes appended so far. Holding on to it costs one copy of the index (not of
    /// the instances) at the next append; use [`Store::instance`] to look at single instances.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.shared.live().ledger.snapshot)
    }

    /// The instance at an address now.
    #[must_use]
    pub fn instance(&self, address: &str) -> Option<Arc<InstanceState>> {
        self.shared.live().ledger.snapshot.instance(address).cloned()
    }

    /// Whether nothing is managed and nothing is output.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shared.live().ledger.snapshot.is_empty()
    }

    /// Operations without commit or abort, in order of their begin: left by a crash, or under way now.
    #[must_use]
    pub fn pending(&self) -> Vec<PendingOperation> {
        self.shared.live().ledger.pending().cloned().collect()
    }

    /// What was unusual at opening.
    #[must_use]
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// The lock that we hold.
    #[must_use]
    pub fn lock_info(&self) -> &LockInfo {
        &self.lock_info
    }

    /// Records that are durable, and syncs that it took.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        self.shared.live().statistics
    }

    /// Queues the record at once, in the order of the calls; the future resolves when it is durable.
    /// Dropping the future does not take the record back.
    ///
    /// # Errors
    /// [`StateError::BadChange`] when the record does not fit (nothing is recorded then);
    /// [`StateError::LockLost`], [`StateError::Io`], [`StateError::JournalStopped`] when it may not be durable.
    pub fn append(
        &self,
        record: Record,
    ) -> impl Future<Output = Result<(), StateError>> + Send + 'static {
        let (sender, receiver) = oneshot::channel();
        // The receiver is gone when the caller no longer wants to know.
        let queued = self.enqueue(&record, Box::new(move |result| drop(sender.send(result))));
        async move {
            queued?;
            receiver.await.unwrap_or(Err(StateError::NotWritable))
        }
    }

    /// [`Store::append`] that blocks the thread.
    ///
    /// # Errors
    /// As [`Store::append`].
    pub fn append_blocking(&self, record: &Record) -> Result<(), StateError> {
        let (sender, receiver) = sync_channel(1);
        self.enqueue(record, Box::new(move |result| drop(sender.send(result))))?;
        receiver.recv().unwrap_or(Err(StateError::NotWritable))
    }

    fn enqueue(&self, record: &Record, acknowledge: Acknowledge) -> Result<(), StateError> {
        // Outside of the lock, because many tasks append at once.
        let payload = encode(record)?;
        let mut live = self.shared.live();
        if let Some(cause) = &live.stopped {
            return Err(StateError::JournalStopped { cause: Box::new(cause.clone()) });
        }
        live.ledger.check(record)?;
        let sequence = live.next_sequence();
        live.ledger.apply(record, sequence)?;
        live.queue.push(Job::Record(Entry { sequence, payload }, acknowledge));
        drop(live);
        self.shared.wake();
        Ok(())
    }

    /// Folds the journal into a new snapshot, with the next serial, if and only if something changed, and
    /// starts a new journal that carries the operations still pending. Blocks; returns the serial.
    ///
    /// Also to be tried after the journal stopped: it saves what is known in memory.
    ///
    /// # Errors
    /// [`StateError::LockLost`], [`StateError::Io`]; snapshot and journal are still good together then.
    pub fn commit_snapshot(&self) -> Result<u64, StateError> {
        let (done, receiver) = sync_channel(1);
        let mut live = self.shared.live();
        let serial = live.ledger.snapshot.serial;
        if !live.ledger.changed {
            return Ok(serial);
        }
        let sequence = live.sequence;
        let carried = live.carry()?;
        live.ledger.changed = false;
        let snapshot = Arc::clone(&live.ledger.snapshot);
        let checkpoint = Checkpoint { snapshot, sequence, carried, done };
        live.queue.push(Job::Checkpoint(Box::new(checkpoint)));
        drop(live);
        self.shared.wake();
        receiver.recv().unwrap_or(Err(StateError::NotWritable)).map(|()| serial)
    }

    /// [`Store::commit_snapshot`], then releases the lock. Dropping a store instead releases the lock and
    /// leaves the journal to be replayed.
    ///
    /// # Errors
    /// As [`Store::commit_snapshot`].
    pub fn close(self) -> Result<u64, StateError> {
        self.commit_snapshot()
    }
}

/// Writes what is queued, then lets the lock go.
impl Drop for Store {
    fn drop(&mut self) {
        self.shared.live().closing = true;
        self.shared.wake();
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was reported to those who waited for it.
            let _ = thread.join();
        }
    }
}

impl Live {
    fn next_sequence(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }

    /// The records of the operations under way, with new numbers for the next journal.
    fn carry(&mut self) -> Result<Vec<Entry>, StateError> {
        let operations: Vec<PendingOperation> = self.ledger.pending().cloned().collect();
        let mut carried = Vec::new();
        for operation in operations {
            let begin = Record::begin(operation.begin);
            for record in
                std::iter::once(begin).chain(operation.steps.into_iter().map(Record::Step))
            {
                let payload = encode(&record)?;
                carried.push(Entry { sequence: self.next_sequence(), payload });
            }
        }
        Ok(carried)
    }
}

fn encode(record: &Record) -> Result<Vec<u8>, StateError> {
    serde_json::to_vec(record).map_err(|error| StateError::io("encode", "a record", error.into()))
}

fn wait_for_lock(
    backend: &dyn Backend,
    info: &LockInfo,
    timeout: Duration,
) -> Result<AcquiredLock, StateError> {
    let start = Instant::now();
    loop {
        match backend.lock(info) {
            Err(StateError::LockHeld { .. }) if start.elapsed() < timeout => {
                let rest = timeout.saturating_sub(start.elapsed());
                std::thread::sleep(rest.min(LOCK_RETRY_DELAY));
            }
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests;
