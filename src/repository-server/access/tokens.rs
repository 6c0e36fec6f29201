//! Access tokens: the secret is shown once, its sha256 is kept.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use repository::{Digest, HexSum, Redacted};
use repository_catalog::Token;
use repository_content::now_ms;
use sha2::{Digest as _, Sha256};

use crate::reply::ApiError;

/// Marks a text as one of our tokens, for people and for scanners that look for lost secrets.
const PREFIX: &str = "afm_";

/// The sha256 under which a secret is kept.
pub(crate) fn hash_of(secret: &str) -> Digest {
    HexSum::from_bytes(Sha256::digest(secret.as_bytes()).into())
}

/// A secret that cannot be guessed: 256 random bits.
pub(crate) fn new_secret() -> Result<Redacted<String>, ApiError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| {
        ApiError::new(
            repository_formats::ErrorKind::Internal,
            format!("The system gives no randomness: {error}."),
        )
    })?;
    Ok(Redacted::new(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))))
}

/// A token to be made.
#[derive(Debug, Clone)]
pub(crate) struct NewToken {
    /// Its public identifier; one is made up where it is empty.
    pub(crate) id: String,
    /// The user that it acts for.
    pub(crate) subject: String,
    /// What it may do.
    pub(crate) scope: String,
    /// Free text.
    pub(crate) description: String,
    /// Seconds; zero for ever.
    pub(crate) expires_in: i64,
    /// Whether another secret may renew it.
    pub(crate) refreshable: bool,
}

/// A token with its secrets, for the one answer that shows them.
pub(crate) struct Issued {
    pub(crate) token: Token,
    pub(crate) secret: Redacted<String>,
    pub(crate) refresh: Option<Redacted<String>>,
}

impl NewToken {
    /// Makes the secrets.
    pub(crate) fn issue(self) -> Result<Issued, ApiError> {
        let secret = new_secret()?;
        let refresh = self.refreshable.then(new_secret).transpose()?;
        let created = now_ms();
        let id = if self.id.is_empty() {
            // The hash is public knowledge of the catalog, its first half names it well enough.
            hash_of(secret.reveal()).to_hex()[..32].to_owned()
        } else {
            self.id
        };
        let token = Token {
            id,
            hash: hash_of(secret.reveal()),
            subject: self.subject,
            scope: self.scope,
            description: self.description,
            created,
            expires: (self.expires_in > 0)
                .then(|| created.saturating_add(self.expires_in.saturating_mul(1000))),
            refresh: refresh.as_ref().map(|secret| hash_of(secret.reveal())),
        };
        Ok(Issued { token, secret, refresh })
    }
}
