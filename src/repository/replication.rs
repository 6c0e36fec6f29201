//! One push replication: from a repository here to a repository on another server.

use crate::config::validation::check_http_url;
use crate::name::RepositoryName;
use crate::pattern::PathFilter;
use crate::redacted::Redacted;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What is pushed where. Field names are those of the REST API; `targetRepoKey` and `token`
/// are our own, unknown fields are kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReplicationConfig {
    /// The repository here; taken from the URL of the request where the body has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repo_key: Option<RepositoryName>,
    /// Tells the replications of one repository apart.
    #[serde(default)]
    pub replication_key: String,
    /// The repository there (`https://h/artifactory/libs`), or the base URL of the server there
    /// when `target_repo_key` is given.
    #[serde(default)]
    pub url: String,
    /// The repository there, where `url` does not end in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_repo_key: Option<RepositoryName>,
    /// Sent by basic authentication, with `password`.
    #[serde(default)]
    pub username: String,
    /// Never serialised; see [`Self::to_stored_json`].
    #[serde(default, skip_serializing)]
    pub password: Option<Redacted<String>>,
    /// Sent as a bearer token in place of user and password. Never serialised.
    #[serde(default, skip_serializing)]
    pub token: Option<Redacted<String>>,
    /// Whether anything is pushed at all.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Whether each change is pushed when it happens, besides the comparison by `cron_exp`.
    #[serde(default = "yes")]
    pub enable_event_replication: bool,
    /// Whether deletes are pushed.
    #[serde(default)]
    pub sync_deletes: bool,
    /// Whether properties are pushed.
    #[serde(default = "yes")]
    pub sync_properties: bool,
    /// Whether download statistics are pushed.
    #[serde(default)]
    pub sync_statistics: bool,
    /// When the two sides are compared: a Quartz expression of six or seven fields.
    #[serde(default)]
    pub cron_exp: String,
    /// Only paths below this folder are pushed.
    #[serde(default)]
    pub path_prefix: String,
    /// Comma-separated patterns of paths that are pushed.
    #[serde(default)]
    pub include_path_prefix_pattern: String,
    /// Comma-separated patterns of paths that are not pushed.
    #[serde(default)]
    pub exclude_path_prefix_pattern: String,
    /// Milliseconds to wait for the other side.
    #[serde(default = "default_timeout_ms")]
    pub socket_timeout_millis: u64,
    /// Fields that were sent and mean nothing to artiform.
    #[serde(flatten)]
    pub extra: IndexMap<String, Value>,
}

/// Why a replication was refused.
#[derive(Debug, thiserror::Error)]
pub enum ReplicationError {
    /// A field has the wrong type or a refused value.
    #[error("The replication could not be read: {0}.")]
    Field(#[from] serde_json::Error),
    /// No target at all.
    #[error(
        "The replication of \"{repository}\" has no \"url\". Set it to the URL of the repository on the other server."
    )]
    UrlMissing { repository: RepositoryName },
    /// A target that is not reached by HTTP.
    #[error("The url of the replication of \"{repository}\" is refused: {reason}.")]
    Url { repository: RepositoryName, reason: &'static str },
    /// The URL ends without a repository.
    #[error(
        "The url of the replication of \"{repository}\" names no repository. End it in the key of the target, or set \"targetRepoKey\"."
    )]
    TargetMissing { repository: RepositoryName },
    /// The body names another repository than the URL.
    #[error(
        "The URL of the request names the repository \"{repository}\", but the body has the repoKey \"{body}\". Make them equal."
    )]
    KeyMismatch { repository: RepositoryName, body: RepositoryName },
    /// A schedule that is not six or seven fields.
    #[error(
        "The cronExp {expression:?} is not a schedule of six or seven fields, as \"0 0 12 * * ?\"."
    )]
    Schedule { expression: String },
}

impl ReplicationConfig {
    /// Reads what a client sent for the repository `key` and fills in what it left out.
    pub fn from_json(key: &RepositoryName, mut body: Value) -> Result<Self, ReplicationError> {
        if let Some(fields) = body.as_object_mut() {
            fields.retain(|_, value| !value.is_null() && value.as_str() != Some(""));
        }
        let mut config: Self = serde_json::from_value(body)?;
        let repository = || key.clone();
        match &config.repo_key {
            Some(sent) if sent != key => {
                let (repository, body) = (key.clone(), sent.clone());
                return Err(ReplicationError::KeyMismatch { repository, body });
            }
            _ => config.repo_key = Some(key.clone()),
        }
        if config.url.is_empty() {
            return Err(ReplicationError::UrlMissing { repository: repository() });
        }
        check_http_url(&config.url)
            .map_err(|reason| ReplicationError::Url { repository: repository(), reason })?;
        let Some((server, target)) = config.target() else {
            return Err(ReplicationError::TargetMissing { repository: repository() });
        };
        let fields = config.cron_exp.split_whitespace().count();
        if !matches!(fields, 0 | 6 | 7) {
            return Err(ReplicationError::Schedule { expression: config.cron_exp });
        }
        if config.replication_key.is_empty() {
            config.replication_key = default_key(key, &server, &target);
        }
        Ok(config)
    }

