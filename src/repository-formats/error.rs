//! Errors of formats, and how they are told to a client that speaks the format.

use std::io;

/// What kind of thing went wrong; the status follows from it unless a dialect says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The request or the upload is malformed.
    Invalid,
    /// The upload exceeds a limit.
    TooLarge,
    /// No credentials, or wrong ones.
    Unauthorized,
    /// The credentials do not suffice, or policy forbids it.
    Forbidden,
    /// There is no such package, version, file or repository.
    NotFound,
    /// The repository does not take this.
    MethodNotAllowed,
    /// It is there already and must not be replaced.
    AlreadyExists,
    /// The content is not what its checksum says.
    ChecksumMismatch,
    /// An upstream or a part of the server cannot answer now.
    Unavailable,
    /// A mistake of the server.
    Internal,
}

impl ErrorKind {
    /// The HTTP status that most dialects give.
    pub const fn status(self) -> u16 {
        match self {
            Self::Invalid => 400,
            Self::Unauthorized => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::AlreadyExists | Self::ChecksumMismatch => 409,
            Self::TooLarge => 413,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }
}

/// Why a format could not do what it was asked; the message is for the client.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct FormatError {
    /// What kind of thing went wrong.
    pub kind: ErrorKind,
    /// Full sentences, without secrets.
    pub message: String,
    /// The cause below, where there is one.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl FormatError {
    /// An error with a message and no deeper cause.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), source: None }
    }

    /// A malformed request or upload.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid, message)
    }

    /// An upload beyond a limit.
    pub fn too_large(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::TooLarge, message)
    }

    /// This error with the cause below it.
    #[must_use]
    pub fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }

    /// The error as the server tells it.
    pub fn descriptor(&self) -> ErrorDescriptor {
        ErrorDescriptor { kind: self.kind, message: self.message.clone() }
    }
}

impl From<io::Error> for FormatError {
    fn from(error: io::Error) -> Self {
        // A body that ends early is the sender's mistake; any other failure is ours.
        let kind = match error.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData => ErrorKind::Invalid,
            _ => ErrorKind::Internal,
        };
        Self::new(kind, "The content could not be read to its end.").caused_by(error)
    }
}

impl From<repository::PathError> for FormatError {
    fn from(error: repository::PathError) -> Self {
        Self::invalid(error.to_string()).caused_by(error)
    }
}

/// An error on its way to a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorDescriptor {
    /// What kind of thing went wrong.
    pub kind: ErrorKind,
    /// Full sentences, without secrets.
    pub message: String,
}

impl ErrorDescriptor {
    /// A descriptor of this kind.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

/// An error in a dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorBody {
    /// HTTP status.
    pub status: u16,
    /// Media type of `body`.
    pub content_type: &'static str,
    /// What is sent.
    pub body: Vec<u8>,
}

/// The server's own envelope: `{"errors":[{"status":404,"message":"..."}]}`.
pub fn plain_error_body(error: &ErrorDescriptor) -> ErrorBody {
    let status = error.kind.status();
    let body = serde_json::json!({"errors": [{"status": status, "message": error.message}]});
    ErrorBody { status, content_type: "application/json", body: body.to_string().into_bytes() }
}
