//! The Nth write fails, for every N, before, in the middle of, or after its effect.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::{JournalWriter, Recovery};

#[derive(Clone, Copy, Debug, PartialEq)]
enum When {
    Before,
    Halfway,
    After,
}

/// Counts writes down and says which one fails.
#[derive(Clone, Debug)]
struct Fault {
    left: Arc<AtomicUsize>,
    when: When,
}

impl Fault {
    fn new(nth: usize, when: When) -> Self {
        Self { left: Arc::new(AtomicUsize::new(nth)), when }
    }

    fn happened(&self) -> bool {
        self.left.load(Ordering::SeqCst) == 0
    }

    fn error() -> StateError {
        StateError::io("write", "anything", std::io::Error::from(std::io::ErrorKind::StorageFull))
    }

    fn around<T>(&self, effect: impl FnOnce() -> Result<T, StateError>) -> Result<T, StateError> {
        let left = self.left.load(Ordering::SeqCst);
        self.left.store(left.saturating_sub(1), Ordering::SeqCst);
        if left != 1 {
            return effect();
        }
        if self.when == When::After {
            effect()?;
        }
        Err(Self::error())
    }
}

/// A backend whose writes may fail.
#[derive(Debug)]
struct FaultyBackend {
    inner: LocalBackend,
    fault: Fault,
}

struct FaultyJournal {
    inner: Box<dyn JournalWriter>,
    fault: Fault,
}

impl JournalWriter for FaultyJournal {
    fn append(&mut self, bytes: &[u8]) -> Result<(), StateError> {
        let half = self.fault.when == When::Halfway && self.fault.left.load(Ordering::SeqCst) == 1;
        if half {
            self.inner.append(&bytes[..bytes.len() / 2])?;
        }
        let Self { inner, fault } = self;
        fault.around(|| inner.append(bytes))
    }
}

impl FaultyBackend {
    fn journal(&self, inner: Box<dyn JournalWriter>) -> Box<dyn JournalWriter> {
        Box::new(FaultyJournal { inner, fault: self.fault.clone() })
    }
}

impl Backend for FaultyBackend {
    fn location(&self) -> String {
        self.inner.location()
    }
    fn lock(&self, info: &LockInfo) -> Result<AcquiredLock, StateError> {
        self.inner.lock(info)
    }
    fn lock_holder(&self) -> Result<Option<LockInfo>, StateError> {
        self.inner.lock_holder()
    }
    fn force_unlock(&self, id: &str) -> Result<LockInfo, StateError> {
        self.inner.force_unlock(id)
    }
    fn read_snapshot(&self) -> Result<Option<Vec<u8>>, StateError> {
        self.inner.read_snapshot()
    }
    fn replace_snapshot(&self, bytes: &[u8]) -> Result<(), StateError> {
        self.fault.around(|| self.inner.replace_snapshot(bytes))
    }
    fn read_journal(&self) -> Result<Option<Vec<u8>>, StateError> {
        self.inner.read_journal()
    }
    fn start_journal(
        &self,
        bytes: &[u8],
        retire_as: Option<u64>,
    ) -> Result<Box<dyn JournalWriter>, StateError> {
        self.fault.around(|| self.inner.start_journal(bytes, retire_as)).map(|j| self.journal(j))
    }
    fn resume_journal(&self, length: u64) -> Result<Box<dyn JournalWriter>, StateError> {
        self.fault.around(|| self.inner.resume_journal(length)).map(|j| self.journal(j))
    }
    fn recovery(&self) -> Recovery {
        self.inner.recovery()
    }
    fn discard_history(&self) -> Result<(), StateError> {
        self.fault.around(|| self.inner.discard_history())
    }
}

/// Two sessions of appends and snapshots. Returns the operations that were acknowledged, as begun and done.
fn sessions(folder: &Path, fault: &Fault, save_after: bool) -> (Vec<String>, Vec<String>) {
    let (mut begun, mut done) = (Vec::new(), Vec::new());
    for session in 0..2 {
        let inner = LocalBackend::new(folder.join("demo"));
        let faulty = Arc::new(FaultyBackend { inner, fault: fault.clone() });
        let store = Store::open(faulty, &options()).unwrap();
        for n in 0..4 {
            let op = format!("{session}-{n}");
            if store.append_blocking(&begin(&op)).is_ok() {
                begun.push(op.clone());
                let made = instance(&format!("t.r{op}"), n);
                let commit = Record::commit(&op, vec![Change::put(made)]);
                // The last operation stays under way.
                if n < 3 && store.append_blocking(&commit).is_ok() {
                    done.push(op);
                }
            }
            if n == 1 {
                let _ = store.commit_snapshot();
            }
        }
        if save_after {
            let _ = store.commit_snapshot();
        }
    }
    (begun, done)
}

#[test]
fn nth_write_failing_loses_nothing_acknowledged() {
    for (when, save_after) in [
        (When::Before, true),
        (When::Before, false),
        (When::Halfway, true),
        (When::Halfway, false),
        (When::After, true),
        (When::After, false),
    ] {
        for nth in 1.. {
            let folder = TempDir::new().unwrap();
            let fault = Fault::new(nth, when);
            let (begun, done) = sessions(folder.path(), &fault, save_after);
            let place = format!("write {nth} fails {when:?}, saved: {save_after}");
            let store = Store::open(backend(folder.path()), &options())
                .unwrap_or_else(|error| panic!("{place}: {error}"));
            let pending = store.pending();
            let made = |op: &String| store.instance(&format!("t.r{op}")).is_some();
            assert!(done.iter().all(made), "{place}");
            let known = |op: &String| made(op) || pending.iter().any(|p| p.begin.op == *op);
            assert!(begun.iter().all(known), "{place}");
            append(&store, &put("t.after", nth));
            store.close().unwrap();
            assert!(open(folder.path()).notices().is_empty(), "{place}");
            if !fault.happened() {
                assert!(nth > 15, "{place}: only {nth} writes");
                break;
            }
        }
    }
}

#[test]
fn snapshot_saves_what_the_journal_could_not() {
    let folder = TempDir::new().unwrap();
    let inner = LocalBackend::new(folder.path().join("demo"));
    // A snapshot and a journal are written first, then two appends; the second fails.
    let fault = Fault::new(4, When::Before);
    let store = Store::open(Arc::new(FaultyBackend { inner, fault }), &options()).unwrap();
    append(&store, &begin("o1"));
    let commit = Record::commit("o1", vec![Change::put(instance("t.a", 1))]);
    assert!(matches!(store.append_blocking(&commit), Err(StateError::Io { .. })));
    let error = store.append_blocking(&put("t.b", 1)).unwrap_err();
    assert!(matches!(error, StateError::JournalStopped { .. }));
    store.commit_snapshot().unwrap();
    append(&store, &put("t.c", 1));
    drop(store);
    let store = open(folder.path());
    assert_eq!(store.snapshot().instances.keys().collect::<Vec<_>>(), ["t.a", "t.c"]);
    assert!(store.pending().is_empty());
}
