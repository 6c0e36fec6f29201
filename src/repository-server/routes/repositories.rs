//! Repositories: listed, read, made, changed and destroyed.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use repository::{Action, RepositoryConfig};
use serde_json::{Value, json};

use super::call::Call;
use crate::reply::{ApiError, ApiResult, text};
use crate::state::App;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/artifactory/api/repositories", get(list)).route(
        "/artifactory/api/repositories/{key}",
        get(read).put(create).post(update).delete(destroy),
    )
}

async fn list(call: Call) -> ApiResult {
    call.require_user()
        .or_else(|error| if call.app.config.anonymous_read { Ok(()) } else { Err(error) })?;
    let (class, package_type) = (call.query_value("type"), call.query_value("packageType"));
    let all = call.app.content.repositories().all();
    let rows: Vec<Value> = all
        .values()
        .filter(|config| matches(class.as_deref(), config.rclass.as_str()))
        .filter(|config| matches(package_type.as_deref(), config.package_type.as_str()))
        .filter(|config| call.app.access.allows_somewhere(&call.identity, Action::Read, config))
        .map(|config| row(&call.base_url, config))
        .collect();
    Ok(axum::Json(rows).into_response())
}

fn matches(wanted: Option<&str>, found: &str) -> bool {
    wanted.is_none_or(|wanted| wanted.is_empty() || wanted.eq_ignore_ascii_case(found))
}

fn row(base_url: &str, config: &RepositoryConfig) -> Value {
    json!({
        "key": config.key,
        "type": config.rclass.as_str().to_uppercase(),
        "description": config.description,
        "url": format!("{base_url}/artifactory/{}", config.key),
        "packageType": capitalised(config.package_type.as_str()),
    })
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

async fn read(Path(key): Path<String>, call: Call) -> ApiResult {
    call.require_user()?;
    // 400, not 404, is what clients of the field take for "there is none".
    let found = call
        .app
        .content
        .repositories()
        .get(&key)
        .filter(|config| call.app.access.allows_somewhere(&call.identity, Action::Read, config))
        .ok_or_else(|| {
            ApiError::invalid(format!("Not Found: there is no repository with the key '{key}'."))
        })?;
    Ok(axum::Json(found.to_public_json()).into_response())
}

async fn create(Path(key): Path<String>, mut call: Call) -> ApiResult {
    call.require_admin()?;
    let body = call.json().await?;
    call.app.content.repositories().create(&key, body).await?;
    call.audit("create repository", &key, 200);
    Ok(text(StatusCode::OK, format!("Successfully created repository '{key}'\n")))
}

async fn update(Path(key): Path<String>, mut call: Call) -> ApiResult {
    call.require_admin()?;
    let body = call.json().await?;
    call.app.content.repositories().update(&key, body).await?;
    call.audit("update repository", &key, 200);
    Ok(text(StatusCode::OK, format!("Repository {key} updated successfully.\n")))
}

async fn destroy(Path(key): Path<String>, call: Call) -> ApiResult {
    call.require_admin()?;
    let force = call.query_value("force").is_some_and(|value| value != "false");
    call.app.content.repositories().delete(&key, force).await?;
    // Its replications have lost what they push; the catalog dropped their cursors already.
    call.app.replications.remove(&key, |_| true).await?;
    call.audit("delete repository", &key, 200);
    Ok(text(
        StatusCode::OK,
        format!("Repository {key} and all its content have been removed successfully.\n"),
    ))
}
