//! State at rest under a passphrase.

use super::*;

fn sealed(passphrase: &str) -> OpenOptions {
    OpenOptions { cipher: Some(Arc::new(PassphraseCipher::cheap(passphrase))), ..options() }
}

fn secret() -> Record {
    let hidden = InstanceState { attributes: json!({"p": "hunter2"}), ..instance("t.a", 1) };
    Record::changes(vec![Change::put(hidden)])
}

fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let files = fs::read_dir(folder.join("demo")).unwrap().map(|entry| entry.unwrap().path());
    let holds = |path: &std::path::PathBuf| {
        fs::read(path).unwrap().windows(text.len()).any(|part| part == text.as_bytes())
    };
    files.filter(holds).map(|path| path.file_name().unwrap().to_string_lossy().into()).collect()
}

#[test]
fn nothing_is_written_in_the_clear() {
    let folder = TempDir::new().unwrap();
    let store = Store::open(backend(folder.path()), &sealed("passphrase one")).unwrap();
    append(&store, &secret());
    append(&store, &begin("o1"));
    assert!(files_with(folder.path(), "hunter2").is_empty());
    store.commit_snapshot().unwrap();
    append(&store, &put("t.b", 2));
    drop(store);
    assert!(files_with(folder.path(), "hunter2").is_empty());
    assert!(files_with(folder.path(), "token-o1").is_empty());
    let store = Store::open(backend(folder.path()), &sealed("passphrase one")).unwrap();
    assert_eq!(store.instance("t.a").unwrap().attributes["p"], "hunter2");
    assert_eq!((store.pending().len(), store.snapshot().instances.len()), (1, 2));
}

#[test]
fn wrong_or_missing_key_is_an_error() {
    let folder = TempDir::new().unwrap();
    let store = Store::open(backend(folder.path()), &sealed("passphrase one")).unwrap();
    append(&store, &secret());
    store.close().unwrap();
    assert!(matches!(reopen_error(folder.path()), StateError::KeyMissing { .. }));
    let error = Store::open(backend(folder.path()), &sealed("passphrase two")).unwrap_err();
    assert!(matches!(error, StateError::Cipher { .. }), "{error}");
    let path = folder.path().join("demo/state.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\"serial\": 1", "\"serial\": 2")).unwrap();
    assert!(Store::open(backend(folder.path()), &sealed("passphrase one")).is_err());
}

#[test]
fn first_sealed_snapshot_removes_the_clear_past() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    append(&store, &secret());
    store.commit_snapshot().unwrap();
    append(&store, &put("t.b", 2));
    drop(store);
    let store = Store::open(backend(folder.path()), &sealed("passphrase one")).unwrap();
    assert!(store.notices().contains(&Notice::NotEncrypted));
    append(&store, &put("t.c", 3));
    store.close().unwrap();
    assert_eq!(files_with(folder.path(), "hunter2"), [""; 0]);
    let store = Store::open(backend(folder.path()), &sealed("passphrase one")).unwrap();
    assert_eq!((store.snapshot().instances.len(), store.notices()), (3, &[][..]));
}
