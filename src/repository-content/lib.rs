//! Publishes, serves and deletes artifacts, and resolves virtual repositories.
//!
//! The order of a write is the promise of the house: bytes are staged and verified, made durable,
//! named; then one catalog transaction makes them visible; only then is there an answer.

mod clock;
mod content;
mod delete;
mod downloads;
mod error;
mod folder;
mod index;
mod mime;
mod properties;
mod publish;
mod repositories;
mod serve;

pub use clock::now_ms;
pub use content::Content;
pub use delete::Deleted;
pub use error::ContentError;
pub use folder::Entry;
pub use mime::media_type;
pub use properties::PropertyChange;
pub use publish::body::{BodyError, BodyStream};
pub use publish::checksum_deploy::{ChecksumKey, parse_key};
pub use publish::package::PublishRequest;
pub use publish::{Author, DeployRequest, Deployed};
pub use repositories::Repositories;
pub use serve::Found;
