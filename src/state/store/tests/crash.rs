//! Journals cut off and changed at any place, and processes killed at any time.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use super::*;

/// Names the folder in which the killed process appends.
const CHILD_FOLDER: &str = "ARTIFORM_TEST_STATE_FOLDER";

#[derive(Clone, Debug)]
enum Act {
    Put(u8, usize),
    Remove(u8),
    Begin(u8),
    Step(u8),
    Commit(u8, usize),
    Abort(u8),
    Snapshot,
    Reopen,
}

fn act() -> impl Strategy<Value = Act> {
    let op = 0..6_u8;
    prop_oneof![
        4 => (op.clone(), 0..400_usize).prop_map(|(a, n)| Act::Put(a, n)),
        1 => op.clone().prop_map(Act::Remove),
        3 => op.clone().prop_map(Act::Begin),
        2 => op.clone().prop_map(Act::Step),
        2 => (op.clone(), 0..400_usize).prop_map(|(a, n)| Act::Commit(a, n)),
        1 => op.prop_map(Act::Abort),
        1 => Just(Act::Snapshot),
        1 => Just(Act::Reopen),
    ]
}

/// The record of an act; the attributes have `n` characters, so that some records cross sectors.
fn record(act: &Act) -> Option<Record> {
    let sized = |a: u8, n: usize| {
        let text = "x".repeat(n);
        let address = format!("t.r{a}");
        InstanceState { attributes: json!({"text": text}), ..instance(&address, 0) }
    };
    Some(match act {
        Act::Put(a, n) => Record::changes(vec![Change::put(sized(*a, *n))]),
        Act::Remove(a) => Record::changes(vec![Change::RemoveInstance(format!("t.r{a}"))]),
        Act::Begin(a) => begin(&format!("o{a}")),
        Act::Step(a) => Record::step(format!("o{a}"), "accepted", json!({"id": a})),
        Act::Commit(a, n) => Record::commit(format!("o{a}"), vec![Change::put(sized(*a, *n))]),
        Act::Abort(a) => Record::abort(format!("o{a}"), "refused"),
        Act::Snapshot | Act::Reopen => return None,
    })
}

/// What a store holds, to compare.
type Seen = (Arc<Snapshot>, Vec<PendingOperation>);

fn seen(store: &Store) -> Seen {
    (store.snapshot(), store.pending())
}

fn same(left: &Seen, right: &Seen) -> bool {
    left.0.instances == right.0.instances && left.1 == right.1
}

/// Does the acts and returns what the store held after each record since the last journal began.
fn perform(folder: &Path, acts: &[Act]) -> Vec<Seen> {
    let mut store = open(folder);
    let mut history = vec![seen(&store)];
    for act in acts {
        let before = seen(&store);
        match (act, record(act)) {
            (_, Some(record)) => match store.append_blocking(&record) {
                Ok(()) => history.push(seen(&store)),
                Err(StateError::BadChange { .. }) => assert!(same(&before, &seen(&store))),
                Err(error) => panic!("{error}"),
            },
            (Act::Snapshot, None) => {
                let serial = store.snapshot().serial;
                assert_eq!(store.commit_snapshot().unwrap(), serial);
                if !store.snapshot().instances.is_empty() {
                    history = vec![seen(&store)];
                }
            }
            (_, None) => {
                drop(store);
                store = open(folder);
            }
        }
        if matches!(act, Act::Snapshot | Act::Reopen) {
            assert!(same(&before, &seen(&store)), "{act:?}");
        }
    }
    drop(store);
    history
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_histories_reopen_the_same(acts in prop::collection::vec(act(), 0..40)) {
        let folder = TempDir::new().unwrap();
        perform(folder.path(), &acts);
    }
}

/// The state after `count` records of one journal, and that journal.
fn journal_of(folder: &Path, count: usize) -> (Vec<Seen>, Vec<u8>) {
    let acts: Vec<Act> = (0..count)
        .flat_map(|n| {
            let a = u8::try_from(n % 5).unwrap();
            [Act::Begin(a), Act::Put(a, n * 37 % 300), Act::Step(a), Act::Commit(a, n)]
        })
        .take(count)
        .collect();
    let history = perform(folder, &acts);
    let journal = fs::read(folder.join("demo/journal")).unwrap();
    assert_eq!(history.len(), count + 1);
    (history, journal)
}

