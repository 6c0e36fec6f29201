//! One request as the routes see it.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, Method, header};
use repository::{Action, RepositoryConfig};
use repository_formats::ErrorKind;
use serde_json::Value;

use crate::access::Identity;
use crate::base_url;
use crate::body;
use crate::listener::Peer;
use crate::reply::{ApiError, ApiResult};
use crate::state::App;

/// A request with everything that an answer may depend on.
pub(crate) struct Call {
    pub(crate) app: Arc<App>,
    pub(crate) identity: Identity,
    pub(crate) method: Method,
    pub(crate) headers: HeaderMap,
    /// The whole path, percent-encoded as it was sent.
    pub(crate) path: String,
    /// The query, percent-encoded, without the question mark.
    pub(crate) query: String,
    /// Under which URL the client sees this server, without a trailing slash.
    pub(crate) base_url: String,
    pub(crate) peer: IpAddr,
    /// In a lock only so that a call can be shared between threads; bodies themselves cannot.
    body: Mutex<Option<Body>>,
}

impl FromRequest<Arc<App>> for Call {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let peer = parts.extensions.get::<Peer>().map(|peer| peer.0.ip());
        let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        let trusted = &app.config.trusted_proxies;
        Ok(Self {
            app: Arc::clone(app),
            // The layer around the routes always puts one there; without it nobody is admitted.
            identity: parts.extensions.get::<Identity>().cloned().unwrap_or_default(),
            base_url: base_url::of_request(&parts.headers, &parts.uri, peer, trusted),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            method: parts.method,
            headers: parts.headers,
            peer,
            body: Mutex::new(Some(body)),
        })
    }
}

impl Call {
    /// A query parameter, decoded; `Some("")` for one without a value.
    pub(crate) fn query_value(&self, name: &str) -> Option<String> {
        let pairs = repository::percent::parse_query(&self.query).unwrap_or_default();
        pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// A header as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body, once; empty afterwards.
    pub(crate) fn take_body(&mut self) -> Body {
        self.body.get_mut().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default()
    }

    /// The whole body of an administration call.
    pub(crate) async fn bytes(&mut self) -> ApiResult<bytes::Bytes> {
        let body = self.take_body();
        Ok(body::whole(body, &self.app.config.limits).await?)
    }

    /// The body as JSON.
    pub(crate) async fn json(&mut self) -> ApiResult<Value> {
        let bytes = self.bytes().await?;
        serde_json::from_slice(&bytes)
            .map_err(|error| ApiError::invalid(format!("The body is not JSON: {error}.")))
    }

    /// Fields of a form, or of a JSON object.
    pub(crate) async fn form_or_json(&mut self) -> ApiResult<Value> {
        let kind = self.header(header::CONTENT_TYPE.as_str()).unwrap_or_default();
        if !kind.starts_with("application/x-www-form-urlencoded") {
            let bytes = self.bytes().await?;
            if bytes.is_empty() {
                return Ok(Value::Object(serde_json::Map::new()));
            }
            return serde_json::from_slice(&bytes)
                .map_err(|error| ApiError::invalid(format!("The body is not JSON: {error}.")));
        }
        let bytes = self.bytes().await?;
        let text = String::from_utf8_lossy(&bytes);
        let pairs = repository::percent::parse_query(&text)
            .map_err(|error| ApiError::invalid(format!("The form is malformed: {error}")))?;
        Ok(pairs.into_iter().map(|(key, value)| (key, Value::String(value))).collect())
    }

    /// Reads and forgets a body that is not wanted, unless the client waits to be asked for it.
    pub(crate) async fn discard_body(&mut self) {
        let body = self.take_body();
        if !self.headers.contains_key(header::EXPECT) {
            body::discard(body).await;
        }
    }

    /// The refusal of something that this identity may not do.
    pub(crate) fn refusal(&self, what: &str) -> ApiError {
        if self.identity.anonymous {
            return ApiError::unauthorized();
        }
        ApiError::new(
            ErrorKind::Forbidden,
            format!("'{}' has no permission {what}.", self.identity.name),
        )
    }

    /// Admits administrators alone.
    pub(crate) fn require_admin(&self) -> ApiResult<()> {
        if self.identity.admin { Ok(()) } else { Err(self.refusal("to administer this server")) }
    }

    /// Admits everyone with credentials.
    pub(crate) fn require_user(&self) -> ApiResult<()> {
        if self.identity.anonymous { Err(ApiError::unauthorized()) } else { Ok(()) }
    }

    /// Admits those who may do this to the path.
    pub(crate) fn require(
        &self,
        action: Action,
        repository: &RepositoryConfig,
        path: &str,
    ) -> ApiResult<()> {
        if self.app.access.allows(&self.identity, action, repository, path) {
            return Ok(());
        }
        let word = action.word();
        Err(self.refusal(&format!("to {word} '{path}' in '{}'", repository.key)))
    }

    /// Notes a change in the audit log.
    pub(crate) fn audit(&self, action: &str, target: &str, status: u16) {
        self.app.audit(&self.identity, action, target, status);
    }
}
