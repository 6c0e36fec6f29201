//! The maven format; a skeleton that is being filled.

use crate::request::{FormatRequest, IndexRequest, Operation};
use crate::rows::{MemberRows, Rendered};
use crate::{FormatError, PackageFormat, PackageRecord, PathClass, ReadSeek};
use repository::ArtifactPath;

/// Files by path.
pub struct Maven;

impl PackageFormat for Maven {
    fn name(&self) -> &'static str {
        "maven"
    }

    fn route(&self, request: &FormatRequest<'_>) -> Operation {
        crate::generic::route_path(request)
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
