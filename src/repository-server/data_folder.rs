//! The folder that a server owns.
//!
//! ```text
//! <data_dir>/
//!   lock              held for as long as the server runs; holds its process id
//!   catalog.sqlite    paths, packages, configuration, outbox (with -wal and -shm beside it)
//!   blobs/            the blob store
//!   admin-password    the generated password, mode 0600, when none was configured
//!   logs/access.log   one JSON line per request
//!   logs/audit.log    one JSON line per change or refusal
//! ```

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use crate::error::ServerError;

/// An opened data folder; the lock goes with it.
#[derive(Debug)]
pub(crate) struct DataFolder {
    folder: PathBuf,
    _lock: File,
}

impl DataFolder {
    /// Makes the folder where it is absent and takes its lock.
    pub(crate) fn open(folder: &Path) -> Result<Self, ServerError> {
        let failed = |source| ServerError::DataFolder { folder: folder.to_owned(), source };
        fs::create_dir_all(folder.join("logs")).map_err(failed)?;
        let mut lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(folder.join("lock"))
            .map_err(failed)?;
        match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => {
                let mut holder = String::new();
                let known = lock.read_to_string(&mut holder).is_ok() && !holder.trim().is_empty();
                return Err(ServerError::DataFolderLocked {
                    folder: folder.to_owned(),
                    holder: known.then(|| holder.trim().to_owned()),
                });
            }
            Err(error) => return Err(failed(error.into())),
        }
        lock.set_len(0).map_err(failed)?;
        writeln!(lock, "{}", std::process::id()).map_err(failed)?;
        Ok(Self { folder: folder.to_owned(), _lock: lock })
    }

    pub(crate) fn catalog(&self) -> PathBuf {
        self.folder.join("catalog.sqlite")
    }

    pub(crate) fn blobs(&self) -> PathBuf {
        self.folder.join("blobs")
    }

    pub(crate) fn log(&self, name: &str) -> PathBuf {
        self.folder.join("logs").join(name)
    }

    /// Writes a generated password where only the owner of the process can read it.
    pub(crate) fn write_password(&self, password: &str) -> io::Result<()> {
        let path = self.folder.join("admin-password");
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
        writeln!(file, "{password}")?;
        file.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_server_is_refused_until_the_first_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let first = DataFolder::open(folder.path()).unwrap();
        let error = DataFolder::open(folder.path()).unwrap_err().to_string();
        assert!(error.contains("in use by another server"), "{error}");
        assert!(error.contains(&std::process::id().to_string()), "{error}");
        drop(first);
        DataFolder::open(folder.path()).unwrap();
    }

    #[test]
    fn a_file_in_the_way_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "").unwrap();
        let error = DataFolder::open(&path).unwrap_err().to_string();
        assert!(error.contains("cannot be used"), "{error}");
    }
}
