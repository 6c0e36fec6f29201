//! An upstream's `maven-metadata.xml` read into rows, so that a virtual repository can merge it.

use super::inspection::walk;
use crate::mutation::limits::UPSTREAM_BYTES_MAX;
use crate::request::IndexRequest;
use crate::rows::{MemberRows, RecordRow};
use crate::{FormatError, PackageRecord, time};
use repository::ArtifactPath;
use serde_json::{Value, json};

/// Most versions that are taken from one document.
const VERSIONS_MAX: usize = 100_000;

#[derive(Default)]
struct Document {
    group: String,
    artifact: String,
    versions: Vec<String>,
    updated: String,
    timestamp: String,
    build: u64,
    files: Vec<File>,
    plugins: Vec<Plugin>,
    file: File,
    plugin: Plugin,
}

#[derive(Default)]
struct File {
    classifier: String,
    extension: String,
    value: String,
    updated: String,
}

#[derive(Default)]
struct Plugin {
    name: String,
    prefix: String,
    artifact: String,
}

/// Reads a document of any level.
pub fn read(index: &IndexRequest, body: &[u8]) -> Result<MemberRows, FormatError> {
    if body.len() > UPSTREAM_BYTES_MAX {
        return Err(FormatError::too_large("The upstream's Maven metadata is too large."));
    }
    let mut document = Document::default();
    walk(body, |path, text| document.take(path, text));
    let folder = index.parameter("folder");
    let mut rows = MemberRows::default();
    match index.index {
        "snapshot" => document.files_into(index, &mut rows),
        _ => document.versions_into(folder, &mut rows),
    }
    Ok(rows)
}

impl Document {
    fn take(&mut self, path: &str, text: &str) {
        let text = || text.to_owned();
        let Some(path) = path.strip_prefix("metadata/") else { return };
        match path {
            "groupId" => self.group = text(),
            "artifactId" => self.artifact = text(),
            "versioning/versions/version" if self.versions.len() < VERSIONS_MAX => {
                self.versions.push(text());
            }
            "versioning/lastUpdated" => self.updated = text(),
            "versioning/snapshot/timestamp" => self.timestamp = text(),
            "versioning/snapshot/buildNumber" => self.build = text().parse().unwrap_or(0),
            "versioning/snapshotVersions/snapshotVersion/classifier" => {
                self.file.classifier = text();
            }
            "versioning/snapshotVersions/snapshotVersion/extension" => self.file.extension = text(),
            "versioning/snapshotVersions/snapshotVersion/value" => self.file.value = text(),
            "versioning/snapshotVersions/snapshotVersion/updated" => self.file.updated = text(),
            "versioning/snapshotVersions/snapshotVersion" => {
                let file = std::mem::take(&mut self.file);
                if self.files.len() < VERSIONS_MAX {
                    self.files.push(file);
                }
            }
            "plugins/plugin/name" => self.plugin.name = text(),
            "plugins/plugin/prefix" => self.plugin.prefix = text(),
            "plugins/plugin/artifactId" => self.plugin.artifact = text(),
            "plugins/plugin" => self.plugins.push(std::mem::take(&mut self.plugin)),
            _ => {}
        }
    }

    fn versions_into(&self, folder: &str, rows: &mut MemberRows) {
        let dotted = folder.replace('/', ".");
        let (group, artifact) = dotted.rsplit_once('.').unwrap_or(("", &dotted));
        for version in &self.versions {
            let path = format!("{folder}/{version}/{artifact}-{version}.pom");
            let metadata = json!({"extension": "pom", "classifier": "", "fileVersion": version});
            let package = format!("{group}:{artifact}");
            rows.records.extend(row(package, version, &path, metadata, &self.updated));
        }
        for plugin in &self.plugins {
            let path = format!("{folder}/{}/{}", plugin.artifact, super::METADATA_FILE);
            let metadata = json!({"plugin": {"prefix": plugin.prefix, "name": plugin.name}});
            let package = format!("{dotted}:{}", plugin.artifact);
            rows.records.extend(row(package, "", &path, metadata, &self.updated));
        }
    }

    fn files_into(&self, index: &IndexRequest, rows: &mut MemberRows) {
        let (folder, version) = (index.parameter("folder"), index.parameter("version"));
        let Some((_, artifact)) = index.package().split_once(':') else { return };
        let base = version.strip_suffix("-SNAPSHOT").unwrap_or(version);
        for file in &self.files {
            let dash = if file.classifier.is_empty() { "" } else { "-" };
            let name = format!("{artifact}-{}{dash}{}", file.value, file.classifier);
            let path = format!("{folder}/{name}.{}", file.extension);
            let mut metadata = json!({"extension": file.extension, "classifier": file.classifier,
                "fileVersion": file.value});
            let stamp = file.value.strip_prefix(base).and_then(|rest| rest.strip_prefix('-'));
            if let Some((timestamp, build)) = stamp.and_then(|stamp| stamp.rsplit_once('-'))
                && let Ok(build) = build.parse::<u64>()
            {
                metadata["snapshot"] = json!({"timestamp": timestamp, "build": build});
            }
            let updated = if file.updated.is_empty() { &self.updated } else { &file.updated };
            rows.records.extend(row(index.package().to_owned(), version, &path, metadata, updated));
        }
    }
}

/// A row of an upstream; none where the upstream names what cannot be a path.
fn row(
    package: String,
    version: &str,
    path: &str,
    metadata: Value,
    updated: &str,
) -> Option<RecordRow> {
    let path = ArtifactPath::parse(path).ok()?;
    let version = version.to_owned();
    let moment = time::parse(updated).unwrap_or(0);
    Some(RecordRow {
        record: PackageRecord { package, version, path, metadata },
        checksums: None,
        created_ms: moment,
        modified_ms: moment,
        origin: None,
    })
}
