//! Saved plans as data: `plan --out FILE` writes one, `show FILE` shows it, `apply FILE` executes it.
//!
//! ```text
//! FILE                    one JSON object, readable by its owner only
//!   format_version        2
//!   stack, folder         which stack, and where its configuration lies
//!   configuration         digest of the configuration's files
//!   state                 lineage, serial and sequence of the state that the plan starts from
//!   options               mode, refresh, targets, excludes, replace, timestamp, generate_config
//!   variables, secrets    values that were given; of sensitive ones only the names
//!   salt, changes         for each change, a salted digest of everything that it does
//!   errored               something could not be planned, so that it can be looked at only
//!   shown                 text, json: how the plan reads, and how `show --json` writes it; without secrets
//!   revealed              the same with secrets, where `plan --show-sensitive` asked for it
//! ```
//! Apply makes the plan again from the same inputs, compares every digest, and refuses when anything would
//! be done that was not saved. Neither secrets nor state are in the file, unless they were asked for.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use state::Snapshot;

use crate::PlanMode;

/// The version of the format that this program writes and reads.
pub const FORMAT_VERSION: u64 = 2;

/// What a plan file holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlanFile {
    pub format_version: u64,
    pub stack: String,
    /// As it was named, and its real path.
    pub folder: (PathBuf, PathBuf),
    pub configuration: String,
    pub state: StatePoint,
    pub options: SavedOptions,
    /// `NAME=VALUE`
    pub variables: Vec<String>,
    /// Sensitive variables that were given, and must be given again.
    pub secrets: Vec<String>,
    pub salt: String,
    pub changes: BTreeMap<String, String>,
    pub errored: bool,
    pub shown: Shown,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revealed: Option<Shown>,
}

/// How a plan looks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Shown {
    pub text: String,
    /// Written text: as a tree of values it would take ten times the room, and nobody looks into it.
    pub json: Box<RawValue>,
}

/// A moment of the state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatePoint {
    /// None before the first apply: a lineage is made by it.
    pub lineage: Option<String>,
    pub serial: u64,
    pub sequence: u64,
}

impl StatePoint {
    pub fn of(state: &Snapshot) -> Self {
        let is_new = state.serial == 0 && state.sequence == 0;
        let lineage = (!is_new).then(|| state.lineage.clone());
        Self { lineage, serial: state.serial, sequence: state.sequence }
    }
}

/// The options that a plan was made with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedOptions {
    pub mode: PlanMode,
    pub refresh: bool,
    pub targets: Vec<String>,
    pub excludes: Vec<String>,
    pub replace: Vec<String>,
    pub timestamp: String,
    pub generate_config: bool,
}

/// What plan files of all versions begin with.
#[derive(Deserialize)]
struct Versioned {
    format_version: u64,
}

/// Why bytes are no plan file that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    #[error("it was written by a newer version of artiform")]
    Newer,
    #[error("it was written by an older version of artiform")]
    Older,
    #[error("it is no plan that `artiform plan --out` wrote")]
    NoPlan,
}

impl PlanFile {
    /// Reads the bytes of a plan file.
    ///
    /// # Errors
    /// They are none, or of another version.
    pub fn parse(bytes: &[u8]) -> Result<Self, FileError> {
        let versioned: Versioned = serde_json::from_slice(bytes).map_err(|_| FileError::NoPlan)?;
        match versioned.format_version.cmp(&FORMAT_VERSION) {
            Ordering::Greater => Err(FileError::Newer),
            Ordering::Less => Err(FileError::Older),
            Ordering::Equal => serde_json::from_slice(bytes).map_err(|_| FileError::NoPlan),
        }
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// A value cannot be written, such as a folder whose name is no text.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAVED: &str = include_str!("../../tests/cases/plan_file/saved.plan");

    #[test]
    fn a_file_of_this_version_is_read_and_written_as_it_was() {
        let file = PlanFile::parse(SAVED.as_bytes()).unwrap();
        assert_eq!((&*file.stack, file.options.mode), ("words", PlanMode::Normal));
        assert_eq!(String::from_utf8(file.to_bytes().unwrap()).unwrap(), SAVED.trim_end());
    }

    #[test]
    fn other_versions_and_other_files_are_told_apart() {
        let version = |version: u64| {
            let text = SAVED.replace(
                "\"format_version\":2,\"stack\"",
                &format!("\"format_version\":{version},\"stack\""),
            );
            PlanFile::parse(text.as_bytes()).map(|file| file.format_version)
        };
        assert_eq!(version(2), Ok(2));
        assert_eq!(version(1), Err(FileError::Older));
        assert_eq!(version(3), Err(FileError::Newer));
        for bytes in [b"{}", &SAVED.as_bytes()[..100]] {
            assert_eq!(PlanFile::parse(bytes).unwrap_err(), FileError::NoPlan);
        }
    }
}
