//! State in a folder of this machine.

use std::path::PathBuf;

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
}
