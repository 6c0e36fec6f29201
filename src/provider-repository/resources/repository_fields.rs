//! What local, remote and virtual repositories share.

use diagnostics::Diagnostic;
use lang::{Type, Value};
use provider::{Attribute, Finding};
use repository::percent::encode_component;
use repository::{ConfigError, RepositoryConfig, RepositoryName};
use serde_json::{Value as Json, json};

use super::{key, package_type, repository_key, server, words};
use crate::at;
use crate::object::{said_text, text, text_or_empty, with};

/// The server says 400 where the field's clients expect it, and 404 where they do not.
pub(super) const MISSING: &[u16] = &[400, 404];

/// The attributes of every repository.
pub(super) fn attributes() -> [(&'static str, Attribute); 6] {
    [
        ("description", words("For people.")),
        (
            "format",
            key(Type::String)
                .validated(package_type)
                .describe("The package format, such as maven, npm, pypi, oci or generic."),
        ),
        ("id", Attribute::computed(Type::String).describe("The key.")),
        ("key", key(Type::String).validated(repository_key).describe("The name in every URL.")),
        ("server", server()),
        ("url", Attribute::computed(Type::String).describe("Where clients find the repository.")),
    ]
}

pub(super) fn path(object: &Value) -> String {
    format!("/artifactory/api/repositories/{}", encode_component(text_or_empty(object, "key")))
}

/// Sets `id` and `url`, which follow from the key and the server.
pub(super) fn settle(object: Value, url: Option<&str>) -> Value {
    let Some(key) = text(&object, "key").map(str::to_owned) else { return object };
    let object = with(&object, [("id", Value::text(&key))]);
    match url {
        Some(url) => with(&object, [("url", Value::text(&format!("{url}/artifactory/{key}")))]),
        None if object.get("server").is_some_and(Value::is_null) => object,
        None => with(&object, [("url", Value::unknown(Type::String))]),
    }
}

/// The fields of every repository's body.
pub(super) fn body(object: &Value, class: &str) -> Json {
    json!({
        "rclass": class,
        "packageType": text(object, "format"),
        "description": text_or_empty(object, "description"),
    })
}

/// What the server says of the attributes of every repository.
pub(super) fn observe(
    answer: &Json,
    recorded: &Value,
    class: &str,
) -> Result<Value, Box<Diagnostic>> {
    let said = answer.get("rclass").and_then(Json::as_str).unwrap_or_default();
    if said != class {
        let key = text_or_empty(recorded, "key");
        let detail = format!(
            "The server has a repository \"{key}\" that is {said}, and not {class}. Something else made it: remove it there, or give this one another key."
        );
        return Err(Box::new(Diagnostic::error("Repository is of another class", detail)));
    }
    let format = answer.get("packageType").and_then(Json::as_str).unwrap_or_default();
    let format = match text(recorded, "format") {
        // Some clients and servers write Maven for maven.
        Some(recorded) if recorded.eq_ignore_ascii_case(format) => recorded.to_owned(),
        _ => format.to_ascii_lowercase(),
    };
    let description = said_text(answer, "description", recorded.get("description"));
    Ok(with(recorded, [("description", description), ("format", Value::text(&format))]))
}

/// Checks the whole configuration as the server would, once all of it is known.
pub(super) fn check(planned: &Value, body: Json) -> Vec<Finding> {
    let told = planned.entries().into_iter().flatten();
    let mut told = told.filter(|(name, _)| !matches!(&***name, "server" | "url" | "id"));
    if !told.all(|(_, value)| value.is_wholly_known()) {
        return Vec::new();
    }
    let key = match RepositoryName::parse(text_or_empty(planned, "key")) {
        Ok(key) => key,
        Err(error) => return vec![finding("key", error.to_string())],
    };
    match RepositoryConfig::from_json(&key, body) {
        Ok(_) => Vec::new(),
        Err(error) => vec![finding(blamed(&error), error.to_string())],
    }
}

fn finding(attribute: &str, detail: String) -> Finding {
    Finding::error(at(attribute), "Invalid repository configuration", detail)
}

/// The attribute that a mistake is about.
fn blamed(error: &ConfigError) -> &'static str {
    match error {
        ConfigError::UrlMissing { .. } | ConfigError::Url { .. } => "url",
        ConfigError::DeploymentNotMember { .. } => "default_deployment_repository",
        ConfigError::ContainsItself { .. } | ConfigError::MemberTwice { .. } => "repositories",
        ConfigError::HalfReplica { .. } => "owner_region",
        _ => "key",
    }
}

/// The patterns of paths that a repository takes and gives.
pub(super) fn patterns() -> [(&'static str, Attribute); 2] {
    [
        (
            "excludes_pattern",
            words("Comma-separated patterns of paths that it neither takes nor gives."),
        ),
        (
            "includes_pattern",
            words("Comma-separated patterns of paths that it takes and gives; all by default.")
                .default(Value::string("**/*")),
        ),
    ]
}
