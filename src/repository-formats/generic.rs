//! The generic format: files by path, without packages.

use crate::request::{Answer, FormatRequest, IndexRequest, Method, Operation};
use crate::rows::{MemberRows, Rendered};
use crate::{FormatError, PackageFormat, PackageRecord, PathClass, ReadSeek};
use repository::ArtifactPath;

/// Files by path.
pub struct Generic;

impl PackageFormat for Generic {
    fn name(&self) -> &'static str {
        "generic"
    }

    fn route(&self, request: &FormatRequest<'_>) -> Operation {
        route_path(request)
    }

    fn inspect(
        &self,
        _path: &ArtifactPath,
        _content: &mut dyn ReadSeek,
    ) -> Result<Option<PackageRecord>, FormatError> {
        Ok(None)
    }

    fn render(
        &self,
        _index: &IndexRequest,
        _members: &[MemberRows],
        _base_url: &str,
    ) -> Result<Rendered, FormatError> {
        Ok(Rendered::NotFound)
    }

    fn class_of(&self, _path: &ArtifactPath) -> PathClass {
        PathClass::Revalidated
    }
}

/// What a request for a plain path means, in every format.
pub fn route_path(request: &FormatRequest<'_>) -> Operation {
    let raw = request.trimmed();
    let folder = request.is_folder();
    let trimmed = raw.strip_suffix('/').unwrap_or(raw);
    if trimmed.is_empty() {
        return match request.method {
            Method::Get | Method::Head => Operation::List { folder: None },
            _ => Operation::MethodNotAllowed { allow: "GET, HEAD" },
        };
    }
    let path = match ArtifactPath::from_encoded(trimmed) {
        Ok(path) => path,
        Err(error) => return Operation::Invalid { message: error.to_string() },
    };
    match request.method {
        Method::Get | Method::Head if folder => Operation::List { folder: Some(path) },
        Method::Get | Method::Head => Operation::Download { path },
        Method::Put if folder => Operation::CreateFolder { folder: path },
        Method::Put => Operation::Deploy { path },
        Method::Delete => Operation::DeletePath { path, answer: Answer::empty(204) },
        Method::Post | Method::Other => {
            Operation::MethodNotAllowed { allow: "GET, HEAD, PUT, DELETE" }
        }
    }
}
