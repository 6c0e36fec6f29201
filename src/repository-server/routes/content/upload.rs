//! Artifacts on their way in.

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use repository::{
    Action, ArtifactPath, ChecksumAlgorithm, Digest, Md5Sum, RepositoryConfig, Sha1Sum,
};
use repository_content::{Author, ChecksumKey, DeployRequest, Deployed, PublishRequest, parse_key};
use repository_formats::{ErrorKind, ExpectedChecksums, PublishTarget};

use super::Target;
use super::download::readable;
use crate::body;
use crate::item::{self, media};
use crate::reply::{ApiError, ApiResult, answer, json_of};
use crate::routes::call::Call;

/// The local repository that a write through `target` goes to, if the client may write there.
pub(super) fn writable(
    call: &Call,
    target: &Target,
    path: &str,
) -> ApiResult<Arc<RepositoryConfig>> {
    let allows = |repository: &RepositoryConfig| match path {
        "" => call.app.access.allows_somewhere(&call.identity, Action::Write, repository),
        path => call.app.access.allows(&call.identity, Action::Write, repository, path),
    };
    match call.app.content.deployment_target(&target.repository) {
        Ok(found) if allows(&found) || allows(&target.repository) => Ok(found),
        Ok(_) => Err(call.refusal(&format!("to write '{path}' in '{}'", target.repository.key))),
        // Without the right to write at all, one learns nothing about what lies behind.
        Err(_) if call.identity.anonymous => Err(ApiError::unauthorized()),
        Err(error) => Err(error.into()),
    }
}

fn author(call: &Call, repository: &RepositoryConfig, path: &str) -> Author {
    let access = &call.app.access;
    Author {
        name: call.identity.name.clone(),
        may_overwrite: match path {
            "" => access.allows_somewhere(&call.identity, Action::Delete, repository),
            path => access.allows(&call.identity, Action::Delete, repository, path),
        },
    }
}

/// Checksums that the client says its content has.
fn expected(headers: &HeaderMap) -> ApiResult<ExpectedChecksums> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let refused = |error: repository::HexError| ApiError::invalid(error.to_string());
    Ok(ExpectedChecksums {
        sha256: header("x-checksum-sha256").map(Digest::parse).transpose().map_err(refused)?,
        sha1: header("x-checksum-sha1").map(Sha1Sum::parse).transpose().map_err(refused)?,
        md5: header("x-checksum-md5").map(Md5Sum::parse).transpose().map_err(refused)?,
    })
}

/// Deploys the body, or content that the server has already when the client names its checksum.
pub(super) async fn deploy(call: &mut Call, target: &Target, path: ArtifactPath) -> ApiResult {
    let repository = writable(call, target, path.as_str())?;
    let by_checksum =
        call.header("x-checksum-deploy").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let mut request = DeployRequest {
        author: author(call, &repository, path.as_str()),
        repository,
        path,
        expected: ExpectedChecksums::default(),
        properties: target.matrix.properties.clone(),
    };
    if by_checksum {
        let key = checksum_key(call)?;
        return deploy_known(call, request, key).await;
    }
    request.expected = expected(&call.headers)?;
    let limits = call.app.config.limits;
    let declared = call.header(header::CONTENT_LENGTH.as_str()).and_then(|text| text.parse().ok());
    if declared.is_some_and(|length: u64| length > limits.upload_bytes_max) {
        return Err(repository_content::BodyError::TooLarge(limits.upload_bytes_max).into());
    }
    let pieces = body::pieces(call.take_body(), limits.upload_bytes_max, &limits);
    let deployed = call.app.content.deploy(request, pieces).await?;
    Ok(created(call, &deployed))
}

fn created(call: &Call, deployed: &Deployed) -> Response {
    let node = &deployed.node;
    call.audit("deploy", &format!("{}/{}", node.repository, node.path), 201);
    let body = item::created(&call.base_url, node);
    let location = item::download_uri(&call.base_url, &node.repository, &node.path);
    let mut response = json_of(StatusCode::CREATED, media::CREATED, &body);
    if let Ok(location) = location.parse() {
        response.headers_mut().insert(header::LOCATION, location);
    }
    if let Some(blob) = &node.blob {
        for (name, sum) in [
            ("x-checksum-sha256", blob.sha256.to_hex()),
            ("x-checksum-sha1", blob.sha1.to_hex()),
            ("x-checksum-md5", blob.md5.to_hex()),
        ] {
            if let Ok(sum) = sum.parse() {
                response.headers_mut().insert(name, sum);
            }
        }
    }
    response
}

