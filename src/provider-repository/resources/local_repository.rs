//! `artiform_local_repository`: a repository with content of its own, or a read-only replica.

use diagnostics::Diagnostic;
use lang::{Type, Value};
use provider::{Attribute, Finding, Future, PlanRequest, Schema};
use serde_json::Value as Json;

use super::{repository_fields as fields, repository_key, site, switch, words};
use crate::client::{Call, Client, Patience};
use crate::failure::RestError;
use crate::kind::Kind;
use crate::object::{flag, said_flag, said_text, text, text_or_empty, with};
use crate::{at, object};

pub(crate) struct LocalRepository;

impl Kind for LocalRepository {
    const NAME: &'static str = "artiform_local_repository";
    const NOUN: &'static str = "repository";
    const KEY: &'static str = "key";
    const MISSING: &'static [u16] = fields::MISSING;
    const UNTOLD: &'static [&'static str] = &["force_destroy"];

    fn schema() -> Schema {
        let own: [(&str, Attribute); 4] = [
            (
                "force_destroy",
                switch(false, "Lets it be destroyed with the artifacts that it holds."),
            ),
            (
                "owner_region",
                words("The region that owns the content of a replica.").validated(site),
            ),
            ("read_only", switch(false, "Refuses changes from everyone but replication.")),
            (
                "source_repository",
                words("The repository, at the owner, that a replica repeats; the same key by default.")
                    .validated(repository_key),
            ),
        ];
        let mut schema = Schema::new(own).describe("A repository with content of its own.");
        let shared = fields::attributes().into_iter().chain(fields::patterns());
        schema.attributes.extend(shared.map(|(name, attribute)| (name.into(), attribute)));
        schema
    }

    /// Without the flag a deletion is refused as long as there is content.
    fn loses_data(object: &Value) -> bool {
        flag(object, "force_destroy")
    }

    fn path(object: &Value) -> String {
        fields::path(object)
    }

    fn settle(object: Value, url: Option<&str>, _name_seed: &str) -> Value {
        fields::settle(object, url)
    }

    fn check(_request: &PlanRequest<'_>, planned: &Value) -> Vec<Finding> {
        let read_only = planned.get("read_only");
        let mut findings = Vec::new();
        let writable = read_only.is_some_and(|value| value.as_bool() == Some(false));
        if writable && text(planned, "source_repository").is_some() {
            let detail = "source_repository is for replicas, which are read-only. Set read_only = true, or remove it.";
            let path = at("source_repository");
            findings.push(Finding::error(path, "Invalid repository configuration", detail));
        }
        findings.extend(fields::check(planned, Self::body(planned, None)));
        findings
    }

    fn body(object: &Value, prior: Option<&Value>) -> Json {
        let mut body = fields::body(object, "local");
        body["includesPattern"] = Json::from(text(object, "includes_pattern").unwrap_or("**/*"));
        body["excludesPattern"] = Json::from(text_or_empty(object, "excludes_pattern"));
        body["readOnly"] = Json::from(flag(object, "read_only"));
        // Only a replica has an owner elsewhere: what can be written here is owned here.
        if flag(object, "read_only") && text(object, "owner_region").is_some() {
            body["ownerSite"] = object::json(object, "owner_region");
            let source = text(object, "source_repository").or_else(|| text(object, "key"));
            body["forSource"] = Json::from(source);
        } else if prior.is_some_and(|prior| flag(prior, "read_only")) {
            body["ownerSite"] = Json::Null;
            body["forSource"] = Json::Null;
        }
        body
    }

    fn delete_call(object: &Value) -> Call {
        let force = if flag(object, "force_destroy") { "?force=true" } else { "" };
        Call::delete(format!("{}{force}", fields::path(object)))
    }

    fn observe(answer: &Json, recorded: &Value) -> Result<Value, Box<Diagnostic>> {
        let observed = fields::observe(answer, recorded, "local")?;
        let read_only = said_flag(answer, "readOnly");
        let excludes = said_text(answer, "excludesPattern", recorded.get("excludes_pattern"));
        let includes = said_text(answer, "includesPattern", recorded.get("includes_pattern"));
        let observed = with(
            &observed,
            [
                ("excludes_pattern", excludes),
                ("includes_pattern", includes),
                ("read_only", read_only.clone()),
            ],
        );
        if read_only.as_bool() != Some(true) {
            return Ok(observed);
        }
        let owner = said_text(answer, "ownerSite", recorded.get("owner_region"));
        let source = said_text(answer, "forSource", recorded.get("source_repository"));
        let implied = text(recorded, "source_repository").is_none()
            && source.as_str() == text(recorded, "key");
        let source = if implied { Value::null(Type::String) } else { source };
        Ok(with(&observed, [("owner_region", owner), ("source_repository", source)]))
    }

    fn explain_conflict<'a>(
        client: &'a Client,
        object: &'a Value,
        error: RestError,
    ) -> Future<'a, Diagnostic> {
        Box::pin(
            async move { Self::protects(client, object).await.unwrap_or_else(|| error.into()) },
        )
    }

    fn protects<'a>(client: &'a Client, object: &'a Value) -> Future<'a, Option<Diagnostic>> {
        Box::pin(async move {
            if flag(object, "force_destroy") {
                return None;
            }
            let key = text_or_empty(object, "key");
            let count = artifact_count(client, key).await.filter(|count| *count > 0)?;
            Some(holds_artifacts(client.url(), key, count))
        })
    }
}

fn holds_artifacts(url: &str, key: &str, count: u64) -> Diagnostic {
    let artifacts = if count == 1 { "1 artifact".to_owned() } else { format!("{count} artifacts") };
    let detail = format!(
        "The repository \"{key}\" on {url} holds {artifacts}, which would be lost. Destroying it needs force_destroy = true."
    );
    Diagnostic::error("Repository holds artifacts", detail)
        .hint("Set force_destroy = true, apply, and then remove the repository.")
}

/// How many artifacts the server counts in a repository, where it tells.
async fn artifact_count(client: &Client, key: &str) -> Option<u64> {
    let call = Call::get("/artifactory/api/storageinfo");
    let answer = client.send(&call, &Patience::none()).await.ok()?.json();
    let list = answer.get("repositoriesSummaryList")?.as_array()?;
    let row = list.iter().find(|row| row.get("repoKey").and_then(Json::as_str) == Some(key))?;
    let count = row.get("filesCount")?;
    count.as_u64().or_else(|| count.as_str()?.replace(',', "").parse().ok())
}
