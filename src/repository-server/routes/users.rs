//! Users: listed, read, made, changed and removed.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use repository::Redacted;
use repository_catalog::{Change, ObjectKind};
use repository_formats::ErrorKind;
use serde_json::{Value, json};

use super::call::Call;
use crate::access::{ANONYMOUS, PasswordError, User};
use crate::reply::{ApiError, ApiResult, text};
use crate::state::App;

/// Longest name of a user or a group, in bytes.
const NAME_BYTES_MAX: usize = 64;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/artifactory/api/security/users", get(list)).route(
        "/artifactory/api/security/users/{name}",
        get(read).put(create).post(update).delete(remove),
    )
}

/// Names stand in URLs, logs and permission targets.
pub(super) fn check_name(name: &str) -> ApiResult<()> {
    let fine = |letter: char| {
        letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_' | '@' | '+')
    };
    if name.is_empty() || name.len() > NAME_BYTES_MAX || !name.chars().all(fine) {
        return Err(ApiError::invalid(format!(
            "The name {name:?} is refused. Use 1 to {NAME_BYTES_MAX} letters, digits, \".\", \
             \"-\", \"_\", \"@\" and \"+\"."
        )));
    }
    if name == ANONYMOUS {
        return Err(ApiError::invalid(format!(
            "\"{ANONYMOUS}\" stands for requests without credentials. Choose another name."
        )));
    }
    Ok(())
}

fn missing(name: &str) -> ApiError {
    ApiError::not_found(format!("Not Found: there is no user '{name}'."))
}

impl From<PasswordError> for ApiError {
    fn from(error: PasswordError) -> Self {
        Self::new(ErrorKind::Internal, error.to_string())
    }
}

async fn list(call: Call) -> ApiResult {
    call.require_admin()?;
    let directory = call.app.access.directory();
    let row = |user: &User| {
        json!({
            "name": user.name,
            "uri": format!("{}/artifactory/api/security/users/{}", call.base_url, user.name),
            "realm": "internal",
        })
    };
    let rows: Vec<Value> = directory.users.values().map(row).collect();
    Ok(Json(rows).into_response())
}

async fn read(Path(name): Path<String>, call: Call) -> ApiResult {
    if call.identity.name != name || call.identity.anonymous {
        call.require_admin()?;
    }
    let directory = call.app.access.directory();
    let user = directory.users.get(&name).ok_or_else(|| missing(&name))?;
    Ok(Json(json!({
        "name": user.name,
        "email": user.email,
        "admin": user.admin,
        "groups": user.groups,
        "profileUpdatable": user.profile_updatable,
        "disableUIAccess": user.disable_ui_access,
        "internalPasswordDisabled": user.internal_password_disabled,
        "realm": "internal",
        "lastLoggedIn": Value::Null,
    }))
    .into_response())
}

/// Puts the fields that were sent in place of the user's own; gives the password, if any.
fn merge(user: &mut User, body: &Value) -> ApiResult<Option<Redacted<String>>> {
    let fields = body.as_object().ok_or_else(|| ApiError::invalid("The body is no object."))?;
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    let flag = |name: &str| fields.get(name).and_then(Value::as_bool);
    if let Some(sent) = text("name").filter(|sent| *sent != user.name) {
        let message = format!("The URL names the user '{}', the body '{sent}'.", user.name);
        return Err(ApiError::invalid(message));
    }
    if let Some(email) = text("email") {
        email.clone_into(&mut user.email);
    }
    user.admin = flag("admin").unwrap_or(user.admin);
    user.profile_updatable = flag("profileUpdatable").unwrap_or(user.profile_updatable);
    user.disable_ui_access = flag("disableUIAccess").unwrap_or(user.disable_ui_access);
    user.internal_password_disabled =
        flag("internalPasswordDisabled").unwrap_or(user.internal_password_disabled);
    if let Some(groups) = fields.get("groups").and_then(Value::as_array) {
        user.groups = groups.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    }
    Ok(text("password")
        .filter(|password| !password.is_empty())
        .map(|p| Redacted::new(p.to_owned())))
}

async fn store(call: &Call, mut user: User, password: Option<Redacted<String>>) -> ApiResult<()> {
    let directory = call.app.access.directory();
    if let Some(unknown) = user.groups.iter().find(|name| !directory.groups.contains_key(*name)) {
        return Err(ApiError::invalid(format!(
            "The group '{unknown}' does not exist. Create it first."
        )));
    }
    if let Some(password) = password {
        user.password_hash = Some(call.app.access.passwords.hash(&password).await?);
    }
    if user.password_hash.is_none() && !user.internal_password_disabled {
        return Err(ApiError::invalid(format!(
            "The user '{}' needs a password, or internalPasswordDisabled.",
            user.name
        )));
    }
    call.app.access.put_user(&user).await?;
    Ok(())
}

async fn create(Path(name): Path<String>, mut call: Call) -> ApiResult {
    call.require_admin()?;
    check_name(&name)?;
    let body = call.json().await?;
    let known = call.app.access.directory().users.get(&name).cloned();
    let mut user = User {
        name: name.clone(),
        profile_updatable: true,
        // Replacing a user without a password keeps the one it has.
        password_hash: known.and_then(|user| user.password_hash),
        ..User::default()
    };
    let password = merge(&mut user, &body)?;
    store(&call, user, password).await?;
    call.audit("create user", &name, 201);
    Ok(StatusCode::CREATED.into_response())
}

async fn update(Path(name): Path<String>, mut call: Call) -> ApiResult {
    call.require_admin()?;
    let body = call.json().await?;
    let known = call.app.access.directory().users.get(&name).cloned();
    let mut user = known.ok_or_else(|| missing(&name))?;
    let password = merge(&mut user, &body)?;
    store(&call, user, password).await?;
    call.audit("update user", &name, 200);
    Ok(StatusCode::OK.into_response())
}

async fn remove(Path(name): Path<String>, call: Call) -> ApiResult {
    call.require_admin()?;
    let directory = call.app.access.directory();
    let user = directory.users.get(&name).ok_or_else(|| missing(&name))?;
    let others = directory.users.values().filter(|other| other.admin && other.name != name);
    if user.admin && others.count() == 0 {
        let message = format!("'{name}' is the last administrator and cannot be removed.");
        return Err(ApiError::invalid(message));
    }
    let change = Change::DeleteObject { kind: ObjectKind::User, name: name.clone() };
    call.app.access.commit(vec![change]).await?;
    call.audit("delete user", &name, 200);
    Ok(text(StatusCode::OK, format!("User '{name}' has been removed successfully.\n")))
}
