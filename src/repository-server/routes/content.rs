//! Everything below a repository: artifacts by path, and the formats' own protocols.

mod download;
mod listing;
mod upload;

use std::sync::Arc;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use repository::{Action, ArtifactPath, MatrixParameters, RepositoryConfig};
use repository_formats::{
    Answer, ChecksumTarget, ErrorKind, FormatRequest, IndexRequest, Method, Operation,
    PackageFormat, Surface, by_name,
};

use super::call::Call;
use crate::access::{NewToken, USER_SCOPE};
use crate::reply::{ApiError, ApiResult, answer, text};

/// What a request below a repository is about.
pub(super) struct Target {
    pub(super) repository: Arc<RepositoryConfig>,
    pub(super) format: &'static dyn PackageFormat,
    pub(super) surface: Surface,
    /// What follows the key, percent-encoded, without matrix parameters.
    pub(super) raw: String,
    pub(super) matrix: MatrixParameters,
}

impl Target {
    /// The URL under which the client asked for the repository, without a trailing slash.
    fn url(&self, call: &Call) -> String {
        let (base, key) = (&call.base_url, &self.repository.key);
        match self.surface {
            Surface::Api => format!("{base}/artifactory/api/{}/{key}", self.format.name()),
            Surface::Path => format!("{base}/artifactory/{key}"),
        }
    }
}

/// Takes what no other route took.
pub(super) async fn dispatch(mut call: Call) -> Response {
    let (target, result) = match find_target(&call) {
        Ok(target) => {
            let result = perform(&mut call, &target).await;
            (Some(target), result)
        }
        Err(error) => (None, Err(error)),
    };
    match result {
        Ok(response) => response,
        Err(error) => {
            // The client reads the answer only after it has sent its body.
            call.discard_body().await;
            if matches!(error.kind, ErrorKind::Forbidden | ErrorKind::Unauthorized) {
                let target = format!("{} {}", call.method, call.path);
                call.audit("refused", &target, error.status.as_u16());
            }
            match target {
                Some(target) if target.surface == Surface::Api => error.in_dialect(target.format),
                _ => error.into_response(),
            }
        }
    }
}

fn find_target(call: &Call) -> ApiResult<Target> {
    let nowhere = || ApiError::not_found(format!("Not Found: nothing is at '{}'.", call.path));
    let below = call.path.strip_prefix("/artifactory/").ok_or_else(nowhere)?;
    let (surface, rest, format) = match below.strip_prefix("api/") {
        Some(api) => {
            let (name, rest) = api.split_once('/').ok_or_else(nowhere)?;
            (Surface::Api, rest, Some(by_name(name).ok_or_else(nowhere)?))
        }
        // The listing under its older address.
        None => (Surface::Path, below.strip_prefix("list/").unwrap_or(below), None),
    };
    let (raw, matrix) =
        MatrixParameters::split(rest).map_err(|error| ApiError::invalid(error.to_string()))?;
    let (key, raw) = raw.split_once('/').map_or((raw.as_str(), ""), |(key, raw)| (key, raw));
    if call.identity.anonymous && !call.app.config.anonymous_read {
        return Err(ApiError::unauthorized());
    }
    let repository = call.app.content.repository(key)?;
    let own = call.app.content.format(&repository)?;
    if format.is_some_and(|format| format.name() != own.name()) {
        return Err(ApiError::not_found(format!(
            "Not Found: the repository '{key}' holds {} packages, which are at \
             /artifactory/api/{}/{key}.",
            own.name(),
            own.name()
        )));
    }
    // A key without a slash after it still is a folder, told apart by the redirect below.
    let raw = if rest.contains('/') { format!("/{raw}") } else { String::new() };
    Ok(Target { repository, format: own, surface, raw, matrix })
}

