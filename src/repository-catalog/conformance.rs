//! What every catalog must do; a new database is done when this passes.
#![expect(clippy::unwrap_used, reason = "a conformance check reports by panicking")]

use repository::{Checksums, HexSum, Properties};

use crate::{
    BlobKey, Catalog, CatalogError, Change, Committed, NewFile, NodeQuery, ObjectKind,
    Reconciliation, Record, Subject, SubjectContent, SubjectState, Token,
};

/// Checks one catalog, which must be empty.
pub async fn check(catalog: &dyn Catalog) {
    files_and_folders(catalog).await;
    conflicts_write_nothing(catalog).await;
    properties_and_records(catalog).await;
    events_are_numbered_without_gaps(catalog).await;
    targets_start_with_the_backlog(catalog).await;
    applying_is_idempotent_and_ordered(catalog).await;
    reconciliation_spares_what_it_must(catalog).await;
    objects_and_tokens(catalog).await;
    searching(catalog).await;
    dropping_keeps_the_counter(catalog).await;
}

fn blob(n: u8) -> Checksums {
    Checksums {
        sha256: HexSum::from_bytes([n; 32]),
        sha1: HexSum::from_bytes([n; 20]),
        md5: HexSum::from_bytes([n; 16]),
        size: u64::from(n),
    }
}

fn file(path: &str, n: u8) -> NewFile {
    NewFile {
        path: path.to_owned(),
        blob: blob(n),
        mime: "text/plain".to_owned(),
        by: "ann".to_owned(),
        at: 1000 + i64::from(n),
        properties: Properties::new(),
        records: Vec::new(),
    }
}

fn put(repository: &str, file: NewFile) -> Change {
    Change::PutFile { repository: repository.to_owned(), file: Box::new(file) }
}

async fn commit(catalog: &dyn Catalog, change: Change) -> Committed {
    catalog.commit(vec![change]).await.unwrap()
}

fn delete(repository: &str, path: &str) -> Change {
    Change::DeleteTree { repository: repository.to_owned(), path: path.to_owned(), at: 2000 }
}

async fn files_and_folders(catalog: &dyn Catalog) {
    assert!(catalog.is_empty("one").await.unwrap());
    for (path, n) in [("a/b/c.txt", 1), ("a.txt", 2), ("a-z", 3), ("a/b.txt", 4)] {
        commit(catalog, put("one", file(path, n))).await;
    }
    let folder = Change::PutFolder {
        repository: "one".into(),
        path: "a/empty".into(),
        by: "ann".into(),
        at: 5,
    };
    assert_eq!(commit(catalog, folder.clone()).await.changed, 1);
    assert_eq!(commit(catalog, folder).await.changed, 0);
    let names = |children: Vec<crate::Child>| -> Vec<(String, bool)> {
        children.into_iter().map(|child| (child.name, child.file.is_none())).collect()
    };
    let top = names(catalog.children("one", "").await.unwrap());
    assert_eq!(top, [("a".into(), true), ("a-z".into(), false), ("a.txt".into(), false)]);
    let inner = names(catalog.children("one", "a").await.unwrap());
    assert_eq!(inner, [("b".into(), true), ("b.txt".into(), false), ("empty".into(), true)]);
    let node = catalog.node("one", "a/b/c.txt").await.unwrap().unwrap();
    assert_eq!((node.blob, node.created, node.created_by.as_str()), (Some(blob(1)), 1001, "ann"));
    assert!(catalog.node("one", "a/b").await.unwrap().unwrap().is_folder());
    assert!(catalog.node("one", "a/b/c").await.unwrap().is_none());
    assert!(catalog.node("two", "a/b/c.txt").await.unwrap().is_none());
    let below = catalog.subtree("one", "a", "a/b.txt", 10).await.unwrap();
    let below: Vec<_> = below.iter().map(|node| node.path.as_str()).collect();
    assert_eq!(below, ["a/b/c.txt", "a/empty"]);
    assert_eq!(commit(catalog, delete("one", "a")).await.changed, 3);
    assert_eq!(commit(catalog, delete("one", "a")).await.changed, 0);
    assert!(catalog.node("one", "a").await.unwrap().is_none());
    assert!(catalog.node("one", "a-z").await.unwrap().is_some());
}

