//! The packument, one version of it, and the tags, as functions of rows.

use crate::hashing;
use crate::request::IndexRequest;
use crate::rows::{MemberRows, RecordRow, Rendered, RenderedIndex, newest_ms};
use crate::time;
use repository::percent;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What installers need of a manifest.
const ABBREVIATED_FIELDS: [&str; 22] = [
    "name",
    "version",
    "acceptDependencies",
    "bin",
    "bundleDependencies",
    "bundledDependencies",
    "cpu",
    "dependencies",
    "deprecated",
    "devDependencies",
    "directories",
    "dist",
    "engines",
    "funding",
    "hasInstallScript",
    "libc",
    "optionalDependencies",
    "os",
    "peerDependencies",
    "peerDependenciesMeta",
    "_hasShrinkwrap",
    "devEngines",
];

/// What the packument says of the package as its latest version says it.
const SHARED_FIELDS: [&str; 9] = [
    "description",
    "keywords",
    "homepage",
    "bugs",
    "license",
    "author",
    "contributors",
    "maintainers",
    "repository",
];

/// The versions and tags of one package over all members.
pub struct Package<'a> {
    /// Sorted by semantic version, oldest first. The first member that has a version gives it.
    pub versions: Vec<Version<'a>>,
    /// Tags that point at a version that exists; `latest` is always among them.
    pub tags: BTreeMap<&'a str, &'a str>,
}

/// A version with what is said of it elsewhere.
pub struct Version<'a> {
    pub row: &'a RecordRow,
    pub deprecated: Option<&'a Value>,
}

impl Version<'_> {
    fn name(&self) -> &str {
        &self.row.record.version
    }
}

impl<'a> Package<'a> {
    /// Merges the rows that `members` have of `package`; none where they have no version.
    pub fn merge(package: &str, members: &'a [MemberRows]) -> Option<Self> {
        let mut found: BTreeMap<&str, Version<'_>> = BTreeMap::new();
        for member in members {
            for (version, row) in first_rows(package, member) {
                let name = format!("deprecated/{version}");
                let mut documents = member.documents.iter();
                let deprecated = documents.find(|one| one.package == package && one.name == name);
                let deprecated = deprecated.map(|document| &document.value);
                found.entry(version).or_insert(Version { row, deprecated });
            }
        }
        let mut versions: Vec<Version<'_>> = found.into_values().collect();
        versions.sort_by_cached_key(|version| order_of(version.name()));
        let tags = tags_of(package, members, &versions);
        (!versions.is_empty()).then_some(Self { versions, tags })
    }

    /// The version that `latest` points at.
    pub fn latest(&self) -> Option<&Version<'a>> {
        self.find("latest")
    }

    /// A version by its number or by a tag.
    pub fn find(&self, wanted: &str) -> Option<&Version<'a>> {
        let number = self.tags.get(wanted).copied().unwrap_or(wanted);
        self.versions.iter().find(|version| version.name() == number)
    }
}

/// One row per version: should two files claim it, the one with the first path, always.
fn first_rows<'a>(package: &str, member: &'a MemberRows) -> BTreeMap<&'a str, &'a RecordRow> {
    let mut rows: BTreeMap<&str, &RecordRow> = BTreeMap::new();
    for row in member.records.iter().filter(|row| row.record.package == package) {
        let held = rows.entry(&row.record.version).or_insert(row);
        if row.record.path < held.record.path {
            *held = row;
        }
    }
    rows
}

/// Versions that do not parse come first; those that do follow in their order.
fn order_of(version: &str) -> (Option<semver::Version>, String) {
    (semver::Version::parse(version).ok(), version.to_owned())
}

fn tags_of<'a>(
    package: &str,
    members: &'a [MemberRows],
    versions: &[Version<'a>],
) -> BTreeMap<&'a str, &'a str> {
    let mut tags: BTreeMap<&str, &str> = BTreeMap::new();
    let documents = members.iter().flat_map(|member| &member.documents);
    for document in documents.filter(|document| document.package == package) {
        if let (Some(tag), Some(target)) =
            (document.name.strip_prefix("dist-tags/"), document.value.as_str())
            && versions.iter().any(|version| version.name() == target)
        {
            tags.entry(tag).or_insert(target);
        }
    }
    let is_release = |version: &&Version<'_>| {
        semver::Version::parse(version.name()).is_ok_and(|v| v.pre.is_empty())
    };
    let newest = versions.iter().rev().find(is_release).or(versions.last());
    if let Some(newest) = newest {
        tags.entry("latest").or_insert(&newest.row.record.version);
    }
    tags
}

