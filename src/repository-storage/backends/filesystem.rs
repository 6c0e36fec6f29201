//! Blobs in a folder of this machine.
//!
//! ```text
//! <folder>/
//!   VERSION               the layout's version, "1"
//!   staging/<n>           uploads under way; emptied when the folder is opened
//!   blobs/<ab>/<sha256>   a blob, named by its sha256; <ab> are its first two digits
//! ```
//!
//! All of it is one file system, so that a rename gives a blob its name in one step. A file below
//! `blobs` is complete and durable from the moment it can be seen.

mod staging;

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use repository::Digest;
use tokio::io::AsyncReadExt;
use tokio_util::io::ReaderStream;

use crate::store::{BlobStore, BlobStream, READ_CHUNK_BYTES, ReadSeek, Staging};
use crate::{StorageError, backends::filesystem::staging::FileStaging};

const LAYOUT_VERSION: &str = "1";

/// A blob store in a folder.
#[derive(Debug, Clone)]
pub struct FilesystemBlobStore {
    folder: Arc<Path>,
    next_staging: Arc<AtomicU64>,
}

impl FilesystemBlobStore {
    /// Opens the folder, creates it when it is absent, and discards uploads that a crash left
    /// half-written. Blocks. The caller makes sure that no other process has the folder open.
    pub fn open(folder: &Path) -> Result<Self, StorageError> {
        let blobs = folder.join("blobs");
        fs::create_dir_all(&blobs).map_err(|e| StorageError::io("creating its folder", e))?;
        check_version(folder)?;
        empty_staging(&folder.join("staging"))?;
        for prefix in 0..=u8::MAX {
            create_dir(&blobs.join(format!("{prefix:02x}")))?;
        }
        // A name is durable only when the folder that holds it is.
        for durable in [blobs.as_path(), folder] {
            sync_folder(durable)?;
        }
        Ok(Self { folder: folder.into(), next_staging: Arc::default() })
    }

    /// Where the blob of a digest lies, or would lie.
    #[must_use]
    pub fn path_of(&self, digest: &Digest) -> PathBuf {
        blob_path(&self.folder, digest)
    }
}

fn blob_path(folder: &Path, digest: &Digest) -> PathBuf {
    let name = digest.to_string();
    folder.join("blobs").join(&name[..2]).join(&name)
}

fn check_version(folder: &Path) -> Result<(), StorageError> {
    let file = folder.join("VERSION");
    match fs::read_to_string(&file) {
        Ok(found) if found.trim() == LAYOUT_VERSION => Ok(()),
        Ok(found) => Err(StorageError::Layout {
            folder: folder.display().to_string(),
            found: found.trim().to_owned(),
            known: LAYOUT_VERSION,
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => fs::write(&file, LAYOUT_VERSION)
            .map_err(|e| StorageError::io("writing its layout version", e)),
        Err(error) => Err(StorageError::io("reading its layout version", error)),
    }
}

fn empty_staging(staging: &Path) -> Result<(), StorageError> {
    create_dir(staging)?;
    let entries = fs::read_dir(staging).map_err(|e| StorageError::io("listing staging", e))?;
    for entry in entries {
        let entry = entry.map_err(|e| StorageError::io("listing staging", e))?;
        fs::remove_file(entry.path()).map_err(|e| StorageError::io("emptying staging", e))?;
    }
    Ok(())
}

fn create_dir(folder: &Path) -> Result<(), StorageError> {
    match fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            Err(StorageError::io("creating its folders", error))
        }
        _ => Ok(()),
    }
}

fn sync_folder(folder: &Path) -> Result<(), StorageError> {
    File::open(folder)
        .and_then(|handle| handle.sync_all())
        .map_err(|e| StorageError::io("making a folder durable", e))
}

fn open_file(path: &Path, digest: &Digest) -> Result<File, StorageError> {
    File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => StorageError::NotFound { digest: digest.to_string() },
        _ => StorageError::io("opening a blob", error),
    })
}

/// Runs file work on a blocking thread; a panic there is an I/O error here.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StorageError> + Send + 'static,
) -> Result<T, StorageError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(StorageError::io("running file work", io::Error::other(error))),
    }
}

/// Reads the first piece together with the opening, because most artifacts are one piece: that
/// is one thread hop for the whole body.
fn open_first_piece(
    path: &Path,
    digest: &Digest,
    range: Range<u64>,
) -> Result<(Bytes, Option<(File, u64)>), StorageError> {
    let mut file = open_file(path, digest)?;
    let size = file.metadata().map_err(|e| StorageError::io("reading a blob's size", e))?.len();
    let end = range.end.min(size);
    let start = range.start.min(end);
    if start > 0 {
        file.seek(SeekFrom::Start(start)).map_err(|e| StorageError::io("seeking in a blob", e))?;
    }
    let length = end - start;
    let first = length.min(READ_CHUNK_BYTES as u64);
    let mut piece = vec![0; usize::try_from(first).unwrap_or(READ_CHUNK_BYTES)];
    file.read_exact(&mut piece).map_err(|e| StorageError::io("reading a blob", e))?;
    let rest = length - first;
    Ok((piece.into(), (rest > 0).then_some((file, rest))))
}

