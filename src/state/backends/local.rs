//! State in a folder of this machine.
//!
//! ```text
//! state/<stack>/
//!   state.json             the snapshot; replaced by rename, never written in place
//!   state.json.backup      the snapshot before
//!   journal                what was done since the snapshot; allocated ahead, ends in zero bytes
//!   journal.<serial>       journals of the past, by the serial that they followed; the last ten
//!   lock                   while someone holds it: locked by flock, says who in JSON
//!   *.new                  a file that is not renamed into place yet; worthless after a crash
//! ```
//! All files hold secrets and are readable by their owner only.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::backends::AcquiredLock;
use crate::{Backend, JournalWriter, LockInfo, Recovery, StateError};

mod journal;
mod lock;

use journal::LocalJournal;

/// How many journals of the past are kept.
const HISTORY_LENGTH_MAX: usize = 10;

/// The folder of one stack's state.
#[derive(Clone, Debug)]
pub struct LocalBackend {
    folder: PathBuf,
}

impl LocalBackend {
    /// Keeps state in this folder (`state/<stack>`), which is made when something is written.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Journals of the past with their serials, newest first.
    fn history(&self) -> Vec<(u64, PathBuf)> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return Vec::new() };
        let serial =
            |path: &Path| path.file_name()?.to_str()?.strip_prefix("journal.")?.parse::<u64>().ok();
        let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
        let mut history: Vec<_> = paths.filter_map(|path| Some((serial(&path)?, path))).collect();
        history.sort_unstable_by(|left, right| right.cmp(left));
        history
    }

    /// Makes the folder, durably.
    fn make_folder(&self) -> Result<(), StateError> {
        if self.folder.is_dir() {
            return Ok(());
        }
        fs::create_dir_all(&self.folder).map_err(failed("make", &self.folder))?;
        match self.folder.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => sync_folder(parent),
            _ => sync_folder(Path::new(".")),
        }
    }

    /// Gives the file a second name beside its own, in the place of what had that name.
    fn keep(&self, name: &str, kept: &str) -> Result<(), StateError> {
        let (from, to) = (self.path(name), self.path(kept));
        let new = self.path(&format!("{kept}.new"));
        remove_if_there(&new)?;
        match fs::hard_link(&from, &new) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            // Some file systems have no hard links.
            Err(_) => {
                let bytes = fs::read(&from).map_err(failed("read", &from))?;
                drop(write_new(&new, &bytes)?);
            }
        }
        fs::rename(&new, &to).map_err(failed("rename", &new))
    }

    /// Puts a file in place so that a crash leaves the old one or the new one.
    fn put(&self, name: &str, bytes: &[u8]) -> Result<File, StateError> {
        let new = self.path(&format!("{name}.new"));
        let file = write_new(&new, bytes)?;
        fs::rename(&new, self.path(name)).map_err(failed("rename", &new))?;
        sync_folder(&self.folder)?;
        Ok(file)
    }
}

impl Backend for LocalBackend {
    fn location(&self) -> String {
        self.path("state.json").display().to_string()
    }

    fn lock(&self, info: &LockInfo) -> Result<AcquiredLock, StateError> {
        lock::acquire(self, info)
    }

    fn lock_holder(&self) -> Result<Option<LockInfo>, StateError> {
        lock::holder(&self.path("lock"))
    }

    fn force_unlock(&self, id: &str) -> Result<LockInfo, StateError> {
        lock::force(self, id)
    }

    fn read_snapshot(&self) -> Result<Option<Vec<u8>>, StateError> {
        read(&self.path("state.json"))
    }

    fn replace_snapshot(&self, bytes: &[u8]) -> Result<(), StateError> {
        self.make_folder()?;
        self.keep("state.json", "state.json.backup")?;
        self.put("state.json", bytes).map(drop)
    }

    fn read_journal(&self) -> Result<Option<Vec<u8>>, StateError> {
        read(&self.path("journal"))
    }

    fn start_journal(
        &self,
        bytes: &[u8],
        retire_as: Option<u64>,
    ) -> Result<Box<dyn JournalWriter>, StateError> {
        self.make_folder()?;
        if let Some(serial) = retire_as {
            self.keep("journal", &format!("journal.{serial}"))?;
        }
        let file = self.put("journal", bytes)?;
        for (_, path) in self.history().into_iter().skip(HISTORY_LENGTH_MAX) {
            remove_if_there(&path)?;
        }
        let length = bytes.len() as u64;
        Ok(Box::new(LocalJournal::new(file, self.path("journal"), length)))
    }

    /// Goes on in a copy. A holder whose lock was forced may still write, and then writes into the old
    /// file, which has no name any more.
    fn resume_journal(&self, length: u64) -> Result<Box<dyn JournalWriter>, StateError> {
        let mut bytes = self.read_journal()?.unwrap_or_default();
        bytes.truncate(usize::try_from(length).unwrap_or(usize::MAX));
        self.start_journal(&bytes, None)
    }

    fn recovery(&self) -> Recovery {
        let shown = |path: &Path| path.display().to_string();
        let there = |name: &str| Some(self.path(name)).filter(|path| path.exists());
        let backup = there("state.json.backup").map(|path| shown(&path));
        let history = self.history().into_iter().map(|(_, path)| shown(&path));
        Recovery {
            journal: there("journal").map(|path| shown(&path)),
            backups: backup.into_iter().chain(history).collect(),
        }
    }

    fn discard_history(&self) -> Result<(), StateError> {
        remove_if_there(&self.path("state.json.backup"))?;
        for (_, path) in self.history() {
            remove_if_there(&path)?;
        }
        sync_folder(&self.folder)
    }
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StateError {
    let path = path.display().to_string();
    move |source| StateError::io(action, path, source)
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, StateError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("read", path)(error)),
    }
}

fn remove_if_there(path: &Path) -> Result<(), StateError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed("remove", path)(error)),
        _ => Ok(()),
    }
}

/// A new file with these bytes, durable, but its name not yet.
fn write_new(path: &Path, bytes: &[u8]) -> Result<File, StateError> {
    remove_if_there(path)?;
    let mut options = OpenOptions::new();
    let options = options.read(true).write(true).create_new(true).mode(0o600);
    let mut file = options.open(path).map_err(failed("make", path))?;
    file.write_all(bytes).map_err(failed("write", path))?;
    file.sync_all().map_err(failed("write", path))?;
    Ok(file)
}

/// Makes names in the folder durable.
fn sync_folder(folder: &Path) -> Result<(), StateError> {
    let open = File::open(folder).map_err(failed("open", folder))?;
    open.sync_all().map_err(failed("write", folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conforms() {
        let folder = tempfile::TempDir::new().unwrap();
        let place = folder.path().join("deep/demo");
        crate::backends::conformance::check(&|| Box::new(LocalBackend::new(&place)));
    }
}
