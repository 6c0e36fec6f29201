//! What all operations share: the server of the provider block, and the pools of connections.

use std::sync::OnceLock;
use std::time::Duration;

use diagnostics::{Diagnostic, Diagnostics};
use lang::Value;

use crate::client::Client;
use crate::endpoint::{self, Credentials, Endpoint};
use crate::object::text;

/// How long a connection may take to stand.
const CONNECT: Duration = Duration::from_secs(2);
/// How long one call may take.
const CALL: Duration = Duration::from_secs(10);

/// The servers that are spoken to, and the one of the provider block.
pub(crate) struct Servers {
    default: Option<Endpoint>,
    credentials: Credentials,
    direct: OnceLock<reqwest::Client>,
    proxied: OnceLock<reqwest::Client>,
}

impl Servers {
    /// Reads the provider block.
    pub(crate) fn configure(config: &Value) -> Result<Self, Diagnostics> {
        let url = config.get("url").filter(|url| !url.is_null());
        if url.is_some() {
            endpoint::check(config).map_err(|why| {
                let detail =
                    format!("The configuration of the provider \"artiform\" is wrong: {why}");
                Diagnostics::from(Diagnostic::error("Invalid provider configuration", detail))
            })?;
        }
        Ok(Self {
            default: url.and_then(|_| Endpoint::read(config)),
            credentials: Credentials::read(config),
            direct: OnceLock::new(),
            proxied: OnceLock::new(),
        })
    }

    /// The server that an object lives on: that of its argument `server`, or of the provider block.
    pub(crate) fn endpoint(&self, object: &Value) -> Result<Endpoint, Diagnostic> {
        let server = object.get("server").filter(|server| !server.is_null());
        let found = match server {
            Some(server) => Endpoint::read(server).map(|endpoint| self.signed_in(endpoint)),
            None => self.default.clone(),
        };
        found.ok_or_else(|| {
            let detail = "It is not said on which server the resource lives. Set its argument server to an object such as { url = \"https://...\", token = \"...\" }, or set url and token in the block provider \"artiform\".";
            Diagnostic::error("No server is given", detail)
        })
    }

    /// A server that is named without credentials is spoken to with those of the provider block.
    fn signed_in(&self, endpoint: Endpoint) -> Endpoint {
        match endpoint.credentials {
            Credentials::None => Endpoint { credentials: self.credentials.clone(), ..endpoint },
            _ => endpoint,
        }
    }

    /// The client for a server.
    pub(crate) fn client(&self, endpoint: Endpoint) -> Client {
        // What listens on this machine is never behind a proxy.
        let local = is_loopback(&endpoint.url);
        let pool = if local { &self.direct } else { &self.proxied };
        let http = pool.get_or_init(|| build(local)).clone();
        Client::new(http, endpoint)
    }

    /// The client for the server that an object lives on.
    pub(crate) fn client_of(&self, object: &Value) -> Result<Client, Diagnostic> {
        Ok(self.client(self.endpoint(object)?))
    }

    /// The `server` argument for an import id with a URL; null stands for the provider block.
    pub(crate) fn imported_server(url: Option<&str>) -> Value {
        match url {
            Some(url) => Value::object([("url".into(), Value::text(url))]),
            None => Value::null(lang::Type::Dynamic),
        }
    }
}

fn build(local: bool) -> reqwest::Client {
    let builder = reqwest::Client::builder().connect_timeout(CONNECT).timeout(CALL);
    let builder = if local { builder.no_proxy() } else { builder };
    let agent = concat!("artiform/", env!("CARGO_PKG_VERSION"));
    // Redirects could carry the token elsewhere.
    let builder = builder.user_agent(agent).redirect(reqwest::redirect::Policy::none());
    builder.build().unwrap_or_default()
}

fn is_loopback(url: &str) -> bool {
    let authority = url.split("://").nth(1).and_then(|rest| rest.split('/').next());
    let authority = authority.unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Splits an import id `NAME@URL`; the URL may be left out.
pub(crate) fn split_import_id(id: &str) -> (&str, Option<&str>) {
    let at = id.find("@http://").or_else(|| id.find("@https://"));
    match at {
        Some(at) => (&id[..at], Some(&id[at + 1..])),
        None => (id, None),
    }
}

/// Tells whether the argument `server` leads to another URL than before.
pub(crate) fn moves(prior: &Value, planned: &Value) -> bool {
    let url = |object: &Value| {
        let server = object.get("server").filter(|server| !server.is_null());
        server.map(|server| text(server, "url").map(|url| endpoint::base_url(url).to_owned()))
    };
    url(prior) != url(planned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_told_apart() {
        for url in ["http://127.0.0.1:8081", "http://localhost", "https://[::1]:8443/x"] {
            assert!(is_loopback(url), "{url}");
        }
        for url in ["http://localhost.example.com", "https://10.0.0.1", "nonsense"] {
            assert!(!is_loopback(url), "{url}");
        }
    }

    #[test]
    fn import_ids_may_name_a_server() {
        assert_eq!(split_import_id("libs"), ("libs", None));
        assert_eq!(split_import_id("libs@http://h:1"), ("libs", Some("http://h:1")));
        assert_eq!(split_import_id("a@b@https://h"), ("a@b", Some("https://h")));
    }

    #[test]
    fn credentials_of_the_block_serve_servers_without_their_own() {
        let config = Value::object([
            ("url".into(), Value::string("http://a.example.com")),
            ("token".into(), Value::string("block")),
        ]);
        let servers = Servers::configure(&config).unwrap();
        let on = |server: Value| servers.endpoint(&Value::object([("server".into(), server)]));
        let null = on(Value::null(lang::Type::Dynamic)).ok().unwrap();
        assert!(null.url == "http://a.example.com");
        let other = on(Servers::imported_server(Some("http://b.example.com"))).ok().unwrap();
        assert!(other.credentials == Credentials::Token("block".into()));
        let empty = Servers::configure(&Value::object([])).unwrap();
        assert!(empty.endpoint(&Value::object([])).is_err());
    }
}
