//! `maven-metadata.xml` as a function of rows, at all three levels.

use super::version::MavenVersion;
use crate::links::escape_markup;
use crate::request::IndexRequest;
use crate::rows::{MemberRows, RecordRow, Rendered, RenderedIndex, newest_ms};
use crate::time;
use std::collections::{BTreeMap, BTreeSet};

/// Renders the index `versions` or `snapshot`.
pub fn render(index: &IndexRequest, members: &[MemberRows]) -> Rendered {
    let folder = index.parameter("folder").replace('/', ".");
    let body = match index.index {
        "snapshot" => snapshot(index, members),
        _ => versions(&folder, members),
    };
    match body {
        None => Rendered::NotFound,
        Some(inner) => {
            let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{inner}");
            let modified_ms = newest_ms(members);
            Rendered::Found(RenderedIndex::new("application/xml", text.into_bytes(), modified_ms))
        }
    }
}

/// Versions of the artifact that the folder is, and plugins of the group that it is.
fn versions(folder: &str, members: &[MemberRows]) -> Option<String> {
    let (group, artifact) = folder.rsplit_once('.').unwrap_or(("", folder));
    let package = format!("{group}:{artifact}");
    let rows = || members.iter().flat_map(|member| &member.records);
    let own: Vec<&RecordRow> = rows()
        .filter(|row| row.record.package == package && !row.record.version.is_empty())
        .collect();
    let prefix = format!("{folder}:");
    let plugins = plugins(rows().filter(|row| row.record.package.starts_with(&prefix)));
    if own.is_empty() && plugins.is_empty() {
        return None;
    }
    let mut text = String::from("<metadata>\n");
    if !own.is_empty() {
        line(&mut text, 1, "groupId", group);
        line(&mut text, 1, "artifactId", artifact);
        versioning(&mut text, &own);
    }
    if !plugins.is_empty() {
        text.push_str("  <plugins>\n");
        for (prefix, (name, artifact)) in &plugins {
            text.push_str("    <plugin>\n");
            line(&mut text, 3, "name", name);
            line(&mut text, 3, "prefix", prefix);
            line(&mut text, 3, "artifactId", artifact);
            text.push_str("    </plugin>\n");
        }
        text.push_str("  </plugins>\n");
    }
    text.push_str("</metadata>\n");
    Some(text)
}

fn versioning(text: &mut String, rows: &[&RecordRow]) {
    let distinct: BTreeSet<&str> = rows.iter().map(|row| row.record.version.as_str()).collect();
    let mut sorted: Vec<MavenVersion> = distinct.into_iter().map(MavenVersion::parse).collect();
    sorted.sort();
    let is_release = |version: &&MavenVersion| !version.as_str().ends_with("-SNAPSHOT");
    text.push_str("  <versioning>\n");
    if let Some(latest) = sorted.last() {
        line(text, 2, "latest", latest.as_str());
    }
    if let Some(release) = sorted.iter().rev().find(is_release) {
        line(text, 2, "release", release.as_str());
    }
    text.push_str("    <versions>\n");
    for version in &sorted {
        line(text, 3, "version", version.as_str());
    }
    text.push_str("    </versions>\n");
    let updated = rows.iter().map(|row| row.modified_ms).max().unwrap_or(0);
    line(text, 2, "lastUpdated", &time::compact(updated));
    text.push_str("  </versioning>\n");
}

/// Prefix to name and artifact; the first row of a prefix wins, the newest version's first.
fn plugins<'a>(rows: impl Iterator<Item = &'a RecordRow>) -> BTreeMap<String, (String, String)> {
    let mut found = BTreeMap::new();
    for row in rows {
        let plugin = &row.record.metadata["plugin"];
        let (Some(prefix), Some((_, artifact))) =
            (plugin["prefix"].as_str(), row.record.package.split_once(':'))
        else {
            continue;
        };
        let name = plugin["name"].as_str().filter(|name| !name.is_empty()).unwrap_or(artifact);
        let version = MavenVersion::parse(&row.record.version);
        let candidate = (version, name.to_owned(), artifact.to_owned());
        let entry = found.entry(prefix.to_owned()).or_insert_with(|| candidate.clone());
        if candidate.0 > entry.0 && candidate.2 == entry.2 {
            *entry = candidate;
        }
    }
    found.into_iter().map(|(prefix, (_, name, artifact))| (prefix, (name, artifact))).collect()
}

