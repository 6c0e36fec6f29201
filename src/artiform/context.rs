//! What every command gets, and how it ends.

use std::collections::BTreeMap;

use diagnostics::{Diagnostic, Diagnostics, SourceMap};
use state::StateError;

use crate::ui::Ui;

/// What every command gets.
#[derive(Clone, Debug)]
pub struct Context {
    pub ui: Ui,
    pub environment: BTreeMap<String, String>,
}

/// How a command ends: an exit code, or the mistakes that it could not go on with (exit code 1).
pub type Outcome = Result<u8, Box<Failure>>;

/// Exit code of a command that did what it was asked to.
pub const SUCCESS: u8 = 0;
/// Exit code of a command that showed its mistakes by itself.
pub const FAILURE: u8 = 1;

/// Mistakes that end a command, and the files that they speak of.
#[derive(Debug, Default)]
pub struct Failure {
    pub diagnostics: Diagnostics,
    pub sources: SourceMap,
}

impl Failure {
    pub fn new(diagnostics: Diagnostics, sources: &SourceMap) -> Box<Self> {
        Box::new(Self { diagnostics, sources: sources.clone() })
    }

    /// A single mistake without a place.
    pub fn error(summary: &str, detail: impl Into<String>) -> Box<Self> {
        Diagnostic::error(summary, detail).into()
    }
}

impl From<Diagnostic> for Box<Failure> {
    fn from(diagnostic: Diagnostic) -> Self {
        Failure::new(diagnostic.into(), &SourceMap::new())
    }
}

impl From<Diagnostics> for Box<Failure> {
    fn from(diagnostics: Diagnostics) -> Self {
        Failure::new(diagnostics, &SourceMap::new())
    }
}

impl From<StateError> for Box<Failure> {
    fn from(error: StateError) -> Self {
        state_error(&error).into()
    }
}

/// A failure of the state as a diagnostic.
pub fn state_error(error: &StateError) -> Diagnostic {
    let diagnostic = Diagnostic::error(error.summary(), error.to_string());
    error.hints().into_iter().fold(diagnostic, Diagnostic::hint)
}
