//! `artiform_replication`: pushes a repository to its replica on another server.

use diagnostics::Diagnostic;
use lang::{Type, Value};
use provider::{Attribute, Finding, PlanRequest, Schema};
use repository::percent::encode_component;
use serde_json::{Value as Json, json};

use super::{key, repository_key, server, site, switch, words};
use crate::client::Call;
use crate::endpoint::{self, Credentials, base_url, known_url};
use crate::kind::Kind;
use crate::managed::target_at;
use crate::object::{flag, said_flag, text, text_or_empty, with};

pub(crate) struct Replication;

impl Kind for Replication {
    const NAME: &'static str = "artiform_replication";
    const NOUN: &'static str = "replication";
    const KEY: &'static str = "id";
    const LIST: Option<&'static str> = Some("/artifactory/api/replications");

    fn schema() -> Schema {
        Schema::new([
            ("enabled", switch(true, "Whether anything is pushed at all.")),
            ("from_region", words("The region that is pushed from.").validated(site)),
            (
                "id",
                Attribute::computed(Type::String)
                    .describe("Tells the replications of one repository apart."),
            ),
            (
                "repository",
                key(Type::String).validated(repository_key).describe("The key of the repository."),
            ),
            ("server", server()),
            ("sync_deletes", switch(true, "Whether deletes are pushed.")),
            ("sync_properties", switch(true, "Whether properties are pushed.")),
            (
                "target",
                Attribute::required(Type::Dynamic)
                    .validated(endpoint::check)
                    .describe("The other server: { url, token } or { url, username, password }."),
            ),
            (
                "target_repository",
                words("The key of the replica there; the same by default.")
                    .validated(repository_key),
            ),
            ("to_region", words("The region that is pushed to.").validated(site)),
        ])
        .describe("Pushes what a repository holds to its replica on another server.")
    }

    fn path(object: &Value) -> String {
        let key = encode_component(text_or_empty(object, "repository"));
        format!("/artifactory/api/replications/{key}")
    }

    fn settle(object: Value, _url: Option<&str>, _name_seed: &str) -> Value {
        if text(&object, "id").is_some() {
            return object;
        }
        match derived_id(&object) {
            Some(id) => with(&object, [("id", Value::text(&id))]),
            None => object,
        }
    }

    fn check(_request: &PlanRequest<'_>, planned: &Value) -> Vec<Finding> {
        let (Some(from), Some(to)) =
            (known_url(planned.get("server")), known_url(planned.get("target")))
        else {
            return Vec::new();
        };
        if from == to && target_repository(planned) == text(planned, "repository") {
            let detail = format!(
                "The replication pushes the repository \"{}\" on {from} to itself. The target must be another server or another repository.",
                text_or_empty(planned, "repository")
            );
            return vec![Finding::error(target_at("url"), "Replication to itself", detail)];
        }
        Vec::new()
    }

    fn body(object: &Value, _prior: Option<&Value>) -> Json {
        let mut body = json!({
            "replicationKey": text(object, "id"),
            "url": target_url(object),
            "enabled": flag(object, "enabled"),
            "enableEventReplication": true,
            "syncDeletes": flag(object, "sync_deletes"),
            "syncProperties": flag(object, "sync_properties"),
            "fromRegion": text(object, "from_region"),
            "toRegion": text(object, "to_region"),
        });
        match object.get("target").map_or(Credentials::None, Credentials::read) {
            Credentials::Token(token) => body["token"] = Json::from(token),
            Credentials::Password { username, password } => {
                body["username"] = Json::from(username);
                body["password"] = Json::from(password);
            }
            Credentials::None => {}
        }
        body
    }

    /// A PUT replaces the replication of the same key and leaves the others alone.
    fn update_call(object: &Value, body: Json) -> Call {
        Call::put(Self::path(object), body)
    }

    fn delete_call(object: &Value) -> Call {
        let id = encode_component(text_or_empty(object, "id"));
        Call::delete(format!("{}?replicationKey={id}", Self::path(object)))
    }

    fn observe(answer: &Json, recorded: &Value) -> Result<Value, Box<Diagnostic>> {
        let mut observed = with(
            recorded,
            [
                ("enabled", said_flag(answer, "enabled")),
                ("sync_deletes", said_flag(answer, "syncDeletes")),
                ("sync_properties", said_flag(answer, "syncProperties")),
            ],
        );
        for (attribute, field) in [("from_region", "fromRegion"), ("to_region", "toRegion")] {
            if let Some(said) = answer.get(field).and_then(Json::as_str) {
                observed = with(&observed, [(attribute, Value::text(said))]);
            }
        }
        let url = answer.get("url").and_then(Json::as_str).unwrap_or_default();
        if target_url(recorded).as_deref().is_some_and(|ours| ours == url.trim_end_matches('/')) {
            return Ok(observed);
        }
        Ok(pointed_elsewhere(&observed, url))
    }

    fn pick(list: &Json, object: &Value) -> Option<Json> {
        let is = |row: &&Json, field: &str, attribute: &str| {
            row.get(field).and_then(Json::as_str) == text(object, attribute)
        };
        let mut rows = list.as_array()?.iter();
        rows.find(|row| is(row, "repoKey", "repository") && is(row, "replicationKey", "id"))
            .cloned()
    }

    /// The id is `REPOSITORY/REPLICATION-KEY`.
    fn imported(id: &str) -> Vec<(&'static str, Value)> {
        let (repository, key) = id.split_once('/').unwrap_or((id, id));
        vec![("repository", Value::text(repository)), ("id", Value::text(key))]
    }
}

fn target_repository(object: &Value) -> Option<&str> {
    match object.get("target_repository") {
        Some(value) if value.is_unknown() => None,
        Some(value) if !value.is_null() => value.as_str(),
        _ => text(object, "repository"),
    }
}

/// The URL of the repository that is pushed to.
fn target_url(object: &Value) -> Option<String> {
    let url = known_url(object.get("target"))?;
    Some(format!("{url}/artifactory/{}", target_repository(object)?))
}

/// The replication as it is when the server pushes to another URL than was recorded.
fn pointed_elsewhere(object: &Value, url: &str) -> Value {
    let (server, repository) = url.trim_end_matches('/').rsplit_once('/').unwrap_or((url, ""));
    let mut target = object.get("target").and_then(Value::entries).cloned().unwrap_or_default();
    if known_url(object.get("target")) != Some(base_url(server)) {
        target.insert("url".into(), Value::text(base_url(server)));
    }
    let target = endpoint::with_secrets_marked(&Value::object(target));
    let object = with(object, [("target", target)]);
    if target_repository(&object) == Some(repository) {
        return object;
    }
    with(&object, [("target_repository", Value::text(repository))])
}

/// Follows from what is pushed where; none while that is not known.
fn derived_id(object: &Value) -> Option<String> {
    let repository = text(object, "repository")?;
    let region = object.get("to_region").filter(|region| !region.is_null());
    let to = match region {
        Some(region) => region.as_str()?.to_owned(),
        None => known_url(object.get("target"))?.split("://").nth(1)?.to_owned(),
    };
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') { c } else { '_' };
    Some(format!("{repository}_to_{}", to.chars().map(plain).collect::<String>()))
}
