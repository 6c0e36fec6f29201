//! Access tokens: issued, listed and revoked.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use repository_catalog::{Change, Token};
use serde_json::{Value, json};

use super::call::Call;
use super::users::check_name;
use crate::access::{NewToken, USER_SCOPE, hash_of};
use crate::reply::{ApiError, ApiResult, text};
use crate::state::App;

pub(super) fn routes() -> Router<Arc<App>> {
    let mut routes = Router::new()
        .route("/artifactory/api/security/token", post(create))
        .route("/artifactory/api/security/token/revoke", post(revoke));
    // The second API stands beside the first, and for clients that know one base URL below it.
    for base in ["/access/api/v1/tokens", "/artifactory/access/api/v1/tokens"] {
        routes = routes
            .route(base, get(list).post(create))
            .route(&format!("{base}/revoke"), post(revoke))
            .route(&format!("{base}/{{id}}"), get(read).delete(remove));
    }
    routes
}

fn field<'a>(body: &'a Value, name: &str) -> &'a str {
    body.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Numbers and flags come as JSON values, or as the texts of a form.
fn number(body: &Value, name: &str) -> Option<i64> {
    let value = body.get(name)?;
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn flag(body: &Value, name: &str) -> bool {
    body.get(name).is_some_and(|value| value == &json!(true) || value == "true")
}

async fn create(mut call: Call) -> ApiResult {
    call.require_user()?;
    let body = call.form_or_json().await?;
    if field(&body, "grant_type") == "refresh_token" {
        return refresh(&call, field(&body, "refresh_token")).await;
    }
    let username = Some(field(&body, "username")).filter(|name| !name.is_empty());
    let subject = username.unwrap_or(&call.identity.name).to_owned();
    let scope = Some(field(&body, "scope")).filter(|scope| !scope.is_empty());
    let scope = scope.unwrap_or(USER_SCOPE).to_owned();
    // For oneself and within one's own rights everyone may; all else is for administrators.
    if !call.identity.admin
        && (subject != call.identity.name
            || scope != USER_SCOPE
            || call.identity.token.is_some()
            || !field(&body, "token_id").is_empty())
    {
        return Err(call.refusal("to issue this token"));
    }
    check_name(&subject)?;
    let new = NewToken {
        id: field(&body, "token_id").to_owned(),
        subject,
        scope,
        description: field(&body, "description").to_owned(),
        expires_in: number(&body, "expires_in").unwrap_or(0).max(0),
        refreshable: flag(&body, "refreshable"),
    };
    if !new.id.is_empty() {
        check_name(&new.id)?;
    }
    issue(&call, new).await
}

async fn issue(call: &Call, new: NewToken) -> ApiResult {
    let expires_in = new.expires_in;
    let issued = new.issue()?;
    let mut answer = json!({
        "token_id": issued.token.id,
        "access_token": issued.secret.reveal(),
        "expires_in": expires_in,
        "scope": issued.token.scope,
        "token_type": "Bearer",
    });
    if let Some(refresh) = &issued.refresh {
        answer["refresh_token"] = json!(refresh.reveal());
    }
    let id = issued.token.id.clone();
    call.app.access.commit(vec![Change::PutToken(Box::new(issued.token))]).await?;
    call.audit("issue token", &id, 200);
    Ok(Json(answer).into_response())
}

async fn refresh(call: &Call, secret: &str) -> ApiResult {
    let hash = hash_of(secret);
    let known = call.app.content.catalog().token(&hash).await?;
    let known = known.filter(|token| token.refresh == Some(hash));
    let known = known.ok_or_else(|| ApiError::invalid("The refresh token is not known."))?;
    let lifetime = known.expires.map_or(0, |expires| (expires - known.created) / 1000);
    let new = NewToken {
        id: known.id,
        subject: known.subject,
        scope: known.scope,
        description: known.description,
        expires_in: lifetime,
        refreshable: true,
    };
    issue(call, new).await
}

fn describe(token: &Token) -> Value {
    let mut body = json!({
        "token_id": token.id,
        "subject": token.subject,
        "scope": token.scope,
        "description": token.description,
        "issued_at": token.created / 1000,
        "refreshable": token.refresh.is_some(),
    });
    if let Some(expires) = token.expires {
        body["expiry"] = json!(expires / 1000);
    }
    body
}

async fn visible(call: &Call) -> ApiResult<Vec<Token>> {
    call.require_user()?;
    let mut tokens = call.app.content.catalog().tokens().await?;
    tokens.retain(|token| call.identity.admin || token.subject == call.identity.name);
    Ok(tokens)
}

async fn list(call: Call) -> ApiResult {
    let tokens: Vec<Value> = visible(&call).await?.iter().map(describe).collect();
    Ok(Json(json!({"tokens": tokens})).into_response())
}

async fn find(call: &Call, id: &str) -> ApiResult<Token> {
    let found = visible(call).await?.into_iter().find(|token| token.id == id);
    found.ok_or_else(|| ApiError::not_found(format!("Not Found: there is no token '{id}'.")))
}

async fn read(Path(id): Path<String>, call: Call) -> ApiResult {
    Ok(Json(describe(&find(&call, &id).await?)).into_response())
}

async fn remove(Path(id): Path<String>, call: Call) -> ApiResult {
    let found = find(&call, &id).await?;
    delete(&call, found).await
}

async fn delete(call: &Call, token: Token) -> ApiResult {
    call.app.access.commit(vec![Change::DeleteToken { id: token.id.clone() }]).await?;
    call.audit("revoke token", &token.id, 200);
    Ok(text(StatusCode::OK, "Token revoked.\n"))
}

async fn revoke(mut call: Call) -> ApiResult {
    call.require_user()?;
    let body = call.form_or_json().await?;
    let id = match field(&body, "token") {
        "" => field(&body, "token_id").to_owned(),
        secret => {
            let found = call.app.content.catalog().token(&hash_of(secret)).await?;
            found.map(|token| token.id).unwrap_or_default()
        }
    };
    let found = find(&call, &id).await?;
    delete(&call, found).await
}
