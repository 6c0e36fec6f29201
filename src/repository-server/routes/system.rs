//! What the server says of itself.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::call::Call;
use crate::reply::{ApiError, ApiResult, text};
use crate::state::App;

/// The version of the REST dialect: clients choose their requests by it. Below 7.82, because
/// later ones promise uploads in parts. What the program is stands beside it.
const DIALECT_VERSION: &str = "7.77.3";
const DIALECT_REVISION: &str = "77703900";

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/artifactory/api/system/ping", get(ping))
        .route("/artifactory/api/system/version", get(version))
        .route("/artifactory/api/system/info", get(info))
        .route("/artifactory/api/system", get(info))
        .route("/artifactory/api/system/service_id", get(service_id))
        .route("/artifactory/api/storageinfo", get(storage_info))
        .route("/artifactory/api/storageinfo/calculate", axum::routing::post(calculate))
}

async fn ping(State(app): State<Arc<App>>) -> Response {
    match app.content.catalog().version("").await {
        Ok(_) if !app.is_draining() => text(StatusCode::OK, "OK"),
        Ok(_) => text(StatusCode::SERVICE_UNAVAILABLE, "draining"),
        Err(error) => ApiError::from(error).into_response(),
    }
}

async fn version(call: Call) -> ApiResult {
    let formats: Vec<_> = repository_formats::ALL.iter().map(|format| format.name()).collect();
    let mut addons = vec!["replication", "rest", "search", "properties"];
    addons.extend(&formats);
    Ok(Json(json!({
        "version": DIALECT_VERSION,
        "revision": DIALECT_REVISION,
        "addons": addons,
        "license": "Apache-2.0",
        "product": "artiform",
        "productVersion": env!("CARGO_PKG_VERSION"),
        "site": call.app.config.site,
    }))
    .into_response())
}

async fn info(call: Call) -> ApiResult {
    call.require_admin()?;
    let site = call.app.content.catalog().site();
    Ok(Json(json!({
        "product": "artiform",
        "version": env!("CARGO_PKG_VERSION"),
        "site": site.name,
        "incarnation": site.incarnation,
        "pid": std::process::id(),
        "repositories": call.app.content.repositories().all().len(),
        "replications": call.app.replications.list(None).len(),
    }))
    .into_response())
}

async fn service_id(call: Call) -> ApiResult {
    call.require_user()?;
    let incarnation = &call.app.content.catalog().site().incarnation;
    Ok(text(StatusCode::OK, format!("artiform@{incarnation}")))
}

async fn calculate(call: Call) -> ApiResult {
    call.require_admin()?;
    // Nothing is cached, so there is nothing to do before the next answer.
    Ok(text(StatusCode::ACCEPTED, "Calculated with every request.\n"))
}

async fn storage_info(call: Call) -> ApiResult {
    call.require_admin()?;
    let usage = call.app.content.catalog().usage().await?;
    let total: i64 = usage.iter().map(|one| one.bytes).sum();
    let files: i64 = usage.iter().map(|one| one.files).sum();
    let folders: i64 = usage.iter().map(|one| one.folders).sum();
    let mut rows: Vec<Value> = Vec::new();
    for config in call.app.content.repositories().all().values() {
        let held = usage.iter().find(|one| one.repository == config.key.as_str());
        let (files, folders, bytes) =
            held.map_or((0, 0, 0), |held| (held.files, held.folders, held.bytes));
        rows.push(json!({
            "repoKey": config.key,
            "repoType": config.rclass.as_str().to_uppercase(),
            "packageType": config.package_type,
            "foldersCount": folders,
            "filesCount": files,
            "usedSpace": human(bytes),
            "usedSpaceInBytes": bytes,
            "itemsCount": files + folders,
            "percentage": percentage(bytes, total),
        }));
    }
    rows.push(json!({
        "repoKey": "TOTAL", "repoType": "NA", "foldersCount": folders, "filesCount": files,
        "usedSpace": human(total), "usedSpaceInBytes": total, "itemsCount": files + folders,
    }));
    Ok(Json(json!({
        "binariesSummary": {
            "binariesCount": grouped(files),
            "binariesSize": human(total),
            "artifactsSize": human(total),
            "optimization": "100%",
            "itemsCount": grouped(files + folders),
            "artifactsCount": grouped(files),
        },
        "fileStoreSummary": file_store(&call.app),
        "repositoriesSummaryList": rows,
    }))
    .into_response())
}

fn file_store(app: &App) -> Value {
    let folder = app.config.data_dir.join("blobs");
    let space = rustix::fs::statvfs(&folder).map(|found| {
        let bytes =
            |blocks: u64| i64::try_from(blocks.saturating_mul(found.f_frsize)).unwrap_or(i64::MAX);
        (bytes(found.f_blocks), bytes(found.f_bavail))
    });
    let (total, free) = space.unwrap_or((0, 0));
    json!({
        "storageType": "file-system",
        "storageDirectory": folder.display().to_string(),
        "totalSpace": human(total),
        "usedSpace": format!("{} ({})", human(total - free), percentage(total - free, total)),
        "freeSpace": format!("{} ({})", human(free), percentage(free, total)),
    })
}

/// `1.23 GB`, as exporters parse it.
fn human(bytes: i64) -> String {
    const UNITS: [&str; 5] = ["bytes", "KB", "MB", "GB", "TB"];
    let mut unit = 0;
    let mut scale: i64 = 1;
    while unit + 1 < UNITS.len() && bytes / scale >= 1024 {
        scale *= 1024;
        unit += 1;
    }
    if unit == 0 {
        return format!("{bytes} bytes");
    }
    let hundredths = i128::from(bytes) * 100 / i128::from(scale);
    format!("{}.{:02} {}", hundredths / 100, hundredths % 100, UNITS[unit])
}

fn percentage(part: i64, whole: i64) -> String {
    if whole <= 0 {
        return "0%".to_owned();
    }
    let hundredths = i128::from(part) * 10_000 / i128::from(whole);
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

/// `125,726`
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_exporters_read_them() {
        assert_eq!((human(17), human(3_740_000_000)), ("17 bytes".into(), "3.48 GB".into()));
        assert_eq!((grouped(125_726), grouped(12)), ("125,726".into(), "12".into()));
        assert_eq!((percentage(1, 8), percentage(1, 0)), ("12.50%".into(), "0%".into()));
    }
}
