//! The sender's view of one target: requests, and what their answers mean.

use std::time::Duration;

use futures::TryStreamExt;
use repository::{Checksums, Redacted, ReplicationConfig};
use repository_catalog::Site;
use repository_storage::BlobStream;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::ReplicationError;
use crate::wire::{Applied, Hello, INCARNATION_HEADER, Missing, ORIGIN_HEADER, Span, States};

/// A target that does not take even this many bytes a second is taken for stuck.
const SLOWEST_BYTES_PER_SECOND: u64 = 64 * 1024;
/// What of a refusal is kept for people to read, in bytes.
const MESSAGE_BYTES_MAX: usize = 500;

enum Credentials {
    None,
    Token(Redacted<String>),
    Password(String, Redacted<String>),
}

/// Speaks to one repository on one server.
pub(crate) struct TargetClient {
    http: reqwest::Client,
    base: String,
    credentials: Credentials,
    timeout: Duration,
    origin: String,
    incarnation: String,
}

impl TargetClient {
    pub(crate) fn new(
        http: reqwest::Client,
        config: &ReplicationConfig,
        site: &Site,
    ) -> Result<Self, ReplicationError> {
        let (server, repository) = config.target().ok_or_else(|| ReplicationError::Refused {
            kind: repository_formats::ErrorKind::Invalid,
            message: "The replication's URL names no repository.".to_owned(),
        })?;
        let credentials = match (&config.token, &config.password) {
            (Some(token), _) => Credentials::Token(token.clone()),
            (None, Some(password)) => {
                Credentials::Password(config.username.clone(), password.clone())
            }
            (None, None) => Credentials::None,
        };
        Ok(Self {
            http,
            base: format!("{server}/api/artiform/replication/v1/{repository}"),
            credentials,
            timeout: Duration::from_millis(config.socket_timeout_millis.max(1000)),
            origin: site.name.clone(),
            incarnation: site.incarnation.clone(),
        })
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self
            .http
            .request(method, format!("{}{path}", self.base))
            .header(ORIGIN_HEADER, &self.origin)
            .header(INCARNATION_HEADER, &self.incarnation)
            .timeout(self.timeout);
        match &self.credentials {
            Credentials::None => request,
            Credentials::Token(token) => request.bearer_auth(token.reveal()),
            Credentials::Password(user, password) => {
                request.basic_auth(user, Some(password.reveal()))
            }
        }
    }

    pub(crate) async fn hello(&self) -> Result<Hello, ReplicationError> {
        read("a greeting", self.request(Method::GET, "")).await
    }

    pub(crate) async fn missing(&self, asked: &Missing) -> Result<Missing, ReplicationError> {
        self.post("asking for missing blobs", "/missing", asked).await
    }

    pub(crate) async fn states(&self, states: &States) -> Result<Applied, ReplicationError> {
        self.post("applying changes", "/states", states).await
    }

    pub(crate) async fn span(&self, span: &Span) -> Result<Applied, ReplicationError> {
        self.post("comparing paths", "/span", span).await
    }

    pub(crate) async fn blob(
        &self,
        blob: &Checksums,
        bytes: BlobStream,
    ) -> Result<(), ReplicationError> {
        let during = "sending a blob";
        let seconds = blob.size / SLOWEST_BYTES_PER_SECOND;
        let request = self
            .request(Method::PUT, &format!("/blobs/{}", blob.sha256))
            .timeout(self.timeout + Duration::from_secs(seconds))
            .header(reqwest::header::CONTENT_LENGTH, blob.size)
            .body(reqwest::Body::wrap_stream(bytes.map_err(std::io::Error::other)));
        let answer = request.send().await.map_err(|e| ReplicationError::unreachable(during, e))?;
        accept(during, answer).await.map(|_| ())
    }

    async fn post<T: DeserializeOwned>(
        &self,
        during: &'static str,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, ReplicationError> {
        read(during, self.request(Method::POST, path).json(body)).await
    }
}

async fn read<T: DeserializeOwned>(
    during: &'static str,
    request: RequestBuilder,
) -> Result<T, ReplicationError> {
    let answer = request.send().await.map_err(|e| ReplicationError::unreachable(during, e))?;
    let answer = accept(during, answer).await?;
    answer.json().await.map_err(|e| ReplicationError::unreachable(during, e))
}

async fn accept(during: &'static str, answer: Response) -> Result<Response, ReplicationError> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let text = answer.text().await.unwrap_or_default();
    let message = envelope_message(&text).unwrap_or(text);
    let end = message.floor_char_boundary(MESSAGE_BYTES_MAX);
    let message = match status {
        StatusCode::UNAUTHORIZED => "it does not accept the replication's credentials".to_owned(),
        _ => message[..end].to_owned(),
    };
    Err(ReplicationError::Answered { during, status: status.as_u16(), message })
}

fn envelope_message(text: &str) -> Option<String> {
    let body: serde_json::Value = serde_json::from_str(text).ok()?;
    body["errors"][0]["message"].as_str().map(str::to_owned)
}
