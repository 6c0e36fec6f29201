//! The one thread that writes: it makes batches of what is queued, and snapshots in between.

use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::journal::{self, Header, Line};
use crate::ledger::Ledger;
use crate::replay::{FoundJournal, journal_context};
use crate::store::Statistics;
use crate::{
    Backend, Cipher, FORMAT_VERSION, JournalWriter, LockGuard, Snapshot, StateError, snapshot_file,
};

/// Tells the caller of an append how it ended.
pub(crate) type Acknowledge = Box<dyn FnOnce(Result<(), StateError>) + Send>;

/// What callers and the writing thread share.
pub(crate) struct Shared {
    live: Mutex<Live>,
    wake: Condvar,
}

/// The state as of the last append, and what is not written yet.
pub(crate) struct Live {
    pub(crate) ledger: Ledger,
    /// The sequence of the last record that was queued.
    pub(crate) sequence: u64,
    pub(crate) queue: Vec<Job>,
    /// Set by the first failure; nothing is appended to the journal after it.
    pub(crate) stopped: Option<StateError>,
    pub(crate) closing: bool,
    pub(crate) statistics: Statistics,
}

/// One thing to write.
pub(crate) enum Job {
    Record(Entry, Acknowledge),
    Checkpoint(Box<Checkpoint>),
}

/// A record as JSON with its place.
pub(crate) struct Entry {
    pub(crate) sequence: u64,
    pub(crate) payload: Vec<u8>,
}

/// A snapshot to be written, and the journal that follows it.
pub(crate) struct Checkpoint {
    pub(crate) snapshot: Arc<Snapshot>,
    /// The sequence before the first carried record.
    pub(crate) sequence: u64,
    /// Begins and steps of the operations under way.
    pub(crate) carried: Vec<Entry>,
    pub(crate) done: SyncSender<Result<(), StateError>>,
}

impl Shared {
    pub(crate) fn new(ledger: Ledger, sequence: u64) -> Self {
        let live = Live {
            ledger,
            sequence,
            queue: Vec::new(),
            stopped: None,
            closing: false,
            statistics: Statistics::default(),
        };
        Self { live: Mutex::new(live), wake: Condvar::new() }
    }

    /// No code panics while it holds the lock in the middle of a change, so poison says nothing.
    pub(crate) fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn wake(&self) {
        self.wake.notify_one();
    }

    /// Waits for work; `None` when the store closes and all is written.
    fn next_jobs(&self) -> Option<Vec<Job>> {
        let mut live = self.live();
        while live.queue.is_empty() {
            if live.closing {
                return None;
            }
            live = self.wake.wait(live).unwrap_or_else(PoisonError::into_inner);
        }
        Some(std::mem::take(&mut live.queue))
    }
}

/// Where records go.
enum End {
    Found(FoundJournal),
    Open { journal: Box<dyn JournalWriter>, follows: u64 },
}

/// Runs on its own thread until the store closes.
pub(crate) struct Writer {
    shared: Arc<Shared>,
    backend: Arc<dyn Backend>,
    lock: Arc<dyn LockGuard>,
    cipher: Option<Arc<dyn Cipher>>,
    /// The snapshot as it is stored, until the first write; it gives the header its fields.
    stored: Arc<Snapshot>,
    sequence: u64,
    end: End,
    clear_history: bool,
}

/// What the writer needs from opening.
pub(crate) struct Beginning {
    pub(crate) lock: Arc<dyn LockGuard>,
    pub(crate) cipher: Option<Arc<dyn Cipher>>,
    pub(crate) stored: Arc<Snapshot>,
    pub(crate) journal: FoundJournal,
    pub(crate) clear_history: bool,
}

impl Writer {
    pub(crate) fn new(
        shared: Arc<Shared>,
        backend: Arc<dyn Backend>,
        beginning: Beginning,
    ) -> Self {
        let sequence = shared.live().sequence;
        Self {
            shared,
            backend,
            lock: beginning.lock,
            cipher: beginning.cipher,
            stored: beginning.stored,
            sequence,
            end: End::Found(beginning.journal),
            clear_history: beginning.clear_history,
        }
    }

    pub(crate) fn run(mut self) {
        while let Some(jobs) = self.shared.next_jobs() {
            let mut batch = Vec::new();
            for job in jobs {
                match job {
                    Job::Record(entry, acknowledge) => batch.push((entry, acknowledge)),
                    Job::Checkpoint(checkpoint) => {
                        self.write_batch(std::mem::take(&mut batch));
                        self.checkpoint(&checkpoint);
                    }
                }
            }
            self.write_batch(batch);
        }
    }

    /// Makes a batch durable with one sync and acknowledges each of its records.
    fn write_batch(&mut self, batch: Vec<(Entry, Acknowledge)>) {
        if batch.is_empty() {
            return;
        }
        let stopped = self.shared.live().stopped.clone();
        let result = match stopped {
            Some(cause) => Err(StateError::JournalStopped { cause: Box::new(cause) }),
            None => self.append(batch.iter().map(|(entry, _)| entry)),
        };
        let mut live = self.shared.live();
        match &result {
            Ok(()) => {
                live.statistics.records += batch.len() as u64;
                live.statistics.syncs += 1;
            }
            Err(error) => {
                live.stopped.get_or_insert_with(|| error.clone());
            }
        }
        drop(live);
        for (_, acknowledge) in batch {
            acknowledge(result.clone());
        }
    }