/// Renders the packument in the form that `index.variant` names.
pub fn render(index: &IndexRequest, members: &[MemberRows], base_url: &str) -> Rendered {
    let name = index.package();
    let Some(package) = Package::merge(name, members) else { return Rendered::NotFound };
    let modified = newest_ms(members);
    if index.variant == "abbreviated" {
        let body = abbreviated(name, &package, modified, base_url);
        return found(super::ABBREVIATED_TYPE, &body, modified);
    }
    found("application/json", &full(name, &package, modified, base_url), modified)
}

/// Renders one version, named by number or tag.
pub fn render_version(index: &IndexRequest, members: &[MemberRows], base_url: &str) -> Rendered {
    let Some(package) = Package::merge(index.package(), members) else { return Rendered::NotFound };
    match package.find(index.parameter("version")) {
        None => Rendered::NotFound,
        Some(version) => {
            let body = Value::Object(manifest(version, base_url));
            found("application/json", &body, newest_ms(members))
        }
    }
}

/// Renders the tags alone.
pub fn render_tags(index: &IndexRequest, members: &[MemberRows]) -> Rendered {
    match Package::merge(index.package(), members) {
        None => Rendered::NotFound,
        Some(package) => found("application/json", &json!(package.tags), newest_ms(members)),
    }
}

fn found(content_type: &'static str, body: &Value, modified_ms: i64) -> Rendered {
    let body = body.to_string().into_bytes();
    Rendered::Found(RenderedIndex::new(content_type, body, modified_ms))
}

fn abbreviated(name: &str, package: &Package<'_>, modified: i64, base_url: &str) -> Value {
    let mut versions = Map::new();
    for version in &package.versions {
        let whole = manifest(version, base_url);
        let kept = ABBREVIATED_FIELDS.iter().filter_map(|field| {
            whole.get(*field).map(|value| ((*field).to_owned(), value.clone()))
        });
        versions.insert(version.name().to_owned(), Value::Object(kept.collect()));
    }
    json!({"name": name, "modified": time::iso8601(modified), "dist-tags": package.tags,
        "versions": versions})
}

fn full(name: &str, package: &Package<'_>, modified: i64, base_url: &str) -> Value {
    let (mut versions, mut times) = (Map::new(), Map::new());
    let dated =
        || package.versions.iter().map(|version| version.row.created_ms).filter(|ms| *ms > 0);
    if let Some(created) = dated().min() {
        times.insert("created".to_owned(), json!(time::iso8601(created)));
        times.insert("modified".to_owned(), json!(time::iso8601(modified)));
    }
    for version in &package.versions {
        let mut one = manifest(version, base_url);
        one.remove("readme");
        versions.insert(version.name().to_owned(), Value::Object(one));
        if version.row.created_ms > 0 {
            let moment = json!(time::iso8601(version.row.created_ms));
            times.insert(version.name().to_owned(), moment);
        }
    }
    let mut body = Map::new();
    body.insert("_id".to_owned(), json!(name));
    body.insert("_rev".to_owned(), Value::Null);
    body.insert("name".to_owned(), json!(name));
    if let Some(latest) = package.latest() {
        let says = &latest.row.record.metadata;
        let shared = SHARED_FIELDS
            .iter()
            .filter_map(|field| says.get(*field).map(|value| ((*field).to_owned(), value.clone())));
        body.extend(shared);
        let readme = says["readme"].as_str().unwrap_or_default();
        body.insert("readme".to_owned(), json!(readme));
    }
    body.insert("dist-tags".to_owned(), json!(package.tags));
    body.insert("versions".to_owned(), Value::Object(versions));
    body.insert("time".to_owned(), Value::Object(times));
    // The revision changes exactly when the packument does.
    let sum = hashing::sha256_hex(Value::Object(body.clone()).to_string().as_bytes());
    body.insert("_rev".to_owned(), json!(format!("{}-{}", package.versions.len(), &sum[..32])));
    Value::Object(body)
}

/// The manifest of a version as this registry gives it.
fn manifest(version: &Version<'_>, base_url: &str) -> Map<String, Value> {
    let record = &version.row.record;
    let mut whole = record.metadata.as_object().cloned().unwrap_or_default();
    whole.insert("name".to_owned(), json!(record.package));
    whole.insert("version".to_owned(), json!(record.version));
    whole.insert("_id".to_owned(), json!(format!("{}@{}", record.package, record.version)));
    let mut dist = whole.get("dist").and_then(Value::as_object).cloned().unwrap_or_default();
    let path = percent::encode_path(record.path.as_str());
    dist.insert("tarball".to_owned(), json!(format!("{base_url}/{path}")));
    whole.insert("dist".to_owned(), Value::Object(dist));
    if let Some(message) = version.deprecated {
        whole.insert("deprecated".to_owned(), message.clone());
    }
    let installs = ["preinstall", "install", "postinstall"];
    if let Some(scripts) = whole.get("scripts").and_then(Value::as_object)
        && installs.iter().any(|script| scripts.contains_key(*script))
    {
        whole.insert("hasInstallScript".to_owned(), json!(true));
    }
    whole
}
