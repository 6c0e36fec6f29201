//! Cases in folders: a request and rows or an upload go in, and what comes out is compared
//! with a recorded file.
//!
//! ```text
//! tests/cases/formats/<format>/<case>/
//!     case.json      method, surface, path, query, accept, contentType
//!     members.json   rows of each member, for requests that render an index
//!     body.*         the uploaded body, for requests that publish
//!     expected.txt   the operation, and below it what was rendered or published
//! ```

use crate::mutation::{BodySource, Conflict, Mutation, PackageRecord, Upload};
use crate::request::{FormatRequest, Method, Operation, PublishTarget, Surface};
use crate::rows::{DocumentRow, MemberRows, RecordRow};
use crate::{ErrorDescriptor, PackageFormat, hashing};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

/// The URL that every case is asked under.
const BASE_URL: &str = "https://repo.example.com/artifactory/api/r";

fn folders(at: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(at).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn name_of(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

#[test]
fn recorded_cases_come_out_as_recorded() {
    let root = Path::new("../../tests/cases/formats");
    let (mut count, mut differing) = (0, Vec::new());
    for of_format in folders(root) {
        let format = crate::by_name(name_of(&of_format)).unwrap();
        for case in folders(&of_format) {
            if !case.join("case.json").exists() {
                continue;
            }
            count += 1;
            let actual = run(format, &case);
            let expected = fs::read_to_string(case.join("expected.txt")).unwrap_or_default();
            if actual != expected {
                // Beside the recorded file, for a person to compare and to take over.
                let folder = std::env::temp_dir().join("artiform-cases").join(name_of(&of_format));
                fs::create_dir_all(&folder).unwrap();
                let file = folder.join(format!("{}.txt", name_of(&case)));
                fs::write(&file, &actual).unwrap();
                differing.push(format!("{}: now {}\n{actual}", case.display(), file.display()));
            }
        }
    }
    assert!(count >= 20, "only {count} cases were found");
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

fn run(format: &dyn PackageFormat, case: &Path) -> String {
    let request = read_json(&case.join("case.json"));
    let text = |name: &str| request[name].as_str();
    let operation = format.route(&FormatRequest {
        method: Method::parse(text("method").unwrap_or("GET")),
        surface: if text("surface") == Some("path") { Surface::Path } else { Surface::Api },
        raw_path: text("path").unwrap(),
        query: text("query").unwrap_or_default(),
        accept: text("accept"),
        content_type: text("contentType"),
    });
    let mut out = format!("{operation:#?}\n");
    match &operation {
        Operation::Index(index) => {
            let members: Vec<MemberRows> = match read_json(&case.join("members.json")) {
                Value::Array(members) => members.iter().map(member).collect(),
                _ => Vec::new(),
            };
            let rendered = format.render(index, &members, BASE_URL).unwrap();
            match rendered.found() {
                None => out.push_str("--- not found\n"),
                Some(found) => {
                    let body = String::from_utf8(found.body).unwrap();
                    let pretty = serde_json::from_str::<Value>(&body).map(|v| format!("{v:#}\n"));
                    let body = pretty.unwrap_or(body);
                    write!(out, "--- {} {}\n{body}", found.content_type, found.modified_ms)
                        .unwrap();
                }
            }
        }
        Operation::Answer(answer) => {
            writeln!(out, "--- {}", String::from_utf8_lossy(&answer.body)).unwrap();
        }
        Operation::Publish(target) => publish(format, case, target, text("contentType"), &mut out),
        _ => {}
    }
    out
}

fn publish(
    format: &dyn PackageFormat,
    case: &Path,
    target: &PublishTarget,
    content_type: Option<&str>,
    out: &mut String,
) {
    let bodies = fs::read_dir(case).unwrap().map(|entry| entry.unwrap().path());
    let file = bodies.into_iter().find(|path| name_of(path).starts_with("body.")).unwrap();
    let bytes = fs::read(file).unwrap();
    let length = bytes.len() as u64;
    let mut body = Cursor::new(bytes);
    let mut upload = Upload { target, content_type, body: &mut body, length };
    match format.publish(&mut upload) {
        Ok(publication) => {
            for mutation in &publication.mutations {
                writeln!(out, "--- {:#}", mutation_json(mutation, &mut body)).unwrap();
            }
            let answer = publication.answer;
            let text = String::from_utf8(answer.body).unwrap();
            writeln!(out, "--- {} {}\n{text}", answer.status, answer.content_type).unwrap();
        }
        Err(error) => {
            let body = format.error_body(&ErrorDescriptor::new(error.kind, error.message));
            let text = String::from_utf8(body.body).unwrap();
            writeln!(out, "--- {} {}\n{text}", body.status, body.content_type).unwrap();
        }
    }
}

fn mutation_json(mutation: &Mutation, body: &mut Cursor<Vec<u8>>) -> Value {
    match mutation {
        Mutation::Delete { path } => json!({"delete": path}),
        Mutation::SetDocument { package, name, value } => {
            json!({"package": package, "document": name, "value": value})
        }
        Mutation::Put(put) => {
            let mut bytes = Vec::new();
            put.source.open(body).unwrap().read_to_end(&mut bytes).unwrap();
            let source = match &put.source {
                BodySource::Range { .. } => "range",
                BodySource::Base64 { .. } => "base64",
                BodySource::Inline(_) => "inline",
            };
            let conflict = match &put.on_conflict {
                Conflict::Replace => "replace".to_owned(),
                Conflict::RefuseDifferent { message } => format!("refuse different: {message}"),
                Conflict::Refuse { message } => format!("refuse: {message}"),
            };
            json!({"put": put.path, "from": source, "bytes": bytes.len(),
                "sha256": hashing::sha256_hex(&bytes), "conflict": conflict, "record": put.record})
        }
    }
}

fn read_json(path: &Path) -> Value {
    match fs::read_to_string(path) {
        Ok(text) => serde_json::from_str(&text).unwrap(),
        Err(_) => Value::Null,
    }
}

/// A member; rows name their path and metadata, the rest follows.
fn member(value: &Value) -> MemberRows {
    let list = |name: &str| value[name].as_array().cloned().unwrap_or_default();
    let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let record = |row: &Value| RecordRow {
        record: PackageRecord {
            package: text(row, "package"),
            version: text(row, "version"),
            path: text(row, "path").parse().unwrap(),
            metadata: row["metadata"].clone(),
        },
        // Any content will do: the path, so that the sums repeat.
        checksums: hashing::checksums_of(&mut Cursor::new(text(row, "path").into_bytes())).ok(),
        created_ms: row["created"].as_i64().unwrap_or(0),
        modified_ms: row["created"].as_i64().unwrap_or(0),
        origin: row["origin"].as_str().map(str::to_owned),
    };
    let document = |row: &Value| DocumentRow {
        package: text(row, "package"),
        name: text(row, "name"),
        value: row["value"].clone(),
        modified_ms: row["modified"].as_i64().unwrap_or(0),
    };
    MemberRows {
        repository: text(value, "repository"),
        packages: list("packages").iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        records: list("records").iter().map(record).collect(),
        documents: list("documents").iter().map(document).collect(),
    }
}