async fn conflicts_write_nothing(catalog: &dyn Catalog) {
    commit(catalog, put("conflict", file("dir/file", 1))).await;
    let before = catalog.last_sequence("conflict").await.unwrap();
    let expect = |digest| Change::ExpectPath {
        repository: "conflict".into(),
        path: "dir/file".into(),
        digest,
    };
    let refused = [
        vec![put("conflict", file("x", 2)), put("conflict", file("dir/file/below", 2))],
        vec![put("conflict", file("x", 2)), put("conflict", file("dir", 2))],
        vec![put("conflict", file("x", 2)), expect(None)],
        vec![put("conflict", file("x", 2)), expect(Some(blob(9).sha256))],
    ];
    for changes in refused {
        let error = catalog.commit(changes).await.unwrap_err();
        assert!(matches!(error, CatalogError::Conflict(_)), "{error}");
    }
    assert!(catalog.node("conflict", "x").await.unwrap().is_none());
    assert_eq!(catalog.last_sequence("conflict").await.unwrap(), before);
    catalog.commit(vec![expect(Some(blob(1).sha256))]).await.unwrap();
}

async fn properties_and_records(catalog: &dyn Catalog) {
    let record = Record { package: "p".into(), version: "1".into(), body: "{}".into() };
    let mut new = file("p-1.tgz", 1);
    new.properties.add("k", "b").unwrap();
    new.properties.add("k", "a").unwrap();
    new.records.push(record.clone());
    commit(catalog, put("rows", new)).await;
    let found = catalog.properties("rows", "p-1.tgz").await.unwrap();
    assert_eq!(found.get("k"), ["b", "a"], "values keep their order");
    let rows = catalog.records("rows", Some("p")).await.unwrap();
    assert_eq!((rows.len(), &rows[0].record, rows[0].node.path.as_str()), (1, &record, "p-1.tgz"));
    assert_eq!(catalog.packages("rows").await.unwrap(), ["p"]);
    let version = catalog.version("rows").await.unwrap();
    let mut set = Properties::new();
    set.add("other", "x").unwrap();
    let change = Change::SetProperties {
        repository: "rows".into(),
        path: "p-1.tgz".into(),
        set,
        remove: vec!["k".into()],
        by: "ann".into(),
        at: 1,
    };
    commit(catalog, change).await;
    let found = catalog.properties("rows", "p-1.tgz").await.unwrap();
    assert_eq!((found.get("k").len(), found.get("other")), (0, &["x".to_owned()][..]));
    assert!(catalog.version("rows").await.unwrap() > version);
    let document = |body: Option<&str>| Change::PutDocument {
        repository: "rows".into(),
        name: "tags/p".into(),
        body: body.map(str::to_owned),
        at: 1,
    };
    commit(catalog, document(Some("{}"))).await;
    assert_eq!(catalog.document("rows", "tags/p").await.unwrap().unwrap().body, "{}");
    assert_eq!(catalog.documents("rows", "tags/").await.unwrap().len(), 1);
    assert_eq!(catalog.documents("rows", "x").await.unwrap().len(), 0);
    assert_eq!(commit(catalog, document(Some("{}"))).await.changed, 0);
    commit(catalog, document(None)).await;
    assert!(catalog.document("rows", "tags/p").await.unwrap().is_none());
    commit(catalog, delete("rows", "p-1.tgz")).await;
    assert!(catalog.records("rows", None).await.unwrap().is_empty());
}

async fn events_are_numbered_without_gaps(catalog: &dyn Catalog) {
    let target =
        Change::StartTarget { target: "keeps events".into(), repository: "numbered".into() };
    commit(catalog, target).await;
    for n in 1..=5 {
        commit(catalog, put("numbered", file(&format!("f{n}"), n))).await;
    }
    commit(catalog, Change::Prune { before: 0 }).await;
    let events = catalog.events("numbered", 0, 100).await.unwrap();
    let numbers: Vec<_> = events.iter().map(|event| event.seq).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5], "pruning spares what a target lacks");
    let ack = Change::Acknowledge { target: "keeps events".into(), seq: 3, at: 1 };
    commit(catalog, ack).await;
    commit(catalog, Change::Prune { before: 0 }).await;
    assert_eq!(catalog.events("numbered", 0, 100).await.unwrap().len(), 2);
    // Five files of the backlog, two of them also as events.
    assert_eq!(catalog.lag("keeps events").await.unwrap(), (7, Some(1004)));
}

