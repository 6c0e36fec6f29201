//! The access log and the audit log: JSON lines, written on a thread of their own.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use serde_json::Value;

/// Lines that may wait for the disk.
const LINES_WAITING_MAX: usize = 16 * 1024;
/// Files that are kept beside the one being written.
const OLD_FILES: u32 = 4;

/// A log of JSON lines.
pub(crate) struct LogFile {
    lines: Option<SyncSender<String>>,
    thread: Option<JoinHandle<()>>,
}

impl LogFile {
    /// A log into a file, or one that forgets everything.
    pub(crate) fn open(path: PathBuf, bytes_max: u64, enabled: bool) -> std::io::Result<Self> {
        if !enabled {
            return Ok(Self { lines: None, thread: None });
        }
        let file = append(&path)?;
        let (lines, waiting) = sync_channel(LINES_WAITING_MAX);
        let thread = std::thread::Builder::new()
            .name("log-writer".to_owned())
            .spawn(move || write_lines(&path, file, bytes_max, &waiting))?;
        Ok(Self { lines: Some(lines), thread: Some(thread) })
    }

    /// Adds a line. When the disk cannot keep up, the line is dropped rather than the request
    /// delayed.
    pub(crate) fn write(&self, line: &Value) {
        let Some(lines) = &self.lines else { return };
        if let Err(TrySendError::Full(_)) = lines.try_send(line.to_string()) {
            tracing::warn!("a line of a log was dropped because the disk cannot keep up");
        }
    }
}

impl Drop for LogFile {
    fn drop(&mut self) {
        self.lines = None;
        if let Some(thread) = self.thread.take() {
            // What the thread had to say, it said to the log.
            let _ = thread.join();
        }
    }
}

fn append(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

fn write_lines(path: &Path, mut file: File, bytes_max: u64, waiting: &Receiver<String>) {
    let mut size = file.metadata().map_or(0, |metadata| metadata.len());
    while let Ok(mut line) = waiting.recv() {
        line.push('\n');
        // Lines that wait already go with one write.
        while line.len() < 64 * 1024 {
            let Ok(next) = waiting.try_recv() else { break };
            line.push_str(&next);
            line.push('\n');
        }
        if size > bytes_max {
            set_aside(path);
            match append(path) {
                Ok(fresh) => (file, size) = (fresh, 0),
                Err(error) => tracing::error!(%error, "a log could not be begun anew"),
            }
        }
        match file.write_all(line.as_bytes()) {
            Ok(()) => size += line.len() as u64,
            Err(error) => tracing::error!(%error, "a log could not be written"),
        }
    }
}

fn set_aside(path: &Path) {
    let old = |number: u32| {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{number}"));
        PathBuf::from(name)
    };
    for number in (1..OLD_FILES).rev() {
        // Absent until there were so many.
        let _ = fs::rename(old(number), old(number + 1));
    }
    if let Err(error) = fs::rename(path, old(1)) {
        tracing::error!(%error, "a full log could not be set aside");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_arrive_and_full_files_are_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.log");
        for round in 0..3 {
            let log = LogFile::open(path.clone(), 10, true).unwrap();
            log.write(&serde_json::json!({"round": round, "text": "a\nb"}));
            drop(log);
        }
        let last = fs::read_to_string(&path).unwrap();
        assert_eq!(last, "{\"round\":2,\"text\":\"a\\nb\"}\n");
        assert!(folder.path().join("a.log.2").exists());
    }
}
