//! Whether the server lives, is ready, and how it is doing.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::call::Call;
use crate::reply::ApiResult;
use crate::state::App;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/livez", get(live))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .route("/artifactory/api/v1/metrics", get(metrics))
}

async fn live() -> Json<Value> {
    Json(json!({"status": "alive"}))
}

async fn ready(State(app): State<Arc<App>>) -> Response {
    let status = if app.is_draining() {
        "draining"
    } else if app.content.catalog().version("").await.is_err() {
        "unavailable"
    } else {
        "ready"
    };
    let code = if status == "ready" { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = json!({
        "status": status,
        "site": app.config.site,
        "instance_token": app.config.instance_token,
        "pid": std::process::id(),
        "version": env!("CARGO_PKG_VERSION"),
    });
    (code, Json(body)).into_response()
}

async fn metrics(call: Call) -> ApiResult {
    // A collector on the same machine has no credentials; repository names are not for others.
    if !call.peer.is_loopback() {
        call.require_user()?;
    }
    let replication = call.app.replications.status(None).await?;
    let page = call.app.meter.page(&call.app.storage, &replication);
    let content_type = "text/plain; version=0.0.4; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, content_type)], page).into_response())
}
