//! One server's REST API: calls, repeated where that is safe and may help.

use std::time::Duration;

use provider::Report;
use reqwest::{Method, StatusCode};
use serde_json::Value as Json;
use tokio::time::Instant;

use crate::endpoint::{Credentials, Endpoint};
use crate::failure::RestError;

/// How long a change waits for a server that does not answer yet, where no timeout is set.
const CHANGE: Duration = Duration::from_secs(30);
/// How long a removal waits for it.
const REMOVAL: Duration = Duration::from_secs(5);

/// Speaks to one server.
pub(crate) struct Client {
    http: reqwest::Client,
    endpoint: Endpoint,
}

/// What is asked of a server. Every call is idempotent, so that it may be sent again.
pub(crate) struct Call {
    pub(crate) method: Method,
    /// Below the base URL, with its query.
    pub(crate) path: String,
    pub(crate) body: Option<Json>,
}

impl Call {
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), body: None }
    }

    pub(crate) fn put(path: impl Into<String>, body: Json) -> Self {
        Self { method: Method::PUT, path: path.into(), body: Some(body) }
    }

    pub(crate) fn post(path: impl Into<String>, body: Json) -> Self {
        Self { method: Method::POST, path: path.into(), body: Some(body) }
    }

    pub(crate) fn delete(path: impl Into<String>) -> Self {
        Self { method: Method::DELETE, path: path.into(), body: None }
    }
}

/// How long to go on asking a server that does not answer, and whom to tell.
pub(crate) struct Patience {
    limit: Duration,
    report: Report,
}

impl Patience {
    /// For reads: a server that is down is told at once.
    pub(crate) fn none() -> Self {
        Self { limit: Duration::ZERO, report: Report::silent() }
    }

    /// For changes: the server may have been started a moment ago.
    pub(crate) fn for_change(report: &Report, timeout: Option<Duration>) -> Self {
        Self { limit: timeout.unwrap_or(CHANGE), report: report.clone() }
    }

    pub(crate) fn for_removal(report: &Report, timeout: Option<Duration>) -> Self {
        Self { limit: timeout.unwrap_or(REMOVAL), report: report.clone() }
    }
}

/// An answer that is no refusal.
pub(crate) struct Reply {
    text: String,
}

impl Reply {
    /// The body as JSON; null where it is none.
    pub(crate) fn json(&self) -> Json {
        serde_json::from_str(&self.text).unwrap_or(Json::Null)
    }
}

impl Client {
    pub(crate) fn new(http: reqwest::Client, endpoint: Endpoint) -> Self {
        Self { http, endpoint }
    }

    pub(crate) fn url(&self) -> &str {
        &self.endpoint.url
    }

    /// Makes a call until the server answers it or patience ends.
    pub(crate) async fn send(&self, call: &Call, patience: &Patience) -> Result<Reply, RestError> {
        let started = Instant::now();
        let mut pause = Duration::from_millis(50);
        let mut attempts = 0;
        loop {
            attempts += 1;
            let error = match self.attempt(call).await {
                Ok(reply) => return Ok(reply),
                Err(error) => error,
            };
            // A connection that breaks off is tried once more even without patience: it may have
            // been an idle one that the server had just closed.
            let again = match &error {
                RestError::Broken { .. } if attempts == 1 => true,
                error => error.may_pass() && started.elapsed() + pause < patience.limit,
            };
            if !again {
                return Err(error);
            }
            if started.elapsed() > Duration::from_secs(1) {
                patience.report.say(&format!("waiting for {} to answer", self.url()));
            }
            provider::pause(pause).await;
            pause = (pause * 2).min(Duration::from_secs(2));
        }
    }

    async fn attempt(&self, call: &Call) -> Result<Reply, RestError> {
        let url = format!("{}{}", self.endpoint.url, call.path);
        let request = self.http.request(call.method.clone(), url);
        let request = match &self.endpoint.credentials {
            Credentials::None => request,
            Credentials::Token(token) => request.bearer_auth(token),
            Credentials::Password { username, password } => {
                request.basic_auth(username, Some(password))
            }
        };
        let request = match &call.body {
            Some(body) => request.json(body),
            None => request,
        };
        let failed = |error| RestError::from_transport(&self.endpoint.url, error);
        let answer = request.send().await.map_err(failed)?;
        let status = answer.status();
        let text = answer.text().await.map_err(failed)?;
        if status.is_success() {
            Ok(Reply { text })
        } else {
            Err(self.refused(call, status, &text))
        }
    }

    fn refused(&self, call: &Call, status: StatusCode, text: &str) -> RestError {
        let path = call.path.split('?').next().unwrap_or_default().to_owned();
        RestError::Refused {
            url: self.endpoint.url.clone(),
            status: status.as_u16(),
            call: format!("{} {path}", call.method),
            message: message(text),
        }
    }
}

/// What an error answer says to people.
fn message(text: &str) -> String {
    let said = serde_json::from_str::<Json>(text).ok();
    let said = said.as_ref().and_then(|json| json.pointer("/errors/0/message")?.as_str());
    let plain = said.unwrap_or(text).trim();
    let plain: String = plain.chars().filter(|c| !c.is_control()).take(500).collect();
    if plain.is_empty() { "(no message)".to_owned() } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_of_an_error_answer_is_found() {
        let table = [
            (r#"{"errors":[{"status":409,"message":"It holds 3."}]}"#, "It holds 3."),
            ("plain\n", "plain"),
            ("", "(no message)"),
        ];
        for (text, expected) in table {
            assert_eq!(message(text), expected);
        }
    }
}
