//! Uploads to the npm registry turned into mutations, and tarballs read for what they say.

use super::{body, names};
use crate::archive::{self, ArchiveError};
use crate::hashing;
use crate::mutation::limits::METADATA_BYTES_MAX;
use crate::mutation::{
    BodySource, Conflict, ExpectedChecksums, Mutation, Publication, PutArtifact, Upload,
    read_bounded,
};
use crate::request::Answer;
use crate::{ErrorKind, FormatError, PackageRecord, ReadSeek};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use repository::{ArtifactPath, Sha1Sum};
use serde_json::{Map, Value, json};
use sha2::Digest as _;
use std::io::SeekFrom;

/// Most versions of which one body may set the deprecation.
const DEPRECATIONS_MAX: usize = 10_000;

/// Carries out [`crate::Operation::Publish`].
pub fn publish(upload: &mut Upload<'_>) -> Result<Publication, FormatError> {
    let mutations = match upload.target.kind {
        "dist-tag" => vec![set_tag(upload)?],
        "dist-tags" => set_tags(upload)?,
        _ => publish_package(upload)?,
    };
    Ok(Publication { mutations, answer: Answer::json(201, &json!({"ok": true, "success": true})) })
}

fn read_json(upload: &mut Upload<'_>) -> Result<Value, FormatError> {
    upload.body.seek(SeekFrom::Start(0))?;
    let bytes = read_bounded(upload.body, METADATA_BYTES_MAX, "body")?;
    serde_json::from_slice(&bytes).map_err(|_| FormatError::invalid("The body is not valid JSON."))
}

fn set_tag(upload: &mut Upload<'_>) -> Result<Mutation, FormatError> {
    let sent = read_json(upload)?;
    let version = sent.as_str().or(sent["version"].as_str());
    let version = version
        .ok_or_else(|| FormatError::invalid("The body of a tag is a version as a JSON text."))?;
    tag_mutation(&upload.target.package, &upload.target.detail, version)
}

fn set_tags(upload: &mut Upload<'_>) -> Result<Vec<Mutation>, FormatError> {
    let sent = read_json(upload)?;
    tag_mutations(&upload.target.package, &sent)
}

fn tag_mutations(package: &str, tags: &Value) -> Result<Vec<Mutation>, FormatError> {
    let Some(tags) = tags.as_object() else { return Ok(Vec::new()) };
    tags.iter()
        .map(|(tag, version)| tag_mutation(package, tag, version.as_str().unwrap_or_default()))
        .collect()
}

fn tag_mutation(package: &str, tag: &str, version: &str) -> Result<Mutation, FormatError> {
    names::check_tag(tag)?;
    let version = names::check_version(version)?;
    Ok(Mutation::SetDocument {
        package: package.to_owned(),
        name: format!("dist-tags/{tag}"),
        value: Some(Value::String(version)),
    })
}

fn publish_package(upload: &mut Upload<'_>) -> Result<Vec<Mutation>, FormatError> {
    let read = body::read(upload.body)?;
    let package = upload.target.package.as_str();
    names::check(package)?;
    let named = read.json["name"].as_str().unwrap_or(package);
    if named != package {
        return Err(FormatError::invalid(format!(
            "The URL names the package {package:?}, but the body names {named:?}."
        )));
    }
    let versions = read.json["versions"].as_object().cloned().unwrap_or_default();
    let mut mutations = Vec::new();
    for (file, source) in read.attachments {
        // Provenance bundles come as further attachments; they are not kept.
        if file.ends_with(".tgz") {
            let put = put_version(upload.body, package, &versions, (&file, source), &read.json)?;
            mutations.push(Mutation::Put(put));
        }
    }
    if mutations.is_empty() {
        return deprecations(package, &versions);
    }
    mutations.extend(tag_mutations(package, &read.json["dist-tags"])?);
    Ok(mutations)
}

