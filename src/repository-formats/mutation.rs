//! Uploads as they arrive, and the changes that they turn into.

use crate::ReadSeek;
use crate::error::FormatError;
use crate::request::{Answer, PublishTarget};
use repository::{ArtifactPath, Digest, Md5Sum, Sha1Sum};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::io::{self, Read, SeekFrom};

/// A staged body with what the request said of it.
pub struct Upload<'a> {
    /// What it is to become.
    pub target: &'a PublishTarget,
    /// The `Content-Type` header.
    pub content_type: Option<&'a str>,
    /// The body, from its start.
    pub body: &'a mut dyn ReadSeek,
    /// Length of the body in bytes.
    pub length: u64,
}

/// What a published upload becomes.
#[derive(Clone, Debug, PartialEq)]
pub struct Publication {
    /// Committed together, or not at all.
    pub mutations: Vec<Mutation>,
    /// What the client is told when they are committed.
    pub answer: Answer,
}

/// One change. Replication carries the same.
#[derive(Clone, Debug, PartialEq)]
pub enum Mutation {
    /// Store an artifact.
    Put(PutArtifact),
    /// Delete an artifact with its record.
    Delete { path: ArtifactPath },
    /// Set a document, or remove it where there is no value.
    SetDocument { package: String, name: String, value: Option<Value> },
}

/// An artifact to store.
#[derive(Clone, Debug, PartialEq)]
pub struct PutArtifact {
    /// Where.
    pub path: ArtifactPath,
    /// From what.
    pub source: BodySource,
    /// What the client said of it; already checked where the format could.
    pub expected: ExpectedChecksums,
    /// What it says of itself; none where `inspect` is still to be asked.
    pub record: Option<PackageRecord>,
    /// What to do when the path is taken.
    pub on_conflict: Conflict,
}

/// What to do when a path is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// Replace what is there, where the user may.
    Replace,
    /// Refuse unless the content is the same, which is then a success.
    RefuseDifferent { message: String },
    /// Refuse always.
    Refuse { message: String },
}

/// Checksums that a client sent; absent ones were not sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExpectedChecksums {
    pub sha256: Option<Digest>,
    pub sha1: Option<Sha1Sum>,
    pub md5: Option<Md5Sum>,
}

/// Where the bytes of an artifact lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BodySource {
    /// Bytes of the staged body, as they are.
    Range { offset: u64, length: u64 },
    /// Base64 in the staged body; `length` counts its characters.
    Base64 { offset: u64, length: u64 },
    /// These bytes.
    Inline(Vec<u8>),
}

impl BodySource {
    /// The decoded bytes, streamed from the staged body.
    pub fn open<'a>(&'a self, body: &'a mut dyn ReadSeek) -> io::Result<Box<dyn Read + 'a>> {
        match self {
            Self::Range { offset, length } => {
                body.seek(SeekFrom::Start(*offset))?;
                Ok(Box::new(body.take(*length)))
            }
            Self::Base64 { offset, length } => {
                body.seek(SeekFrom::Start(*offset))?;
                let text = io::BufReader::with_capacity(64 * 1024, body.take(*length));
                Ok(Box::new(base64::read::DecoderReader::new(
                    WithoutEscapes(text),
                    &base64::engine::general_purpose::STANDARD,
                )))
            }
            Self::Inline(bytes) => Ok(Box::new(bytes.as_slice())),
        }
    }
}

/// Drops the backslashes of JSON strings: `\/` is the only escape that base64 can need.
struct WithoutEscapes<R>(R);

impl<R: Read> Read for WithoutEscapes<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let length = self.0.read(buffer)?;
            let mut kept = 0;
            for index in 0..length {
                if buffer[index] != b'\\' {
                    buffer[kept] = buffer[index];
                    kept += 1;
                }
            }
            if kept > 0 || length == 0 {
                return Ok(kept);
            }
        }
    }
}

/// What an artifact says of itself: the row that indexes are made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PackageRecord {
    /// The package, in the format's normal form, as `@scope/name` or `org.example:lib`.
    pub package: String,
    /// The version, as the artifact spells it.
    pub version: String,
    /// Where the artifact lies.
    pub path: ArtifactPath,
    /// The format's own metadata.
    pub metadata: Value,
}

/// Bounds of what is read from an upload.
pub mod limits {
    /// Most bytes of JSON or form fields that are held in memory, artifacts not counted.
    pub const METADATA_BYTES_MAX: u64 = 16 * 1024 * 1024;
    /// Most artifacts in one upload.
    pub const ARTIFACTS_MAX: usize = 64;
    /// Most bytes of a manifest inside an archive.
    pub const MANIFEST_BYTES_MAX: u64 = 4 * 1024 * 1024;
    /// Most bytes that are unpacked in search of a manifest.
    pub const UNPACKED_BYTES_MAX: u64 = 512 * 1024 * 1024;
    /// Most entries of an archive that are looked at in search of a manifest.
    pub const ENTRIES_MAX: usize = 100_000;
    /// Most bytes of an upstream index.
    pub const UPSTREAM_BYTES_MAX: usize = 256 * 1024 * 1024;
}

/// Reads at most `max` bytes; more is an error that names what was read.
pub fn read_bounded(
    content: &mut (impl Read + ?Sized),
    max: u64,
    what: &str,
) -> Result<Vec<u8>, FormatError> {
    let mut bytes = Vec::new();
    content.take(max + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max {
        return Err(FormatError::too_large(format!(
            "The {what} is larger than {max} bytes, which is the most that is accepted."
        )));
    }
    Ok(bytes)
}
