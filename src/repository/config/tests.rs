//! Claims about reading, updating and showing configuration.

use super::*;
use serde_json::json;

fn read(body: Value) -> Result<RepositoryConfig, ConfigError> {
    RepositoryConfig::from_json(&RepositoryName::parse("libs").unwrap(), body)
}

#[test]
fn a_client_reads_back_what_it_sent() {
    let sent = json!({"key": "libs", "rclass": "local", "packageType": "maven",
        "description": "d", "maxUniqueSnapshots": 3, "propertySets": ["artifactory"],
        "handleReleases": false});
    let shown = read(sent.clone()).unwrap().to_public_json();
    for (name, value) in sent.as_object().unwrap() {
        assert_eq!(&shown[name], value, "{name}");
    }
    assert_eq!(shown["includesPattern"], "**/*");
}

#[test]
fn the_password_is_stored_but_never_shown() {
    let body = json!({"rclass": "remote", "url": "https://example.com/x", "username": "u",
        "password": "hunter2"});
    let config = read(body).unwrap();
    assert!(!config.to_public_json().to_string().contains("hunter2"));
    assert!(!format!("{config:?}").contains("hunter2"));
    let stored = RepositoryConfig::from_stored_json(config.to_stored_json()).unwrap();
    assert_eq!(stored.remote.password.unwrap().reveal(), "hunter2");
}

#[test]
fn an_update_keeps_what_it_does_not_name() {
    let config = read(json!({"rclass": "remote", "url": "https://example.com", "password": "s",
        "description": "old", "unknown": 1}))
    .unwrap();
    let updated = config.updated(json!({"description": "new", "password": "(redacted)"})).unwrap();
    assert_eq!(updated.description, "new");
    assert_eq!(updated.remote.password, config.remote.password);
    assert_eq!(updated.extra["unknown"], 1);
    let changed = config.updated(json!({"rclass": "local"}));
    assert!(matches!(changed, Err(ConfigError::FixedField { .. })));
}

#[test]
fn nulls_are_as_good_as_absent() {
    let config = read(json!({"rclass": "local", "description": null, "packageType": null}));
    assert_eq!(config.unwrap().package_type.as_str(), "generic");
}

#[test]
fn mistakes_are_named() {
    let table = [
        (json!([]), "not a JSON object"),
        (json!({}), "No repository class found in configuration"),
        (json!({"rclass": "remote"}), "has no \"url\""),
        (json!({"rclass": "remote", "url": "ftp://example.com"}), "must begin with http"),
        (json!({"rclass": "remote", "url": "https://u:hunter2@example.com"}), "carries a user"),
        (json!({"rclass": "local", "url": "https://example.com"}), "for remote repositories"),
        (json!({"rclass": "local", "repositories": ["a"]}), "for virtual repositories"),
        (json!({"rclass": "virtual", "repositories": ["libs"]}), "lists itself"),
        (json!({"rclass": "virtual", "repositories": ["a", "a"]}), "twice"),
        (
            json!({"rclass": "virtual", "repositories": ["a"], "defaultDeploymentRepo": "b"}),
            "is not among",
        ),
        (json!({"rclass": "local", "key": "other"}), "Make them equal"),
        (json!({"rclass": "local", "ownerSite": "eu"}), "without \"forSource\""),
        (json!({"rclass": "local", "handleReleases": "maybe"}), "could not be read"),
    ];
    for (body, expected) in table {
        let message = read(body.clone()).unwrap_err().to_string();
        assert!(message.contains(expected), "{body}: {message}");
        assert!(!message.contains("hunter2"), "{message}");
    }
}

#[test]
fn an_empty_deployment_repository_means_none() {
    let config = read(json!({"rclass": "virtual", "defaultDeploymentRepo": ""})).unwrap();
    assert_eq!(config.default_deployment_repo, None);
}

/// Numbers of flattened settings come through another door than others.
#[test]
fn numbers_of_a_remote_are_read_from_text_and_from_values() {
    let text = r#"{"key": "npm", "rclass": "remote", "packageType": "npm", "url": "https://npm.example.com", "retrievalCachePeriodSecs": 60, "assumedOfflinePeriodSecs": 300}"#;
    let from_text: RepositoryConfig = serde_json::from_str(text).unwrap();
    assert_eq!(from_text.remote.retrieval_cache_period_secs, Some(60));
    let value: Value = serde_json::from_str(text).unwrap();
    let from_value: RepositoryConfig = serde_json::from_value(value.clone()).unwrap();
    assert_eq!(from_value.remote.retrieval_cache_period_secs, Some(60));
    let again = serde_json::to_value(&from_text).unwrap();
    assert_eq!(again["retrievalCachePeriodSecs"], value["retrievalCachePeriodSecs"]);
    assert_eq!(again["assumedOfflinePeriodSecs"], value["assumedOfflinePeriodSecs"]);
}
