//! What a distribution says of itself: its core metadata, read out of the archive.

use super::filenames::{Distribution, Kind, is_name, normalise, same_version};
use crate::archive::{self, ArchiveError};
use crate::hashing;
use crate::request::IndexRequest;
use crate::rows::{MemberRows, Rendered, RenderedIndex, newest_ms};
use crate::{FormatError, PackageRecord, ReadSeek};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use repository::ArtifactPath;
use serde_json::{Map, Value, json};
use std::io::{Read, SeekFrom, Write};

/// Most bytes of core metadata that are kept with the row.
const KEPT_BYTES_MAX: usize = 512 * 1024;

/// Headers of the core metadata that indexes show: the header and the row's name for it.
const HEADERS: [(&str, &str); 6] = [
    ("Name", "name"),
    ("Version", "version"),
    ("Summary", "summary"),
    ("Requires-Python", "requiresPython"),
    ("Home-page", "homePage"),
    ("License", "license"),
];

/// Reads a file that arrived by path. None for files that are no distributions.
pub fn inspect(
    path: &ArtifactPath,
    content: &mut dyn ReadSeek,
) -> Result<Option<PackageRecord>, FormatError> {
    let Some(distribution) = Distribution::parse(path.file_name()) else { return Ok(None) };
    let metadata = match core_metadata(&distribution, content) {
        Ok(metadata) => metadata,
        // It is served all the same; an index without requirements is better than none.
        Err(ArchiveError::Damaged(_)) => None,
        Err(error) => return Err(error.into()),
    };
    record(path, &distribution, metadata.as_deref()).map(Some)
}

/// The record of a file with this core metadata.
pub fn record(
    path: &ArtifactPath,
    distribution: &Distribution,
    metadata: Option<&[u8]>,
) -> Result<PackageRecord, FormatError> {
    let mut row = Map::new();
    row.insert("file".to_owned(), json!(path.file_name()));
    if let Some(metadata) = metadata {
        let text = String::from_utf8_lossy(metadata);
        let headers = headers_of(&text);
        check_same(distribution, &headers)?;
        for (header, name) in HEADERS {
            if let Some((_, value)) = headers.iter().find(|(known, _)| *known == header) {
                row.insert(name.to_owned(), json!(value));
            }
        }
        // Only a wheel's metadata is what installing it will give.
        if distribution.kind == Kind::Wheel && metadata.len() <= KEPT_BYTES_MAX {
            row.insert("metadataSha256".to_owned(), json!(hashing::sha256_hex(metadata)));
            row.insert("metadata".to_owned(), json!(pack(metadata)?));
        }
    }
    Ok(PackageRecord {
        package: distribution.project.clone(),
        version: distribution.version.clone(),
        path: path.clone(),
        metadata: Value::Object(row),
    })
}

/// The core metadata inside the archive, where there is any.
pub fn core_metadata(
    distribution: &Distribution,
    content: &mut dyn ReadSeek,
) -> Result<Option<Vec<u8>>, ArchiveError> {
    content.seek(SeekFrom::Start(0)).map_err(|error| ArchiveError::Damaged(error.to_string()))?;
    let is_top = |name: &str, wanted: &str| {
        let mut parts = name.strip_prefix("./").unwrap_or(name).split('/');
        (parts.next().is_some(), parts.next(), parts.next()) == (true, Some(wanted), None)
    };
    match distribution.kind {
        Kind::Wheel => archive::find_in_zip(content, |name| {
            let folder = name.split('/').next().unwrap_or_default();
            let own = folder.strip_suffix(".dist-info").and_then(|stem| stem.split('-').next());
            is_top(name, "METADATA")
                && own.is_some_and(|own| normalise(own) == distribution.project)
        }),
        Kind::SourceZip => archive::find_in_zip(content, |name| is_top(name, "PKG-INFO")),
        Kind::SourceTarGz => archive::find_in_tar_gz(content, |name| is_top(name, "PKG-INFO")),
        Kind::Other => Ok(None),
    }
}

/// The headers of core metadata, up to the empty line before the description.
pub fn headers_of(text: &str) -> Vec<(&str, String)> {
    let mut headers: Vec<(&str, String)> = Vec::new();
    for line in text.lines().take_while(|line| !line.trim().is_empty()).take(10_000) {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = headers.last_mut() {
                value.push('\n');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            headers.push((name.trim(), value.trim().to_owned()));
        }
    }
    headers
}

/// File name and metadata must name one thing, or the index would offer what is not installed.
fn check_same(distribution: &Distribution, headers: &[(&str, String)]) -> Result<(), FormatError> {
    let header = |name| headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
    let (Some(name), Some(version)) = (header("Name"), header("Version")) else { return Ok(()) };
    let same = is_name(name)
        && normalise(name) == distribution.project
        && same_version(version, &distribution.version);
    match same {
        true => Ok(()),
        false => Err(FormatError::invalid(format!(
            "The file is named for {:?} {:?}, but its metadata names {name:?} {version:?}. Build it again.",
            distribution.project, distribution.version
        ))),
    }
}

fn pack(bytes: &[u8]) -> Result<String, FormatError> {
    let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes)?;
    Ok(STANDARD.encode(packer.finish()?))
}

fn unpack(text: &str) -> Option<Vec<u8>> {
    let packed = STANDARD.decode(text).ok()?;
    let mut bytes = Vec::new();
    let most = KEPT_BYTES_MAX as u64;
    flate2::read::DeflateDecoder::new(packed.as_slice()).take(most).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Renders the core metadata of one file (PEP 658).
pub fn render_metadata(
    index: &IndexRequest,
    members: &[MemberRows],
) -> Result<Rendered, FormatError> {
    let file = index.parameter("file");
    let mut rows = members.iter().flat_map(|member| &member.records);
    let row = rows.find(|row| row.record.path.as_str() == file);
    let packed = row.and_then(|row| row.record.metadata["metadata"].as_str());
    Ok(match packed.and_then(unpack) {
        None => Rendered::NotFound,
        Some(bytes) => {
            let content_type = "text/plain; charset=utf-8";
            Rendered::Found(RenderedIndex::new(content_type, bytes, newest_ms(members)))
        }
    })
}
