//! A repository's configuration, in the field names that clients of the REST API send.

pub mod validation;

use crate::name::{PackageType, RepositoryName, SiteName};
use crate::pattern::PathFilter;
use crate::redacted::Redacted;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use validation::ConfigError;

/// Keys that configuration keeps secret.
const SECRET_KEYS: [&str; 1] = ["password"];

/// What a repository is: content of its own, a cache of another server, or a view of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RepositoryClass {
    Local,
    Remote,
    Virtual,
}

impl RepositoryClass {
    /// The class as the REST API spells it in `rclass`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Remote => "remote",
            Self::Virtual => "virtual",
        }
    }
}

/// One repository. Fields that artiform does not know are kept in `extra`, so that a client
/// which reads its configuration back sees what it sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RepositoryConfig {
    /// The name in every URL.
    pub key: RepositoryName,
    /// Local, remote or virtual.
    pub rclass: RepositoryClass,
    /// The format, as `maven`.
    #[serde(default = "generic")]
    pub package_type: PackageType,
    /// For people.
    #[serde(default)]
    pub description: String,
    /// For administrators.
    #[serde(default)]
    pub notes: String,
    /// Comma-separated patterns of paths that the repository takes and gives.
    #[serde(default = "everything")]
    pub includes_pattern: String,
    /// Comma-separated patterns of paths that it neither takes nor gives.
    #[serde(default)]
    pub excludes_pattern: String,
    /// Maven: takes released versions.
    #[serde(default = "yes")]
    pub handle_releases: bool,
    /// Maven: takes snapshot versions.
    #[serde(default = "yes")]
    pub handle_snapshots: bool,
    /// Answers nothing at all, as if it were gone.
    #[serde(default)]
    pub blacked_out: bool,
    /// A virtual asks this member before its other members.
    #[serde(default)]
    pub priority_resolution: bool,
    /// Downloads may be answered by a redirect to the blob store.
    #[serde(default)]
    pub download_redirect: bool,
    /// Local, our own: refuses changes from everyone but replication.
    #[serde(default, skip_serializing_if = "is_false")]
    pub read_only: bool,
    /// Local, our own: the site that owns the content of this replica.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_site: Option<SiteName>,
    /// Local, our own: the key of the repository, at the owner, that this one repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_source: Option<RepositoryName>,
    /// Virtual: the members, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repositories: Vec<RepositoryName>,
    /// Virtual: the member that deploys go to. Clients send an empty text for none.
    #[serde(default, deserialize_with = "empty_as_none", skip_serializing_if = "Option::is_none")]
    pub default_deployment_repo: Option<RepositoryName>,
    /// What only remote repositories have.
    #[serde(flatten)]
    pub remote: RemoteSettings,
    /// Fields that were sent and mean nothing to artiform.
    #[serde(flatten)]
    pub extra: IndexMap<String, Value>,
}

/// Where a remote repository gets its content, and how long it trusts what it got.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RemoteSettings {
    /// The base URL of the upstream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Sent to the upstream by basic authentication when it is not empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Goes with `username`. Never serialised; see [`RepositoryConfig::to_stored_json`].
    #[serde(default, skip_serializing)]
    pub password: Option<Redacted<String>>,
    /// Seconds for which revalidated files and indexes are fresh. 7200 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retrieval_cache_period_secs: Option<u64>,
    /// Seconds for which "not found" is believed. 1800 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missed_retrieval_cache_period_secs: Option<u64>,
    /// Milliseconds to wait for the upstream. 15000 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub socket_timeout_millis: Option<u64>,
    /// Whether what was fetched is kept. True when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store_artifacts_locally: Option<bool>,
    /// Serves only what is cached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offline: Option<bool>,
    /// An upstream that fails is an error instead of "not found".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hard_fail: Option<bool>,
    /// Whether the server may connect to private and loopback addresses for this repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_private_addresses: Option<bool>,
    /// PyPI: the base URL of the simple index where it differs from `url`.
    #[serde(default, rename = "pyPIRegistryUrl", skip_serializing_if = "Option::is_none")]
    pub pypi_registry_url: Option<String>,
    /// PyPI: the path of the simple index below it. `simple` when not given.
    #[serde(default, rename = "pyPIRepositorySuffix", skip_serializing_if = "Option::is_none")]
    pub pypi_repository_suffix: Option<String>,
}

impl RemoteSettings {
    /// Seconds for which revalidated files and indexes are fresh.
    pub fn fresh_seconds(&self) -> u64 {
        self.retrieval_cache_period_secs.unwrap_or(7200)
    }

    /// Seconds for which "not found" is believed.
    pub fn missing_seconds(&self) -> u64 {
        self.missed_retrieval_cache_period_secs.unwrap_or(1800)
    }

