//! What two artiform sites say to each other, below
//! `/artifactory/api/artiform/replication/v1/{repository}`.
//!
//! ```text
//! GET  .            Hello        who has this replica
//! POST ./missing    Missing      which of these blobs are not there
//! PUT  ./blobs/{sha256}          the bytes of one blob, verified on arrival
//! POST ./states     States       what changed, applied at most once each
//! POST ./span       Span         what the owner has in a span of paths; the rest goes
//! ```
//!
//! Every request names its sender in the headers [`ORIGIN_HEADER`] and [`INCARNATION_HEADER`].

use repository::Digest;
use repository_catalog::{Sequence, SubjectState};
use serde::{Deserialize, Serialize};

/// The site that sends, by name.
pub const ORIGIN_HEADER: &str = "x-artiform-origin";
/// The incarnation of the site that sends.
pub const INCARNATION_HEADER: &str = "x-artiform-incarnation";

/// The answer to a greeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The site that answers.
    pub site: String,
    /// Which making of the repository this is.
    pub holder: String,
}

/// Asks which blobs are missing, and answers with those that are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// sha256 of each.
    pub digests: Vec<Digest>,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct States {
    /// In the order of their numbers.
    pub states: Vec<SubjectState>,
}

/// What the owner has in a span of paths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The span begins after this path.
    pub after: String,
    /// It ends with this path; absent for the end of the repository.
    pub through: Option<String>,
    /// The paths in it.
    pub keep: Vec<String>,
    /// The owner's last event when it listed them.
    pub up_to: Sequence,
}

/// What was done with what was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// Which making of the repository it was done to.
    pub holder: String,
    /// How many states were new, or how many paths were removed.
    pub applied: usize,
    /// Blobs that must be sent first; when there are any, nothing was applied.
    pub missing: Vec<Digest>,
}