async fn perform(call: &mut Call, target: &Target) -> ApiResult {
    if call.method.as_str() == "MKCOL" {
        let path = ArtifactPath::from_encoded(target.raw.trim_matches('/'))
            .map_err(|error| ApiError::invalid(error.to_string()))?;
        return upload::create_folder(call, target, &path, true).await;
    }
    let request = FormatRequest {
        method: Method::parse(call.method.as_str()),
        surface: target.surface,
        raw_path: &target.raw,
        query: &call.query,
        accept: call.header(header::ACCEPT.as_str()),
        content_type: call.header(header::CONTENT_TYPE.as_str()),
    };
    let operation = target.format.route(&request);
    carry_out(call, target, operation).await
}

async fn carry_out(call: &mut Call, target: &Target, operation: Operation) -> ApiResult {
    match operation {
        Operation::Download { path } => download::file(call, target, &path).await,
        Operation::List { folder } => listing::folder(call, target, folder.as_ref()).await,
        Operation::Index(request) => index(call, target, &request).await,
        Operation::Checksum { of, algorithm } => {
            download::checksum(call, target, &of, algorithm).await
        }
        Operation::Deploy { path } => upload::deploy(call, target, path).await,
        Operation::CreateFolder { folder } => {
            upload::create_folder(call, target, &folder, false).await
        }
        Operation::VerifyChecksum { path, algorithm } => {
            upload::verify_checksum(call, target, &path, algorithm).await
        }
        Operation::Publish(publish) => upload::publish(call, target, publish).await,
        Operation::DeletePath { path, answer } => delete(call, target, &path, answer).await,
        Operation::DeletePackage { package, answer } => {
            delete_package(call, target, &package, answer).await
        }
        Operation::SetDocument { package, name, value, answer: done } => {
            let writable = upload::writable(call, target, "")?;
            call.app.content.set_document(&writable, &package, &name, value).await?;
            Ok(answer(done))
        }
        Operation::WhoAmI => {
            call.require_user()?;
            Ok(answer(target.format.answer_who_am_i(&call.identity.name)))
        }
        Operation::LogIn => log_in(call, target).await,
        Operation::LogOut { token, answer: done } => log_out(call, &token, done).await,
        Operation::Answer(ready) => Ok(answer(ready)),
        Operation::Ignore { status } => {
            upload::writable(call, target, "")?;
            call.discard_body().await;
            Ok(StatusCode::from_u16(status).unwrap_or(StatusCode::OK).into_response())
        }
        Operation::Redirect { status, location } => Ok(redirect(call, target, status, &location)),
        Operation::Invalid { message } => Err(ApiError::invalid(message)),
        Operation::NotFound => Err(ApiError::not_found(format!(
            "Not Found: the format of '{}' has nothing at this address.",
            target.repository.key
        ))),
        Operation::MethodNotAllowed { allow } => {
            let message = format!("{} is not allowed here. Allowed: {allow}.", call.method);
            Err(ApiError {
                allow: Some(allow),
                ..ApiError::new(ErrorKind::MethodNotAllowed, message)
            })
        }
    }
}

fn redirect(call: &Call, target: &Target, status: u16, location: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::FOUND);
    let url = format!("{}/{}", target.url(call), location.trim_start_matches('/'));
    (status, [(header::LOCATION, url)]).into_response()
}

async fn index(call: &Call, target: &Target, request: &IndexRequest) -> ApiResult {
    require_index(call, target)?;
    match render(call, target, request).await? {
        Some(index) => Ok(download::rendered(call, &index)),
        None => {
            let what = match request.package() {
                "" => request.index,
                package => package,
            };
            Err(ApiError::not_found(format!(
                "Not Found: '{what}' is not in '{}'.",
                target.repository.key
            )))
        }
    }
}

async fn render(
    call: &Call,
    target: &Target,
    request: &IndexRequest,
) -> ApiResult<Option<Arc<repository_formats::RenderedIndex>>> {
    let url = target.url(call);
    Ok(call.app.content.index(&target.repository, request, &url).await?)
}

