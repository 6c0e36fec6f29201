//! Request bodies as this room sees them, whoever carries them.

use bytes::Bytes;
use futures::stream::BoxStream;
use repository_formats::ErrorKind;

use crate::error::ContentError;

/// Why a body ended early.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// The client went away, or sent something that is no body.
    #[error("The body ended before it was complete: {0}")]
    Broken(String),
    /// More than the server takes.
    #[error("The body is larger than {0} bytes, which is the most that is accepted")]
    TooLarge(u64),
    /// The client was too slow.
    #[error("No part of the body arrived for {0} seconds")]
    Slow(u64),
}

/// The pieces of a body.
pub type BodyStream = BoxStream<'static, Result<Bytes, BodyError>>;

impl From<BodyError> for ContentError {
    fn from(error: BodyError) -> Self {
        let kind = match error {
            BodyError::TooLarge(_) => ErrorKind::TooLarge,
            BodyError::Broken(_) | BodyError::Slow(_) => ErrorKind::Invalid,
        };
        Self::new(kind, format!("{error}."))
    }
}
