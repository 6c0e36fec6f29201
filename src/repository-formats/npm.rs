//! The npm registry: packuments from rows, tarballs inside JSON, tags and deprecations as
//! documents.
//!
//! Documents of a package: `dist-tags/<tag>` holds a version, `deprecated/<version>` a message.

pub mod body;
pub mod names;
pub mod packument;
pub mod publish;
pub mod routing;
pub mod search;
pub mod upstream;

use crate::error::{ErrorBody, ErrorDescriptor, ErrorKind};
use crate::hashing;
use crate::mutation::{Publication, Upload};
use crate::request::{Answer, FormatRequest, IndexRequest, Operation};
use crate::rows::{MemberRows, Rendered};
use crate::{FormatError, PackageFormat, PackageRecord, PathClass, ReadSeek, UpstreamRequest};
use repository::{ArtifactPath, Redacted};
use serde_json::{Value, json};

/// The media type of packuments for installers.
pub const ABBREVIATED_TYPE: &str = "application/vnd.npm.install-v1+json";

/// Packages for npm, pnpm and yarn.
pub struct Npm;

impl PackageFormat for Npm {
    fn name(&self) -> &'static str {
        "npm"
    }

    fn route(&self, request: &FormatRequest<'_>) -> Operation {
        routing::route(request)
    }

    fn publish(&self, upload: &mut Upload<'_>) -> Result<Publication, FormatError> {
        publish::publish(upload)
    }

    fn inspect(
        &self,
        path: &ArtifactPath,
        content: &mut dyn ReadSeek,
    ) -> Result<Option<PackageRecord>, FormatError> {
        publish::inspect(path, content)
    }

    fn render(
        &self,
        index: &IndexRequest,
        members: &[MemberRows],
        base_url: &str,
    ) -> Result<Rendered, FormatError> {
        Ok(match index.index {
            "packument" => packument::render(index, members, base_url),
            "version" => packument::render_version(index, members, base_url),
            "dist-tags" => packument::render_tags(index, members),
            "search" => search::render(index, members),
            _ => Rendered::NotFound,
        })
    }

    fn class_of(&self, path: &ArtifactPath) -> PathClass {
        match path.extension() {
            Some("tgz") => PathClass::Immutable,
            _ => PathClass::Revalidated,
        }
    }

    fn error_body(&self, error: &ErrorDescriptor) -> ErrorBody {
        let status = match error.kind {
            // The public registry says "forbidden" to a version that is taken; clients match it.
            ErrorKind::AlreadyExists => 403,
            ErrorKind::ChecksumMismatch => 400,
            kind => kind.status(),
        };
        let body = json!({"error": error.message}).to_string().into_bytes();
        ErrorBody { status, content_type: "application/json", body }
    }

    fn index_of(&self, path: &ArtifactPath) -> Option<IndexRequest> {
        let (package, _) = path.as_str().split_once("/-/")?;
        names::check(package).ok()?;
        Some(IndexRequest::of_package("packument", package).variant("abbreviated"))
    }

    fn upstream(&self, index: &IndexRequest) -> Option<UpstreamRequest> {
        upstream::request(index)
    }

    fn read_upstream(
        &self,
        _index: &IndexRequest,
        body: &[u8],
        _url: &str,
    ) -> Result<MemberRows, FormatError> {
        upstream::read(body)
    }

    fn answer_who_am_i(&self, user: &str) -> Answer {
        Answer::json(200, &json!({"username": user}))
    }

    fn read_log_in(&self, body: &[u8]) -> Result<(String, Redacted<String>), FormatError> {
        let sent: Value = serde_json::from_slice(body)
            .map_err(|_| FormatError::invalid("The login is not JSON."))?;
        match (sent["name"].as_str(), sent["password"].as_str()) {
            (Some(name), Some(password)) => {
                Ok((name.to_owned(), Redacted::new(password.to_owned())))
            }
            _ => Err(FormatError::invalid("The login has no name or no password.")),
        }
    }

    fn answer_log_in(&self, user: &str, token: &Redacted<String>) -> Answer {
        let id = format!("org.couchdb.user:{user}");
        let rev = &hashing::sha256_hex(user.as_bytes())[..32];
        let body =
            json!({"ok": true, "id": id, "rev": format!("1-{rev}"), "token": token.reveal()});
        Answer::json(201, &body)
    }
}

#[cfg(test)]
mod tests;