impl BlobStore for FilesystemBlobStore {
    fn stage(&self) -> BoxFuture<'_, Result<Box<dyn Staging>, StorageError>> {
        let number = self.next_staging.fetch_add(1, Ordering::Relaxed);
        let path = self.folder.join("staging").join(number.to_string());
        let staging = FileStaging::new(Arc::clone(&self.folder), path);
        async move { Ok(Box::new(staging) as Box<dyn Staging>) }.boxed()
    }

    fn open(
        &self,
        digest: &Digest,
        range: Range<u64>,
    ) -> BoxFuture<'_, Result<BlobStream, StorageError>> {
        let (path, digest) = (self.path_of(digest), *digest);
        async move {
            let (first, rest) = blocking(move || open_first_piece(&path, &digest, range)).await?;
            let first = stream::iter((!first.is_empty()).then_some(Ok(first)));
            let Some((file, length)) = rest else { return Ok(first.boxed()) };
            let file = tokio::fs::File::from_std(file).take(length);
            let rest = ReaderStream::with_capacity(file, READ_CHUNK_BYTES)
                .map_err(|e| StorageError::io("reading a blob", e));
            Ok(first.chain(rest).boxed())
        }
        .boxed()
    }

    fn open_seekable(
        &self,
        digest: &Digest,
    ) -> BoxFuture<'_, Result<Box<dyn ReadSeek>, StorageError>> {
        let (path, digest) = (self.path_of(digest), *digest);
        blocking(move || open_file(&path, &digest).map(|file| Box::new(file) as Box<dyn ReadSeek>))
            .boxed()
    }

    fn stat(&self, digest: &Digest) -> BoxFuture<'_, Result<Option<u64>, StorageError>> {
        let path = self.path_of(digest);
        blocking(move || match fs::metadata(&path) {
            Ok(metadata) => Ok(Some(metadata.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StorageError::io("reading a blob's size", error)),
        })
        .boxed()
    }

    fn delete(&self, digest: &Digest) -> BoxFuture<'_, Result<bool, StorageError>> {
        let path = self.path_of(digest);
        blocking(move || match fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(StorageError::io("deleting a blob", error)),
        })
        .boxed()
    }

    fn list(&self) -> BoxFuture<'_, Result<Vec<Digest>, StorageError>> {
        let blobs = self.folder.join("blobs");
        blocking(move || list_blobs(&blobs)).boxed()
    }
}

fn list_blobs(blobs: &Path) -> Result<Vec<Digest>, StorageError> {
    let failed = |error| StorageError::io("listing blobs", error);
    let mut digests = Vec::new();
    for folder in fs::read_dir(blobs).map_err(failed)? {
        for entry in fs::read_dir(folder.map_err(failed)?.path()).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            // A file that is not named by a digest was put there by somebody else: leave it.
            digests.extend(name.to_str().and_then(|name| Digest::parse(name).ok()));
        }
    }
    digests.sort();
    Ok(digests)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_crash_leaves_no_staging_behind() {
        let folder = tempfile::tempdir().unwrap();
        let store = FilesystemBlobStore::open(folder.path()).unwrap();
        let mut staging = store.stage().await.unwrap();
        staging.write(Bytes::from(vec![7; 2 << 20])).await.unwrap();
        let sealed = staging.seal().await.unwrap();
        assert_eq!(fs::read_dir(folder.path().join("staging")).unwrap().count(), 1);
        std::mem::forget(sealed);
        let again = FilesystemBlobStore::open(folder.path()).unwrap();
        assert_eq!(fs::read_dir(folder.path().join("staging")).unwrap().count(), 0);
        assert!(again.list().await.unwrap().is_empty());
    }

    #[test]
    fn an_unknown_layout_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("VERSION"), "99").unwrap();
        let error = FilesystemBlobStore::open(folder.path()).unwrap_err();
        assert!(error.to_string().contains("layout version 99"), "{error}");
    }

    #[tokio::test]
    async fn conforms() {
        let folder = tempfile::tempdir().unwrap();
        let store = FilesystemBlobStore::open(folder.path()).unwrap();
        crate::conformance::check(&store).await;
        assert_eq!(fs::read_dir(folder.path().join("staging")).unwrap().count(), 0);
    }
}
