//! Permission targets as JSON: the letters of the first API, the words of the second.

use super::{Action, ActionSet, PermissionError, PermissionTarget};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

type Grants = IndexMap<String, Vec<String>>;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct First {
    name: String,
    includes_pattern: String,
    excludes_pattern: String,
    repositories: Vec<String>,
    principals: Principals,
}

impl Default for First {
    fn default() -> Self {
        Self {
            name: String::new(),
            includes_pattern: "**".to_owned(),
            excludes_pattern: String::new(),
            repositories: Vec::new(),
            principals: Principals::default(),
        }
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Principals {
    users: Option<Grants>,
    groups: Option<Grants>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Second {
    name: String,
    repo: SecondRepositories,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
struct SecondRepositories {
    include_patterns: Vec<String>,
    exclude_patterns: Vec<String>,
    repositories: Vec<String>,
    actions: Principals,
}

impl PermissionTarget {
    /// Reads the body of `api/security/permissions/{name}`.
    pub fn from_first_json(name: &str, body: Value) -> Result<Self, PermissionError> {
        let sent: First = serde_json::from_value(body)?;
        let list = |text: &str| text.split(',').map(str::trim).map(str::to_owned).collect();
        Ok(Self {
            name: agreed_name(name, sent.name)?,
            repositories: sent.repositories,
            includes: without_empty(list(&sent.includes_pattern)),
            excludes: without_empty(list(&sent.excludes_pattern)),
            users: read_grants(sent.principals.users)?,
            groups: read_grants(sent.principals.groups)?,
        })
    }

    /// Reads the body of `api/v2/security/permissions/{name}`.
    pub fn from_second_json(name: &str, body: Value) -> Result<Self, PermissionError> {
        let sent: Second = serde_json::from_value(body)?;
        Ok(Self {
            name: agreed_name(name, sent.name)?,
            repositories: sent.repo.repositories,
            includes: without_empty(sent.repo.include_patterns),
            excludes: without_empty(sent.repo.exclude_patterns),
            users: read_grants(sent.repo.actions.users)?,
            groups: read_grants(sent.repo.actions.groups)?,
        })
    }

    /// The body of `api/security/permissions/{name}`.
    pub fn to_first_json(&self) -> Value {
        let sent = First {
            name: self.name.clone(),
            includes_pattern: self.includes.join(","),
            excludes_pattern: self.excludes.join(","),
            repositories: self.repositories.clone(),
            principals: Principals {
                users: Some(write_grants(&self.users, Action::letter)),
                groups: Some(write_grants(&self.groups, Action::letter)),
            },
        };
        serde_json::to_value(sent).unwrap_or(Value::Null)
    }

    /// The body of `api/v2/security/permissions/{name}`.
    pub fn to_second_json(&self) -> Value {
        let sent = Second {
            name: self.name.clone(),
            repo: SecondRepositories {
                include_patterns: self.includes.clone(),
                exclude_patterns: self.excludes.clone(),
                repositories: self.repositories.clone(),
                actions: Principals {
                    users: Some(write_grants(&self.users, Action::word)),
                    groups: Some(write_grants(&self.groups, Action::word)),
                },
            },
        };
        serde_json::to_value(sent).unwrap_or(Value::Null)
    }
}

fn agreed_name(url: &str, body: String) -> Result<String, PermissionError> {
    match (url.is_empty(), body.is_empty()) {
        (true, true) => Err(PermissionError::NameMissing),
        (true, false) => Ok(body),
        (false, false) if url != body => {
            Err(PermissionError::NameMismatch { url: url.to_owned(), body })
        }
        _ => Ok(url.to_owned()),
    }
}

fn without_empty(mut patterns: Vec<String>) -> Vec<String> {
    patterns.retain(|pattern| !pattern.is_empty());
    patterns
}

fn read_grants(grants: Option<Grants>) -> Result<IndexMap<String, ActionSet>, PermissionError> {
    let read = |(who, actions): (String, Vec<String>)| {
        // Letters of rights that other servers have and we do not (x, mxm) are let pass.
        let known =
            actions.iter().filter(|action| !matches!(action.as_str(), "x" | "mxm" | "scan"));
        let set = known.map(|action| Action::parse(action)).collect::<Result<ActionSet, _>>()?;
        Ok((who, set))
    };
    grants.unwrap_or_default().into_iter().map(read).collect()
}

fn write_grants(
    grants: &IndexMap<String, ActionSet>,
    spell: impl Fn(Action) -> &'static str,
) -> Grants {
    let write = |set: &ActionSet| set.iter().map(|action| spell(action).to_owned()).collect();
    grants.iter().map(|(who, set)| (who.clone(), write(set))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_spellings_say_the_same() {
        let first = json!({"name": "dev", "includesPattern": "org/**,com/**", "excludesPattern": "",
            "repositories": ["libs", "ANY REMOTE"],
            "principals": {"users": {"ann": ["r", "n", "w"]}, "groups": {"all": ["r"]}}});
        let target = PermissionTarget::from_first_json("dev", first.clone()).unwrap();
        assert_eq!(target.to_first_json(), first);
        let second = target.to_second_json();
        assert_eq!(second["repo"]["actions"]["users"]["ann"], json!(["read", "annotate", "write"]));
        assert_eq!(PermissionTarget::from_second_json("dev", second).unwrap(), target);
    }

    #[test]
    fn unknown_actions_and_names_are_refused() {
        let body = json!({"principals": {"users": {"ann": ["fly"]}}});
        assert!(PermissionTarget::from_first_json("dev", body).is_err());
        assert!(PermissionTarget::from_first_json("dev", json!({"name": "ops"})).is_err());
        assert!(PermissionTarget::from_second_json("", json!({})).is_err());
    }
}
