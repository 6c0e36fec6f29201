//! Why a delivery stopped, and why a replication is refused.

use repository_catalog::CatalogError;
use repository_content::ContentError;
use repository_formats::ErrorKind;
use repository_storage::StorageError;

/// A failure of either side of a replication.
#[derive(Debug, thiserror::Error)]
pub enum ReplicationError {
    /// What a client asked for cannot be; the message says why.
    #[error("{message}")]
    Refused {
        /// What kind of refusal this is.
        kind: ErrorKind,
        /// Full sentences.
        message: String,
    },
    /// The target could not be reached, or the connection broke.
    #[error("the target could not be reached while {during}: {cause}")]
    Unreachable {
        /// The step.
        during: &'static str,
        /// What the network said, without credentials.
        cause: String,
    },
    /// The target answered, but not with success.
    #[error("the target refused {during} with status {status}: {message}")]
    Answered {
        /// The step.
        during: &'static str,
        /// HTTP status.
        status: u16,
        /// The start of what it said.
        message: String,
    },
    /// The target's repository was made anew while it was being delivered to.
    #[error("the target's repository was made anew, so everything is delivered again")]
    Remade,
    /// The target still lacks blobs that were sent to it.
    #[error("the target lacks {0} blobs that were sent to it")]
    BlobsMissing(usize),
    /// The catalog here.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The blob store here.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The content room here.
    #[error(transparent)]
    Content(#[from] ContentError),
}

impl ReplicationError {
    pub(crate) fn refused(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self::Refused { kind, message: message.into() }
    }

    pub(crate) fn unreachable(during: &'static str, error: reqwest::Error) -> Self {
        // The URL may hold credentials, so it is not shown; the chain says what went wrong.
        let error = error.without_url();
        let mut cause = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(deeper) = source {
            cause = format!("{cause}: {deeper}");
            source = deeper.source();
        }
        Self::Unreachable { during, cause }
    }
}
