//! The Maven 2 layout: coordinates in paths, metadata and checksums computed by the server.

pub mod coordinates;
pub mod inspection;
pub mod metadata;
pub mod upstream;
pub mod version;

use crate::generic::route_path;
use crate::request::{Answer, ChecksumTarget, FormatRequest, IndexRequest, Operation};
use crate::rows::{MemberRows, Rendered, RowScope};
use crate::{FormatError, PackageFormat, PackageRecord, PathClass, ReadSeek, UpstreamRequest};
use coordinates::Coordinates;
use repository::{ArtifactPath, ChecksumAlgorithm};

/// The name of every index of this format.
pub const METADATA_FILE: &str = "maven-metadata.xml";

/// Artifacts for Maven, Gradle, Ivy and sbt.
pub struct Maven;

impl PackageFormat for Maven {
    fn name(&self) -> &'static str {
        "maven"
    }

    fn route(&self, request: &FormatRequest<'_>) -> Operation {
        let operation = route_path(request);
        match operation {
            Operation::Download { path } => route_read(path),
            Operation::Deploy { path } => route_deploy(path),
            Operation::DeletePath { path, .. } if metadata_of(&path).is_some() => {
                // There is nothing to delete: the index follows from the artifacts.
                Operation::Answer(Answer::empty(204))
            }
            other => other,
        }
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
        Ok(metadata::render(index, members))
    }

    fn class_of(&self, path: &ArtifactPath) -> PathClass {
        let (stem, _) = split_checksum(path);
        let name = stem.file_name();
        if name == METADATA_FILE {
            return PathClass::Generated;
        }
        match Coordinates::parse(&stem) {
            Some(found) if !found.is_snapshot() || found.snapshot.is_some() => PathClass::Immutable,
            // Non-unique snapshots, archetype catalogs and search indexes change in place.
            _ => PathClass::Revalidated,
        }
    }

    fn upstream(&self, index: &IndexRequest) -> Option<UpstreamRequest> {
        let folder = ArtifactPath::parse(index.parameter("folder")).ok()?;
        let path = format!("{}/{METADATA_FILE}", folder.to_encoded());
        Some(UpstreamRequest { path, accept: "text/xml, application/xml, */*;q=0.5" })
    }

    fn read_upstream(
        &self,
        index: &IndexRequest,
        body: &[u8],
        _url: &str,
    ) -> Result<MemberRows, FormatError> {
        upstream::read(index, body)
    }
}

fn route_read(path: ArtifactPath) -> Operation {
    let (stem, algorithm) = split_checksum(&path);
    match (metadata_of(&stem), algorithm) {
        (Some(index), None) => Operation::Index(index),
        (Some(index), Some(algorithm)) => {
            Operation::Checksum { of: ChecksumTarget::Index(index), algorithm }
        }
        (None, Some(algorithm)) => {
            Operation::Checksum { of: ChecksumTarget::Path(stem), algorithm }
        }
        (None, None) => Operation::Download { path },
    }
}

fn route_deploy(path: ArtifactPath) -> Operation {
    let (stem, algorithm) = split_checksum(&path);
    match (stem.file_name() == METADATA_FILE, algorithm) {
        (true, None) => Operation::Ignore { status: 202 },
        (true, Some(_)) => Operation::Ignore { status: 200 },
        (false, Some(algorithm)) => Operation::VerifyChecksum { path: stem, algorithm },
        (false, None) => Operation::Deploy { path },
    }
}

fn split_checksum(path: &ArtifactPath) -> (ArtifactPath, Option<ChecksumAlgorithm>) {
    if let Some((stem, algorithm)) = ChecksumAlgorithm::split_file_name(path.as_str())
        && let Ok(stem) = ArtifactPath::parse(stem)
    {
        return (stem, Some(algorithm));
    }
    (path.clone(), None)
}

/// The index that a path ending in `maven-metadata.xml` asks for. A folder `x/y/z` can be the
/// artifact `z` of group `x.y` or the group `x.y.z`, so the index is made of both.
fn metadata_of(path: &ArtifactPath) -> Option<IndexRequest> {
    if path.file_name() != METADATA_FILE {
        return None;
    }
    let folder = path.parent()?;
    let segments: Vec<&str> = folder.segments().collect();
    let request = |index, scope| IndexRequest { index, scope, variant: "", parameters: Vec::new() };
    let request = match segments.as_slice() {
        [group @ .., artifact, version] if version.ends_with("-SNAPSHOT") && !group.is_empty() => {
            let package = format!("{}:{artifact}", group.join("."));
            request("snapshot", RowScope::Package(package)).with("version", *version)
        }
        [group @ .., artifact] => {
            let plugins = RowScope::PackagePrefix(format!("{}:", segments.join(".")));
            let scope = if group.is_empty() {
                plugins
            } else {
                let package = format!("{}:{artifact}", group.join("."));
                RowScope::AnyOf(vec![RowScope::Package(package), plugins])
            };
            request("versions", scope)
        }
        [] => return None,
    };
    Some(request.with("folder", folder.as_str()))
}

/// Whether the path lies in a snapshot version, for `handleReleases` and `handleSnapshots`.
/// None for files that belong to no version.
pub fn is_snapshot(path: &ArtifactPath) -> Option<bool> {
    Coordinates::parse(path).map(|coordinates| coordinates.is_snapshot())
}

#[cfg(test)]
mod tests;
