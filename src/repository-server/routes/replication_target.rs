//! What other sites of artiform push into the replicas here.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post, put};
use repository::Digest;
use repository_replication::Receiver;
use repository_replication::wire::{INCARNATION_HEADER, ORIGIN_HEADER};
use serde::de::DeserializeOwned;

use super::call::Call;
use crate::body;
use crate::reply::{ApiError, ApiResult};
use crate::state::App;

pub(super) fn routes() -> Router<Arc<App>> {
    const BASE: &str = "/artifactory/api/artiform/replication/v1/{repository}";
    Router::new()
        .route(BASE, get(hello))
        .route(&format!("{BASE}/missing"), post(missing))
        .route(&format!("{BASE}/blobs/{{digest}}"), put(blob))
        .route(&format!("{BASE}/states"), post(states))
        .route(&format!("{BASE}/span"), post(span))
        .layer(DefaultBodyLimit::disable())
}

/// Admits administrators and tokens for replication, from the site that owns the replica.
fn admit<'a>(call: &'a Call, repository: &str) -> ApiResult<Receiver<'a>> {
    if !call.identity.admin && !call.identity.replication {
        return Err(call.refusal("to replicate into this server"));
    }
    let header = |name| call.header(name).unwrap_or_default();
    let (origin, incarnation) = (header(ORIGIN_HEADER), header(INCARNATION_HEADER));
    Ok(Receiver::admit(&call.app.content, repository, origin, incarnation)?)
}

async fn read<T: DeserializeOwned>(call: &mut Call) -> ApiResult<T> {
    let bytes = call.bytes().await?;
    serde_json::from_slice(&bytes)
        .map_err(|error| ApiError::invalid(format!("The message could not be read: {error}.")))
}

async fn hello(Path(repository): Path<String>, call: Call) -> ApiResult {
    let answer = admit(&call, &repository)?.hello().await?;
    Ok(axum::Json(answer).into_response())
}

async fn missing(Path(repository): Path<String>, mut call: Call) -> ApiResult {
    admit(&call, &repository)?;
    let asked = read(&mut call).await?;
    let answer = admit(&call, &repository)?.missing(asked).await?;
    Ok(axum::Json(answer).into_response())
}

async fn blob(Path((repository, digest)): Path<(String, String)>, mut call: Call) -> ApiResult {
    let digest = Digest::parse(&digest).map_err(|error| ApiError::invalid(error.to_string()))?;
    if let Err(error) = admit(&call, &repository) {
        call.discard_body().await;
        return Err(error);
    }
    let limits = call.app.config.limits;
    let pieces = body::pieces(call.take_body(), limits.upload_bytes_max, &limits);
    admit(&call, &repository)?.blob(digest, pieces).await?;
    Ok(StatusCode::CREATED.into_response())
}

async fn states(Path(repository): Path<String>, mut call: Call) -> ApiResult {
    admit(&call, &repository)?;
    let sent = read(&mut call).await?;
    let answer = admit(&call, &repository)?.states(sent).await?;
    Ok(axum::Json(answer).into_response())
}

async fn span(Path(repository): Path<String>, mut call: Call) -> ApiResult {
    admit(&call, &repository)?;
    let sent = read(&mut call).await?;
    let answer = admit(&call, &repository)?.span(sent).await?;
    Ok(axum::Json(answer).into_response())
}
