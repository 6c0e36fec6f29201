//! Fails the n-th effect on purpose, so that tests can stop a write at every step.

use std::io;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use repository::{Checksums, Digest};

use crate::StorageError;
use crate::store::{BlobStore, BlobStream, ReadSeek, SealedBlob, Staging};

/// Which effect fails. Effects are counted from 1; zero means none fails.
#[derive(Debug, Default)]
pub struct Faults {
    seen: AtomicU64,
    fail_at: AtomicU64,
}

impl Faults {
    /// Lets the `n`-th effect from now fail, and starts to count again.
    pub fn fail_nth(&self, n: u64) {
        self.seen.store(0, Ordering::SeqCst);
        self.fail_at.store(n, Ordering::SeqCst);
    }

    /// How many effects were seen since [`Faults::fail_nth`].
    #[must_use]
    pub fn seen(&self) -> u64 {
        self.seen.load(Ordering::SeqCst)
    }

    fn effect(&self, during: &'static str) -> Result<(), StorageError> {
        let number = self.seen.fetch_add(1, Ordering::SeqCst) + 1;
        if number == self.fail_at.load(Ordering::SeqCst) {
            return Err(StorageError::io(during, io::Error::from(io::ErrorKind::StorageFull)));
        }
        Ok(())
    }
}

/// A blob store that fails on command.
pub struct FaultyBlobStore<S> {
    inner: S,
    faults: Arc<Faults>,
}

impl<S: BlobStore> FaultyBlobStore<S> {
    /// Wraps a store; nothing fails until the returned faults say so.
    pub fn new(inner: S) -> (Self, Arc<Faults>) {
        let faults = Arc::<Faults>::default();
        (Self { inner, faults: Arc::clone(&faults) }, faults)
    }
}

impl<S: BlobStore> BlobStore for FaultyBlobStore<S> {
    fn stage(&self) -> BoxFuture<'_, Result<Box<dyn Staging>, StorageError>> {
        async move {
            self.faults.effect("creating a staging file")?;
            let inner = self.inner.stage().await?;
            let faults = Arc::clone(&self.faults);
            Ok(Box::new(FaultyStaging { inner, faults }) as Box<dyn Staging>)
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
            self.faults.effect("opening a blob")?;
            opening.await
        }
        .boxed()
    }

    fn open_seekable(
        &self,
        digest: &Digest,
    ) -> BoxFuture<'_, Result<Box<dyn ReadSeek>, StorageError>> {
        self.inner.open_seekable(digest)
    }

    fn stat(&self, digest: &Digest) -> BoxFuture<'_, Result<Option<u64>, StorageError>> {
        let asking = self.inner.stat(digest);
        async move {
            self.faults.effect("reading a blob's size")?;
            asking.await
        }
        .boxed()
    }

    fn delete(&self, digest: &Digest) -> BoxFuture<'_, Result<bool, StorageError>> {
        let deleting = self.inner.delete(digest);
        async move {
            self.faults.effect("deleting a blob")?;
            deleting.await
        }
        .boxed()
    }

    fn list(&self) -> BoxFuture<'_, Result<Vec<Digest>, StorageError>> {
        async move {
            self.faults.effect("listing blobs")?;
            self.inner.list().await
        }
        .boxed()
    }
}

struct FaultyStaging {
    inner: Box<dyn Staging>,
    faults: Arc<Faults>,
}

impl Staging for FaultyStaging {
    fn write(&mut self, chunk: Bytes) -> BoxFuture<'_, Result<(), StorageError>> {
        async move {
            self.faults.effect("writing an upload")?;
            self.inner.write(chunk).await
        }
        .boxed()
    }

    fn seal(self: Box<Self>) -> BoxFuture<'static, Result<Box<dyn SealedBlob>, StorageError>> {
        async move {
            self.faults.effect("making an upload durable")?;
            let inner = self.inner.seal().await?;
            Ok(Box::new(FaultySealed { inner, faults: self.faults }) as Box<dyn SealedBlob>)
        }
        .boxed()
    }
}

struct FaultySealed {
    inner: Box<dyn SealedBlob>,
    faults: Arc<Faults>,
}

impl SealedBlob for FaultySealed {
    fn checksums(&self) -> &Checksums {
        self.inner.checksums()
    }

    fn reader(&self) -> Result<Box<dyn ReadSeek>, StorageError> {
        self.inner.reader()
    }

    fn keep(self: Box<Self>) -> BoxFuture<'static, Result<(), StorageError>> {
        async move {
            self.faults.effect("naming a blob")?;
            self.inner.keep().await
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FilesystemBlobStore;

    /// Writes one blob; the error is the fault that was asked for.
    async fn write(store: &impl BlobStore) -> Result<Digest, StorageError> {
        let mut staging = store.stage().await?;
        staging.write(Bytes::from_static(b"some bytes")).await?;
        let sealed = staging.seal().await?;
        let digest = sealed.checksums().sha256;
        sealed.keep().await?;
        Ok(digest)
    }

    #[tokio::test]
    async fn a_write_that_fails_at_any_step_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (store, faults) =
            FaultyBlobStore::new(FilesystemBlobStore::open(folder.path()).unwrap());
        for step in 1.. {
            faults.fail_nth(step);
            let result = write(&store).await;
            faults.fail_nth(0);
            let blobs = store.list().await.unwrap();
            let staged = std::fs::read_dir(folder.path().join("staging")).unwrap().count();
            assert_eq!(staged, 0, "step {step}");
            match result {
                Err(StorageError::Full { .. }) => assert!(blobs.is_empty(), "step {step}"),
                Err(other) => panic!("step {step}: {other}"),
                Ok(digest) => {
                    assert_eq!(blobs, [digest]);
                    assert!(step > 4, "every step must have failed once");
                    return;
                }
            }
        }
    }
}
