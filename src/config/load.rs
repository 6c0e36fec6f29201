//! Loading: a folder becomes a module, its calls become modules in turn.

use std::path::Path;

use diagnostics::Diagnostics;

use crate::Config;

/// A tree and every mistake in it; with errors the tree holds what could be read.
#[derive(Debug)]
pub struct Loaded {
    pub config: Config,
    /// In place order: file after file, from top to bottom.
    pub diagnostics: Diagnostics,
}

/// Reads the stack in `folder` with all its modules, and checks everything that needs no values.
pub fn load(_folder: &Path) -> Loaded {
    unimplemented!()
}
