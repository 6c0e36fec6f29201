//! What a server is told when it starts.

use std::net::IpAddr;
use std::path::PathBuf;

use repository::Redacted;
use serde::{Deserialize, Serialize};

/// One server's configuration; every field has a default but the data folder.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    /// The region's name: what replicas call the owner.
    #[serde(default = "default_site")]
    pub site: String,
    /// Address and port; port 0 takes a free one.
    #[serde(default = "default_listen")]
    pub listen: String,
    /// Where catalog, blobs and logs are kept. One server at a time.
    pub data_dir: PathBuf,
    /// The first administrator.
    #[serde(default = "default_admin")]
    pub admin_user: String,
    /// The administrator's password. Without one, the first start writes a generated one into
    /// `<data_dir>/admin-password`.
    #[serde(default)]
    pub admin_password: Option<Redacted<String>>,
    /// The secret of an administrator's token, registered at every start.
    #[serde(default)]
    pub admin_token: Option<Redacted<String>>,
    /// An opaque text of whoever started this server, which `/readyz` gives back, so that a
    /// server on a port can be told from another one.
    #[serde(default)]
    pub instance_token: Option<String>,
    /// Whether requests without credentials may read everything.
    #[serde(default)]
    pub anonymous_read: bool,
    /// Proxies whose `X-Forwarded-Proto` and `X-Forwarded-Host` are believed.
    #[serde(default)]
    pub trusted_proxies: Vec<IpAddr>,
    /// What is too much.
    #[serde(default)]
    pub limits: Limits,
    /// What is written into `<data_dir>/logs`.
    #[serde(default)]
    pub log: LogSettings,
}

/// Bounds that keep one client from harming the others.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Open connections; further ones wait to be accepted.
    pub connections_max: usize,
    /// Bytes of a request's head.
    pub header_bytes_max: usize,
    /// Seconds for a client to send a request's head, and to stay idle.
    pub header_seconds_max: u64,
    /// Bytes of an uploaded artifact.
    pub upload_bytes_max: u64,
    /// Bytes of a JSON or form body of the administration API.
    pub json_bytes_max: u64,
    /// Seconds without a single byte of a body.
    pub body_idle_seconds_max: u64,
    /// Seconds that requests under way get when the server stops.
    pub drain_seconds_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: 4096,
            header_bytes_max: 64 * 1024,
            header_seconds_max: 30,
            upload_bytes_max: 100 << 30,
            json_bytes_max: 32 << 20,
            body_idle_seconds_max: 60,
            drain_seconds_max: 20,
        }
    }
}

/// Which logs are written.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogSettings {
    /// One JSON line for each request.
    pub access: bool,
    /// One JSON line for each change and each refusal.
    pub audit: bool,
    /// A file is set aside when it is this large; a few old ones are kept.
    pub file_bytes_max: u64,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { access: true, audit: true, file_bytes_max: 64 << 20 }
    }
}

impl ServerConfig {
    /// A server in this folder with the default of everything else.
    #[must_use]
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            site: default_site(),
            listen: default_listen(),
            data_dir: data_dir.into(),
            admin_user: default_admin(),
            admin_password: None,
            admin_token: None,
            instance_token: None,
            anonymous_read: false,
            trusted_proxies: Vec::new(),
            limits: Limits::default(),
            log: LogSettings::default(),
        }
    }
}

fn default_site() -> String {
    "local".to_owned()
}

fn default_listen() -> String {
    "127.0.0.1:8081".to_owned()
}

fn default_admin() -> String {
    "admin".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_folder_is_enough_and_secrets_do_not_print() {
        let config: ServerConfig =
            serde_json::from_str(r#"{"data_dir":"/srv/a","admin_token":"s3cret"}"#).unwrap();
        assert_eq!((config.site.as_str(), config.listen.as_str()), ("local", "127.0.0.1:8081"));
        assert!(!format!("{config:?}").contains("s3cret"));
        assert!(serde_json::from_str::<ServerConfig>(r#"{"data_dir":"/a","typo":1}"#).is_err());
    }
}
