//! One site of the repository service, as its users see it.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::http::{self, Answer, Request};
use crate::patience;

/// A site and who signs in there.
#[derive(Clone, Debug)]
pub struct Site {
    /// The port on 127.0.0.1.
    pub port: u16,
    /// The user.
    pub user: String,
    /// The user's password.
    pub password: String,
}

impl Site {
    /// The base URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A URL below the site with user and password in it, as clients take it.
    #[must_use]
    pub fn url_with_password(&self, path: &str) -> String {
        format!("http://{}:{}@127.0.0.1:{}{path}", self.user, self.password, self.port)
    }

    /// Name and password as the header `Authorization: Basic` has them.
    #[must_use]
    pub fn basic(&self) -> String {
        STANDARD.encode(format!("{}:{}", self.user, self.password))
    }

    /// Sends a request as the site's user.
    ///
    /// # Errors
    /// When the site cannot be reached.
    pub fn try_send(&self, method: &str, target: &str, body: &[u8]) -> std::io::Result<Answer> {
        let authority = format!("127.0.0.1:{}", self.port);
        let mut headers = vec![("Authorization", format!("Basic {}", self.basic()))];
        if body.first() == Some(&b'{') {
            headers.push(("Content-Type", "application/json".into()));
        }
        http::send(&Request { method, authority: &authority, target, headers, body })
    }

    /// Sends a request as the site's user.
    ///
    /// # Panics
    /// When the site cannot be reached.
    #[must_use]
    #[track_caller]
    pub fn send(&self, method: &str, target: &str, body: &[u8]) -> Answer {
        let answer = self.try_send(method, target, body);
        answer.unwrap_or_else(|error| panic!("{method} {}{target}: {error}", self.url()))
    }

    /// Publishes a file under `/artifactory/`.
    ///
    /// # Panics
    /// When the site does not say 201.
    #[track_caller]
    pub fn publish(&self, path: &str, body: &[u8]) {
        let answer = self.send("PUT", &format!("/artifactory/{path}"), body);
        assert_eq!(answer.status, 201, "PUT {path}: {}", answer.text());
    }

    /// The sha256 of a file's bytes, in hexadecimal; none where it is not there or the site is not.
    #[must_use]
    pub fn sha256_of(&self, path: &str) -> Option<String> {
        let answer = self.try_send("GET", &format!("/artifactory/{path}"), b"").ok()?;
        (answer.status == 200).then(|| sha256(&answer.body))
    }

    /// Waits until a file has these bytes, and tells how long that took.
    ///
    /// # Panics
    /// When it has not within the limit.
    #[track_caller]
    pub fn await_file(&self, path: &str, body: &[u8], limit: Duration) -> Duration {
        let expected = sha256(body);
        let what = format!("{}/artifactory/{path} has the bytes that were published", self.url());
        patience::within(limit, &what, || {
            (self.sha256_of(path).as_ref() == Some(&expected)).then_some(())
        })
        .1
    }

    /// Waits until a path answers with this status.
    ///
    /// # Panics
    /// When it does not within the limit.
    #[track_caller]
    pub fn await_status(&self, path: &str, status: u16, limit: Duration) {
        let target = format!("/artifactory/{path}");
        let what = format!("{}{target} answers {status}", self.url());
        patience::within(limit, &what, || {
            let answer = self.try_send("GET", &target, b"").ok()?;
            (answer.status == status).then_some(())
        });
    }
}

/// The sha256 of bytes, in hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
