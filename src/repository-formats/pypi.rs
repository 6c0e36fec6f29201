//! The Python package index: simple index in HTML and JSON, uploads by multipart form.
//!
//! Files lie at `<normalised name>/<version>/<file>`. The document `yanked/<version>` of a
//! project holds the reason for which a version is yanked.

pub mod filenames;
pub mod inspection;
pub mod multipart;
pub mod routing;
pub mod simple;
pub mod upload;
pub mod upstream;

use crate::error::{ErrorBody, ErrorDescriptor, ErrorKind};
use crate::mutation::{Publication, Upload};
use crate::request::{FormatRequest, IndexRequest, Operation};
use crate::rows::{MemberRows, Rendered};
use crate::{FormatError, PackageFormat, PackageRecord, PathClass, ReadSeek, UpstreamRequest};
use repository::ArtifactPath;

/// Packages for pip, uv, poetry and twine.
pub struct Pypi;

impl PackageFormat for Pypi {
    fn name(&self) -> &'static str {
        "pypi"
    }

    fn route(&self, request: &FormatRequest<'_>) -> Operation {
        routing::route(request)
    }

    fn publish(&self, upload: &mut Upload<'_>) -> Result<Publication, FormatError> {
        upload::publish(upload)
    }

    fn inspect(
        &self,
        path: &ArtifactPath,
        content: &mut dyn ReadSeek,
    ) -> Result<Option<PackageRecord>, FormatError> {
        inspection::inspect(path, content)
    }

    fn render(
        &self,
        index: &IndexRequest,
        members: &[MemberRows],
        _base_url: &str,
    ) -> Result<Rendered, FormatError> {
        match index.index {
            "simple-root" => Ok(simple::render_root(index, members)),
            "simple" => Ok(simple::render(index, members)),
            "metadata" => inspection::render_metadata(index, members),
            "json" => Ok(simple::render_legacy(index, members)),
            _ => Ok(Rendered::NotFound),
        }
    }

    fn class_of(&self, path: &ArtifactPath) -> PathClass {
        match filenames::Distribution::parse(path.file_name()) {
            Some(_) => PathClass::Immutable,
            None => PathClass::Revalidated,
        }
    }

    fn error_body(&self, error: &ErrorDescriptor) -> ErrorBody {
        let status = match error.kind {
            ErrorKind::AlreadyExists | ErrorKind::ChecksumMismatch => 400,
            kind => kind.status(),
        };
        // Upload clients show this text, and look for "already exists" in it.
        let body = format!("{status} {}\n", error.message).into_bytes();
        ErrorBody { status, content_type: "text/plain; charset=utf-8", body }
    }

    fn index_of(&self, path: &ArtifactPath) -> Option<IndexRequest> {
        let project = path.segments().next()?;
        let normalised = filenames::normalise(project);
        (project == normalised && path.segments().count() == 3)
            .then(|| IndexRequest::of_package("simple", normalised).variant("json"))
    }

    fn upstream(&self, index: &IndexRequest) -> Option<UpstreamRequest> {
        let project = index.package();
        let wanted = matches!(index.index, "simple" | "json") && filenames::is_name(project);
        wanted.then(|| UpstreamRequest {
            path: format!("simple/{project}/"),
            accept: "application/vnd.pypi.simple.v1+json, text/html;q=0.5",
        })
    }

    fn read_upstream(
        &self,
        index: &IndexRequest,
        body: &[u8],
        url: &str,
    ) -> Result<MemberRows, FormatError> {
        upstream::read(index, body, url)
    }
}

#[cfg(test)]
mod tests;
