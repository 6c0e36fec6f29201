//! Descriptions, lists, properties and statistics of stored items.

use std::sync::Arc;

use axum::Router;
use axum::http::{Method, StatusCode};
use axum::response::IntoResponse;
use axum::routing::any;
use repository::{Action, ArtifactPath, Properties, RepositoryClass, RepositoryConfig};
use repository_catalog::Node;
use repository_content::{Found, PropertyChange};
use repository_formats::ErrorKind;
use repository_formats::time::iso8601;
use serde_json::{Map, Value, json};

use super::call::Call;
use crate::item::{self, media};
use crate::reply::{ApiError, ApiResult, json_of};
use crate::state::App;

const PREFIX: &str = "/artifactory/api/storage/";

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/artifactory/api/storage/{repository}", any(dispatch))
        .route("/artifactory/api/storage/{repository}/", any(dispatch))
        .route("/artifactory/api/storage/{repository}/{*path}", any(dispatch))
        .route("/artifactory/api/metadata/{repository}/{*path}", axum::routing::patch(patch))
}

/// An item that a request names.
struct Item {
    repository: Arc<RepositoryConfig>,
    path: String,
}

fn item_of(call: &Call, prefix: &str) -> ApiResult<Item> {
    let rest = call.path.strip_prefix(prefix).unwrap_or_default();
    let (key, raw) = rest.split_once('/').unwrap_or((rest, ""));
    let raw = raw.trim_end_matches('/');
    let path = match raw {
        "" => String::new(),
        raw => ArtifactPath::from_encoded(raw)
            .map_err(|error| ApiError::invalid(error.to_string()))?
            .to_string(),
    };
    if call.identity.anonymous && !call.app.config.anonymous_read {
        return Err(ApiError::unauthorized());
    }
    Ok(Item { repository: call.app.content.repository(key)?, path })
}

async fn dispatch(call: Call) -> ApiResult {
    let item = item_of(&call, PREFIX)?;
    let has = |name: &str| call.query_value(name).is_some();
    match call.method {
        Method::PUT if has("properties") => set_properties(&call, &item).await,
        Method::DELETE if has("properties") => delete_properties(&call, &item).await,
        Method::GET | Method::HEAD => {
            let found = find(&call, &item).await?;
            if has("properties") {
                properties(&call, &item, &found).await
            } else if has("list") {
                list(&call, &found).await
            } else if has("lastModified") {
                last_modified(&call, &item, &found).await
            } else if has("stats") {
                statistics(&call, &item, &found).await
            } else if has("permissions") {
                permissions(&call, &item, &found)
            } else {
                info(&call, &item, &found).await
            }
        }
        _ => Err(ApiError {
            allow: Some("GET, HEAD, PUT, DELETE"),
            ..ApiError::new(ErrorKind::MethodNotAllowed, "This method is not allowed here.")
        }),
    }
}

async fn find(call: &Call, item: &Item) -> ApiResult<Found> {
    let key = item.repository.key.as_str();
    let missing = || ApiError::not_found(format!("Unable to find item: {key}:{}", item.path));
    let found = call.app.content.find(&item.repository, &item.path, None).await?;
    let allows = |repository: &RepositoryConfig| match item.path.as_str() {
        "" => call.app.access.allows_somewhere(&call.identity, Action::Read, repository),
        path => call.app.access.allows(&call.identity, Action::Read, repository, path),
    };
    let allowed =
        allows(&item.repository) || found.as_ref().is_some_and(|found| allows(&found.repository));
    if !allowed {
        return Err(call.refusal(&format!("to read '{}' in '{key}'", item.path)));
    }
    match found {
        Some(found) => Ok(found),
        // The root of a repository is there even when nothing is in it.
        None if item.path.is_empty() => {
            Ok(Found { repository: Arc::clone(&item.repository), node: root(key) })
        }
        None => Err(missing()),
    }
}

fn root(key: &str) -> Node {
    Node {
        repository: key.to_owned(),
        path: String::new(),
        blob: None,
        mime: String::new(),
        created: 0,
        created_by: "_system_".to_owned(),
        modified: 0,
        modified_by: "_system_".to_owned(),
        updated: 0,
        seq: 0,
    }
}

