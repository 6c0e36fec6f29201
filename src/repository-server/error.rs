//! Why a server does not start.

use std::io;
use std::path::PathBuf;

/// A failure to start or to go on.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The data folder cannot be made or written.
    #[error(
        "The data folder {} cannot be used: {source}. Make it writable for this user, or choose another one.",
        folder.display()
    )]
    DataFolder {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Another server has the data folder.
    #[error(
        "The data folder {} is in use by another server{}. Stop that server, or give this one a data folder of its own.",
        folder.display(),
        holder.as_ref().map(|pid| format!(" (process {pid})")).unwrap_or_default()
    )]
    DataFolderLocked {
        /// The folder.
        folder: PathBuf,
        /// The process that has it, where it said so.
        holder: Option<String>,
    },
    /// The address cannot be listened on.
    #[error(
        "The address {address} cannot be listened on: {source}. Stop what listens there, or choose another address."
    )]
    Bind {
        /// The configured address.
        address: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The site's name is refused.
    #[error("The site name is refused: {0}")]
    Site(#[from] repository::NameError),
    /// The catalog cannot be opened.
    #[error("The catalog cannot be opened: {0}")]
    Catalog(#[from] repository_catalog::CatalogError),
    /// The blob store cannot be opened.
    #[error("The blob store cannot be opened: {0}")]
    Storage(#[from] repository_storage::StorageError),
    /// The repositories cannot be read.
    #[error("The repositories cannot be read: {0}")]
    Content(#[from] repository_content::ContentError),
    /// The replications cannot be started.
    #[error("The replications cannot be started: {0}")]
    Replication(#[from] repository_replication::ReplicationError),
    /// The first administrator cannot be made.
    #[error("The administrator cannot be made: {0}")]
    Administrator(String),
}