#[test]
fn truncation_at_every_byte_gives_a_prefix() {
    let folder = TempDir::new().unwrap();
    let (history, journal) = journal_of(folder.path(), 12);
    let path = folder.path().join("demo/journal");
    let header = journal.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let mut reached = vec![false; history.len()];
    for cut in 0..=journal.len() {
        fs::write(&path, &journal[..cut]).unwrap();
        match Store::open(backend(folder.path()), &options()) {
            Ok(store) => {
                let lines = journal[..cut].iter().filter(|byte| **byte == b'\n').count();
                assert!(same(&seen(&store), &history[lines - 1]), "cut at {cut}");
                let torn = store.notices().iter().any(|n| matches!(n, Notice::TornTail { .. }));
                assert_eq!(torn, journal[cut - 1] != b'\n', "cut at {cut}");
                reached[lines - 1] = true;
            }
            Err(StateError::JournalCorrupt { .. }) => assert!(cut < header, "cut at {cut}"),
            Err(error) => panic!("cut at {cut}: {error}"),
        }
    }
    assert!(reached.into_iter().all(|reached| reached));
}

#[test]
fn appends_go_on_after_a_torn_tail() {
    let folder = TempDir::new().unwrap();
    let (_, journal) = journal_of(folder.path(), 6);
    let path = folder.path().join("demo/journal");
    for cut in (journal.len() - 300)..journal.len() {
        fs::write(&path, &journal[..cut]).unwrap();
        let store = open(folder.path());
        append(&store, &put("t.after", cut));
        let expected = seen(&store);
        drop(store);
        assert!(same(&expected, &seen(&open(folder.path()))), "cut at {cut}");
    }
}

#[test]
fn every_flipped_bit_is_a_named_error() {
    let folder = TempDir::new().unwrap();
    let (history, journal) = journal_of(folder.path(), 6);
    let path = folder.path().join("demo/journal");
    let mut changed = journal.clone();
    changed.resize(journal.len() + 64, 0);
    for at in 0..changed.len() {
        changed[at] ^= 1 << (at % 8);
        fs::write(&path, &changed).unwrap();
        match Store::open(backend(folder.path()), &options()) {
            Ok(store) => {
                assert!(at >= journal.len(), "byte {at}");
                assert!(same(&seen(&store), history.last().unwrap()), "byte {at}");
            }
            Err(StateError::JournalCorrupt { .. }) => {}
            Err(error) => panic!("byte {at}: {error}"),
        }
        changed[at] ^= 1 << (at % 8);
    }
}

/// Runs only in the process that gets killed: appends for ever and prints what was acknowledged.
#[test]
fn child_appends_until_killed() {
    let Some(folder) = std::env::var_os(CHILD_FOLDER) else { return };
    let store = Arc::new(open(Path::new(&folder)));
    let first = store.snapshot().instances.len();
    let tasks: Vec<_> = (0..4)
        .map(|task| {
            let store = Arc::clone(&store);
            std::thread::spawn(move || {
                for n in 0.. {
                    let op = format!("{first}-{task}-{n}");
                    append(&store, &begin(&op));
                    println!("begun {op}");
                    let made = instance(&format!("t.r{op}"), n);
                    append(&store, &Record::commit(&op, vec![Change::put(made)]));
                    println!("done {op}");
                    if n % 7 == task {
                        store.commit_snapshot().unwrap();
                    }
                }
            })
        })
        .collect();
    tasks.into_iter().for_each(|task| task.join().unwrap());
}

fn kill_after(folder: &Path, lines: usize) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["store::tests::crash::child_appends_until_killed", "--exact", "--nocapture"])
        .env(CHILD_FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut said: Vec<String> = output.by_ref().take(lines).map(Result::unwrap).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    // What it still said before it died was acknowledged as well; the last line may be cut off.
    let mut rest: Vec<String> = output.map(Result::unwrap).collect();
    rest.pop();
    said.append(&mut rest);
    said
}

#[test]
fn killed_process_loses_nothing_acknowledged() {
    let folder = TempDir::new().unwrap();
    let (mut begun, mut done) = (Vec::new(), Vec::new());
    for round in 0..50_usize {
        // The harness itself says a few lines first.
        for line in kill_after(folder.path(), 4 + round * 13 % 61) {
            let mut words = line.rsplitn(3, ' ');
            match (words.next(), words.next()) {
                (Some(op), Some("begun")) => begun.push(op.to_owned()),
                (Some(op), Some("done")) => done.push(op.to_owned()),
                _ => {}
            }
        }
        let store = open(folder.path());
        let pending = store.pending();
        for op in &done {
            assert!(store.instance(&format!("t.r{op}")).is_some(), "round {round}: lost {op}");
        }
        for op in &begun {
            let known = pending.iter().any(|p| p.begin.op == *op)
                || store.instance(&format!("t.r{op}")).is_some();
            assert!(known, "round {round}: lost the begin of {op}");
        }
        for operation in &pending {
            append(&store, &Record::abort(&operation.begin.op, "killed"));
            begun.retain(|op| *op != operation.begin.op);
        }
    }
    assert!(done.len() > 200, "{}", done.len());
    println!("50 kills, {} acknowledged commits, none lost", done.len());
}