async fn info(call: &Call, item: &Item, found: &Found) -> ApiResult {
    let base = call.base_url.as_str();
    if !found.node.is_folder() {
        let body = item::file_info(base, found.repository.key.as_str(), &found.node);
        return Ok(json_of(StatusCode::OK, media::FILE, &body));
    }
    let entries = call.app.content.list(&item.repository, &item.path).await?.unwrap_or_default();
    let body = item::folder_info(base, item.repository.key.as_str(), &found.node, &entries);
    Ok(json_of(StatusCode::OK, media::FOLDER, &body))
}

async fn list(call: &Call, found: &Found) -> ApiResult {
    call.require_user()?;
    if !found.node.is_folder() {
        return Err(ApiError::invalid("Expected a folder but found a file."));
    }
    let flag = |name: &str| call.query_value(name).is_some_and(|value| value != "0");
    let (deep, folders) = (flag("deep"), flag("listFolders"));
    let depth = call.query_value("depth").and_then(|text| text.parse::<usize>().ok());
    let depth = if deep { depth.unwrap_or(usize::MAX) } else { 1 };
    let root = found.node.path.as_str();
    let key = found.repository.key.as_str();
    let nodes = call.app.content.catalog().subtree(key, root, "", usize::MAX).await?;
    let mut files: Vec<Value> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    if flag("includeRootPath") {
        files.push(json!({
            "uri": "/", "size": -1, "lastModified": iso8601(found.node.modified), "folder": true,
        }));
    }
    for node in nodes.iter().filter(|node| node.path != root) {
        let relative = node.path[root.len()..].trim_start_matches('/');
        if folders {
            add_folders(&mut files, &mut seen, (relative, depth), node);
        }
        if !node.is_folder() && relative.split('/').count() <= depth {
            files.push(item::list_entry(root, node));
        }
    }
    let body = json!({
        "uri": item::storage_uri(&call.base_url, key, root),
        "created": iso8601(repository_content::now_ms()),
        "files": files,
    });
    Ok(json_of(StatusCode::OK, media::LIST, &body))
}

/// The folders above a path that were not listed yet.
fn add_folders(
    files: &mut Vec<Value>,
    seen: &mut std::collections::BTreeSet<String>,
    (relative, depth): (&str, usize),
    node: &Node,
) {
    let ends = relative.match_indices('/').map(|(index, _)| index);
    let own = node.is_folder().then_some(relative.len());
    for end in ends.chain(own) {
        let folder = &relative[..end];
        if folder.split('/').count() <= depth && seen.insert(folder.to_owned()) {
            files.push(json!({
                "uri": format!("/{folder}"),
                "size": -1,
                "lastModified": iso8601(node.modified),
                "folder": true,
            }));
        }
    }
}

async fn last_modified(call: &Call, item: &Item, found: &Found) -> ApiResult {
    if item.repository.rclass != RepositoryClass::Local {
        return Err(ApiError::invalid("lastModified can be asked of local repositories only."));
    }
    let key = found.repository.key.as_str();
    let nodes = call.app.content.catalog().subtree(key, &found.node.path, "", usize::MAX).await?;
    let newest = nodes.iter().max_by_key(|node| node.modified).unwrap_or(&found.node);
    Ok(axum::Json(json!({
        "uri": item::storage_uri(&call.base_url, key, &newest.path),
        "lastModified": iso8601(newest.modified),
    }))
    .into_response())
}

async fn statistics(call: &Call, item: &Item, found: &Found) -> ApiResult {
    if found.node.is_folder() {
        return Err(ApiError::not_found("Not Found: folders have no statistics."));
    }
    call.app.content.flush_downloads().await?;
    let (key, path) = (found.repository.key.as_str(), found.node.path.as_str());
    let found = call.app.content.catalog().statistics(key, path).await?;
    let body = json!({
        "uri": item::storage_uri(&call.base_url, item.repository.key.as_str(), path),
        "downloadCount": found.downloads,
        "lastDownloaded": found.last,
        "lastDownloadedBy": found.last_by,
        "remoteDownloadCount": 0,
        "remoteLastDownloaded": 0,
    });
    Ok(json_of(StatusCode::OK, media::STATS, &body))
}

