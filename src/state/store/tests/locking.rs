//! One writer at a time, told by name; readers at any time.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use super::*;

const HOLDER_FOLDER: &str = "ARTIFORM_TEST_LOCK_FOLDER";

/// Runs only in the other process: holds the lock until it is killed.
#[test]
fn child_holds_the_lock() {
    let Some(folder) = std::env::var_os(HOLDER_FOLDER) else { return };
    let store = open(Path::new(&folder));
    append(&store, &put("t.held", 1));
    println!("\nlocked {}", store.lock_info().id);
    std::thread::sleep(Duration::from_secs(60));
}

fn other_process(folder: &Path) -> (Child, String) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["store::tests::locking::child_holds_the_lock", "--exact", "--nocapture"])
        .env(HOLDER_FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut ids = lines.filter_map(|line| Some(line.unwrap().strip_prefix("locked ")?.to_owned()));
    let id = ids.next().unwrap();
    (child, id)
}

#[test]
fn second_process_is_told_who_holds_the_lock() {
    let folder = TempDir::new().unwrap();
    let (mut child, id) = other_process(folder.path());
    let error = reopen_error(folder.path());
    let StateError::LockHeld { holder, .. } = &error else { panic!("{error}") };
    assert_eq!((holder.pid, &holder.id), (child.id(), &id));
    let text = format!("{error}\n{}", error.hints().join("\n"));
    for part in ["Lock Info:", "Operation: apply", "Who:", &id, &format!("force-unlock {id}")] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let reader = Store::read_only(&*backend(folder.path()), &options()).unwrap();
    assert!(reader.snapshot().instance("t.held").is_some(), "readers see what is durable");
    child.kill().unwrap();
    child.wait().unwrap();
    let store = open(folder.path());
    let took = |n: &Notice| matches!(n, Notice::LockTakenOver { holder } if holder.id == id);
    assert!(store.notices().iter().any(took));
}

#[test]
fn waits_for_the_lock_as_long_as_told() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    let start = Instant::now();
    let short = OpenOptions { lock_timeout: Duration::from_millis(250), ..options() };
    assert!(Store::open(backend(folder.path()), &short).is_err());
    assert!(start.elapsed() >= Duration::from_millis(250));
    let path = folder.path().to_owned();
    let waiter = std::thread::spawn(move || {
        let long = OpenOptions { lock_timeout: Duration::from_secs(30), ..options() };
        Store::open(backend(&path), &long).map(drop)
    });
    std::thread::sleep(Duration::from_millis(50));
    drop(store);
    waiter.join().unwrap().unwrap();
}

#[test]
fn forced_holder_can_write_no_more() {
    let folder = TempDir::new().unwrap();
    let place = backend(folder.path());
    assert!(matches!(place.force_unlock("any"), Err(StateError::CannotUnlock { .. })));
    let old = open(folder.path());
    append(&old, &put("t.a", 1));
    let error = place.force_unlock("other").unwrap_err();
    assert!(error.to_string().contains(&old.lock_info().id));
    place.force_unlock(&old.lock_info().id).unwrap();
    let new = open(folder.path());
    append(&new, &put("t.b", 2));
    assert!(matches!(old.append_blocking(&put("t.c", 3)), Err(StateError::LockLost { .. })));
    assert!(matches!(old.append_blocking(&put("t.c", 3)), Err(StateError::JournalStopped { .. })));
    assert!(matches!(old.commit_snapshot(), Err(StateError::LockLost { .. })));
    drop(old);
    append(&new, &put("t.d", 4));
    new.close().unwrap();
    let store = open(folder.path());
    assert_eq!(store.snapshot().instances.keys().collect::<Vec<_>>(), ["t.a", "t.b", "t.d"]);
}

#[test]
fn readers_never_fail_while_a_writer_works() {
    let folder = TempDir::new().unwrap();
    let store = Arc::new(open(folder.path()));
    append(&store, &put("t.first", 0));
    let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let writer = {
        let (store, stop) = (Arc::clone(&store), Arc::clone(&stop));
        std::thread::spawn(move || {
            let mut written = 0;
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                written += 1;
                append(&store, &put("t.counter", written));
                if written % 5 == 0 {
                    store.commit_snapshot().unwrap();
                }
            }
        })
    };
    let mut last = 0;
    for _ in 0..300 {
        let reader = Store::read_only(&*backend(folder.path()), &options()).unwrap();
        let counter = reader.snapshot().instance("t.counter").map(|i| i.attributes["id"].clone());
        let counter = counter.and_then(|id| id.as_u64()).unwrap_or(0);
        assert!(counter >= last, "went back from {last} to {counter}");
        last = counter;
    }
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    writer.join().unwrap();
    assert!(last > 0);
}

#[test]
fn files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    for id in 0..2 {
        append(&store, &put("t.a", id));
        store.commit_snapshot().unwrap();
    }
    for entry in fs::read_dir(folder.path().join("demo")).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", entry.path());
    }
}
