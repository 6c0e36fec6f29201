//! Why content could not be published, served or deleted, in kinds that every dialect can say.

use repository::RepositoryConfig;
use repository_catalog::CatalogError;
use repository_formats::{ErrorKind, FormatError};
use repository_storage::StorageError;

/// A refusal or a failure; the message is for the client.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct ContentError {
    /// What kind of thing went wrong.
    pub kind: ErrorKind,
    /// Full sentences, without secrets.
    pub message: String,
    /// For [`ErrorKind::MethodNotAllowed`]: what would do.
    pub allow: Option<&'static str>,
    /// The cause below, where there is one. It goes to the log, never to the client.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl ContentError {
    /// An error without a deeper cause.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), allow: None, source: None }
    }

    /// A path that nothing lies at.
    #[must_use]
    pub fn not_found(repository: &str, path: &str) -> Self {
        // Clients look for the words "Unable to find item" to tell absence from failure.
        Self::new(ErrorKind::NotFound, format!("Unable to find item: {repository}:{path}"))
    }

    /// A repository key that nothing has.
    #[must_use]
    pub fn no_repository(key: &str) -> Self {
        Self::new(
            ErrorKind::NotFound,
            format!("Not Found: there is no repository with the key '{key}'."),
        )
    }

    /// A user's change to a replica.
    #[must_use]
    pub fn read_only(repository: &RepositoryConfig) -> Self {
        let key = &repository.key;
        let message = match &repository.owner_site {
            Some(owner) => format!(
                "Repository '{key}' is a read-only replica here; region '{owner}' owns it: \
                 publish there"
            ),
            None => format!("Repository '{key}' is read-only here"),
        };
        Self::new(ErrorKind::Forbidden, message)
    }

    /// A deploy that has nowhere to go.
    #[must_use]
    pub fn not_deployable(repository: &RepositoryConfig, why: &str) -> Self {
        let message = format!("Repository '{}' takes no uploads: {why}.", repository.key);
        Self { allow: Some("GET, HEAD"), ..Self::new(ErrorKind::MethodNotAllowed, message) }
    }
}

impl From<CatalogError> for ContentError {
    fn from(error: CatalogError) -> Self {
        match error {
            CatalogError::Conflict(message) => Self::new(ErrorKind::AlreadyExists, message),
            other => Self {
                source: Some(Box::new(other)),
                ..Self::new(ErrorKind::Unavailable, "The catalog could not answer. Try again.")
            },
        }
    }
}

impl From<StorageError> for ContentError {
    fn from(error: StorageError) -> Self {
        let message = match &error {
            StorageError::Full { .. } => "The blob store is full; nothing was stored.",
            _ => "The blob store could not answer. Try again.",
        };
        Self { source: Some(Box::new(error)), ..Self::new(ErrorKind::Unavailable, message) }
    }
}

impl From<FormatError> for ContentError {
    fn from(error: FormatError) -> Self {
        Self { source: error.source, ..Self::new(error.kind, error.message) }
    }
}
