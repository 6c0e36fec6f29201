//! What every blob store must do; a new backend is done when this passes.
#![expect(clippy::unwrap_used, reason = "a conformance check reports by panicking")]

use bytes::Bytes;
use futures::TryStreamExt;
use repository::Digest;

use crate::store::{BlobStore, READ_CHUNK_BYTES};

/// Checks one store, which must be empty, and leaves it empty.
pub async fn check(store: &dyn BlobStore) {
    absent_is_a_fact_not_an_error(store).await;
    bytes_come_back_as_they_went(store).await;
    an_empty_blob_is_a_blob(store).await;
    ranges_are_clipped(store).await;
    discarded_staging_leaves_nothing(store).await;
    keeping_twice_is_keeping_once(store).await;
}

async fn put(store: &dyn BlobStore, bytes: &[u8]) -> Digest {
    let mut staging = store.stage().await.unwrap();
    for piece in bytes.chunks(1000) {
        staging.write(Bytes::copy_from_slice(piece)).await.unwrap();
    }
    let sealed = staging.seal().await.unwrap();
    assert_eq!(sealed.checksums().size, bytes.len() as u64);
    let mut again = Vec::new();
    std::io::Read::read_to_end(&mut sealed.reader().unwrap(), &mut again).unwrap();
    assert_eq!(again, bytes);
    let digest = sealed.checksums().sha256;
    sealed.keep().await.unwrap();
    digest
}

async fn get(store: &dyn BlobStore, digest: &Digest, range: std::ops::Range<u64>) -> Vec<u8> {
    let stream = store.open(digest, range).await.unwrap();
    stream.try_collect::<Vec<Bytes>>().await.unwrap().concat()
}

async fn absent_is_a_fact_not_an_error(store: &dyn BlobStore) {
    let absent = Digest::parse(&"0".repeat(64)).unwrap();
    assert_eq!(store.stat(&absent).await.unwrap(), None);
    assert!(!store.delete(&absent).await.unwrap());
    assert!(store.open(&absent, 0..1).await.is_err_and(|error| error.is_not_found()));
    assert!(store.open_seekable(&absent).await.is_err_and(|error| error.is_not_found()));
    assert!(store.list().await.unwrap().is_empty());
}

async fn bytes_come_back_as_they_went(store: &dyn BlobStore) {
    let bytes: Vec<u8> = (0..3 * READ_CHUNK_BYTES + 17).map(|n| (n % 251) as u8).collect();
    let digest = put(store, &bytes).await;
    assert_eq!(store.stat(&digest).await.unwrap(), Some(bytes.len() as u64));
    assert_eq!(store.list().await.unwrap(), [digest]);
    assert!(get(store, &digest, 0..u64::MAX).await == bytes);
    assert!(store.delete(&digest).await.unwrap());
    assert_eq!(store.stat(&digest).await.unwrap(), None);
}

async fn an_empty_blob_is_a_blob(store: &dyn BlobStore) {
    let digest = put(store, b"").await;
    assert_eq!(store.stat(&digest).await.unwrap(), Some(0));
    assert!(get(store, &digest, 0..u64::MAX).await.is_empty());
    store.delete(&digest).await.unwrap();
}

async fn ranges_are_clipped(store: &dyn BlobStore) {
    let digest = put(store, b"0123456789").await;
    for (range, expected) in
        [(0..3, "012"), (4..5, "4"), (8..100, "89"), (10..12, ""), (50..60, ""), (3..3, "")]
    {
        assert_eq!(get(store, &digest, range.clone()).await, expected.as_bytes(), "{range:?}");
    }
    store.delete(&digest).await.unwrap();
}

async fn discarded_staging_leaves_nothing(store: &dyn BlobStore) {
    let mut staging = store.stage().await.unwrap();
    staging.write(Bytes::from(vec![1; 3 << 20])).await.unwrap();
    drop(staging.seal().await.unwrap());
    assert!(store.list().await.unwrap().is_empty());
}

async fn keeping_twice_is_keeping_once(store: &dyn BlobStore) {
    let first = put(store, b"the same").await;
    let second = put(store, b"the same").await;
    assert_eq!(first, second);
    assert_eq!(store.list().await.unwrap(), [first]);
    store.delete(&first).await.unwrap();
}
