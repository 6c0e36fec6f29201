//! From the headers of a request to the identity behind it.

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use repository_catalog::Token;
use repository_content::now_ms;

use super::{ADMIN_SCOPE, ANONYMOUS, Access, Identity, REPLICATION_SCOPE, USER_SCOPE, hash_of};
use crate::reply::{ApiError, ApiResult};

/// Longest name or secret that is looked at, in bytes.
const CREDENTIAL_BYTES_MAX: usize = 4096;

enum Credentials {
    None,
    Secret(String),
    Password { user: String, password: String },
}

/// Who sends these headers. Wrong credentials are an error; none are [`ANONYMOUS`].
pub(crate) async fn authenticate(access: &Access, headers: &HeaderMap) -> ApiResult<Identity> {
    match credentials(headers)? {
        Credentials::None => {
            let name = ANONYMOUS.to_owned();
            Ok(Identity { name, anonymous: true, ..Identity::default() })
        }
        Credentials::Secret(secret) => {
            by_token(access, &secret).await?.ok_or_else(ApiError::bad_credentials)
        }
        Credentials::Password { user, password } => {
            // Clients that know only names and passwords send a token as the password.
            if let Some(identity) = by_token(access, &password).await? {
                return Ok(identity);
            }
            by_password(access, &user, &password).await.ok_or_else(ApiError::bad_credentials)
        }
    }
}

fn credentials(headers: &HeaderMap) -> ApiResult<Credentials> {
    let text = |value: &header::HeaderValue| {
        value.to_str().ok().filter(|text| text.len() <= CREDENTIAL_BYTES_MAX).map(str::to_owned)
    };
    if let Some(value) = headers.get("x-jfrog-art-api") {
        return text(value).map(Credentials::Secret).ok_or_else(ApiError::bad_credentials);
    }
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(Credentials::None) };
    let value = text(value).ok_or_else(ApiError::bad_credentials)?;
    let (scheme, rest) = value.split_once(' ').unwrap_or((value.as_str(), ""));
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" => Ok(Credentials::Secret(rest.trim().to_owned())),
        "basic" => {
            let decoded = STANDARD.decode(rest.trim()).ok();
            let decoded = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
            let (user, password) = decoded
                .as_deref()
                .and_then(|text| text.split_once(':'))
                .ok_or_else(ApiError::bad_credentials)?;
            Ok(Credentials::Password { user: user.to_owned(), password: password.to_owned() })
        }
        _ => Err(ApiError::bad_credentials()),
    }
}

async fn by_token(access: &Access, secret: &str) -> ApiResult<Option<Identity>> {
    let hash = hash_of(secret);
    let Some(token) = access.catalog.token(&hash).await? else { return Ok(None) };
    let expired = token.expires.is_some_and(|at| at <= now_ms());
    // A secret that renews a token is no credential.
    if token.hash != hash || expired {
        return Ok(None);
    }
    Ok(identity_of(access, &token))
}

fn identity_of(access: &Access, token: &Token) -> Option<Identity> {
    let directory = access.directory();
    let mut identity = Identity {
        name: token.subject.clone(),
        token: Some(token.id.clone()),
        ..Identity::default()
    };
    for scope in scopes(&token.scope) {
        let groups = scope
            .strip_prefix("applied-permissions/groups:")
            .or_else(|| scope.strip_prefix("member-of-groups:"));
        match scope {
            ADMIN_SCOPE => identity.admin = true,
            REPLICATION_SCOPE => identity.replication = true,
            USER_SCOPE => {
                let (groups, admin) = directory.rights(directory.users.get(&token.subject)?);
                identity.groups.extend(groups);
                identity.admin |= admin;
            }
            _ => identity.groups.extend(
                groups
                    .unwrap_or_default()
                    .split(',')
                    .map(|name| name.trim().trim_matches('"').to_owned())
                    .filter(|name| !name.is_empty() && name != "*"),
            ),
        }
    }
    Some(identity)
}

/// Scopes are parted by blanks, which may stand in quotes.
fn scopes(text: &str) -> Vec<&str> {
    let mut quoted = false;
    text.split(|character: char| {
        quoted ^= character == '"';
        character == ' ' && !quoted
    })
    .filter(|scope| !scope.is_empty())
    .collect()
}

async fn by_password(access: &Access, name: &str, password: &str) -> Option<Identity> {
    let directory = access.directory();
    let user = directory.users.get(name);
    let hash = user
        .filter(|user| !user.internal_password_disabled)
        .and_then(|user| user.password_hash.as_deref());
    if !access.passwords.verify(password, hash).await {
        return None;
    }
    let (groups, admin) = directory.rights(user?);
    Some(Identity { name: name.to_owned(), groups, admin, ..Identity::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_part_at_blanks_outside_quotes() {
        assert_eq!(scopes("a  b"), ["a", "b"]);
        assert_eq!(scopes("member-of-groups:\"a b,c\" x"), ["member-of-groups:\"a b,c\"", "x"]);
    }

    #[test]
    fn broken_credentials_are_refused_not_anonymous() {
        for value in ["Basic !!!", "Basic bm9jb2xvbg==", "Digest x", "Negotiate"] {
            let mut headers = HeaderMap::new();
            headers.insert("authorization", value.parse().unwrap());
            assert!(credentials(&headers).is_err(), "{value}");
        }
        assert!(matches!(credentials(&HeaderMap::new()), Ok(Credentials::None)));
    }
}
