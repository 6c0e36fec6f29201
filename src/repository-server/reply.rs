//! Answers: JSON, texts and errors in the one envelope that clients of the field expect.

use axum::Json;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use repository_content::{BodyError, ContentError};
use repository_formats::{Answer, ErrorDescriptor, ErrorKind, PackageFormat};
use repository_replication::ReplicationError;
use serde_json::json;

/// How a client is asked for credentials.
const CHALLENGE: HeaderValue = HeaderValue::from_static("Basic realm=\"artiform\"");

/// An error on its way to a client.
#[derive(Debug)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) kind: ErrorKind,
    pub(crate) message: String,
    pub(crate) allow: Option<&'static str>,
}

pub(crate) type ApiResult<T = Response> = Result<T, ApiError>;

impl ApiError {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let status =
            StatusCode::from_u16(kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, kind, message: message.into(), allow: None }
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid, message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NotFound, message)
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(ErrorKind::Unauthorized, "Authentication is required")
    }

    pub(crate) fn bad_credentials() -> Self {
        Self::new(ErrorKind::Unauthorized, "Bad credentials")
    }

    /// This error in the words of a format's own clients.
    pub(crate) fn in_dialect(self, format: &dyn PackageFormat) -> Response {
        let body = format.error_body(&ErrorDescriptor::new(self.kind, self.message.clone()));
        let status = StatusCode::from_u16(body.status).unwrap_or(self.status);
        let response = (status, [(header::CONTENT_TYPE, body.content_type)], body.body);
        self.finish(response.into_response())
    }

    fn finish(&self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, CHALLENGE);
        }
        if let Some(allow) = self.allow {
            headers.insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        response
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = json!({
            "errors": [{"status": self.status.as_u16(), "message": self.message}]
        });
        let response = (self.status, Json(body)).into_response();
        self.finish(response)
    }
}

impl From<ContentError> for ApiError {
    fn from(error: ContentError) -> Self {
        if let Some(source) = &error.source {
            tracing::error!(error = %chain(source.as_ref()), message = error.message, "failed");
        }
        Self { allow: error.allow, ..Self::new(error.kind, error.message) }
    }
}

impl From<repository_catalog::CatalogError> for ApiError {
    fn from(error: repository_catalog::CatalogError) -> Self {
        ContentError::from(error).into()
    }
}

impl From<repository_formats::FormatError> for ApiError {
    fn from(error: repository_formats::FormatError) -> Self {
        ContentError::from(error).into()
    }
}

impl From<BodyError> for ApiError {
    fn from(error: BodyError) -> Self {
        ContentError::from(error).into()
    }
}

impl From<ReplicationError> for ApiError {
    fn from(error: ReplicationError) -> Self {
        match error {
            ReplicationError::Refused { kind, message } => Self::new(kind, message),
            ReplicationError::Content(error) => error.into(),
            ReplicationError::Catalog(error) => error.into(),
            ReplicationError::Storage(error) => ContentError::from(error).into(),
            other => Self::new(ErrorKind::Unavailable, other.to_string()),
        }
    }
}

/// An error with everything below it, for the log.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(deeper) = source {
        text = format!("{text}: {deeper}");
        source = deeper.source();
    }
    text
}

/// A text answer.
pub(crate) fn text(status: StatusCode, text: impl Into<String>) -> Response {
    let content_type = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (status, content_type, text.into()).into_response()
}

/// An answer that a format made.
pub(crate) fn answer(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    if answer.body.is_empty() {
        return status.into_response();
    }
    (status, [(header::CONTENT_TYPE, answer.content_type)], answer.body).into_response()
}

/// JSON of a media type of its own.
pub(crate) fn json_of(
    status: StatusCode,
    content_type: &'static str,
    value: &serde_json::Value,
) -> Response {
    let body = Body::from(value.to_string());
    (status, [(header::CONTENT_TYPE, content_type)], body).into_response()
}
