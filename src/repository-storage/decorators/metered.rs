//! Counts what goes through a blob store, for the metrics page.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use repository::{Checksums, Digest};

use crate::StorageError;
use crate::store::{BlobStore, BlobStream, ReadSeek, SealedBlob, Staging};

/// Totals since the store was opened.
#[derive(Debug, Default)]
pub struct StorageCounters {
    /// Bytes written into staging.
    pub bytes_written: AtomicU64,
    /// Bytes read out of blobs.
    pub bytes_read: AtomicU64,
    /// Blobs that became visible.
    pub blobs_kept: AtomicU64,
    /// Blobs removed.
    pub blobs_deleted: AtomicU64,
    /// Operations that failed for another reason than "not found".
    pub failures: AtomicU64,
}

impl StorageCounters {
    fn note<T>(&self, result: Result<T, StorageError>) -> Result<T, StorageError> {
        if result.as_ref().is_err_and(|error| !error.is_not_found()) {
            self.failures.fetch_add(1, Ordering::Relaxed);
        }
        result
    }
}

/// A blob store that counts.
pub struct MeteredBlobStore<S> {
    inner: S,
    counters: Arc<StorageCounters>,
}

impl<S: BlobStore> MeteredBlobStore<S> {
    /// Wraps a store.
    pub fn new(inner: S) -> Self {
        Self { inner, counters: Arc::default() }
    }

    /// The totals, shared.
    #[must_use]
    pub fn counters(&self) -> Arc<StorageCounters> {
        Arc::clone(&self.counters)
    }
}

impl<S: BlobStore> BlobStore for MeteredBlobStore<S> {
    fn stage(&self) -> BoxFuture<'_, Result<Box<dyn Staging>, StorageError>> {
        async move {
            let inner = self.counters.note(self.inner.stage().await)?;
            let staging = MeteredStaging { inner, counters: self.counters() };
            Ok(Box::new(staging) as Box<dyn Staging>)
        }
        .boxed()
    }

    fn open(
        &self,
        digest: &Digest,
        range: Range<u64>,
    ) -> BoxFuture<'_, Result<BlobStream, StorageError>> {
        let opening = self.inner.open(digest, range);
        async move {
            let stream = self.counters.note(opening.await)?;
            let counters = self.counters();
            let counted = stream.map(move |piece| {
                let piece = counters.note(piece)?;
                counters.bytes_read.fetch_add(piece.len() as u64, Ordering::Relaxed);
                Ok(piece)
            });
            Ok(counted.boxed())
        }
        .boxed()
    }

    fn open_seekable(
        &self,
        digest: &Digest,
    ) -> BoxFuture<'_, Result<Box<dyn ReadSeek>, StorageError>> {
        let opening = self.inner.open_seekable(digest);
        async move { self.counters.note(opening.await) }.boxed()
    }

    fn stat(&self, digest: &Digest) -> BoxFuture<'_, Result<Option<u64>, StorageError>> {
        let asking = self.inner.stat(digest);
        async move { self.counters.note(asking.await) }.boxed()
    }

    fn delete(&self, digest: &Digest) -> BoxFuture<'_, Result<bool, StorageError>> {
        let deleting = self.inner.delete(digest);
        async move {
            let deleted = self.counters.note(deleting.await)?;
            self.counters.blobs_deleted.fetch_add(u64::from(deleted), Ordering::Relaxed);
            Ok(deleted)
        }
        .boxed()
    }

    fn list(&self) -> BoxFuture<'_, Result<Vec<Digest>, StorageError>> {
        async move { self.counters.note(self.inner.list().await) }.boxed()
    }
}

struct MeteredStaging {
    inner: Box<dyn Staging>,
    counters: Arc<StorageCounters>,
}

impl Staging for MeteredStaging {
    fn write(&mut self, chunk: Bytes) -> BoxFuture<'_, Result<(), StorageError>> {
        async move {
            let length = chunk.len() as u64;
            self.counters.note(self.inner.write(chunk).await)?;
            self.counters.bytes_written.fetch_add(length, Ordering::Relaxed);
            Ok(())
        }
        .boxed()
    }

    fn seal(self: Box<Self>) -> BoxFuture<'static, Result<Box<dyn SealedBlob>, StorageError>> {
        async move {
            let inner = self.counters.note(self.inner.seal().await)?;
            Ok(Box::new(MeteredSealed { inner, counters: self.counters }) as Box<dyn SealedBlob>)
        }
        .boxed()
    }
}

struct MeteredSealed {
    inner: Box<dyn SealedBlob>,
    counters: Arc<StorageCounters>,
}

impl SealedBlob for MeteredSealed {
    fn checksums(&self) -> &Checksums {
        self.inner.checksums()
    }

    fn reader(&self) -> Result<Box<dyn ReadSeek>, StorageError> {
        self.counters.note(self.inner.reader())
    }

    fn keep(self: Box<Self>) -> BoxFuture<'static, Result<(), StorageError>> {
        async move {
            self.counters.note(self.inner.keep().await)?;
            self.counters.blobs_kept.fetch_add(1, Ordering::Relaxed);
            Ok(())
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FilesystemBlobStore;

    #[tokio::test]
    async fn conforms_and_counts() {
        let folder = tempfile::tempdir().unwrap();
        let store = MeteredBlobStore::new(FilesystemBlobStore::open(folder.path()).unwrap());
        crate::conformance::check(&store).await;
        assert!(store.counters().bytes_written.load(Ordering::Relaxed) > 0);
        assert!(store.counters().bytes_read.load(Ordering::Relaxed) > 0);
        assert_eq!(store.counters().failures.load(Ordering::Relaxed), 0);
    }
}
