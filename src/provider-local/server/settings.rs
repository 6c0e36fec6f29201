//! The attributes of one server, read from an object into fields.

use std::path::{Component, PathBuf};

use diagnostics::Diagnostic;
use lang::Value;

use crate::text;

/// What a server is started with. Its secrets never print: it has no `Debug`.
#[derive(Clone, PartialEq)]
pub(crate) struct Settings {
    pub(crate) site: String,
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Absolute.
    pub(crate) data_path: PathBuf,
    pub(crate) admin_user: String,
    pub(crate) admin_password: String,
    pub(crate) admin_token: String,
}

impl Settings {
    /// Reads the attributes of a planned server; all of them must be known.
    pub(crate) fn read(object: &Value) -> Result<Self, Diagnostic> {
        let known = |name: &str| text(object, name).map(str::to_owned).ok_or_else(|| missing(name));
        Ok(Self {
            site: known("site")?,
            host: known("host")?,
            port: port(object).ok_or_else(|| missing("port"))?,
            data_path: data_path(object).ok_or_else(|| missing("data_dir"))?,
            admin_user: known("admin_user")?,
            admin_password: known("admin_password")?,
            admin_token: known("admin_token")?,
        })
    }
}

fn missing(name: &str) -> Diagnostic {
    let detail = format!("The server needs the attribute {name}, and it has no known value.");
    Diagnostic::error("Missing attribute", detail)
}

/// The port, where it is known and in range.
pub(crate) fn port(object: &Value) -> Option<u16> {
    let port = object.get("port").and_then(Value::as_i64)?;
    u16::try_from(port).ok().filter(|port| *port > 0)
}

/// The data folder as an absolute path, where it is known.
pub(crate) fn data_path(object: &Value) -> Option<PathBuf> {
    match text(object, "data_path") {
        Some(path) => Some(PathBuf::from(path)),
        None => text(object, "data_dir").map(absolute),
    }
}

/// The path made absolute by the folder in which the program runs, without `.` and `..`.
pub(crate) fn absolute(path: &str) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path));
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

/// The base URL at which a server is reached that listens at this host.
pub(crate) fn url(host: &str, port: u16) -> String {
    format!("http://{}:{port}", reachable(host))
}

/// `host:port` as a socket is opened with it; IPv6 addresses stand in brackets.
pub(crate) fn listen_address(host: &str, port: u16) -> String {
    format!("{}:{port}", bracketed(host))
}

/// The host to connect to: one that listens everywhere is reached over loopback.
fn reachable(host: &str) -> String {
    match host {
        "0.0.0.0" => "127.0.0.1".to_owned(),
        "::" | "[::]" => "[::1]".to_owned(),
        host => bracketed(host),
    }
}

fn bracketed(host: &str) -> String {
    let bare = host.contains(':') && !host.starts_with('[');
    if bare { format!("[{host}]") } else { host.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn urls_lead_to_where_the_server_can_be_reached() {
        assert_eq!(url("127.0.0.1", 80), "http://127.0.0.1:80");
        assert_eq!(url("0.0.0.0", 8081), "http://127.0.0.1:8081");
        assert_eq!(url("::", 1), "http://[::1]:1");
        assert_eq!(url("fe80::1", 1), "http://[fe80::1]:1");
    }

    #[test]
    fn paths_become_absolute_and_plain() {
        assert_eq!(absolute("/a/./b/../c"), Path::new("/a/c"));
        let here = std::env::current_dir().unwrap();
        assert_eq!(absolute("./x/y"), here.join("x/y"));
        assert_eq!(absolute("/.."), Path::new("/"));
    }
}
