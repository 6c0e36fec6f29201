//! An upload on its way into the folder: gathered, written and hashed on blocking threads.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use repository::Checksums;
use tokio::task::JoinHandle;

use super::{blob_path, blocking, sync_folder};
use crate::StorageError;
use crate::hashing::ChecksumHasher;
use crate::store::{ReadSeek, SealedBlob, Staging};

/// Bytes gathered before a blocking thread takes them. A slow client therefore holds a buffer,
/// never a thread.
const GATHER_BYTES: usize = 512 * 1024;

/// A staging file; removed when it is dropped before it was kept.
#[derive(Debug)]
struct StagingFile {
    path: PathBuf,
    kept: bool,
}

impl Drop for StagingFile {
    fn drop(&mut self) {
        if !self.kept {
            // Nothing was promised about these bytes; what cannot be removed now is removed when
            // the folder is opened again.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// What moves to the blocking thread and back.
struct Writer {
    file: Option<(File, StagingFile)>,
    path: PathBuf,
    hasher: ChecksumHasher,
}

impl Writer {
    fn append(mut self, pieces: Vec<Bytes>) -> Result<Self, StorageError> {
        if self.file.is_none() {
            let file = File::options()
                .write(true)
                .create_new(true)
                .open(&self.path)
                .map_err(|e| StorageError::io("creating a staging file", e))?;
            self.file = Some((file, StagingFile { path: self.path.clone(), kept: false }));
        }
        if let Some((file, _)) = &mut self.file {
            for piece in pieces {
                file.write_all(&piece).map_err(|e| StorageError::io("writing an upload", e))?;
                self.hasher.update(&piece);
            }
        }
        Ok(self)
    }
}

pub(super) struct FileStaging {
    folder: Arc<Path>,
    gathered: Vec<Bytes>,
    gathered_bytes: usize,
    writer: Option<Writer>,
    writing: Option<JoinHandle<Result<Writer, StorageError>>>,
}

impl FileStaging {
    pub(super) fn new(folder: Arc<Path>, path: PathBuf) -> Self {
        let writer = Writer { file: None, path, hasher: ChecksumHasher::new() };
        Self {
            folder,
            gathered: Vec::new(),
            gathered_bytes: 0,
            writer: Some(writer),
            writing: None,
        }
    }

    /// Waits for the piece under way and takes the writer back. After a failure there is none,
    /// and every later step fails too.
    async fn writer(&mut self) -> Result<Writer, StorageError> {
        if let Some(writing) = self.writing.take() {
            return match writing.await {
                Ok(result) => result,
                Err(error) => {
                    Err(StorageError::io("writing an upload", std::io::Error::other(error)))
                }
            };
        }
        self.writer.take().ok_or_else(|| {
            let stopped = std::io::Error::other("an earlier write of this upload failed");
            StorageError::io("writing an upload", stopped)
        })
    }
}

impl Staging for FileStaging {
    fn write(&mut self, chunk: Bytes) -> BoxFuture<'_, Result<(), StorageError>> {
        async move {
            self.gathered_bytes += chunk.len();
            self.gathered.push(chunk);
            if self.gathered_bytes >= GATHER_BYTES {
                let writer = self.writer().await?;
                let pieces = std::mem::take(&mut self.gathered);
                self.gathered_bytes = 0;
                // Not awaited: the next pieces arrive while these are written and hashed.
                self.writing = Some(tokio::task::spawn_blocking(move || writer.append(pieces)));
            }
            Ok(())
        }
        .boxed()
    }

    fn seal(mut self: Box<Self>) -> BoxFuture<'static, Result<Box<dyn SealedBlob>, StorageError>> {
        async move {
            let writer = self.writer().await?;
            let pieces = std::mem::take(&mut self.gathered);
            let folder = Arc::clone(&self.folder);
            blocking(move || seal(writer.append(pieces)?, folder)).await
        }
        .boxed()
    }
}

fn seal(writer: Writer, folder: Arc<Path>) -> Result<Box<dyn SealedBlob>, StorageError> {
    let Some((file, staging)) = writer.file else {
        let missing = std::io::Error::other("the staging file was never created");
        return Err(StorageError::io("sealing an upload", missing));
    };
    file.sync_data().map_err(|e| StorageError::io("making an upload durable", e))?;
    Ok(Box::new(SealedFile { staging, folder, checksums: writer.hasher.finish() }))
}

struct SealedFile {
    staging: StagingFile,
    folder: Arc<Path>,
    checksums: Checksums,
}

impl SealedFile {
    fn keep_blocking(mut self) -> Result<(), StorageError> {
        let target = blob_path(&self.folder, &self.checksums.sha256);
        let known = fs::metadata(&target).is_ok_and(|found| found.len() == self.checksums.size);
        if known {
            // Its bytes were made durable by whoever brought them; ours are not needed. Its name
            // may still be on its way, if they are at this very step.
            return target.parent().map_or(Ok(()), sync_folder);
        }
        fs::rename(&self.staging.path, &target)
            .map_err(|e| StorageError::io("naming a blob", e))?;
        self.staging.kept = true;
        target.parent().map_or(Ok(()), sync_folder)
    }
}

impl SealedBlob for SealedFile {
    fn checksums(&self) -> &Checksums {
        &self.checksums
    }

    fn reader(&self) -> Result<Box<dyn ReadSeek>, StorageError> {
        let file = File::open(&self.staging.path)
            .map_err(|e| StorageError::io("reading an upload again", e))?;
        Ok(Box::new(file))
    }

    fn keep(self: Box<Self>) -> BoxFuture<'static, Result<(), StorageError>> {
        blocking(move || self.keep_blocking()).boxed()
    }
}
