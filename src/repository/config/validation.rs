//! What makes a repository's configuration acceptable, and what is said when it is not.

use super::{RepositoryClass, RepositoryConfig};
use crate::name::RepositoryName;

/// Why a configuration was refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The body is JSON, but no object.
    #[error("The repository configuration is not a JSON object.")]
    NotAnObject,
    /// `rclass` is missing; clients match this text.
    #[error(
        "No repository class found in configuration. Set \"rclass\" to local, remote or virtual."
    )]
    ClassMissing,
    /// The URL and the body name two repositories.
    #[error(
        "The URL names the repository \"{url}\", but the body has the key \"{body}\". Make them equal."
    )]
    KeyMismatch { url: RepositoryName, body: String },
    /// A field has the wrong type or a refused value.
    #[error("The repository configuration could not be read: {0}.")]
    Field(#[from] serde_json::Error),
    /// An update of a field that is chosen at creation.
    #[error(
        "The field \"{name}\" of a repository cannot change. Create another repository instead."
    )]
    FixedField { name: String },
    /// A field that goes with another class.
    #[error(
        "The field \"{name}\" is for {belongs} repositories, and \"{key}\" is {class}. Remove it."
    )]
    WrongClass {
        key: RepositoryName,
        name: &'static str,
        belongs: &'static str,
        class: &'static str,
    },
    /// A remote without an upstream.
    #[error(
        "The remote repository \"{key}\" has no \"url\". Set it to the base URL of the upstream."
    )]
    UrlMissing { key: RepositoryName },
    /// An upstream that is not reached by HTTP.
    #[error("The url {url:?} of repository \"{key}\" is refused: {reason}.")]
    Url { key: RepositoryName, url: String, reason: &'static str },
    /// Deploys through a virtual must go to one of its members.
    #[error(
        "The default deployment repository \"{target}\" is not among the \"repositories\" of \"{key}\". Add it there or choose a member."
    )]
    DeploymentNotMember { key: RepositoryName, target: RepositoryName },
    /// A virtual in itself.
    #[error("The virtual repository \"{key}\" lists itself. Remove it from \"repositories\".")]
    ContainsItself { key: RepositoryName },
    /// A member named twice.
    #[error("The virtual repository \"{key}\" lists \"{member}\" twice. Remove one of them.")]
    MemberTwice { key: RepositoryName, member: RepositoryName },
    /// A replica that does not say whose.
    #[error(
        "The repository \"{key}\" has \"{has}\" without \"{lacks}\". A replica names both, or neither."
    )]
    HalfReplica { key: RepositoryName, has: &'static str, lacks: &'static str },
}

impl RepositoryConfig {
    /// Checks what can be known without other repositories. Existence and class of members are
    /// checked by [`crate::resolution::check_members`].
    pub fn validate(&self) -> Result<(), ConfigError> {
        self.check_class_fields()?;
        match self.rclass {
            RepositoryClass::Local => self.check_replica(),
            RepositoryClass::Remote => self.check_url(),
            RepositoryClass::Virtual => self.check_member_list(),
        }
    }

    fn check_class_fields(&self) -> Result<(), ConfigError> {
        let is = |class| self.rclass == class;
        let misplaced = [
            (
                "repositories",
                "virtual",
                !self.repositories.is_empty(),
                is(RepositoryClass::Virtual),
            ),
            (
                "defaultDeploymentRepo",
                "virtual",
                self.default_deployment_repo.is_some(),
                is(RepositoryClass::Virtual),
            ),
            (
                "url",
                "remote",
                self.remote.url.as_deref().is_some_and(|url| !url.is_empty()),
                is(RepositoryClass::Remote),
            ),
            ("readOnly", "local", self.read_only, is(RepositoryClass::Local)),
            ("ownerSite", "local", self.owner_site.is_some(), is(RepositoryClass::Local)),
            ("forSource", "local", self.for_source.is_some(), is(RepositoryClass::Local)),
        ];
        match misplaced.into_iter().find(|(_, _, present, right)| *present && !*right) {
            None => Ok(()),
            Some((name, belongs, _, _)) => Err(ConfigError::WrongClass {
                key: self.key.clone(),
                name,
                belongs,
                class: self.rclass.as_str(),
            }),
        }
    }

    fn check_replica(&self) -> Result<(), ConfigError> {
        let half = |has, lacks| ConfigError::HalfReplica { key: self.key.clone(), has, lacks };
        match (&self.owner_site, &self.for_source) {
            (Some(_), None) => Err(half("ownerSite", "forSource")),
            (None, Some(_)) => Err(half("forSource", "ownerSite")),
            _ => Ok(()),
        }
    }

    fn check_url(&self) -> Result<(), ConfigError> {
        let Some(url) = self.remote.url.as_deref().filter(|url| !url.is_empty()) else {
            return Err(ConfigError::UrlMissing { key: self.key.clone() });
        };
        check_http_url(url).map_err(|reason| ConfigError::Url {
            key: self.key.clone(),
            url: without_user_info(url),
            reason,
        })
    }

    fn check_member_list(&self) -> Result<(), ConfigError> {
        let key = &self.key;
        if self.repositories.contains(key) {
            return Err(ConfigError::ContainsItself { key: key.clone() });
        }
        for (index, member) in self.repositories.iter().enumerate() {
            if self.repositories[..index].contains(member) {
                let (key, member) = (key.clone(), member.clone());
                return Err(ConfigError::MemberTwice { key, member });
            }
        }
        match &self.default_deployment_repo {
            Some(target) if !self.repositories.contains(target) => {
                Err(ConfigError::DeploymentNotMember { key: key.clone(), target: target.clone() })
            }
            _ => Ok(()),
        }
    }
}

/// Checks that `url` is `http` or `https` with a host, and carries no user, query or fragment.
pub fn check_http_url(url: &str) -> Result<(), &'static str> {
    let lower = url.to_ascii_lowercase();
    let Some(rest) = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"))
    else {
        return Err("it must begin with http:// or https://");
    };
    if url.chars().any(|character| character.is_whitespace() || character.is_control()) {
        return Err("it has blanks or control characters");
    }
    if url.contains(['?', '#']) {
        return Err("a base URL has neither a query nor a fragment");
    }
    let authority = rest.split('/').next().unwrap_or_default();
    if authority.contains('@') {
        return Err("it carries a user; use \"username\" and \"password\" instead");
    }
    if authority.is_empty() || authority.starts_with(':') {
        return Err("it has no host");
    }
    Ok(())
}

/// The URL without `user:password@`, fit to be shown.
fn without_user_info(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    match authority.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://{host}/{path}"),
        None => url.to_owned(),
    }
}