async fn targets_start_with_the_backlog(catalog: &dyn Catalog) {
    commit(catalog, put("backlog", file("old", 1))).await;
    let start = Change::StartTarget { target: "t".into(), repository: "backlog".into() };
    commit(catalog, start.clone()).await;
    let found = catalog.target("t").await.unwrap().unwrap();
    assert_eq!((found.acknowledged, found.snapshot_after.as_deref()), (1, Some("")));
    commit(catalog, Change::SnapshotProgress { target: "t".into(), after: None }).await;
    commit(catalog, start).await;
    assert_eq!(catalog.target("t").await.unwrap().unwrap().snapshot_after, None);
    assert_eq!(catalog.lag("t").await.unwrap(), (0, None));
    for (holder, after) in [("h1", None), ("h1", None), ("h2", Some(""))] {
        let meet = Change::MeetTarget { target: "t".into(), holder: holder.into() };
        commit(catalog, meet).await;
        let found = catalog.target("t").await.unwrap().unwrap();
        assert_eq!(
            (found.holder.as_deref(), found.snapshot_after.as_deref()),
            (Some(holder), after)
        );
    }
    let subjects = [(Subject::Path("old".into()), 7), (Subject::Path("absent".into()), 9)];
    let states = catalog.states("backlog", &subjects).await.unwrap();
    assert_eq!((states[0].seq, states[0].blob().copied()), (1, Some(blob(1))));
    assert_eq!((states[1].seq, states[1].content.is_none()), (9, true));
    commit(catalog, Change::DropTarget { target: "t".into() }).await;
    assert!(catalog.target("t").await.unwrap().is_none());
}

fn state(path: &str, seq: i64, n: Option<u8>) -> SubjectState {
    let content = n.map(|n| SubjectContent::Node {
        blob: Some(blob(n)),
        mime: "text/plain".into(),
        created: 1,
        created_by: "bob".into(),
        modified: 2,
        modified_by: "bob".into(),
        properties: Properties::new(),
        records: vec![Record { package: "p".into(), version: "1".into(), body: "{}".into() }],
    });
    SubjectState { subject: Subject::Path(path.to_owned()), seq, content }
}

async fn apply(catalog: &dyn Catalog, incarnation: &str, state: SubjectState) -> usize {
    let change = Change::Apply {
        repository: "replica".into(),
        incarnation: incarnation.into(),
        states: vec![state],
        at: 50,
    };
    commit(catalog, change).await.changed
}

async fn applying_is_idempotent_and_ordered(catalog: &dyn Catalog) {
    assert_eq!(apply(catalog, "i", state("f", 5, Some(1))).await, 1);
    assert_eq!(apply(catalog, "i", state("f", 5, Some(1))).await, 0, "repeated");
    assert_eq!(apply(catalog, "i", state("f", 4, Some(2))).await, 0, "older");
    assert_eq!(apply(catalog, "i", state("f", 8, None)).await, 1, "deleted");
    assert_eq!(apply(catalog, "i", state("f", 5, Some(1))).await, 0, "cannot rise again");
    assert!(catalog.node("replica", "f").await.unwrap().is_none());
    assert_eq!(apply(catalog, "i", state("f", 9, Some(3))).await, 1, "published again");
    let node = catalog.node("replica", "f").await.unwrap().unwrap();
    assert_eq!((node.blob, node.created_by.as_str()), (Some(blob(3)), "bob"));
    assert_eq!(apply(catalog, "j", state("f", 1, Some(4))).await, 1, "a rebuilt owner");
    assert_eq!(catalog.records("replica", None).await.unwrap().len(), 1);
    assert!(catalog.events("replica", 0, 10).await.unwrap().is_empty(), "nothing is re-emitted");
}

async fn reconciliation_spares_what_it_must(catalog: &dyn Catalog) {
    commit(catalog, Change::DropRepository { repository: "replica".into() }).await;
    for (path, seq, incarnation) in
        [("a", 1, "i"), ("b", 2, "i"), ("c", 9, "i"), ("d", 1, "old"), ("z", 3, "i")]
    {
        assert_eq!(apply(catalog, incarnation, state(path, seq, Some(1))).await, 1);
    }
    let reconciliation = Reconciliation {
        incarnation: "i".into(),
        after: String::new(),
        through: Some("d".into()),
        keep: vec!["a".into()],
        up_to: 8,
    };
    let change = Change::Reconcile {
        repository: "replica".into(),
        reconciliation: Box::new(reconciliation),
    };
    assert_eq!(commit(catalog, change).await.changed, 1);
    let left = catalog.subtree("replica", "", "", 10).await.unwrap();
    let left: Vec<_> = left.iter().map(|node| node.path.as_str()).collect();
    assert_eq!(left, ["a", "c", "d", "z"]);
}

