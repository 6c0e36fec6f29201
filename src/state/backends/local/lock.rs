//! The lock of a folder: `flock` on a file that says who holds it.
//!
//! The kernel gives an flock back when its holder dies, so a lock that can be had is free, whatever the
//! file says, and a lock that cannot be had has a living holder. The file is removed on release; a lock on
//! a file that has no name any more counts for nothing.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::FlockOperation;

use super::{LocalBackend, failed, read, remove_if_there};
use crate::backends::AcquiredLock;
use crate::{Backend, LockGuard, LockInfo, StateError};

/// A holder writes its name right after it has the lock; a reader waits that long for it.
const NAME_DELAY: Duration = Duration::from_millis(10);
const NAME_TRIES: usize = 5;

/// A lock that is held.
#[derive(Debug)]
struct LocalLock {
    file: File,
    path: PathBuf,
    location: String,
    id: String,
}

/// Tries to get the lock.
pub(super) fn acquire(backend: &LocalBackend, info: &LockInfo) -> Result<AcquiredLock, StateError> {
    let path = backend.path("lock");
    loop {
        backend.make_folder()?;
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let file = match options.open(&path) {
            Ok(file) => file,
            // Someone released it and removed the empty folder just now.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(failed("open", &path)(error)),
        };
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => return Err(held(backend, &path)),
            Err(rustix::io::Errno::INTR) => continue,
            Err(error) => return Err(failed("lock", &path)(error.into())),
        }
        let (location, id) = (backend.location(), info.id.clone());
        let mut lock = LocalLock { file, path: path.clone(), location, id };
        if lock.is_ours() {
            let taken_over_from = lock.name_holder(info)?;
            return Ok(AcquiredLock { guard: Box::new(lock), taken_over_from });
        }
    }
}

/// The holder that the file names.
pub(super) fn holder(path: &Path) -> Result<Option<LockInfo>, StateError> {
    Ok(read(path)?.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

/// Takes the lock away by taking its file's name away.
pub(super) fn force(backend: &LocalBackend, id: &str) -> Result<LockInfo, StateError> {
    let path = backend.path("lock");
    let refuse = |reason: String| StateError::CannotUnlock { location: backend.location(), reason };
    let holder = holder(&path)?.ok_or_else(|| refuse("it is not locked".into()))?;
    if holder.id != id {
        return Err(refuse(format!("the lock's ID is {}, not {id}", holder.id)));
    }
    remove_if_there(&path)?;
    Ok(holder)
}

fn held(backend: &LocalBackend, path: &Path) -> StateError {
    for _ in 0..NAME_TRIES {
        if let Ok(Some(holder)) = holder(path) {
            return StateError::LockHeld { location: backend.location(), holder: Box::new(holder) };
        }
        std::thread::sleep(NAME_DELAY);
    }
    let info = "the holder has not written who it is".into();
    let holder = Box::new(LockInfo { info, path: backend.location(), ..LockInfo::default() });
    StateError::LockHeld { location: backend.location(), holder }
}

impl LocalLock {
    /// Whether the file that we locked still has the lock's name.
    fn is_ours(&self) -> bool {
        let inode = |meta: fs::Metadata| (meta.dev(), meta.ino());
        let ours = self.file.metadata().map(inode).ok();
        ours.is_some() && ours == fs::metadata(&self.path).map(inode).ok()
    }

    /// Writes who holds the lock now, and returns who died with it.
    fn name_holder(&mut self, info: &LockInfo) -> Result<Option<LockInfo>, StateError> {
        let path = self.path.clone();
        let mut before = Vec::new();
        self.file.read_to_end(&mut before).map_err(failed("read", &path))?;
        let text = serde_json::to_vec_pretty(info)
            .map_err(|error| failed("write", &path)(error.into()))?;
        self.file.set_len(0).map_err(failed("write", &path))?;
        self.file.rewind().map_err(failed("write", &path))?;
        self.file.write_all(&text).map_err(failed("write", &path))?;
        Ok(serde_json::from_slice(&before).ok())
    }
}

impl LockGuard for LocalLock {
    fn verify(&self) -> Result<(), StateError> {
        if self.is_ours() {
            return Ok(());
        }
        Err(StateError::LockLost { location: self.location.clone(), id: self.id.clone() })
    }
}

impl Drop for LocalLock {
    fn drop(&mut self) {
        if self.is_ours() {
            // Should this fail, then the file says who held it last, and the flock is gone all the same.
            let _ = fs::remove_file(&self.path);
            // Only a folder in which nothing was ever written is empty.
            let _ = self.path.parent().map(fs::remove_dir);
        }
    }
}