/// The newest file of each classifier and extension of one snapshot version.
fn snapshot(index: &IndexRequest, members: &[MemberRows]) -> Option<String> {
    let version = index.parameter("version");
    let (group, artifact) = index.package().split_once(':')?;
    let mut newest: BTreeMap<(&str, &str), Build<'_>> = BTreeMap::new();
    let rows = members.iter().flat_map(|member| &member.records);
    for row in rows.filter(|row| row.record.version == version) {
        let build = Build::of(row);
        let metadata = &row.record.metadata;
        let key = (
            metadata["classifier"].as_str().unwrap_or_default(),
            metadata["extension"].as_str().unwrap_or_default(),
        );
        let held = newest.entry(key).or_insert(build);
        if build.order() > held.order() {
            *held = build;
        }
    }
    let last = newest.values().max_by_key(|build| build.order())?;
    let mut text = String::from("<metadata modelVersion=\"1.1.0\">\n");
    line(&mut text, 1, "groupId", group);
    line(&mut text, 1, "artifactId", artifact);
    line(&mut text, 1, "version", version);
    text.push_str("  <versioning>\n");
    if !last.timestamp.is_empty() {
        text.push_str("    <snapshot>\n");
        line(&mut text, 3, "timestamp", last.timestamp);
        line(&mut text, 3, "buildNumber", &last.number.to_string());
        text.push_str("    </snapshot>\n");
    }
    let updated = newest.values().map(|build| build.updated()).max().unwrap_or_default();
    line(&mut text, 2, "lastUpdated", &updated);
    text.push_str("    <snapshotVersions>\n");
    for ((classifier, extension), build) in &newest {
        text.push_str("      <snapshotVersion>\n");
        if !classifier.is_empty() {
            line(&mut text, 4, "classifier", classifier);
        }
        line(&mut text, 4, "extension", extension);
        line(&mut text, 4, "value", build.value);
        line(&mut text, 4, "updated", &build.updated());
        text.push_str("      </snapshotVersion>\n");
    }
    text.push_str("    </snapshotVersions>\n  </versioning>\n</metadata>\n");
    Some(text)
}

/// One file of a snapshot version.
#[derive(Clone, Copy)]
struct Build<'a> {
    timestamp: &'a str,
    number: u64,
    value: &'a str,
    modified_ms: i64,
}

impl<'a> Build<'a> {
    fn of(row: &'a RecordRow) -> Self {
        let metadata = &row.record.metadata;
        Self {
            timestamp: metadata["snapshot"]["timestamp"].as_str().unwrap_or_default(),
            number: metadata["snapshot"]["build"].as_u64().unwrap_or(0),
            value: metadata["fileVersion"].as_str().unwrap_or(&row.record.version),
            modified_ms: row.modified_ms,
        }
    }

    /// Unique snapshots are newer than the one that keeps the name `-SNAPSHOT`; among them the
    /// build number decides, as it does in the client.
    const fn order(&self) -> (bool, u64, &'a str, i64, &'a str) {
        let unique = !self.timestamp.is_empty();
        (unique, self.number, self.timestamp, self.modified_ms, self.value)
    }

    /// The timestamp without its dot; for a file without one, when it was stored.
    fn updated(&self) -> String {
        match self.timestamp {
            "" => time::compact(self.modified_ms),
            timestamp => timestamp.replace('.', ""),
        }
    }
}

fn line(text: &mut String, depth: usize, element: &str, value: &str) {
    text.push_str(&"  ".repeat(depth));
    text.push_str(&format!("<{element}>{}</{element}>\n", escape_markup(value)));
}
