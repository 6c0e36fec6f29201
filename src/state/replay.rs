//! From the bytes of a snapshot and a journal to the state that they mean.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::journal::{self, Header, Line};
use crate::ledger::Ledger;
use crate::snapshot_file::{self, Refusal};
use crate::{
    Backend, Cipher, FORMAT_VERSION, LockInfo, OpenOptions, Record, SealContext, Snapshot,
    StateError,
};

/// Something unusual that opening the state found and dealt with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// The journal ended in a record that was never acknowledged; it was dropped.
    TornTail {
        /// Where the record would have started, in bytes.
        offset: usize,
        /// How many bytes of it there were.
        length: usize,
    },
    /// An earlier run ended without closing, or is under way; its records were replayed.
    Replayed {
        /// How many records.
        records: u64,
    },
    /// A dead process still stood in the lock.
    LockTakenOver {
        /// Its lock info.
        holder: LockInfo,
    },
    /// A key is configured, but the state is in the clear; the next write encrypts it.
    NotEncrypted,
    /// The state was written under another stack name.
    StackRenamed {
        /// The name in the snapshot.
        from: String,
    },
    /// The snapshot follows a journal which is gone.
    JournalMissing,
}

impl std::fmt::Display for Notice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TornTail { length, .. } => write!(
                f,
                "The journal ended in {length} bytes of a record that was never acknowledged; they were dropped."
            ),
            Self::Replayed { records } => {
                write!(f, "An earlier run did not close the state; {records} records were replayed.")
            }
            Self::LockTakenOver { holder } => write!(
                f,
                "The lock was left by a process that is gone ({} by {}, process {}); it was taken over.",
                holder.operation, holder.who, holder.pid
            ),
            Self::NotEncrypted => {
                f.write_str("The state is not encrypted yet; the next change will encrypt it.")
            }
            Self::StackRenamed { from } => {
                write!(f, "The state was written by a stack named \"{from}\".")
            }
            Self::JournalMissing => f.write_str(
                "The journal that follows the state is gone; what it may have recorded is not known.",
            ),
        }
    }
}

/// The state as it was found.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) ledger: Ledger,
    pub(crate) journal: FoundJournal,
    /// The sequence of the last record, in the journal or the snapshot.
    pub(crate) sequence: u64,
    pub(crate) notices: Vec<Notice>,
    /// Whether backup and history hold state in the clear although a key is configured now.
    pub(crate) clear_history: bool,
}

/// What has to be done before the first append.
#[derive(Debug)]
pub(crate) enum FoundJournal {
    /// Nothing was ever applied: write a first snapshot and a journal.
    Nothing,
    /// There is a snapshot only: write a journal.
    SnapshotOnly,
    /// Append after this many bytes. `follows` is the serial in its header.
    Journal { length: u64, follows: u64 },
}

/// Reads and replays. Does not write.
///
/// The journal is read before the snapshot: should another process fold the journal in between, then its
/// records are in the snapshot too and are skipped by their sequence, and none is missing.
pub(crate) fn load(backend: &dyn Backend, options: &OpenOptions) -> Result<Loaded, StateError> {
    let journal = backend.read_journal()?;
    let Some(bytes) = backend.read_snapshot()? else {
        return load_nothing(backend, options, journal.is_some());
    };
    let cipher = options.cipher.as_deref();
    let read = snapshot_file::decode(&bytes, cipher).map_err(|refusal| match refusal {
        Refusal::Error(error) => error,
        Refusal::Unreadable(reason) => StateError::SnapshotUnreadable {
            location: backend.location(),
            reason,
            recovery: backend.recovery(),
        },
    })?;
    let mut notices = snapshot_notices(&read, options);
    check_expected(backend, options, &read.snapshot)?;
    let clear_history = cipher.is_some() && !read.sealed;
    let Some(journal) = journal else {
        if read.snapshot.serial > 0 {
            notices.push(Notice::JournalMissing);
        }
        let sequence = read.snapshot.sequence;
        let ledger = Ledger::new(read.snapshot);
        let journal = FoundJournal::SnapshotOnly;
        return Ok(Loaded { ledger, journal, sequence, notices, clear_history });
    };
    let replay = Replay { backend, cipher, start: read.snapshot };
    let mut loaded = replay.run(&journal)?;
    notices.append(&mut loaded.notices);
    Ok(Loaded { notices, clear_history, ..loaded })
}

fn load_nothing(
    backend: &dyn Backend,
    options: &OpenOptions,
    has_journal: bool,
) -> Result<Loaded, StateError> {
    let recovery = backend.recovery();
    if has_journal || !recovery.backups.is_empty() {
        return Err(StateError::SnapshotMissing { location: backend.location(), recovery });
    }
    let snapshot = Snapshot::new(&options.stack);
    check_expected(backend, options, &snapshot)?;
    Ok(Loaded {
        ledger: Ledger::new(snapshot),
        journal: FoundJournal::Nothing,
        sequence: 0,
        notices: Vec::new(),
        clear_history: false,
    })
}

