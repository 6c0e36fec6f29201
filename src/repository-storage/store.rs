//! The contract of a blob store: what every backend and every decorator promises.

use std::io;
use std::ops::Range;

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use repository::{Checksums, Digest};

use crate::StorageError;

/// Size of the pieces in which a blob is read, in bytes. Measured: smaller ones cost a thread hop
/// each, larger ones fall out of the processor's cache.
pub const READ_CHUNK_BYTES: usize = 256 * 1024;

/// The bytes of a blob, or of a range of it, in order.
pub type BlobStream = BoxStream<'static, Result<Bytes, StorageError>>;

/// A blob opened for reading at any place, for the inspection of archives on a blocking thread.
pub trait ReadSeek: io::Read + io::Seek + Send {}
impl<T: io::Read + io::Seek + Send> ReadSeek for T {}

/// Keeps immutable bytes under their sha256.
pub trait BlobStore: Send + Sync + 'static {
    /// Starts a blob of unknown digest.
    fn stage(&self) -> BoxFuture<'_, Result<Box<dyn Staging>, StorageError>>;

    /// Streams the bytes of `range` (end exclusive; clipped to the blob's size).
    /// Absent blobs are [`StorageError::NotFound`].
    fn open(
        &self,
        digest: &Digest,
        range: Range<u64>,
    ) -> BoxFuture<'_, Result<BlobStream, StorageError>>;

    /// Opens a blob for random access. The reader blocks: use it on a blocking thread.
    fn open_seekable(
        &self,
        digest: &Digest,
    ) -> BoxFuture<'_, Result<Box<dyn ReadSeek>, StorageError>>;

    /// The size of a blob in bytes, `None` when it is absent.
    fn stat(&self, digest: &Digest) -> BoxFuture<'_, Result<Option<u64>, StorageError>>;

    /// Removes a blob; tells whether it was there.
    fn delete(&self, digest: &Digest) -> BoxFuture<'_, Result<bool, StorageError>>;

    /// Every digest in the store, sorted. A failure is an error, never a shorter list.
    fn list(&self) -> BoxFuture<'_, Result<Vec<Digest>, StorageError>>;
}

/// A blob that is being written. Dropping it discards what was written.
pub trait Staging: Send {
    /// Adds bytes and hashes them.
    fn write(&mut self, chunk: Bytes) -> BoxFuture<'_, Result<(), StorageError>>;

    /// Ends the blob: afterwards its bytes are durable, still without a name.
    fn seal(self: Box<Self>) -> BoxFuture<'static, Result<Box<dyn SealedBlob>, StorageError>>;
}

/// A blob that is complete and durable but not yet visible. Dropping it discards it.
pub trait SealedBlob: Send + Sync {
    /// Checksums and size of the bytes as they were written.
    fn checksums(&self) -> &Checksums;

    /// Opens the sealed bytes for inspection. Blocks: use it on a blocking thread.
    fn reader(&self) -> Result<Box<dyn ReadSeek>, StorageError>;

    /// Makes the blob visible under its digest, durably. A digest that is there already stays as
    /// it is: equal digests are equal bytes.
    fn keep(self: Box<Self>) -> BoxFuture<'static, Result<(), StorageError>>;
}
