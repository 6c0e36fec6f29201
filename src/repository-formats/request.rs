//! Requests as formats see them, and what they turn out to mean.

use crate::rows::RowScope;
use repository::percent::{self, PercentError};
use repository::{ArtifactPath, ChecksumAlgorithm};
use std::fmt;

/// The methods that formats tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    Get,
    Head,
    Put,
    Post,
    Delete,
    Other,
}

impl Method {
    /// Reads the method of a request line.
    pub fn parse(text: &str) -> Self {
        match text {
            "GET" => Self::Get,
            "HEAD" => Self::Head,
            "PUT" => Self::Put,
            "POST" => Self::Post,
            "DELETE" => Self::Delete,
            _ => Self::Other,
        }
    }

    /// GET or HEAD.
    pub const fn is_read(self) -> bool {
        matches!(self, Self::Get | Self::Head)
    }
}

/// Below which prefix a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Surface {
    /// `/artifactory/api/<format>/<repo>/`
    Api,
    /// `/artifactory/<repo>/`
    Path,
}

/// A request below a repository, its matrix parameters already taken out.
#[derive(Clone, Copy, Debug)]
pub struct FormatRequest<'a> {
    /// How.
    pub method: Method,
    /// Below which prefix.
    pub surface: Surface,
    /// What follows the repository's key, percent-encoded as it was sent. One leading slash is
    /// ignored; a trailing slash means a folder.
    pub raw_path: &'a str,
    /// The query, percent-encoded, without the question mark.
    pub query: &'a str,
    /// The `Accept` header.
    pub accept: Option<&'a str>,
    /// The `Content-Type` header.
    pub content_type: Option<&'a str>,
}

impl<'a> FormatRequest<'a> {
    /// A GET of `raw_path` below the format's own prefix.
    pub const fn get(raw_path: &'a str) -> Self {
        Self {
            method: Method::Get,
            surface: Surface::Api,
            raw_path,
            query: "",
            accept: None,
            content_type: None,
        }
    }

    /// The raw path without its leading slash.
    pub fn trimmed(&self) -> &'a str {
        self.raw_path.strip_prefix('/').unwrap_or(self.raw_path)
    }

    /// The segments, split before they are decoded, so that `%2F` stays inside its segment.
    pub fn segments(&self) -> Result<Vec<String>, PercentError> {
        let trimmed = self.trimmed().trim_end_matches('/');
        if trimmed.is_empty() {
            return Ok(Vec::new());
        }
        trimmed.split('/').map(percent::decode).collect()
    }

    /// The value of a query parameter, decoded; none when absent or broken.
    pub fn query_value(&self, name: &str) -> Option<String> {
        let pairs = percent::parse_query(self.query).ok()?;
        pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// Whether the path is the repository itself or ends in a slash.
    pub fn is_folder(&self) -> bool {
        self.trimmed().is_empty() || self.raw_path.ends_with('/')
    }
}

/// What a request means. The server carries it out; every change goes through its one commit.
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    /// Give the artifact at the path; GET and HEAD alike.
    Download { path: ArtifactPath },
    /// List a folder, the repository itself where there is no path. The listing is the server's.
    List { folder: Option<ArtifactPath> },
    /// Render an index and give it.
    Index(IndexRequest),
    /// Give the checksum of something as text.
    Checksum { of: ChecksumTarget, algorithm: ChecksumAlgorithm },
    /// Store the body at the path as it is, then `inspect` it.
    Deploy { path: ArtifactPath },
    /// Make an empty folder.
    CreateFolder { folder: ArtifactPath },
    /// The body is a checksum: compare it with that of the file at the path. 201 when they are
    /// equal (or the server does not keep the algorithm), 409 when not, 404 without a file.
    VerifyChecksum { path: ArtifactPath, algorithm: ChecksumAlgorithm },
    /// Stage the body, hand it to [`crate::PackageFormat::publish`], commit what it gives.
    Publish(PublishTarget),
    /// Delete the artifact, or everything below the folder, and the records with it.
    DeletePath { path: ArtifactPath, answer: Answer },
    /// Delete every artifact, record and document of the package.
    DeletePackage { package: String, answer: Answer },
    /// Set a document of a package, or remove it where there is no value.
    SetDocument { package: String, name: String, value: Option<serde_json::Value>, answer: Answer },
    /// Say who is signed in; 401 for anonymous.
    WhoAmI,
    /// Check name and password in the body and hand out a token.
    LogIn,
    /// Revoke the token.
    LogOut { token: String, answer: Answer },
    /// Give this, whatever the repository holds.
    Answer(Answer),
    /// Read the body to its end and give this status: what the client sent, the server makes
    /// itself.
    Ignore { status: u16 },
    /// Send the client on; the location is relative to the repository's URL on this surface.
    Redirect { status: u16, location: String },
    /// The request is malformed.
    Invalid { message: String },
    /// Nothing is there, and nothing can be.
    NotFound,
    /// Another method would do; `allow` is the header's value.
    MethodNotAllowed { allow: &'static str },
}

/// What an upload is to become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishTarget {
    /// The dialect's own word for it, as `package` or `dist-tag`.
    pub kind: &'static str,
    /// The package that the URL names; empty where the body does.
    pub package: String,
    /// What else the URL names, as the tag.
    pub detail: String,
}

/// Of what a checksum is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChecksumTarget {
    /// A stored artifact.
    Path(ArtifactPath),
    /// An index: the checksum of its rendered bytes.
    Index(IndexRequest),
}

/// An index that can be rendered; equal requests give equal bytes for equal rows, so it is the
/// key of the cache too.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IndexRequest {
    /// The dialect's own name of the index, as `packument`.
    pub index: &'static str,
    /// Which rows it is made of.
    pub scope: RowScope,
    /// The representation, as `json`; empty where there is one only.
    pub variant: &'static str,
    /// What else the request says: a version, a search text.
    pub parameters: Vec<(&'static str, String)>,
}

impl IndexRequest {
    /// An index of one package.
    pub fn of_package(index: &'static str, package: impl Into<String>) -> Self {
        let scope = RowScope::Package(package.into());
        Self { index, scope, variant: "", parameters: Vec::new() }
    }

    /// This request with another representation.
    #[must_use]
    pub const fn variant(mut self, variant: &'static str) -> Self {
        self.variant = variant;
        self
    }

    /// This request with one parameter more.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.parameters.push((name, value.into()));
        self
    }

    /// The value of a parameter; empty when it is absent.
    pub fn parameter(&self, name: &str) -> &str {
        let found = self.parameters.iter().find(|(key, _)| *key == name);
        found.map_or("", |(_, value)| value)
    }

    /// The package that it is about; empty for indexes of many.
    pub fn package(&self) -> &str {
        self.scope.package()
    }
}

/// A response that does not depend on what is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Media type of `body`.
    pub content_type: &'static str,
    /// What is sent.
    pub body: Vec<u8>,
}

/// The body can hold a token, so that only its length is shown.
impl fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, content_type, body } = self;
        write!(formatter, "Answer({status} {content_type}, {} bytes)", body.len())
    }
}

impl Answer {
    /// JSON.
    pub fn json(status: u16, value: &serde_json::Value) -> Self {
        Self { status, content_type: "application/json", body: value.to_string().into_bytes() }
    }

    /// Plain text.
    pub fn text(status: u16, text: &str) -> Self {
        let content_type = "text/plain; charset=utf-8";
        Self { status, content_type, body: text.as_bytes().to_vec() }
    }

    /// No body.
    pub const fn empty(status: u16) -> Self {
        Self { status, content_type: "text/plain; charset=utf-8", body: Vec::new() }
    }
}
