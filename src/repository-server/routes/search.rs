//! Searches over files: by name, checksum, property and Maven coordinates.

use std::sync::Arc;

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use repository::{Action, Digest, Md5Sum, Sha1Sum, percent};
use repository_catalog::{BlobKey, NodeQuery};
use serde_json::{Value, json};

use super::call::Call;
use crate::item;
use crate::reply::{ApiError, ApiResult};
use crate::state::App;

/// Most results of one search.
const RESULTS_MAX: usize = 1000;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/artifactory/api/search/artifact", get(artifact))
        .route("/artifactory/api/search/checksum", get(checksum))
        .route("/artifactory/api/search/gavc", get(gavc))
        .route("/artifactory/api/search/prop", get(property))
}

async fn answer(call: &Call, mut query: NodeQuery) -> ApiResult {
    call.require_user()?;
    query.limit = RESULTS_MAX;
    let repositories = call.app.content.repositories().all();
    let asked = call.query_value("repos").unwrap_or_default();
    let asked: Vec<_> = asked.split(',').filter(|name| !name.is_empty()).collect();
    if !asked.is_empty() {
        // A virtual repository is searched in its members.
        query.repositories = asked
            .iter()
            .filter_map(|name| repositories.get(*name))
            .flat_map(|found| call.app.content.repositories().members(found))
            .map(|member| member.key.to_string())
            .collect();
        if query.repositories.is_empty() {
            return Ok(axum::Json(json!({"results": []})).into_response());
        }
    }
    let found = call.app.content.catalog().find(&query).await?;
    let with_info = call.header("x-result-detail").is_some_and(|text| text.contains("info"));
    let results: Vec<Value> = found
        .iter()
        .filter(|node| {
            repositories.get(&node.repository).is_some_and(|repository| {
                call.app.access.allows(&call.identity, Action::Read, repository, &node.path)
            })
        })
        .map(|node| {
            if with_info {
                item::file_info(&call.base_url, &node.repository, node)
            } else {
                json!({"uri": item::storage_uri(&call.base_url, &node.repository, &node.path)})
            }
        })
        .collect();
    Ok(axum::Json(json!({"results": results})).into_response())
}

async fn artifact(call: Call) -> ApiResult {
    let name = call
        .query_value("name")
        .filter(|name| !name.is_empty())
        .ok_or_else(|| ApiError::invalid("The search term is empty. Give it as ?name=."))?;
    // A term without wildcards is looked for anywhere in the name.
    let name = if name.contains(['*', '?']) { name } else { format!("*{name}*") };
    answer(&call, NodeQuery { name: Some(name), ..NodeQuery::default() }).await
}

async fn checksum(call: Call) -> ApiResult {
    let value = |name: &str| call.query_value(name).filter(|text| !text.is_empty());
    let parsed = if let Some(text) = value("sha256") {
        Digest::parse(&text).map(BlobKey::Sha256)
    } else if let Some(text) = value("sha1") {
        Sha1Sum::parse(&text).map(BlobKey::Sha1)
    } else if let Some(text) = value("md5") {
        Md5Sum::parse(&text).map(BlobKey::Md5)
    } else {
        return Err(ApiError::invalid("Give a checksum as ?sha256=, ?sha1= or ?md5=."));
    };
    let blob = parsed.map_err(|error| ApiError::invalid(error.to_string()))?;
    answer(&call, NodeQuery { blob: Some(blob), ..NodeQuery::default() }).await
}

async fn property(call: Call) -> ApiResult {
    let pairs =
        percent::parse_query(&call.query).map_err(|error| ApiError::invalid(error.to_string()))?;
    let properties: Vec<_> = pairs
        .into_iter()
        .filter(|(key, _)| key != "repos")
        .map(|(key, value)| {
            let accepted = value.split(',').filter(|one| !one.is_empty() && *one != "*");
            (key, accepted.map(str::to_owned).collect())
        })
        .collect();
    if properties.is_empty() {
        return Err(ApiError::not_found("No results found."));
    }
    answer(&call, NodeQuery { properties, ..NodeQuery::default() }).await
}

/// Maven coordinates: each that is not given is any.
async fn gavc(call: Call) -> ApiResult {
    let value = |name: &str| call.query_value(name).filter(|text| !text.is_empty());
    let (group, artifact, version) = (value("g"), value("a"), value("v"));
    let classifier = value("c");
    if group.is_none() && artifact.is_none() && version.is_none() && classifier.is_none() {
        return Err(ApiError::invalid("Give at least one of ?g=, ?a=, ?v= and ?c=."));
    }
    let folder = group.map_or("*".to_owned(), |group| group.replace('.', "/"));
    let any = || "*".to_owned();
    let (artifact, version) = (artifact.unwrap_or_else(any), version.unwrap_or_else(any));
    let suffix = classifier.map_or(any(), |classifier| format!("-{classifier}.*"));
    let path = format!("{folder}/{artifact}/{version}/{artifact}-{version}{suffix}");
    answer(&call, NodeQuery { path: Some(path), ..NodeQuery::default() }).await
}
