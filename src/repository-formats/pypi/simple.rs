//! The simple index (PEP 503, 592, 629, 658, 691, 700, 714) and the older JSON, from rows.

use super::filenames::parse_version;
use crate::links::escape_markup;
use crate::request::IndexRequest;
use crate::rows::{MemberRows, RecordRow, Rendered, RenderedIndex, newest_ms};
use crate::time;
use repository::percent;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

const JSON_TYPE: &str = "application/vnd.pypi.simple.v1+json";
/// The version of the simple API that is spoken.
const API_VERSION: &str = "1.1";

/// A file of a project with what is said of it elsewhere.
struct File<'a> {
    name: &'a str,
    row: &'a RecordRow,
    yanked: Option<&'a Value>,
}

impl<'a> File<'a> {
    fn text(&self, field: &str) -> Option<&'a str> {
        self.row.record.metadata[field].as_str()
    }

    fn sha256(&self) -> Option<String> {
        let known = self.row.checksums.map(|sums| sums.sha256.to_hex());
        known.or_else(|| self.text("sha256").map(str::to_owned))
    }

    fn size(&self) -> Option<u64> {
        let known = self.row.checksums.map(|sums| sums.size);
        known.or_else(|| self.row.record.metadata["size"].as_u64())
    }

    /// The link from the project's page, which lies at `simple/<project>/`.
    fn link(&self) -> String {
        format!("../../packages/{}", percent::encode_path(self.row.record.path.as_str()))
    }
}

/// The files of a project, by name; the first member that has a file gives it.
fn files<'a>(project: &str, members: &'a [MemberRows]) -> Vec<File<'a>> {
    let mut found: BTreeMap<&str, File<'_>> = BTreeMap::new();
    for member in members {
        let mut own: BTreeMap<&str, &RecordRow> = BTreeMap::new();
        for row in member.records.iter().filter(|row| row.record.package == project) {
            let held = own.entry(row.record.path.file_name()).or_insert(row);
            if row.record.path < held.record.path {
                *held = row;
            }
        }
        for (name, row) in own {
            let document = format!("yanked/{}", row.record.version);
            let mut documents = member.documents.iter();
            let yanked = documents.find(|one| one.package == project && one.name == document);
            let own = row.record.metadata.get("yanked");
            let yanked = yanked.map(|document| &document.value).or(own);
            let yanked = yanked.filter(|value| **value != Value::Bool(false));
            found.entry(name).or_insert(File { name, row, yanked });
        }
    }
    found.into_values().collect()
}

/// Versions in their order; those that do not parse come first.
fn versions<'a>(files: &[File<'a>]) -> Vec<&'a str> {
    let distinct: BTreeSet<&str> =
        files.iter().map(|file| file.row.record.version.as_str()).collect();
    let mut sorted: Vec<&str> =
        distinct.into_iter().filter(|version| !version.is_empty()).collect();
    sorted.sort_by_cached_key(|version| (parse_version(version), (*version).to_owned()));
    sorted
}

/// Renders the list of projects; an empty repository has an empty list.
pub fn render_root(index: &IndexRequest, members: &[MemberRows]) -> Rendered {
    let packages = members.iter().flat_map(|member| &member.packages).map(String::as_str);
    let records = members.iter().flat_map(|member| &member.records);
    let names: BTreeSet<&str> =
        packages.chain(records.map(|row| row.record.package.as_str())).collect();
    if index.variant == "json" {
        let projects: Vec<Value> = names.iter().map(|name| json!({"name": name})).collect();
        let body = json!({"meta": {"api-version": API_VERSION}, "projects": projects});
        return found(JSON_TYPE, body.to_string(), members);
    }
    let mut lines = String::new();
    for name in names {
        let (link, shown) = (percent::encode_component(name), escape_markup(name));
        lines.push_str(&format!("    <a href=\"{link}/\">{shown}</a><br/>\n"));
    }
    html(index, "Simple index", &lines, members)
}

/// Renders the files of a project.
pub fn render(index: &IndexRequest, members: &[MemberRows]) -> Rendered {
    let project = index.package();
    let files = files(project, members);
    if files.is_empty() {
        return Rendered::NotFound;
    }
    if index.variant == "json" {
        let listed: Vec<Value> = files.iter().map(file_json).collect();
        let body = json!({"meta": {"api-version": API_VERSION}, "name": project,
            "versions": versions(&files), "files": listed});
        return found(JSON_TYPE, body.to_string(), members);
    }
    let lines: String = files.iter().map(anchor).collect();
    html(index, &format!("Links for {project}"), &lines, members)
}

