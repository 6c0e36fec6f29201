//! `artiform test`: runs the run blocks of test files against states of their own.
//!
//! [`suite`] reads everything, [`session`] executes a whole file with its states and their end, [`run`] one of
//! its run blocks, [`expected`] compares failures with those that were expected, [`mock`] stands in for
//! providers.

mod assertion;
mod discover;
mod expected;
mod mock;
mod modules;
mod options;
mod run;
mod scope;
mod session;
mod shown;
mod states;
mod suite;
mod variables;

pub use discover::{TestPath, discover};
pub use options::{TEST_DIRECTORY, TestOptions};
pub use session::{FileSession, Leftover};
pub use shown::Shown;
pub use suite::Suite;

/// How a run block or a file ended; the worse one is the greater.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    #[default]
    Pass,
    Skip,
    /// An assertion does not hold.
    Fail,
    /// It could not be carried out; what comes after it in the file is skipped.
    Error,
}

impl Status {
    /// The word for people: whether it failed or could not be carried out, the errors tell.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Skip => "skip",
            Self::Fail | Self::Error => "fail",
        }
    }

    /// The word of the JSON stream.
    pub fn name(self) -> &'static str {
        if self == Self::Error { "error" } else { self.word() }
    }
}