async fn objects_and_tokens(catalog: &dyn Catalog) {
    let user = |body: &str| Change::PutObject {
        kind: ObjectKind::User,
        name: "ann".into(),
        body: body.into(),
    };
    commit(catalog, user("1")).await;
    commit(catalog, user("2")).await;
    assert_eq!(catalog.object(ObjectKind::User, "ann").await.unwrap().as_deref(), Some("2"));
    assert_eq!(catalog.object(ObjectKind::Group, "ann").await.unwrap(), None);
    assert_eq!(catalog.objects(ObjectKind::User).await.unwrap().len(), 1);
    let gone = Change::DeleteObject { kind: ObjectKind::User, name: "ann".into() };
    assert_eq!(commit(catalog, gone.clone()).await.changed, 1);
    assert_eq!(commit(catalog, gone).await.changed, 0);
    let token = Token {
        id: "1".into(),
        hash: blob(1).sha256,
        subject: "ann".into(),
        scope: "s".into(),
        description: String::new(),
        created: 1,
        expires: Some(2),
        refresh: Some(blob(2).sha256),
    };
    commit(catalog, Change::PutToken(Box::new(token.clone()))).await;
    assert_eq!(catalog.token(&blob(1).sha256).await.unwrap(), Some(token.clone()));
    assert_eq!(catalog.token(&blob(2).sha256).await.unwrap(), Some(token));
    commit(catalog, Change::DeleteToken { id: "1".into() }).await;
    assert!(catalog.tokens().await.unwrap().is_empty());
}

async fn searching(catalog: &dyn Catalog) {
    let mut new = file("deep/down/needle-1.jar", 77);
    new.properties.add("stage", "prod").unwrap();
    commit(catalog, put("search", new)).await;
    commit(catalog, put("search", file("other[1].jar", 78))).await;
    let hit = |query: NodeQuery| async move {
        catalog.find(&NodeQuery { limit: 10, ..query }).await.unwrap().len()
    };
    let name = |text: &str| NodeQuery { name: Some(text.into()), ..NodeQuery::default() };
    assert_eq!(hit(name("needle*")).await, 1);
    assert_eq!(hit(name("other[1].jar")).await, 1, "brackets are themselves");
    assert_eq!(hit(name("haystack*")).await, 0);
    let sum = Some(BlobKey::Sha1(blob(77).sha1));
    assert_eq!(hit(NodeQuery { blob: sum, ..NodeQuery::default() }).await, 1);
    let property = |value: &str| NodeQuery {
        properties: vec![("stage".into(), vec![value.into()])],
        ..NodeQuery::default()
    };
    assert_eq!((hit(property("prod")).await, hit(property("test")).await), (1, 0));
    let elsewhere = NodeQuery { repositories: vec!["one".into()], ..name("needle*") };
    assert_eq!(hit(elsewhere).await, 0);
    let usage = catalog.usage().await.unwrap();
    let usage = usage.iter().find(|usage| usage.repository == "search").unwrap();
    assert_eq!((usage.files, usage.bytes), (2, 77 + 78));
    let count = Change::CountDownloads {
        repository: "search".into(),
        path: "deep/down/needle-1.jar".into(),
        count: 2,
        by: "bob".into(),
        at: 9,
    };
    commit(catalog, count.clone()).await;
    commit(catalog, count).await;
    let statistics = catalog.statistics("search", "deep/down/needle-1.jar").await.unwrap();
    assert_eq!((statistics.downloads, statistics.last), (4, 9));
}

async fn dropping_keeps_the_counter(catalog: &dyn Catalog) {
    let before = catalog.last_sequence("search").await.unwrap();
    commit(catalog, Change::DropRepository { repository: "search".into() }).await;
    assert!(catalog.is_empty("search").await.unwrap());
    commit(catalog, put("search", file("again", 1))).await;
    assert_eq!(catalog.last_sequence("search").await.unwrap(), before + 1);
}