    fn append<'a>(&mut self, entries: impl Iterator<Item = &'a Entry>) -> Result<(), StateError> {
        self.lock.verify()?;
        let bytes = self.frame(entries, &self.stored.lineage)?;
        self.journal()?.append(&bytes)?;
        // Had the lock been forced in between, its new holder may not have seen these bytes.
        self.lock.verify()
    }

    fn frame<'a>(
        &self,
        entries: impl Iterator<Item = &'a Entry>,
        lineage: &str,
    ) -> Result<Vec<u8>, StateError> {
        let mut bytes = Vec::new();
        let mut batch = None;
        for entry in entries {
            let batch = *batch.get_or_insert(entry.sequence);
            let sealed;
            let payload = match &self.cipher {
                None => &entry.payload,
                Some(cipher) => {
                    let context = journal_context(lineage, entry.sequence);
                    sealed = STANDARD.encode(cipher.seal(&context, &entry.payload)?).into_bytes();
                    &sealed
                }
            };
            journal::write_line(&mut bytes, Line { sequence: entry.sequence, batch, payload });
        }
        Ok(bytes)
    }

    /// The open journal; the first append opens it, so that a run that appends nothing writes nothing.
    fn journal(&mut self) -> Result<&mut Box<dyn JournalWriter>, StateError> {
        if let End::Found(found) = &self.end {
            let (journal, follows) = match *found {
                FoundJournal::Journal { length, follows } => {
                    (self.backend.resume_journal(length)?, follows)
                }
                FoundJournal::SnapshotOnly => (self.start_journal()?, self.stored.serial),
                FoundJournal::Nothing => {
                    self.backend.replace_snapshot(&self.encode(&self.stored)?)?;
                    (self.start_journal()?, self.stored.serial)
                }
            };
            self.end = End::Open { journal, follows };
        }
        match &mut self.end {
            End::Open { journal, .. } => Ok(journal),
            End::Found(_) => Err(StateError::NotWritable),
        }
    }

    fn start_journal(&self) -> Result<Box<dyn JournalWriter>, StateError> {
        let header = write_header(&self.stored, self.sequence)?;
        self.backend.start_journal(&header, None)
    }

    fn encode(&self, snapshot: &Snapshot) -> Result<Vec<u8>, StateError> {
        snapshot_file::encode(snapshot, self.cipher.as_deref())
    }

    fn checkpoint(&mut self, checkpoint: &Checkpoint) {
        let result = self.try_checkpoint(checkpoint);
        let mut live = self.shared.live();
        match &result {
            Ok(()) => live.stopped = None,
            Err(error) => {
                // The numbers of the carried records are in no journal, so none can go on after them.
                live.stopped.get_or_insert_with(|| error.clone());
                live.ledger.changed = true;
            }
        }
        drop(live);
        // The caller may have given up waiting; the snapshot is written all the same.
        let _ = checkpoint.done.send(result);
    }

    /// The snapshot first, then the journal: between the two, the old journal's records are known to be
    /// folded by their sequence, and its operations under way are still in it.
    fn try_checkpoint(&mut self, checkpoint: &Checkpoint) -> Result<(), StateError> {
        let snapshot = self.encode(&checkpoint.snapshot)?;
        let mut journal = write_header(&checkpoint.snapshot, checkpoint.sequence)?;
        journal.extend(self.frame(checkpoint.carried.iter(), &checkpoint.snapshot.lineage)?);
        self.lock.verify()?;
        self.backend.replace_snapshot(&snapshot)?;
        self.lock.verify()?;
        let retire_as = match &self.end {
            End::Open { follows, .. } | End::Found(FoundJournal::Journal { follows, .. }) => {
                Some(*follows)
            }
            End::Found(_) => None,
        };
        let journal = self.backend.start_journal(&journal, retire_as)?;
        let follows = checkpoint.snapshot.serial;
        self.end = End::Open { journal, follows };
        if std::mem::take(&mut self.clear_history) {
            self.backend.discard_history()?;
        }
        Ok(())
    }
}

fn write_header(snapshot: &Snapshot, sequence: u64) -> Result<Vec<u8>, StateError> {
    let header = Header {
        format_version: FORMAT_VERSION,
        stack: snapshot.stack.clone(),
        lineage: snapshot.lineage.clone(),
        follows: snapshot.serial,
        after: snapshot.sequence,
    };
    let payload = serde_json::to_vec(&header)
        .map_err(|error| StateError::io("encode", "the journal's header", error.into()))?;
    let mut bytes = Vec::new();
    journal::write_line(&mut bytes, Line { sequence, batch: 0, payload: &payload });
    Ok(bytes)
}
