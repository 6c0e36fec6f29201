//! A world for tests: files in memory, a clock that stands still, randomness that repeats.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{FunctionContext, World};

/// A world that the test makes up.
#[derive(Default)]
pub struct FakeWorld {
    files: BTreeMap<PathBuf, Vec<u8>>,
    home: Option<PathBuf>,
    now: Option<String>,
    random: Option<u8>,
}

impl FakeWorld {
    /// Nothing is in it: no files, no time, no chance.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a file at an absolute path.
    #[must_use]
    pub fn with_file(mut self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        self.files.insert(path.into(), content.into());
        self
    }

    #[must_use]
    pub fn with_home(mut self, home: &str) -> Self {
        self.home = Some(home.into());
        self
    }

    /// Makes it apply rather than plan: it has a time, and bytes that are all alike.
    #[must_use]
    pub fn applying(mut self, now: &str, byte: u8) -> Self {
        self.now = Some(now.to_owned());
        self.random = Some(byte);
        self
    }

    /// The context of functions whose base folder is `/stack`.
    pub fn context(self) -> FunctionContext {
        FunctionContext {
            base: "/stack".into(),
            plan_time: "2024-02-29T12:00:00Z".into(),
            world: Arc::new(self),
            console: true,
        }
    }

    fn is_folder(&self, path: &Path) -> bool {
        self.files.keys().any(|file| file.starts_with(path) && file != path)
    }
}

impl World for FakeWorld {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        match self.files.get(path) {
            Some(content) => Ok(content.clone()),
            None if self.is_folder(path) => Err(io::ErrorKind::IsADirectory.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn is_file(&self, path: &Path) -> io::Result<bool> {
        if self.is_folder(path) {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if path.ancestors().skip(1).any(|folder| self.files.contains_key(folder)) {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        Ok(self.files.contains_key(path))
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        if !self.is_folder(folder) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let below = self.files.keys().filter_map(|file| file.strip_prefix(folder).ok());
        Ok(below.map(|file| file.to_string_lossy().into_owned()).collect())
    }

    fn home(&self) -> Option<PathBuf> {
        self.home.clone()
    }

    fn called_from(&self) -> Option<PathBuf> {
        Some("/called/from".into())
    }

    fn now(&self) -> Option<String> {
        self.now.clone()
    }

    fn random(&self, length: usize) -> Option<Vec<u8>> {
        self.random.map(|byte| vec![byte; length])
    }
}