/// A body without tarballs changes what is said of versions. Its tags and the versions that it
/// leaves out are not taken over: it was made from an older reading, and each of them has a
/// request of its own (`dist-tags`, DELETE of the tarball).
fn deprecations(
    package: &str,
    versions: &Map<String, Value>,
) -> Result<Vec<Mutation>, FormatError> {
    if versions.len() > DEPRECATIONS_MAX {
        return Err(FormatError::too_large("The body speaks of too many versions."));
    }
    let set = |(version, manifest): (&String, &Value)| {
        let message = manifest.get("deprecated")?;
        let value = message.as_str().filter(|text| !text.is_empty()).map(|_| message.clone());
        let (package, name) = (package.to_owned(), format!("deprecated/{version}"));
        Some(Mutation::SetDocument { package, name, value })
    };
    Ok(versions.iter().filter_map(set).collect())
}

fn put_version(
    staged: &mut dyn ReadSeek,
    package: &str,
    versions: &Map<String, Value>,
    (file, source): (&str, BodySource),
    whole: &Value,
) -> Result<PutArtifact, FormatError> {
    let (spelled, manifest) = match versions.iter().collect::<Vec<_>>().as_slice() {
        [(version, manifest)] => (*version, *manifest),
        many => many
            .iter()
            .find(|(version, _)| file.ends_with(&format!("-{version}.tgz")))
            .map(|(version, manifest)| (*version, *manifest))
            .ok_or_else(|| {
                FormatError::invalid(format!("The attachment {file:?} belongs to no version."))
            })?,
    };
    let version = names::check_version(spelled)?;
    let says = |field: &str| manifest[field].as_str().unwrap_or_default().to_owned();
    if says("name") != package || says("version") != *spelled {
        return Err(FormatError::invalid(format!(
            "The manifest of version {spelled:?} names {:?} {:?}.",
            says("name"),
            says("version")
        )));
    }
    let sums = TarballSums::of(staged, &source)?;
    sums.check(&manifest["dist"], &whole["_attachments"][file]["length"])?;
    check_tarball(staged, &source, package, &version)?;
    let mut manifest = manifest.clone();
    if let (None, Some(readme)) = (manifest["readme"].as_str(), whole["readme"].as_str()) {
        manifest["readme"] = json!(readme);
    }
    let path = canonical_path(package, &version)?;
    let record = record(path.clone(), package, version.clone(), manifest, &sums);
    let expected = ExpectedChecksums { sha1: Some(sums.sha1), ..ExpectedChecksums::default() };
    let message = format!("You cannot publish over the previously published versions: {version}.");
    let on_conflict = Conflict::Refuse { message };
    Ok(PutArtifact { path, source, expected, record: Some(record), on_conflict })
}

/// Where the tarball of a version lies: `@scope/name/-/name-1.0.0.tgz`.
pub fn canonical_path(package: &str, version: &str) -> Result<ArtifactPath, FormatError> {
    let bare = names::bare(package);
    Ok(ArtifactPath::parse(&format!("{package}/-/{bare}-{version}.tgz"))?)
}

fn record(
    path: ArtifactPath,
    package: &str,
    version: String,
    mut manifest: Value,
    sums: &TarballSums,
) -> PackageRecord {
    let mut dist = manifest["dist"].as_object().cloned().unwrap_or_default();
    dist.remove("tarball");
    dist.insert("integrity".to_owned(), json!(sums.integrity()));
    dist.insert("shasum".to_owned(), json!(sums.sha1.to_hex()));
    manifest["dist"] = Value::Object(dist);
    manifest["name"] = json!(package);
    manifest["version"] = json!(version);
    PackageRecord { package: package.to_owned(), version, path, metadata: manifest }
}

/// What a tarball really holds.
struct TarballSums {
    sha1: Sha1Sum,
    sha512: [u8; 64],
    length: u64,
}

