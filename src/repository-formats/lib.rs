//! Package formats as pure dialects: what a request means, what an upload holds, what an index
//! looks like. No storage, no network, no clock.
//!
//! A format is one file (or a file and a folder) and one line in [`ALL`].

pub mod archive;
#[cfg(test)]
mod cases;
pub mod conformance;
pub mod error;
pub mod generic;
pub mod hashing;
pub mod links;
pub mod maven;
pub mod mutation;
pub mod negotiation;
pub mod npm;
pub mod pypi;
pub mod request;
pub mod rows;
pub mod time;
pub mod window;

pub use error::{ErrorBody, ErrorDescriptor, ErrorKind, FormatError};
pub use mutation::{
    BodySource, Conflict, ExpectedChecksums, Mutation, PackageRecord, Publication, PutArtifact,
    Upload,
};
pub use request::{
    Answer, ChecksumTarget, FormatRequest, IndexRequest, Method, Operation, PublishTarget, Surface,
};
pub use rows::{DocumentRow, MemberRows, RecordRow, Rendered, RenderedIndex, RowScope};

use repository::ArtifactPath;
use std::io::{Read, Seek};

/// Bytes that can be read again from any place.
pub trait ReadSeek: Read + Seek {}
impl<T: Read + Seek + ?Sized> ReadSeek for T {}

/// Every format, in alphabetical order.
pub const ALL: &[&dyn PackageFormat] = &[&generic::Generic, &maven::Maven, &npm::Npm, &pypi::Pypi];

/// The format of a repository's `packageType`; none for types that artiform does not speak.
/// Build tools that share Maven's layout are Maven.
pub fn by_name(package_type: &str) -> Option<&'static dyn PackageFormat> {
    let name = match package_type {
        "gradle" | "ivy" | "sbt" => "maven",
        other => other,
    };
    ALL.iter().copied().find(|format| format.name() == name)
}

/// How long what a remote repository fetched may be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PathClass {
    /// Never changes once it exists: fetched once, cached for ever.
    Immutable,
    /// May change: asked for again when the cache period is over.
    Revalidated,
    /// Rendered from rows, never stored.
    Generated,
}

/// What to ask the upstream of a remote repository for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamRequest {
    /// Percent-encoded path below the upstream's URL, without a leading slash.
    pub path: String,
    /// The `Accept` header to send.
    pub accept: &'static str,
}

/// A dialect. Implementations hold no state: everything is an argument.
pub trait PackageFormat: Send + Sync {
    /// The package type, as `npm`.
    fn name(&self) -> &'static str;

    /// What a request below `/artifactory/api/<name>/<repo>/` or `/artifactory/<repo>/` means.
    fn route(&self, request: &FormatRequest<'_>) -> Operation;

    /// Turns a staged upload body into mutations. Called for [`Operation::Publish`] alone.
    fn publish(&self, upload: &mut Upload<'_>) -> Result<Publication, FormatError> {
        let _ = upload;
        Err(FormatError::new(ErrorKind::MethodNotAllowed, "This format is deployed by path."))
    }

    /// Reads what an artifact says of itself, for content that arrived by path (deploy by PUT,
    /// replication, migration). None for files that belong to no package.
    fn inspect(
        &self,
        path: &ArtifactPath,
        content: &mut dyn ReadSeek,
    ) -> Result<Option<PackageRecord>, FormatError>;

    /// Renders an index from rows: one [`MemberRows`] per repository, in resolution order. The
    /// first member wins per (package, version or file). `base_url` is the URL under which the
    /// repository was asked, without a trailing slash.
    fn render(
        &self,
        index: &IndexRequest,
        members: &[MemberRows],
        base_url: &str,
    ) -> Result<Rendered, FormatError>;

    /// How a path ages.
    fn class_of(&self, path: &ArtifactPath) -> PathClass;

    /// An error in the dialect's own words.
    fn error_body(&self, error: &ErrorDescriptor) -> ErrorBody {
        error::plain_error_body(error)
    }

    /// The index that names the artifact at `path`, so that a remote repository can look up
    /// where the upstream keeps it. None where the upstream keeps it at the same path.
    fn index_of(&self, path: &ArtifactPath) -> Option<IndexRequest> {
        let _ = path;
        None
    }

    /// What to ask the upstream of a remote repository for, to answer `index`. None for indexes
    /// that upstreams do not give (a search, a list of everything): render what is cached.
    fn upstream(&self, index: &IndexRequest) -> Option<UpstreamRequest> {
        let _ = index;
        None
    }

    /// Reads an index that came from an upstream at `url` into rows. Each row's `origin` is the
    /// absolute URL of its file.
    fn read_upstream(
        &self,
        index: &IndexRequest,
        body: &[u8],
        url: &str,
    ) -> Result<MemberRows, FormatError> {
        let _ = (index, body, url);
        Ok(MemberRows::default())
    }

    /// The answer to [`Operation::WhoAmI`].
    fn answer_who_am_i(&self, user: &str) -> Answer {
        Answer::text(200, user)
    }

    /// Name and password in the body of [`Operation::LogIn`].
    fn read_log_in(
        &self,
        body: &[u8],
    ) -> Result<(String, repository::Redacted<String>), FormatError> {
        let _ = body;
        Err(FormatError::new(ErrorKind::NotFound, "This format has no login of its own."))
    }

    /// The answer to [`Operation::LogIn`] that hands out a token.
    fn answer_log_in(&self, user: &str, token: &repository::Redacted<String>) -> Answer {
        let _ = token;
        Answer::text(200, user)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_listed_in_order_and_found_by_name() {
        let names: Vec<_> = ALL.iter().map(|format| format.name()).collect();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        assert_eq!(names, sorted);
        assert!(names.iter().all(|name| by_name(name).is_some()));
        assert_eq!(by_name("gradle").map(PackageFormat::name), Some("maven"));
        assert!(by_name("nothing").is_none());
    }
}