fn snapshot_notices(read: &snapshot_file::Read, options: &OpenOptions) -> Vec<Notice> {
    let mut notices = Vec::new();
    if options.cipher.is_some() && !read.sealed {
        notices.push(Notice::NotEncrypted);
    }
    if read.snapshot.stack != options.stack {
        notices.push(Notice::StackRenamed { from: read.snapshot.stack.clone() });
    }
    notices
}

fn check_expected(
    backend: &dyn Backend,
    options: &OpenOptions,
    snapshot: &Snapshot,
) -> Result<(), StateError> {
    match &options.expected_lineage {
        Some(expected) if *expected != snapshot.lineage => Err(StateError::LineageMismatch {
            location: backend.location(),
            expected: expected.clone(),
            found: snapshot.lineage.clone(),
        }),
        _ => Ok(()),
    }
}

/// A journal being replayed over the snapshot that it follows.
struct Replay<'a> {
    backend: &'a dyn Backend,
    cipher: Option<&'a dyn Cipher>,
    start: Snapshot,
}

impl Replay<'_> {
    fn run(self, bytes: &[u8]) -> Result<Loaded, StateError> {
        let scan =
            journal::scan(bytes).map_err(|damage| self.corrupt(damage.offset, damage.reason))?;
        let (first, lines) =
            scan.lines.split_first().ok_or_else(|| self.corrupt(0, "it is empty".into()))?;
        let header = self.header(first)?;
        let folded = self.start.sequence;
        let mut ledger = Ledger::new(self.start.clone());
        let mut replayed = 0;
        let mut sequence = first.sequence;
        for line in lines {
            let offset = line.payload.as_ptr() as usize - bytes.as_ptr() as usize;
            let record = self.record(line, offset)?;
            sequence = line.sequence;
            if line.sequence <= folded {
                ledger.track(&record, line.sequence);
                continue;
            }
            let applied = ledger.check(&record).and_then(|()| ledger.apply(&record, line.sequence));
            applied.map_err(|error| self.corrupt(offset, error.to_string()))?;
            replayed += 1;
        }
        let mut notices = Vec::new();
        if ledger.changed {
            notices.push(Notice::Replayed { records: replayed });
        }
        if scan.torn > 0 {
            notices.push(Notice::TornTail { offset: scan.length, length: scan.torn });
        }
        let journal = FoundJournal::Journal { length: scan.length as u64, follows: header.follows };
        let sequence = sequence.max(folded);
        Ok(Loaded { ledger, journal, sequence, notices, clear_history: false })
    }

    fn header(&self, line: &Line<'_>) -> Result<Header, StateError> {
        let version = serde_json::from_slice::<serde_json::Value>(line.payload)
            .ok()
            .and_then(|header| header.get("format_version")?.as_u64())
            .ok_or_else(|| self.corrupt(0, "its header has no \"format_version\"".into()))?;
        if version > FORMAT_VERSION {
            return Err(StateError::NewerFormat {
                what: format!("The journal of the state in {}", self.backend.location()),
                found: version,
                supported: FORMAT_VERSION,
            });
        }
        let header: Header = serde_json::from_slice(line.payload)
            .map_err(|_| self.corrupt(0, "its header lacks a field".into()))?;
        if header.lineage != self.start.lineage {
            return Err(self.mismatch(format!(
                "the journal has lineage {}, the state has lineage {}",
                header.lineage, self.start.lineage
            )));
        }
        if header.follows > self.start.serial || header.after > self.start.sequence {
            return Err(self.mismatch(format!(
                "the journal follows serial {} (record {}), but the state has serial {} (record {}), so it is an \
                 older one",
                header.follows, header.after, self.start.serial, self.start.sequence
            )));
        }
        Ok(header)
    }

    fn record(&self, line: &Line<'_>, offset: usize) -> Result<Record, StateError> {
        let opened;
        let plain = if line.payload.starts_with(b"{") {
            line.payload
        } else {
            opened = self.unseal(line, offset)?;
            &opened
        };
        serde_json::from_slice(plain).map_err(|_| {
            self.corrupt(offset, format!("record {} is of no known kind", line.sequence))
        })
    }

    fn unseal(&self, line: &Line<'_>, offset: usize) -> Result<Vec<u8>, StateError> {
        let Some(cipher) = self.cipher else {
            return Err(StateError::KeyMissing {
                what: format!("The journal of the state in {}", self.backend.location()),
            });
        };
        let sealed = STANDARD.decode(line.payload).map_err(|_| {
            self.corrupt(offset, format!("record {} is neither JSON nor base64", line.sequence))
        })?;
        cipher.open(&journal_context(&self.start.lineage, line.sequence), &sealed)
    }

    fn corrupt(&self, offset: usize, reason: String) -> StateError {
        StateError::JournalCorrupt {
            location: self.backend.location(),
            offset,
            reason,
            recovery: self.backend.recovery(),
        }
    }

    fn mismatch(&self, reason: String) -> StateError {
        StateError::JournalMismatch {
            location: self.backend.location(),
            reason,
            recovery: self.backend.recovery(),
        }
    }
}

/// What a record of the journal is bound to when it is sealed.
pub(crate) fn journal_context(lineage: &str, sequence: u64) -> SealContext<'_> {
    SealContext { kind: "journal", lineage, number: sequence }
}