fn checksum_key(call: &Call) -> ApiResult<ChecksumKey> {
    let named = ["x-checksum-sha256", "x-checksum-sha1", "x-checksum", "x-checksum-md5"]
        .into_iter()
        .find_map(|name| call.header(name));
    // 404 makes the client send the content, which is right for a checksum that says nothing.
    let refused = |why: String| ApiError::not_found(format!("Not Found: {why}"));
    let text = named.ok_or_else(|| {
        refused("checksum deploy needs X-Checksum-Sha256 or X-Checksum-Sha1.".to_owned())
    })?;
    parse_key(text).map_err(|error| refused(error.to_string()))
}

async fn deploy_known(call: &mut Call, request: DeployRequest, key: ChecksumKey) -> ApiResult {
    let app = Arc::clone(&call.app);
    let may_read = |node: &repository_catalog::Node| {
        app.content.repositories().get(&node.repository).is_some_and(|repository| {
            app.access.allows(&call.identity, Action::Read, &repository, &node.path)
        })
    };
    match app.content.deploy_known(request, key, may_read).await? {
        Some(deployed) => Ok(created(call, &deployed)),
        None => Err(ApiError::not_found(
            "Not Found: no existing file has this checksum. Send the content.",
        )),
    }
}

/// Makes a folder. WebDAV wants to hear when it was there already.
pub(super) async fn create_folder(
    call: &Call,
    target: &Target,
    path: &ArtifactPath,
    webdav: bool,
) -> ApiResult {
    let repository = writable(call, target, path.as_str())?;
    let content = &call.app.content;
    let new = content.create_folder(&repository, path.as_str(), &call.identity.name).await?;
    if webdav && !new {
        let message = format!("The folder '{path}' is there already.");
        return Err(ApiError::new(ErrorKind::MethodNotAllowed, message));
    }
    call.audit("create folder", &format!("{}/{path}", repository.key), 201);
    let node = content.catalog().node(repository.key.as_str(), path.as_str()).await?;
    let body = node.map(|node| item::created(&call.base_url, &node)).unwrap_or_default();
    Ok(json_of(StatusCode::CREATED, media::CREATED, &body))
}

/// Compares a checksum that a client computed with that of what is stored.
pub(super) async fn verify_checksum(
    call: &mut Call,
    target: &Target,
    path: &ArtifactPath,
    algorithm: ChecksumAlgorithm,
) -> ApiResult {
    writable(call, target, path.as_str())?;
    let bytes = call.bytes().await?;
    let sent = String::from_utf8_lossy(&bytes);
    // Some tools write the file's name behind the sum.
    let sent = sent.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
    let found = readable(call, target, path).await?.and_then(|found| found.node.blob);
    let Some(blob) = found else {
        let message = format!("Unable to find item: {}:{path}", target.repository.key);
        return Err(ApiError::not_found(message));
    };
    match blob.get(algorithm) {
        Some(known) if known != sent => Err(ApiError::new(
            ErrorKind::ChecksumMismatch,
            format!("Checksum error for '{path}': received '{sent}' but actual is '{known}'."),
        )),
        _ => Ok(StatusCode::CREATED.into_response()),
    }
}

/// Publishes an upload of the format's own protocol.
pub(super) async fn publish(call: &mut Call, target: &Target, publish: PublishTarget) -> ApiResult {
    let repository = writable(call, target, "")?;
    let content_type = call.header(header::CONTENT_TYPE.as_str()).map(str::to_owned);
    let author = author(call, &repository, "");
    let limits = call.app.config.limits;
    let pieces = body::pieces(call.take_body(), limits.upload_bytes_max, &limits);
    let name = format!("{} {} {}", repository.key, publish.kind, publish.package);
    let request = PublishRequest { target: publish, content_type, author };
    let done = call.app.content.publish(&repository, request, pieces).await?;
    call.audit("publish", name.trim_end(), done.status);
    Ok(answer(done))
}
