//! The functions of the language: one file a family, one visible list.

use std::path::PathBuf;
use std::sync::Arc;

use crate::Value;

/// What impure functions may see and do; everything else in `lang` is pure.
#[derive(Clone)]
pub struct FunctionContext {
    /// The folder that relative paths start from.
    pub base: PathBuf,
    /// The time of the plan, as RFC 3339 in UTC (`plantimestamp`).
    pub plan_time: Arc<str>,
    /// The door to files, clock and randomness.
    pub world: Arc<dyn World>,
}

/// The door to the world for the functions that need one (`file`, `timestamp`, `uuid`, `bcrypt`).
pub trait World: Send + Sync {
    /// Reads a whole file.
    fn read(&self, path: &std::path::Path) -> std::io::Result<Vec<u8>>;
    /// Tells whether a path is a regular file.
    fn is_file(&self, path: &std::path::Path) -> std::io::Result<bool>;
    /// Lists every regular file below a folder, as slash-separated relative paths.
    fn list(&self, folder: &std::path::Path) -> std::io::Result<Vec<String>>;
    /// The home folder, for `~`.
    fn home(&self) -> Option<PathBuf>;
    /// The time now as RFC 3339 in UTC; `None` leaves `timestamp()` unknown (while planning).
    fn now(&self) -> Option<String>;
    /// Random bytes; `None` leaves `uuid()` and `bcrypt()` unknown (while planning).
    fn random(&self, length: usize) -> Option<Vec<u8>>;
}

/// A mistake of a function: which argument, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionError {
    pub argument: Option<usize>,
    pub message: String,
}

/// A function's body; arguments were converted to the parameters' types.
pub type FunctionBody = fn(&FunctionContext, &[Value]) -> Result<Value, FunctionError>;
