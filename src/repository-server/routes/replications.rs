//! Replications: configured, and watched.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use repository::ReplicationConfig;
use repository_formats::time::iso8601;
use repository_replication::TargetStatus;
use serde_json::{Value, json};

use super::call::Call;
use crate::reply::{ApiError, ApiResult, text};
use crate::state::App;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/artifactory/api/replications", get(list))
        .route(
            "/artifactory/api/replications/{repository}",
            get(read).put(create).post(update).delete(remove),
        )
        .route(
            "/artifactory/api/replications/multiple/{repository}",
            axum::routing::put(replace).post(replace),
        )
        .route("/artifactory/api/replication/{repository}", get(status))
}

fn array(configs: &[ReplicationConfig]) -> axum::response::Response {
    let all: Vec<Value> = configs.iter().map(ReplicationConfig::to_public_json).collect();
    axum::Json(all).into_response()
}

async fn list(call: Call) -> ApiResult {
    call.require_admin()?;
    Ok(array(&call.app.replications.list(None)))
}

async fn read(Path(repository): Path<String>, call: Call) -> ApiResult {
    call.require_admin()?;
    let found = call.app.replications.list(Some(&repository));
    if found.is_empty() {
        return Err(none(&repository));
    }
    Ok(array(&found))
}

fn none(repository: &str) -> ApiError {
    ApiError::not_found(format!(
        "Not Found: the repository '{repository}' has no such replication."
    ))
}

/// One object, an array of them, or an object that holds an array with what they share.
fn bodies(body: Value) -> Vec<Value> {
    match body {
        Value::Array(all) => all,
        Value::Object(mut fields) => match fields.remove("replications") {
            Some(Value::Array(all)) => {
                all.into_iter().map(|one| with_shared(one, &fields)).collect()
            }
            _ => vec![Value::Object(fields)],
        },
        other => vec![other],
    }
}

fn with_shared(mut one: Value, shared: &serde_json::Map<String, Value>) -> Value {
    if let Some(fields) = one.as_object_mut() {
        for (name, value) in shared {
            fields.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
    one
}

async fn parse(call: &mut Call, repository: &str) -> ApiResult<Vec<ReplicationConfig>> {
    let body = call.json().await?;
    bodies(body).into_iter().map(|one| Ok(call.app.replications.parse(repository, one)?)).collect()
}

async fn create(Path(repository): Path<String>, mut call: Call) -> ApiResult {
    call.require_admin()?;
    for config in parse(&mut call, &repository).await? {
        call.app.replications.put(config).await?;
    }
    call.audit("create replication", &repository, 201);
    Ok(text(StatusCode::CREATED, "Replication was created successfully.\n"))
}

async fn update(Path(repository): Path<String>, mut call: Call) -> ApiResult {
    call.require_admin()?;
    let configs = parse(&mut call, &repository).await?;
    if !configs.iter().all(|config| call.app.replications.contains(config)) {
        return Err(none(&repository));
    }
    for config in configs {
        call.app.replications.put(config).await?;
    }
    call.audit("update replication", &repository, 200);
    Ok(text(StatusCode::OK, "Replication was updated successfully.\n"))
}

async fn replace(Path(repository): Path<String>, mut call: Call) -> ApiResult {
    call.require_admin()?;
    let created = call.method == axum::http::Method::PUT;
    let configs = parse(&mut call, &repository).await?;
    let keep: Vec<_> = configs.iter().map(|config| config.replication_key.clone()).collect();
    for config in configs {
        call.app.replications.put(config).await?;
    }
    let others = |config: &ReplicationConfig| !keep.contains(&config.replication_key);
    call.app.replications.remove(&repository, others).await?;
    let status = if created { StatusCode::CREATED } else { StatusCode::OK };
    call.audit("replace replications", &repository, status.as_u16());
    Ok(text(status, "Replications were set successfully.\n"))
}

async fn remove(Path(repository): Path<String>, call: Call) -> ApiResult {
    call.require_admin()?;
    let (url, key) = (call.query_value("url"), call.query_value("replicationKey"));
    let matches = |config: &ReplicationConfig| {
        url.as_ref().is_none_or(|url| *url == config.url)
            && key.as_ref().is_none_or(|key| *key == config.replication_key)
    };
    if call.app.replications.remove(&repository, matches).await? == 0 {
        return Err(none(&repository));
    }
    call.audit("delete replication", &repository, 200);
    Ok(text(StatusCode::OK, "Replication was deleted successfully.\n"))
}

async fn status(Path(repository): Path<String>, call: Call) -> ApiResult {
    call.require_user()?;
    if call.app.content.repositories().get(&repository).is_none() {
        return Err(none(&repository));
    }
    let found = call.app.replications.status(Some(&repository)).await?;
    let newest = found.targets.iter().filter_map(|target| target.last_completed_ms).max();
    let targets: Vec<Value> = found.targets.iter().map(target).collect();
    Ok(axum::Json(json!({
        "status": found.status,
        "lastCompleted": newest.map(iso8601),
        "targets": targets,
    }))
    .into_response())
}

fn target(target: &TargetStatus) -> Value {
    let mut body = serde_json::to_value(target).unwrap_or_default();
    if let Some(fields) = body.as_object_mut() {
        let completed = target.last_completed_ms.map(iso8601);
        fields.insert("lastCompleted".to_owned(), json!(completed));
    }
    body
}