/// An index shows all of a repository: it is for those who may read the repository, or each of
/// its members.
fn require_index(call: &Call, target: &Target) -> ApiResult<()> {
    let reads = |repository: &RepositoryConfig| {
        call.app.access.allows_somewhere(&call.identity, Action::Read, repository)
    };
    let members = call.app.content.repositories().members(&target.repository);
    if reads(&target.repository)
        || (!members.is_empty() && members.iter().all(|member| reads(member)))
    {
        return Ok(());
    }
    Err(call.refusal(&format!("to read '{}'", target.repository.key)))
}

async fn delete(call: &Call, target: &Target, path: &ArtifactPath, done: Answer) -> ApiResult {
    let content = &call.app.content;
    require_either(call, Action::Delete, target, path.as_str())?;
    let found = content.deletion_target(&target.repository, path.as_str()).await?;
    call.require(Action::Delete, &found, path.as_str())?;
    content.delete(&found, path.as_str()).await?;
    call.audit("delete", &format!("{}/{path}", found.key), done.status);
    Ok(answer(done))
}

/// Says "forbidden" before "not found" to those who may delete neither here nor behind here.
fn require_either(call: &Call, action: Action, target: &Target, path: &str) -> ApiResult<()> {
    let members = call.app.content.repositories().members(&target.repository);
    let allowed = std::iter::once(&target.repository)
        .chain(&members)
        .any(|one| call.app.access.allows(&call.identity, action, one, path));
    if allowed { Ok(()) } else { call.require(action, &target.repository, path) }
}

async fn delete_package(call: &Call, target: &Target, package: &str, done: Answer) -> ApiResult {
    let found = call.app.content.deployment_target(&target.repository)?;
    let allowed = call.app.access.allows_somewhere(&call.identity, Action::Delete, &found);
    if !allowed {
        return Err(call.refusal(&format!("to delete '{package}' from '{}'", found.key)));
    }
    call.app.content.delete_package(&found, package).await?;
    call.audit("delete package", &format!("{}/{package}", found.key), done.status);
    Ok(answer(done))
}

async fn log_in(call: &mut Call, target: &Target) -> ApiResult {
    let body = call.bytes().await?;
    let (name, password) = target.format.read_log_in(&body)?;
    let directory = call.app.access.directory();
    let hash = directory.users.get(&name).and_then(|user| user.password_hash.clone());
    if !call.app.access.passwords.verify(password.reveal(), hash.as_deref()).await {
        return Err(ApiError::bad_credentials());
    }
    let new = NewToken {
        id: String::new(),
        subject: name.clone(),
        scope: USER_SCOPE.to_owned(),
        description: format!("signed in through {}", target.format.name()),
        expires_in: 0,
        refreshable: false,
    };
    let issued = new.issue()?;
    let change = repository_catalog::Change::PutToken(Box::new(issued.token));
    call.app.access.commit(vec![change]).await?;
    call.audit("sign in", &name, 201);
    Ok(answer(target.format.answer_log_in(&name, &issued.secret)))
}

async fn log_out(call: &Call, token: &str, done: Answer) -> ApiResult {
    let hash = crate::access::hash_of(token);
    if let Some(found) = call.app.content.catalog().token(&hash).await? {
        let change = repository_catalog::Change::DeleteToken { id: found.id.clone() };
        call.app.access.commit(vec![change]).await?;
        call.audit("sign out", &found.id, done.status);
    }
    Ok(answer(done))
}

/// The checksum of a thing as plain text.
fn checksum_text(sum: String) -> Response {
    text(StatusCode::OK, sum)
}

/// Which checksum is asked for, told to people.
fn checksum_missing(of: &ChecksumTarget) -> ApiError {
    let what = match of {
        ChecksumTarget::Path(path) => path.to_string(),
        ChecksumTarget::Index(request) => request.index.to_owned(),
    };
    ApiError::not_found(format!("Not Found: there is no such checksum of '{what}'."))
}
