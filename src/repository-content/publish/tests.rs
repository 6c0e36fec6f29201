//! Writes that are stopped at every step: an answered write is there, an unanswered one is not.

use std::sync::Arc;

use bytes::Bytes;
use futures::{StreamExt, stream};
use repository::{ArtifactPath, Properties};
use repository_catalog::SqliteCatalog;
use repository_formats::{ErrorKind, ExpectedChecksums};
use repository_storage::{Faults, FaultyBlobStore, FilesystemBlobStore};
use serde_json::json;

use super::{Author, DeployRequest};
use crate::content::Content;
use crate::error::ContentError;
use crate::publish::body::{BodyError, BodyStream};

struct House {
    folder: tempfile::TempDir,
    content: Content,
    faults: Arc<Faults>,
}

async fn open(folder: &std::path::Path) -> (Content, Arc<Faults>) {
    let blobs = FilesystemBlobStore::open(&folder.join("blobs")).unwrap();
    let (blobs, faults) = FaultyBlobStore::new(blobs);
    let catalog = SqliteCatalog::open(&folder.join("catalog.sqlite"), "east").unwrap();
    let content = Content::open(Arc::new(catalog), Arc::new(blobs)).await.unwrap();
    (content, faults)
}

async fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let (content, faults) = open(folder.path()).await;
    let body = json!({"rclass": "local", "packageType": "generic"});
    content.repositories().create("files", body).await.unwrap();
    House { folder, content, faults }
}

fn body(pieces: Vec<Result<Bytes, BodyError>>) -> BodyStream {
    stream::iter(pieces).boxed()
}

fn request(content: &Content) -> DeployRequest {
    DeployRequest {
        repository: content.repository("files").unwrap(),
        path: ArtifactPath::parse("a/b").unwrap(),
        expected: ExpectedChecksums::default(),
        properties: Properties::new(),
        author: Author { name: "ann".into(), may_overwrite: true },
    }
}

async fn deploy(content: &Content, bytes: &'static str) -> Result<(), ContentError> {
    let pieces = body(vec![Ok(Bytes::from_static(bytes.as_bytes()))]);
    content.deploy(request(content), pieces).await.map(|_| ())
}

async fn visible(content: &Content) -> Option<String> {
    let node = content.catalog().node("files", "a/b").await.unwrap()?;
    let pieces: Vec<_> = content.read(&node, 0..u64::MAX, "ann").await.unwrap().collect().await;
    let bytes: Vec<u8> = pieces.into_iter().flat_map(|piece| piece.unwrap().to_vec()).collect();
    Some(String::from_utf8(bytes).unwrap())
}

#[tokio::test]
async fn a_write_that_fails_at_any_step_leaves_what_was_there() {
    let house = house().await;
    deploy(&house.content, "old").await.unwrap();
    for step in 1.. {
        house.faults.fail_nth(step);
        let result = deploy(&house.content, "new").await;
        house.faults.fail_nth(0);
        match result {
            Err(error) => {
                assert_eq!(error.kind, ErrorKind::Unavailable, "step {step}");
                assert_eq!(visible(&house.content).await.as_deref(), Some("old"), "step {step}");
            }
            Ok(()) => {
                assert!(step > 4, "every step must have failed once");
                assert_eq!(visible(&house.content).await.as_deref(), Some("new"));
                return;
            }
        }
    }
}

#[tokio::test]
async fn a_body_that_breaks_leaves_nothing() {
    let house = house().await;
    let pieces = body(vec![Ok(Bytes::from_static(b"half")), Err(BodyError::Broken("gone".into()))]);
    let error = house.content.deploy(request(&house.content), pieces).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Invalid);
    assert_eq!(visible(&house.content).await, None);
    assert!(house.content.blobs().list().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_crash_between_blob_and_commit_shows_nothing_and_harms_nothing() {
    let house = house().await;
    // As kill -9 leaves it: one upload in staging, one blob that is named, neither committed.
    let staged = house.content.stage(body(vec![Ok(Bytes::from_static(b"staged"))])).await.unwrap();
    std::mem::forget(staged);
    let named = house.content.stage(body(vec![Ok(Bytes::from_static(b"named"))])).await.unwrap();
    named.keep().await.unwrap();
    let events = house.content.catalog().events("files", 0, 10).await.unwrap();
    assert!(events.is_empty(), "nothing is told to other sites: {events:?}");
    // The old handles stay open: the files are found as a crash left them.
    let (after, _) = open(house.folder.path()).await;
    assert_eq!(visible(&after).await, None);
    let staging = house.folder.path().join("blobs/staging");
    assert_eq!(std::fs::read_dir(staging).unwrap().count(), 0);
    deploy(&after, "named").await.unwrap();
    assert_eq!(visible(&after).await.as_deref(), Some("named"));
    assert_eq!(after.catalog().events("files", 0, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_answered_write_is_there_after_a_crash() {
    let house = house().await;
    deploy(&house.content, "answered").await.unwrap();
    let (after, _) = open(house.folder.path()).await;
    assert_eq!(visible(&after).await.as_deref(), Some("answered"));
    assert_eq!(after.catalog().events("files", 0, 10).await.unwrap().len(), 1);
}
