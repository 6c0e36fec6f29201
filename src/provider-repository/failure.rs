//! Why a call came to nothing, and how that is said.

use std::error::Error;

use diagnostics::Diagnostic;

/// Why a call came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RestError {
    /// Nothing was sent: there is no server there, or it does not answer in time.
    Unreachable { url: String, why: String },
    /// The connection broke off; the call may or may not have been carried out.
    Broken { url: String, why: String },
    /// The server answered with an error.
    Refused { url: String, status: u16, call: String, message: String },
}

impl RestError {
    pub(crate) fn from_transport(url: &str, error: reqwest::Error) -> Self {
        let unreachable = error.is_connect() || error.is_timeout();
        let (url, why) = (url.to_owned(), innermost(&error.without_url()));
        if unreachable { Self::Unreachable { url, why } } else { Self::Broken { url, why } }
    }

    pub(crate) fn status(&self) -> Option<u16> {
        if let Self::Refused { status, .. } = self { Some(*status) } else { None }
    }

    /// Tells whether it may be otherwise in a moment.
    pub(crate) fn may_pass(&self) -> bool {
        self.status().is_none_or(|status| matches!(status, 429 | 502..=504))
    }

    /// Tells whether the server, rather than the thing, is the trouble.
    pub(crate) fn is_server_down(&self) -> bool {
        self.status().is_none_or(|status| matches!(status, 502..=504))
    }

    /// Tells whether it is certain that the call had no effect.
    pub(crate) fn is_without_effect(&self) -> bool {
        match self {
            Self::Unreachable { why, .. } => !why.contains("timed out"),
            Self::Broken { .. } => false,
            Self::Refused { status, .. } => (400..500).contains(status),
        }
    }

    /// In a few words, for what could not be read.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Unreachable { url, why } | Self::Broken { url, why } => {
                format!("server {url} does not answer ({why})")
            }
            Self::Refused { url, status, .. } => format!("server {url} answers {status}"),
        }
    }
}

impl From<RestError> for Diagnostic {
    fn from(error: RestError) -> Self {
        match error {
            RestError::Unreachable { url, why } | RestError::Broken { url, why } => {
                let detail = format!("The server {url} does not answer: {why}.");
                Self::error("Server does not answer", detail)
                    .hint("Check that the server runs and that its url is right.")
            }
            RestError::Refused { url, status: status @ (401 | 403), call, message } => {
                let detail = format!(
                    "The server {url} answered {status} to {call}: {message} The call needs the token, or the user and password, of an administrator of that server."
                );
                Self::error("Server refused the credentials", detail)
            }
            RestError::Refused { url, status, call, message } => {
                let detail = format!("The server {url} answered {status} to {call}: {message}");
                Self::error("Server refused the request", detail)
            }
        }
    }
}

/// The cause at the bottom, such as `Connection refused (os error 111)`.
fn innermost(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