    /// Milliseconds to wait for the upstream.
    pub fn timeout_ms(&self) -> u64 {
        self.socket_timeout_millis.unwrap_or(15_000)
    }

    /// Whether what was fetched is kept.
    pub fn stores_artifacts(&self) -> bool {
        self.store_artifacts_locally.unwrap_or(true)
    }

    /// Whether the upstream must not be asked.
    pub fn is_offline(&self) -> bool {
        self.offline.unwrap_or(false)
    }
}

impl RepositoryConfig {
    /// A repository with the default of every field.
    pub fn new(key: RepositoryName, rclass: RepositoryClass, package_type: PackageType) -> Self {
        Self {
            key,
            rclass,
            package_type,
            description: String::new(),
            notes: String::new(),
            includes_pattern: everything(),
            excludes_pattern: String::new(),
            handle_releases: true,
            handle_snapshots: true,
            blacked_out: false,
            priority_resolution: false,
            download_redirect: false,
            read_only: false,
            owner_site: None,
            for_source: None,
            repositories: Vec::new(),
            default_deployment_repo: None,
            remote: RemoteSettings::default(),
            extra: IndexMap::new(),
        }
    }

    /// Reads what a client sent to create the repository `key`. The key of the URL wins where
    /// the body has none; two different keys are an error.
    pub fn from_json(key: &RepositoryName, body: Value) -> Result<Self, ConfigError> {
        let Value::Object(mut fields) = body else {
            return Err(ConfigError::NotAnObject);
        };
        if fields.get("rclass").is_none_or(Value::is_null) {
            return Err(ConfigError::ClassMissing);
        }
        match fields.get("key").and_then(Value::as_str) {
            Some(sent) if sent != key.as_str() => {
                return Err(ConfigError::KeyMismatch { url: key.clone(), body: sent.to_owned() });
            }
            _ => fields.insert("key".to_owned(), Value::String(key.to_string())),
        };
        // Clients written against typed models send null for what they do not set.
        fields.retain(|_, value| !value.is_null());
        let config: Self = serde_json::from_value(Value::Object(fields))?;
        config.validate()?;
        Ok(config)
    }

    /// This configuration with the fields of an update in place of its own. The key, the class
    /// and the package type cannot change.
    pub fn updated(&self, patch: Value) -> Result<Self, ConfigError> {
        let Value::Object(changes) = patch else {
            return Err(ConfigError::NotAnObject);
        };
        let Value::Object(mut fields) = self.to_stored_json() else {
            return Err(ConfigError::NotAnObject);
        };
        for (name, value) in changes {
            let fixed = matches!(name.as_str(), "rclass" | "packageType");
            if fixed && fields.get(&name).is_some_and(|old| *old != value) && !value.is_null() {
                return Err(ConfigError::FixedField { name });
            }
            // What a client reads is masked or empty; sending it back must not lose the secret.
            let masked = SECRET_KEYS.contains(&name.as_str())
                && value.as_str().is_some_and(|text| text == crate::redacted::MASK);
            if !masked && !fixed {
                fields.insert(name, value);
            }
        }
        Self::from_json(&self.key, Value::Object(fields))
    }

    /// The configuration as the REST API gives it: every field but the secrets.
    pub fn to_public_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or(Value::Null)
    }

    /// The configuration with its secrets, for the catalog alone.
    pub fn to_stored_json(&self) -> Value {
        let mut stored = self.to_public_json();
        if let (Some(fields), Some(password)) = (stored.as_object_mut(), &self.remote.password) {
            fields.insert("password".to_owned(), Value::String(password.reveal().clone()));
        }
        stored
    }

    /// Reads back what [`Self::to_stored_json`] gave.
    pub fn from_stored_json(stored: Value) -> Result<Self, ConfigError> {
        Ok(serde_json::from_value(stored)?)
    }

    /// Which paths the repository takes and gives.
    pub fn filter(&self) -> PathFilter {
        PathFilter::parse(&self.includes_pattern, &self.excludes_pattern)
    }

    /// Whether it has content of its own that may be changed by clients.
    pub fn is_writable(&self) -> bool {
        self.rclass == RepositoryClass::Local && !self.read_only && !self.blacked_out
    }
}

fn generic() -> PackageType {
    // Invariant: "generic" is a valid name, so the first branch is always taken.
    PackageType::parse("generic").unwrap_or_else(|error| unreachable!("{error}"))
}

fn everything() -> String {
    "**/*".to_owned()
}

const fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes the field by reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

fn empty_as_none<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<RepositoryName>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?.unwrap_or_default();
    if text.is_empty() {
        return Ok(None);
    }
    RepositoryName::parse(&text).map(Some).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests;
