//! What can go wrong with a blob, told apart so that "absent" is never mistaken for "failed".

use std::io;

/// Why a blob operation did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// No blob has this digest. This is a fact, not a failure of the store.
    #[error("no blob has the digest {digest}")]
    NotFound {
        /// The sha256 that was asked for, in hexadecimal.
        digest: String,
    },
    /// The disk or the quota is full; what was being written is discarded.
    #[error("the blob store is full while {during}")]
    Full {
        /// The step that met the full disk.
        during: &'static str,
        /// The answer of the operating system.
        #[source]
        source: io::Error,
    },
    /// The operating system refused an operation.
    #[error("the blob store failed while {during}")]
    Io {
        /// The step that failed.
        during: &'static str,
        /// The answer of the operating system.
        #[source]
        source: io::Error,
    },
    /// The folder holds a layout that this program does not know.
    #[error("the blob folder {folder} has layout version {found}, this program knows {known}")]
    Layout {
        /// The folder that was opened.
        folder: String,
        /// The version that is written there.
        found: String,
        /// The version that this program writes.
        known: &'static str,
    },
}

impl StorageError {
    /// Wraps an operating system error with the step during which it happened.
    #[must_use]
    pub fn io(during: &'static str, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Self::Full { during, source }
            }
            _ => Self::Io { during, source },
        }
    }

    /// Whether the error only says that the blob does not exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }
}