    /// The base URL of the other server and the repository there.
    pub fn target(&self) -> Option<(String, RepositoryName)> {
        let url = self.url.trim_end_matches('/');
        if let Some(target) = &self.target_repo_key {
            let base = url.strip_suffix(&format!("/{target}")).unwrap_or(url);
            return Some((base.to_owned(), target.clone()));
        }
        let (scheme, rest) = url.split_once("://")?;
        let (server, last) = rest.rsplit_once('/')?;
        Some((format!("{scheme}://{server}"), RepositoryName::parse(last).ok()?))
    }

    /// The replication as the REST API gives it, without secrets.
    pub fn to_public_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or(Value::Null)
    }

    /// The replication with its secrets, for the catalog alone.
    pub fn to_stored_json(&self) -> Value {
        let mut stored = self.to_public_json();
        if let Some(fields) = stored.as_object_mut() {
            for (name, secret) in [("password", &self.password), ("token", &self.token)] {
                if let Some(secret) = secret {
                    fields.insert(name.to_owned(), Value::String(secret.reveal().clone()));
                }
            }
        }
        stored
    }

    /// Reads back what [`Self::to_stored_json`] gave.
    pub fn from_stored_json(stored: Value) -> Result<Self, ReplicationError> {
        Ok(serde_json::from_value(stored)?)
    }

    /// Which paths are pushed.
    pub fn filter(&self) -> PathFilter {
        let prefix = self.path_prefix.trim_matches('/');
        let below = if prefix.is_empty() { String::new() } else { format!("{prefix}/**") };
        let includes = if self.include_path_prefix_pattern.is_empty() {
            &below
        } else {
            &self.include_path_prefix_pattern
        };
        PathFilter::parse(includes, &self.exclude_path_prefix_pattern)
    }
}

/// Derived from the two ends, so that the same replication sent twice is one replication.
fn default_key(key: &RepositoryName, server: &str, target: &RepositoryName) -> String {
    let host = server.split("://").last().unwrap_or_default();
    let plain: String = host
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' })
        .collect();
    format!("{key}_{plain}_{target}")
}

const fn yes() -> bool {
    true
}

const fn default_timeout_ms() -> u64 {
    15_000
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(body: Value) -> Result<ReplicationConfig, ReplicationError> {
        ReplicationConfig::from_json(&RepositoryName::parse("libs").unwrap(), body)
    }

    #[test]
    fn the_target_is_the_end_of_the_url_or_its_own_field() {
        let long = read(json!({"url": "https://b.example.com/artifactory/libs-a/"})).unwrap();
        let own = json!({"url": "https://b.example.com/artifactory", "targetRepoKey": "libs-a"});
        let expected = ("https://b.example.com/artifactory".to_owned(), "libs-a".parse().unwrap());
        assert_eq!(long.target(), Some(expected.clone()));
        assert_eq!(read(own).unwrap().target(), Some(expected));
        assert_eq!(long.replication_key, "libs_b_example_com_artifactory_libs-a");
    }

    #[test]
    fn defaults_are_those_of_the_documented_api() {
        let config = read(json!({"url": "http://h/r", "cronExp": null})).unwrap();
        assert!(config.enabled && config.sync_properties && !config.sync_deletes);
        assert_eq!(config.socket_timeout_millis, 15_000);
        assert_eq!(config.repo_key.unwrap().as_str(), "libs");
    }

    #[test]
    fn secrets_are_stored_but_never_shown() {
        let config =
            read(json!({"url": "http://h/r", "password": "hunter2", "token": "t0ken"})).unwrap();
        let shown = format!("{config:?}{}", config.to_public_json());
        assert!(!shown.contains("hunter2") && !shown.contains("t0ken"), "{shown}");
        assert_eq!(ReplicationConfig::from_stored_json(config.to_stored_json()).unwrap(), config);
    }

    #[test]
    fn mistakes_are_named() {
        let table = [
            (json!({}), "has no \"url\""),
            (json!({"url": "b.example.com/x"}), "must begin with http"),
            (json!({"url": "https://b.example.com"}), "names no repository"),
            (json!({"url": "http://h/r", "repoKey": "x"}), "Make them equal"),
            (json!({"url": "http://h/r", "cronExp": "* * *"}), "six or seven fields"),
        ];
        for (body, expected) in table {
            let message = read(body.clone()).unwrap_err().to_string();
            assert!(message.contains(expected), "{body}: {message}");
        }
    }
}