fn file_json(file: &File<'_>) -> Value {
    let mut entry = Map::new();
    let mut put = |name: &str, value: Value| drop(entry.insert(name.to_owned(), value));
    put("filename", json!(file.name));
    put("url", json!(file.link()));
    let hashes = file.sha256().map_or_else(|| json!({}), |sum| json!({"sha256": sum}));
    put("hashes", hashes);
    if let Some(requires) = file.text("requiresPython") {
        put("requires-python", json!(requires));
    }
    let metadata = file.text("metadataSha256").map_or(json!(false), |sum| json!({"sha256": sum}));
    put("core-metadata", metadata.clone());
    put("data-dist-info-metadata", metadata);
    put("yanked", file.yanked.cloned().unwrap_or(json!(false)));
    if let Some(size) = file.size() {
        put("size", json!(size));
    }
    if file.row.created_ms > 0 {
        put("upload-time", json!(time::iso8601(file.row.created_ms)));
    }
    Value::Object(entry)
}

fn anchor(file: &File<'_>) -> String {
    let fragment = file.sha256().map_or(String::new(), |sum| format!("#sha256={sum}"));
    let mut attributes = String::new();
    let mut attribute = |name: &str, value: &str| {
        attributes.push_str(&format!(" {name}=\"{}\"", escape_markup(value)));
    };
    if let Some(requires) = file.text("requiresPython") {
        attribute("data-requires-python", requires);
    }
    if let Some(sum) = file.text("metadataSha256") {
        attribute("data-dist-info-metadata", &format!("sha256={sum}"));
        attribute("data-core-metadata", &format!("sha256={sum}"));
    }
    if let Some(reason) = file.yanked {
        attribute("data-yanked", reason.as_str().unwrap_or_default());
    }
    let (link, name) = (escape_markup(&file.link()), escape_markup(file.name));
    format!("    <a href=\"{link}{fragment}\"{attributes}>{name}</a><br/>\n")
}

fn html(index: &IndexRequest, title: &str, lines: &str, members: &[MemberRows]) -> Rendered {
    let title = escape_markup(title);
    let body = format!(
        "<!DOCTYPE html>\n<html>\n  <head>\n    <meta name=\"pypi:repository-version\" \
         content=\"{API_VERSION}\">\n    <title>{title}</title>\n  </head>\n  <body>\n    \
         <h1>{title}</h1>\n{lines}  </body>\n</html>\n"
    );
    let content_type = match index.variant {
        "html-v1" => "application/vnd.pypi.simple.v1+html",
        _ => "text/html; charset=utf-8",
    };
    found(content_type, body, members)
}

fn found(content_type: &'static str, body: String, members: &[MemberRows]) -> Rendered {
    Rendered::Found(RenderedIndex::new(content_type, body.into_bytes(), newest_ms(members)))
}

/// Renders `pypi/<project>/json`, of the newest version or of the one that is named.
pub fn render_legacy(index: &IndexRequest, members: &[MemberRows]) -> Rendered {
    let project = index.package();
    let files = files(project, members);
    let sorted = versions(&files);
    let is_final =
        |version: &&&str| parse_version(version).is_some_and(|one| !one.any_prerelease());
    let newest = sorted.iter().rev().find(is_final).or(sorted.last()).copied();
    let wanted = match index.parameter("version") {
        "" => newest,
        named => sorted.iter().copied().find(|one| super::filenames::same_version(one, named)),
    };
    let Some(wanted) = wanted else { return Rendered::NotFound };
    let of = |version: &str| {
        let own = files.iter().filter(|file| file.row.record.version == version);
        own.map(legacy_file).collect::<Vec<Value>>()
    };
    let first = files.iter().find(|file| file.row.record.version == wanted);
    let says = |field: &str| first.and_then(|file| file.text(field)).unwrap_or_default();
    let info = json!({"name": project, "version": wanted, "summary": says("summary"),
        "home_page": says("homePage"), "license": says("license"),
        "requires_python": says("requiresPython"),
        "yanked": first.is_some_and(|file| file.yanked.is_some())});
    let releases: Map<String, Value> =
        sorted.iter().map(|version| ((*version).to_owned(), json!(of(version)))).collect();
    let body = json!({"info": info, "last_serial": 0, "releases": releases, "urls": of(wanted)});
    found("application/json", body.to_string(), members)
}

fn legacy_file(file: &File<'_>) -> Value {
    let md5 = file.row.checksums.map(|sums| sums.md5.to_hex());
    let kind = if file.name.ends_with(".whl") { "bdist_wheel" } else { "sdist" };
    json!({"filename": file.name, "url": format!("../{}", file.link()), "packagetype": kind,
        "digests": {"sha256": file.sha256(), "md5": md5}, "size": file.size(),
        "requires_python": file.text("requiresPython"),
        "upload_time_iso_8601": time::iso8601(file.row.created_ms),
        "yanked": file.yanked.is_some(), "yanked_reason": file.yanked.and_then(Value::as_str)})
}
