//! The open end of a journal in a file that is allocated ahead of what is written.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use rustix::fs::FallocateFlags;

use super::failed;
use crate::{JournalWriter, StateError};

/// Space is taken in pieces of this many bytes, so that a sync seldom has to write the file's size too.
const CHUNK_LENGTH: u64 = 1024 * 1024;

/// The only writer of one journal file.
#[derive(Debug)]
pub(super) struct LocalJournal {
    file: File,
    path: PathBuf,
    /// Invariant: everything before it is durable.
    offset: u64,
    allocated: u64,
}

impl LocalJournal {
    /// Goes on after the first `offset` bytes, the file's present length.
    pub(super) fn new(file: File, path: PathBuf, offset: u64) -> Self {
        Self { file, path, offset, allocated: offset }
    }

    /// Takes space for `length` more bytes. What the file system cannot do only costs speed; that the disk
    /// is full will show in the write.
    fn allocate(&mut self, length: u64) {
        let end = self.offset + length;
        if end <= self.allocated {
            return;
        }
        let target = end.next_multiple_of(CHUNK_LENGTH);
        let flags = FallocateFlags::empty();
        let taken =
            rustix::fs::fallocate(&self.file, flags, self.allocated, target - self.allocated);
        self.allocated = if taken.is_ok() { target } else { end };
    }
}

impl JournalWriter for LocalJournal {
    fn append(&mut self, bytes: &[u8]) -> Result<(), StateError> {
        self.allocate(bytes.len() as u64);
        self.file.write_all_at(bytes, self.offset).map_err(failed("write", &self.path))?;
        self.file.sync_data().map_err(failed("write", &self.path))?;
        self.offset += bytes.len() as u64;
        Ok(())
    }
}

/// Gives the space back that was taken ahead. The file is ours alone: who goes on after us copies it.
impl Drop for LocalJournal {
    fn drop(&mut self) {
        // Zero bytes at the end mean nothing, so nothing is lost when this fails.
        let _ = self.file.set_len(self.offset);
    }
}
