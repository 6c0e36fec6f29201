//! What the catalog refuses, and what it could not do.

/// Why a read or a commit did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The change contradicts what is there: nothing was written. The text says what and how to
    /// mend it.
    #[error("{0}")]
    Conflict(String),
    /// Another process holds the catalog, or it could not be reached.
    #[error("The catalog is not available: {0}")]
    Unavailable(String),
    /// The database failed.
    #[error("The catalog's database failed")]
    Database(#[from] rusqlite::Error),
    /// A row holds something that this program cannot read.
    #[error("The catalog holds a {what} that cannot be read: {why}")]
    Unreadable {
        /// The kind of thing.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
}

impl CatalogError {
    pub(crate) fn unreadable(what: &'static str, why: impl std::fmt::Display) -> Self {
        Self::Unreadable { what, why: why.to_string() }
    }
}