impl TarballSums {
    fn of(staged: &mut dyn ReadSeek, source: &BodySource) -> Result<Self, FormatError> {
        let (mut sha1, mut sha512) = (sha1::Sha1::new(), sha2::Sha512::new());
        let mut reader = source.open(staged)?;
        let length = hashing::for_each_block(&mut reader, |block| {
            sha1.update(block);
            sha512.update(block);
        })
        .map_err(|error| {
            FormatError::invalid("The attachment is not valid base64.").caused_by(error)
        })?;
        let sha1 = Sha1Sum::from_bytes(sha1.finalize().into());
        Ok(Self { sha1, sha512: sha512.finalize().into(), length })
    }

    fn integrity(&self) -> String {
        format!("sha512-{}", STANDARD.encode(self.sha512))
    }

    fn check(&self, dist: &Value, length: &Value) -> Result<(), FormatError> {
        let mismatch = |what: &str| {
            Err(FormatError::new(
                ErrorKind::ChecksumMismatch,
                format!("The tarball does not match its {what}. Publish it again."),
            ))
        };
        if length.as_u64().is_some_and(|length| length != self.length) {
            return mismatch("length");
        }
        let shasum = dist["shasum"].as_str();
        if shasum.is_some_and(|sum| !sum.eq_ignore_ascii_case(&self.sha1.to_hex())) {
            return mismatch("shasum");
        }
        // An integrity may name several sums; those of sha512 are compared.
        let mut sums = dist["integrity"].as_str().unwrap_or_default().split_whitespace();
        let own = self.integrity();
        let differs = |sum: &str| sum.starts_with("sha512-") && sum.split('?').next() != Some(&own);
        match sums.any(differs) {
            true => mismatch("integrity"),
            false => Ok(()),
        }
    }
}

/// The manifest that is indexed and the one that is installed must be those of one package.
fn check_tarball(
    staged: &mut dyn ReadSeek,
    source: &BodySource,
    package: &str,
    version: &str,
) -> Result<(), FormatError> {
    let mut reader = source.open(staged)?;
    let manifest = find_manifest(&mut reader)?.ok_or_else(|| {
        FormatError::invalid("The tarball has no package.json. Pack it with a package manager.")
    })?;
    let name = manifest["name"].as_str().unwrap_or_default();
    let inner = manifest["version"].as_str().unwrap_or_default();
    let same_version = names::check_version(inner).is_ok_and(|inner| inner == version);
    match name == package && same_version {
        true => Ok(()),
        false => Err(FormatError::invalid(format!(
            "The package.json inside the tarball names {name:?} {inner:?}, not {package:?} {version:?}."
        ))),
    }
}

fn find_manifest(content: &mut dyn std::io::Read) -> Result<Option<Value>, ArchiveError> {
    let wanted = |name: &str| {
        let mut parts = name.strip_prefix("./").unwrap_or(name).split('/');
        (parts.next().is_some(), parts.next(), parts.next()) == (true, Some("package.json"), None)
    };
    let Some(bytes) = archive::find_in_tar_gz(content, wanted)? else { return Ok(None) };
    // A byte order mark is what some editors leave.
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    serde_json::from_slice(text).map(Some).map_err(|error| {
        ArchiveError::Damaged(format!("its package.json is not valid JSON ({error})"))
    })
}

/// Reads a tarball that arrived by path. None for files that are no packages.
pub fn inspect(
    path: &ArtifactPath,
    content: &mut dyn ReadSeek,
) -> Result<Option<PackageRecord>, FormatError> {
    if path.extension() != Some("tgz") {
        return Ok(None);
    }
    content.seek(SeekFrom::Start(0))?;
    let manifest = match find_manifest(&mut *content) {
        Ok(Some(manifest)) => manifest,
        Ok(None) | Err(ArchiveError::Damaged(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let name = manifest["name"].as_str().unwrap_or_default().to_owned();
    let version = manifest["version"].as_str().unwrap_or_default();
    let (Ok(()), Ok(version)) = (names::check(&name), names::check_version(version)) else {
        return Ok(None);
    };
    let length = content.seek(SeekFrom::End(0))?;
    let whole = BodySource::Range { offset: 0, length };
    let sums = TarballSums::of(content, &whole)?;
    Ok(Some(record(path.clone(), &name, version, manifest, &sums)))
}