fn permissions(call: &Call, item: &Item, found: &Found) -> ApiResult {
    call.require_admin()?;
    let directory = call.app.access.directory();
    let (mut users, mut groups) = (Map::new(), Map::new());
    let letters = |actions: repository::ActionSet| -> Value {
        actions.iter().map(Action::letter).map(Value::from).collect()
    };
    let key = found.repository.key.as_str();
    for target in directory.permissions.values() {
        let here = |name: &String| name == key || name == "ANY" || name == "ANY LOCAL";
        if target.repositories.iter().any(here) {
            let add = |into: &mut Map<String, Value>, from: &indexmap::IndexMap<_, _>| {
                into.extend(
                    from.iter()
                        .map(|(name, actions): (&String, _)| (name.clone(), letters(*actions))),
                );
            };
            add(&mut users, &target.users);
            add(&mut groups, &target.groups);
        }
    }
    let uri = item::storage_uri(&call.base_url, item.repository.key.as_str(), &item.path);
    let body = json!({"uri": uri, "principals": {"users": users, "groups": groups}});
    Ok(axum::Json(body).into_response())
}

async fn properties(call: &Call, item: &Item, found: &Found) -> ApiResult {
    let (key, path) = (found.repository.key.as_str(), found.node.path.as_str());
    let all = call.app.content.catalog().properties(key, path).await?;
    let wanted = call.query_value("properties").unwrap_or_default();
    let wanted: Vec<_> = wanted.split(',').filter(|name| !name.is_empty()).collect();
    let chosen: Map<String, Value> = all
        .iter()
        .filter(|(name, _)| wanted.is_empty() || wanted.contains(name))
        .map(|(name, values)| (name.to_owned(), json!(values)))
        .collect();
    if chosen.is_empty() {
        return Err(ApiError::not_found("No properties could be found."));
    }
    let uri = item::storage_uri(&call.base_url, item.repository.key.as_str(), path);
    let body = json!({"uri": uri, "properties": chosen});
    Ok(json_of(StatusCode::OK, media::PROPERTIES, &body))
}

/// The repository whose item a change through `item` changes.
async fn writable(call: &Call, item: &Item) -> ApiResult<Arc<RepositoryConfig>> {
    let found = find(call, item).await?.repository;
    if found.read_only {
        return Err(repository_content::ContentError::read_only(&found).into());
    }
    call.require(Action::Annotate, &found, &item.path)?;
    Ok(found)
}

async fn set_properties(call: &Call, item: &Item) -> ApiResult {
    let text = call.query_value("properties").unwrap_or_default();
    let set =
        Properties::parse_list(&text).map_err(|error| ApiError::invalid(error.to_string()))?;
    if set.is_empty() {
        return Err(ApiError::invalid("Name properties, as ?properties=key=value1,value2;key2=v."));
    }
    change(call, item, &set, &[]).await
}

async fn delete_properties(call: &Call, item: &Item) -> ApiResult {
    let names = call.query_value("properties").unwrap_or_default();
    let names: Vec<String> =
        names.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    change(call, item, &Properties::new(), &names).await
}

async fn change(call: &Call, item: &Item, set: &Properties, remove: &[String]) -> ApiResult {
    let repository = writable(call, item).await?;
    let recursive = call.query_value("recursive").is_none_or(|value| value != "0");
    let by = call.identity.name.as_str();
    let content = &call.app.content;
    content
        .change_properties(&repository, &item.path, PropertyChange { set, remove, by, recursive })
        .await?;
    call.audit("set properties", &format!("{}/{}", repository.key, item.path), 204);
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `{"props":{"key":"value" | ["a","b"] | null}}`
async fn patch(mut call: Call) -> ApiResult {
    let item = item_of(&call, "/artifactory/api/metadata/")?;
    let body = call.json().await?;
    let Some(props) = body.get("props").and_then(Value::as_object) else {
        return Err(ApiError::invalid("The body has no \"props\"."));
    };
    let (mut set, mut remove) = (Properties::new(), Vec::new());
    for (key, value) in props {
        let values: Vec<&str> = match value {
            Value::Null => {
                remove.push(key.clone());
                continue;
            }
            Value::String(text) => vec![text],
            Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
            _ => return Err(ApiError::invalid(format!("The value of \"{key}\" is no text."))),
        };
        set.set(key, values).map_err(|error| ApiError::invalid(error.to_string()))?;
    }
    let recursive = call.query_value("recursiveProperties").is_some_and(|value| value != "0");
    let repository = writable(&call, &item).await?;
    let by = call.identity.name.as_str();
    call.app
        .content
        .change_properties(
            &repository,
            &item.path,
            PropertyChange { set: &set, remove: &remove, by, recursive },
        )
        .await?;
    call.audit("set properties", &format!("{}/{}", repository.key, item.path), 204);
    Ok(StatusCode::NO_CONTENT.into_response())
}
