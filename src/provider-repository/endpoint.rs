//! Where a server is and how one signs in: the argument `server`, read and checked.

use lang::{Data, Type, Value};
use repository::config::validation::check_http_url;

use crate::object::text;

/// The attributes that `server` and `target` may have.
const ATTRIBUTES: [&str; 4] = ["password", "token", "url", "username"];
const SECRETS: [&str; 2] = ["password", "token"];

/// A server and the credentials for it. Never prints: it has no `Debug`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Endpoint {
    /// Without a slash at its end, and without `/artifactory`.
    pub(crate) url: String,
    pub(crate) credentials: Credentials,
}

#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum Credentials {
    None,
    Token(String),
    Password { username: String, password: String },
}

impl Endpoint {
    /// Reads an object such as `{ url = "...", token = "..." }`; none where it has no known URL.
    pub(crate) fn read(server: &Value) -> Option<Self> {
        let url = base_url(text(server, "url")?).to_owned();
        Some(Self { url, credentials: Credentials::read(server) })
    }
}

impl Credentials {
    pub(crate) fn read(server: &Value) -> Self {
        match (text(server, "token"), text(server, "username"), text(server, "password")) {
            (Some(token), _, _) => Self::Token(token.to_owned()),
            (None, Some(username), Some(password)) => {
                Self::Password { username: username.to_owned(), password: password.to_owned() }
            }
            _ => Self::None,
        }
    }
}

/// The URL under which `/artifactory` lies.
pub(crate) fn base_url(url: &str) -> &str {
    let url = url.trim_end_matches('/');
    url.strip_suffix("/artifactory").unwrap_or(url)
}

/// The base URL of an argument such as `server`, as far as it is known.
pub(crate) fn known_url(server: Option<&Value>) -> Option<&str> {
    server.and_then(|server| text(server, "url")).map(base_url)
}

/// The argument with its secrets marked.
pub(crate) fn with_secrets_marked(server: &Value) -> Value {
    let Some(entries) = server.entries() else { return server.clone() };
    let marked = entries.iter().map(|(name, value)| {
        let secret = SECRETS.contains(&&**name) && !value.is_null();
        (name.clone(), if secret { value.clone().sensitive() } else { value.clone() })
    });
    match &server.data {
        Data::Map(element, _) => Value::map(element.clone(), marked.collect()),
        _ => Value::object(marked),
    }
    .with_marks(server.marks)
}

/// Checks the shape of the argument; parts that are not known yet are taken on trust.
pub(crate) fn check(server: &Value) -> Result<(), String> {
    if server.is_null() || server.is_unknown() {
        return Ok(());
    }
    let shape = "it must be an object such as { url = \"https://...\", token = \"...\" }";
    let Some(entries) = server.entries() else {
        return Err(format!("{shape}."));
    };
    if let Some(name) = entries.keys().find(|name| !ATTRIBUTES.contains(&&***name)) {
        return Err(format!(
            "it has the attribute \"{name}\"; {shape}, or with username and password in place of the token."
        ));
    }
    for (name, value) in entries {
        let wrong = !value.is_null() && value.is_known() && value.as_str().is_none();
        if wrong || (value.is_unknown() && !matches!(value.type_of(), Type::String | Type::Dynamic))
        {
            return Err(format!("its attribute \"{name}\" must be a string."));
        }
    }
    check_url(entries.get("url"))?;
    check_credentials(server)
}

fn check_url(url: Option<&Value>) -> Result<(), String> {
    match url {
        Some(url) if url.is_unknown() => Ok(()),
        Some(url) => match url.as_str() {
            Some(url) => check_http_url(url).map_err(|why| format!("its url is refused: {why}.")),
            None => Err("its url must be set.".to_owned()),
        },
        None => Err("it has no url; add url = \"https://...\".".to_owned()),
    }
}

fn check_credentials(server: &Value) -> Result<(), String> {
    let set = |name: &str| server.get(name).is_some_and(|value| !value.is_null());
    if set("token") || (set("username") == set("password")) {
        return Ok(());
    }
    Err("username and password go together; set both, or a token.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(attributes: &[(&str, Value)]) -> Value {
        Value::object(attributes.iter().map(|(name, value)| ((*name).into(), value.clone())))
    }

    #[test]
    fn mistakes_of_a_server_are_told() {
        let url = ("url", Value::string("http://a.example.com"));
        let table = [
            (server(std::slice::from_ref(&url)), ""),
            (server(&[("url", Value::unknown(Type::String))]), ""),
            (Value::unknown(Type::Dynamic), ""),
            (Value::string("http://a.example.com"), "must be an object"),
            (server(&[]), "has no url"),
            (server(&[("url", Value::string("a.example.com"))]), "must begin with http"),
            (server(&[url.clone(), ("port", Value::int(1))]), "the attribute \"port\""),
            (server(&[url.clone(), ("token", Value::int(1))]), "must be a string"),
            (server(&[url, ("username", Value::string("a"))]), "go together"),
        ];
        for (server, expected) in table {
            let message = check(&server).err().unwrap_or_default();
            assert!(
                message.contains(expected) && message.is_empty() == expected.is_empty(),
                "{message}"
            );
        }
    }

    #[test]
    fn the_base_url_has_no_artifactory() {
        let with = |url: &'static str| server(&[("url", Value::string(url))]);
        for url in
            ["http://h:1", "http://h:1/", "http://h:1/artifactory", "http://h:1/artifactory/"]
        {
            assert_eq!(Endpoint::read(&with(url)).unwrap().url, "http://h:1");
        }
    }

    #[test]
    fn secrets_are_marked_and_nothing_else() {
        let token = ("token", Value::string("t"));
        let marked = with_secrets_marked(&server(&[("url", Value::string("http://h")), token]));
        assert!(marked.get("token").unwrap().is_sensitive());
        assert!(!marked.get("url").unwrap().is_sensitive() && !marked.is_sensitive());
    }
}
