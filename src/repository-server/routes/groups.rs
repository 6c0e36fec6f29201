//! Groups of users.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use repository_catalog::{Change, ObjectKind};
use serde_json::{Value, json};

use super::call::Call;
use super::users::check_name;
use crate::access::Group;
use crate::reply::{ApiError, ApiResult, text};
use crate::state::App;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/artifactory/api/security/groups", get(list)).route(
        "/artifactory/api/security/groups/{name}",
        get(read).put(create).post(update).delete(remove),
    )
}

fn missing(name: &str) -> ApiError {
    ApiError::not_found(format!("Not Found: there is no group '{name}'."))
}

async fn list(call: Call) -> ApiResult {
    call.require_admin()?;
    let directory = call.app.access.directory();
    let row = |name: &String| {
        json!({
            "name": name,
            "uri": format!("{}/artifactory/api/security/groups/{name}", call.base_url),
        })
    };
    let rows: Vec<Value> = directory.groups.keys().map(row).collect();
    Ok(Json(rows).into_response())
}

async fn read(Path(name): Path<String>, call: Call) -> ApiResult {
    call.require_admin()?;
    let directory = call.app.access.directory();
    let group = directory.groups.get(&name).ok_or_else(|| missing(&name))?;
    let mut body = json!({
        "name": group.name,
        "description": group.description,
        "autoJoin": group.auto_join,
        "adminPrivileges": group.admin_privileges,
        "realm": "internal",
        "realmAttributes": group.realm_attributes,
        "externalId": group.external_id,
    });
    if call.query_value("includeUsers").is_some_and(|value| value != "false") {
        let members = directory.users.values().filter(|user| user.groups.contains(&name));
        body["userNames"] = members.map(|user| json!(user.name)).collect();
    }
    Ok(Json(body).into_response())
}

/// Writes a group, and its members where the body names them.
async fn store(call: &Call, name: &str, known: Group, body: &Value) -> ApiResult<()> {
    let text = |field: &str| body.get(field).and_then(Value::as_str).map(str::to_owned);
    let flag = |field: &str| body.get(field).and_then(Value::as_bool);
    let group = Group {
        name: name.to_owned(),
        description: text("description").unwrap_or(known.description),
        auto_join: flag("autoJoin").unwrap_or(known.auto_join),
        admin_privileges: flag("adminPrivileges").unwrap_or(known.admin_privileges),
        realm_attributes: text("realmAttributes").or(known.realm_attributes),
        external_id: text("externalId").or(known.external_id),
    };
    let mut changes = vec![Change::PutObject {
        kind: ObjectKind::Group,
        name: name.to_owned(),
        body: serde_json::to_string(&group).unwrap_or_default(),
    }];
    if let Some(members) = body.get("userNames").and_then(Value::as_array) {
        let members: Vec<&str> = members.iter().filter_map(Value::as_str).collect();
        changes.extend(membership(call, name, &members)?);
    }
    call.app.access.commit(changes).await?;
    Ok(())
}

fn membership(call: &Call, name: &str, members: &[&str]) -> ApiResult<Vec<Change>> {
    let directory = call.app.access.directory();
    if let Some(unknown) = members.iter().find(|user| !directory.users.contains_key(**user)) {
        return Err(ApiError::invalid(format!("There is no user '{unknown}'.")));
    }
    let mut changes = Vec::new();
    for user in directory.users.values() {
        let (is, shall) =
            (user.groups.iter().any(|group| group == name), members.contains(&user.name.as_str()));
        if is == shall {
            continue;
        }
        let mut user = user.clone();
        user.groups.retain(|group| group != name);
        if shall {
            user.groups.push(name.to_owned());
        }
        changes.push(Change::PutObject {
            kind: ObjectKind::User,
            name: user.name.clone(),
            body: serde_json::to_string(&user).unwrap_or_default(),
        });
    }
    Ok(changes)
}

async fn create(Path(name): Path<String>, mut call: Call) -> ApiResult {
    call.require_admin()?;
    check_name(&name)?;
    let body = call.json().await?;
    store(&call, &name, Group::default(), &body).await?;
    call.audit("create group", &name, 201);
    Ok(StatusCode::CREATED.into_response())
}

async fn update(Path(name): Path<String>, mut call: Call) -> ApiResult {
    call.require_admin()?;
    let body = call.json().await?;
    let known = call.app.access.directory().groups.get(&name).cloned();
    store(&call, &name, known.ok_or_else(|| missing(&name))?, &body).await?;
    call.audit("update group", &name, 200);
    Ok(StatusCode::OK.into_response())
}

async fn remove(Path(name): Path<String>, call: Call) -> ApiResult {
    call.require_admin()?;
    if !call.app.access.directory().groups.contains_key(&name) {
        return Err(missing(&name));
    }
    let mut changes = membership(&call, &name, &[])?;
    changes.push(Change::DeleteObject { kind: ObjectKind::Group, name: name.clone() });
    call.app.access.commit(changes).await?;
    call.audit("delete group", &name, 200);
    Ok(text(StatusCode::OK, format!("Group '{name}' has been removed successfully.\n")))
}
