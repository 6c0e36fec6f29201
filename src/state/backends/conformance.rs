//! What every backend has to do. A new backend is done when its test calls [`check`] and passes.

use crate::{Backend, LockInfo, StateError};

/// Checks a backend; each call of `open` opens the same place anew, at first empty.
pub(crate) fn check(open: &dyn Fn() -> Box<dyn Backend>) {
    starts_with_nothing(&*open());
    lock_has_one_holder(open);
    forced_lock_is_lost(open);
    snapshot_is_replaced_and_backed_up(open);
    journal_goes_on_where_it_is_told(open);
    history_can_be_discarded(&*open());
}

fn starts_with_nothing(backend: &dyn Backend) {
    assert_eq!(backend.read_snapshot().unwrap(), None);
    assert_eq!(backend.read_journal().unwrap(), None);
    assert_eq!(backend.lock_holder().unwrap(), None);
    assert_eq!(backend.recovery(), crate::Recovery::default());
    assert!(!backend.location().is_empty());
}

fn lock_has_one_holder(open: &dyn Fn() -> Box<dyn Backend>) {
    let info = LockInfo::of_this_process("apply", "1.0", "here");
    let other = LockInfo::of_this_process("plan", "1.0", "here");
    let held = open().lock(&info).unwrap();
    assert_eq!(held.taken_over_from, None);
    held.guard.verify().unwrap();
    match open().lock(&other).unwrap_err() {
        StateError::LockHeld { holder, .. } => assert_eq!(*holder, info),
        error => panic!("{error}"),
    }
    assert_eq!(open().lock_holder().unwrap(), Some(info));
    drop(held);
    assert_eq!(open().lock_holder().unwrap(), None);
    drop(open().lock(&other).unwrap());
}

fn forced_lock_is_lost(open: &dyn Fn() -> Box<dyn Backend>) {
    let info = LockInfo::of_this_process("apply", "1.0", "here");
    let next = LockInfo::of_this_process("apply", "1.0", "here");
    let lost = open().lock(&info).unwrap();
    assert!(matches!(open().force_unlock("no such"), Err(StateError::CannotUnlock { .. })));
    lost.guard.verify().unwrap();
    assert_eq!(open().force_unlock(&info.id).unwrap(), info);
    assert!(matches!(lost.guard.verify(), Err(StateError::LockLost { .. })));
    let held = open().lock(&next).unwrap();
    drop(lost);
    held.guard.verify().unwrap();
    assert_eq!(open().lock_holder().unwrap(), Some(next));
}

fn snapshot_is_replaced_and_backed_up(open: &dyn Fn() -> Box<dyn Backend>) {
    open().replace_snapshot(b"one").unwrap();
    assert!(open().recovery().backups.is_empty());
    open().replace_snapshot(b"two, longer").unwrap();
    open().replace_snapshot(b"3").unwrap();
    assert_eq!(open().read_snapshot().unwrap().unwrap(), b"3");
    assert_eq!(open().recovery().backups.len(), 1);
}

fn journal_goes_on_where_it_is_told(open: &dyn Fn() -> Box<dyn Backend>) {
    let written = || {
        let mut bytes = open().read_journal().unwrap().unwrap();
        bytes.truncate(bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1));
        String::from_utf8(bytes).unwrap()
    };
    let mut journal = open().start_journal(b"head;", None).unwrap();
    assert_eq!(written(), "head;");
    journal.append(b"a;").unwrap();
    journal.append(&b"b".repeat(3000)).unwrap();
    assert_eq!(written().len(), 3007);
    let mut resumed = open().resume_journal(7).unwrap();
    resumed.append(b"c;").unwrap();
    assert_eq!(written(), "head;a;c;");
    // Whoever still has the journal open from before cannot disturb it.
    let _ = journal.append(b"late");
    drop(journal);
    assert_eq!(written(), "head;a;c;");
    let before = open().recovery().backups.len();
    let mut next = open().start_journal(b"next;", Some(4)).unwrap();
    next.append(b"d;").unwrap();
    assert_eq!(written(), "next;d;");
    assert_eq!(open().recovery().backups.len(), before + 1);
}

fn history_can_be_discarded(backend: &dyn Backend) {
    backend.discard_history().unwrap();
    assert!(backend.recovery().backups.is_empty());
    assert_eq!(backend.read_snapshot().unwrap().unwrap(), b"3");
    assert!(backend.read_journal().unwrap().is_some());
}
