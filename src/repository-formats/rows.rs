//! Rows of the catalog as formats see them, and what is rendered from them.

use crate::hashing;
use crate::mutation::PackageRecord;
use repository::{ArtifactPath, Checksums};
use serde_json::Value;

/// Which rows an index is made of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RowScope {
    /// Records and documents of one package.
    Package(String),
    /// Records and documents of packages whose name begins so.
    PackagePrefix(String),
    /// Records and documents of packages whose name holds the text, in any case; empty is all.
    PackageContaining(String),
    /// The distinct names of all packages, in [`MemberRows::packages`]; no records.
    PackageNames,
    /// The rows of all these scopes together, none of them twice.
    AnyOf(Vec<Self>),
}

impl RowScope {
    /// The package that it is about; empty for scopes of many.
    pub fn package(&self) -> &str {
        match self {
            Self::Package(package) => package,
            _ => "",
        }
    }
}

/// What one repository has within a [`RowScope`]. The order of rows does not matter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MemberRows {
    /// The key of the repository.
    pub repository: String,
    /// Distinct package names, for [`RowScope::PackageNames`] alone.
    pub packages: Vec<String>,
    /// One per artifact that belongs to a package.
    pub records: Vec<RecordRow>,
    /// The packages' documents.
    pub documents: Vec<DocumentRow>,
}

/// A record with what the catalog knows of its artifact.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordRow {
    /// What the artifact says of itself.
    pub record: PackageRecord,
    /// Checksums; none for rows of an upstream that was not downloaded yet.
    pub checksums: Option<Checksums>,
    /// When the artifact was created, in milliseconds since 1970.
    pub created_ms: i64,
    /// When its content changed last, in milliseconds since 1970.
    pub modified_ms: i64,
    /// Rows of an upstream: the absolute URL of the file.
    pub origin: Option<String>,
}

impl RecordRow {
    /// The path below the repository.
    pub const fn path(&self) -> &ArtifactPath {
        &self.record.path
    }
}

/// A small mutable row of a package, as an npm tag.
#[derive(Clone, Debug, PartialEq)]
pub struct DocumentRow {
    /// The package.
    pub package: String,
    /// The name, as `dist-tags/latest`.
    pub name: String,
    /// The value.
    pub value: Value,
    /// When it was set, in milliseconds since 1970.
    pub modified_ms: i64,
}

/// What rendering gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rendered {
    /// The index.
    Found(RenderedIndex),
    /// No member has a row for it.
    NotFound,
}

impl Rendered {
    /// The index, where there is one.
    pub fn found(self) -> Option<RenderedIndex> {
        match self {
            Self::Found(index) => Some(index),
            Self::NotFound => None,
        }
    }
}

/// The bytes of an index. A function of request and rows alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedIndex {
    /// Media type.
    pub content_type: &'static str,
    /// What is sent.
    pub body: Vec<u8>,
    /// A strong entity tag, quoted.
    pub etag: String,
    /// The newest change among the rows, in milliseconds since 1970.
    pub modified_ms: i64,
}

impl RenderedIndex {
    /// Bytes with their media type; the tag is computed.
    pub fn new(content_type: &'static str, body: Vec<u8>, modified_ms: i64) -> Self {
        let etag = format!("\"{}\"", &hashing::sha256_hex(&body)[..32]);
        Self { content_type, body, etag, modified_ms }
    }
}

/// The newest change among the rows of all members.
pub fn newest_ms(members: &[MemberRows]) -> i64 {
    let records = members.iter().flat_map(|member| &member.records).map(|row| row.modified_ms);
    let documents = members.iter().flat_map(|member| &member.documents).map(|row| row.modified_ms);
    records.chain(documents).max().unwrap_or(0)
}
