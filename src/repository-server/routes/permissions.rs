//! Permission targets, in the letters of the first API and the words of the second.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use repository::PermissionTarget;
use repository_catalog::{Change, ObjectKind};
use repository_formats::ErrorKind;
use serde_json::{Value, json};

use super::call::Call;
use super::users::check_name;
use crate::reply::{ApiError, ApiResult, text};
use crate::state::App;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/artifactory/api/security/permissions", get(list))
        .route(
            "/artifactory/api/security/permissions/{name}",
            get(read_first).put(put_first).delete(remove),
        )
        .route("/artifactory/api/v2/security/permissions", get(list))
        .route(
            "/artifactory/api/v2/security/permissions/{name}",
            get(read_second).post(create_second).put(put_second).delete(remove),
        )
}

async fn list(call: Call) -> ApiResult {
    call.require_admin()?;
    let directory = call.app.access.directory();
    let row = |name: &String| json!({"name": name, "uri": format!("{}{}/{name}", call.base_url, call.path)});
    let rows: Vec<Value> = directory.permissions.keys().map(row).collect();
    Ok(Json(rows).into_response())
}

fn find(call: &Call, name: &str) -> ApiResult<PermissionTarget> {
    call.require_admin()?;
    let found = call.app.access.directory().permissions.get(name).cloned();
    found.ok_or_else(|| ApiError::not_found(format!("Not Found: there is no permission '{name}'.")))
}

async fn read_first(Path(name): Path<String>, call: Call) -> ApiResult {
    Ok(Json(find(&call, &name)?.to_first_json()).into_response())
}

async fn read_second(Path(name): Path<String>, call: Call) -> ApiResult {
    Ok(Json(find(&call, &name)?.to_second_json()).into_response())
}

async fn store(
    call: &Call,
    name: &str,
    target: &PermissionTarget,
    status: StatusCode,
) -> ApiResult {
    check_name(name)?;
    let change = Change::PutObject {
        kind: ObjectKind::Permission,
        name: name.to_owned(),
        body: target.to_second_json().to_string(),
    };
    call.app.access.commit(vec![change]).await?;
    call.audit("set permission", name, status.as_u16());
    Ok(status.into_response())
}

fn refused(error: repository::PermissionError) -> ApiError {
    ApiError::invalid(error.to_string())
}

async fn put_first(Path(name): Path<String>, mut call: Call) -> ApiResult {
    call.require_admin()?;
    let body = call.json().await?;
    let target = PermissionTarget::from_first_json(&name, body).map_err(refused)?;
    store(&call, &name, &target, StatusCode::CREATED).await
}

async fn create_second(Path(name): Path<String>, mut call: Call) -> ApiResult {
    call.require_admin()?;
    if call.app.access.directory().permissions.contains_key(&name) {
        let message = format!("The permission '{name}' exists already. Update it with PUT.");
        return Err(ApiError::new(ErrorKind::AlreadyExists, message));
    }
    let body = call.json().await?;
    let target = PermissionTarget::from_second_json(&name, body).map_err(refused)?;
    store(&call, &name, &target, StatusCode::CREATED).await
}

async fn put_second(Path(name): Path<String>, mut call: Call) -> ApiResult {
    call.require_admin()?;
    let body = call.json().await?;
    let target = PermissionTarget::from_second_json(&name, body).map_err(refused)?;
    store(&call, &name, &target, StatusCode::OK).await
}

async fn remove(Path(name): Path<String>, call: Call) -> ApiResult {
    find(&call, &name)?;
    let change = Change::DeleteObject { kind: ObjectKind::Permission, name: name.clone() };
    call.app.access.commit(vec![change]).await?;
    call.audit("delete permission", &name, 200);
    Ok(text(StatusCode::OK, format!("Permission Target '{name}' has been removed.\n")))
}
