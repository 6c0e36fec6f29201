//! Checks that hold for every format. A new format is done when [`check`] finds nothing.
//!
//! The checks ask only what a dialect promises: reads change nothing, answers repeat, the order
//! of rows does not matter, the first member wins, and no bytes make it panic.

use crate::request::{ChecksumTarget, FormatRequest, Method, Operation, Surface};
use crate::rows::{MemberRows, RecordRow, Rendered};
use crate::{ErrorDescriptor, ErrorKind, PackageFormat, PathClass, hashing};
use repository::ArtifactPath;
use std::io::Cursor;

/// An artifact of the format, and where the index that names it is asked for.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Where it lies.
    pub path: &'static str,
    /// Its bytes.
    pub content: Vec<u8>,
    /// The raw path of the index that names it; empty for formats without indexes.
    pub index: &'static str,
    /// Below which prefix the index is asked for.
    pub surface: Surface,
    /// A text that the index holds when the artifact is there.
    pub named: &'static str,
}

/// Raw paths that try to get out, to confuse or to break.
const HOSTILE_PATHS: [&str; 20] = [
    "",
    "/",
    "//",
    "..",
    "../../etc/passwd",
    "a/../b",
    "%2e%2e/%2e%2e/x",
    "a%2f..%2f..%2fb",
    "a\\..\\b",
    "a%5c..%5cb",
    "%00",
    "a%00.jar",
    "%",
    "%zz",
    "a//b",
    "-/",
    "@/",
    "%ff%fe",
    "simple/..%2f..%2fx/",
    "a;b=c",
];

const METHODS: [Method; 6] =
    [Method::Get, Method::Head, Method::Put, Method::Post, Method::Delete, Method::Other];

/// What is wrong with the format; nothing when it conforms.
pub fn check(format: &dyn PackageFormat, samples: &[Sample]) -> Vec<String> {
    let mut findings = Vec::new();
    check_names(format, &mut findings);
    check_routes(format, samples, &mut findings);
    check_errors(format, &mut findings);
    for sample in samples {
        match ArtifactPath::parse(sample.path) {
            Ok(path) => check_sample(format, sample, &path, &mut findings),
            Err(error) => findings.push(format!("{}: {error}", sample.path)),
        }
    }
    findings
}

fn expect(findings: &mut Vec<String>, holds: bool, claim: impl FnOnce() -> String) {
    if !holds {
        findings.push(claim());
    }
}

fn check_names(format: &dyn PackageFormat, findings: &mut Vec<String>) {
    let name = format.name();
    let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase());
    expect(findings, plain, || format!("the name {name:?} is not lower-case letters"));
    let listed = crate::by_name(name).is_some_and(|found| found.name() == name);
    expect(findings, listed, || format!("{name:?} is not in repository_formats::ALL"));
}

fn check_routes(format: &dyn PackageFormat, samples: &[Sample], findings: &mut Vec<String>) {
    let own = samples.iter().flat_map(|sample| [sample.path, sample.index]);
    for raw_path in HOSTILE_PATHS.into_iter().chain(own) {
        for surface in [Surface::Api, Surface::Path] {
            for method in METHODS {
                let request = FormatRequest { method, surface, ..FormatRequest::get(raw_path) };
                let operation = format.route(&request);
                let again = format.route(&request);
                expect(findings, operation == again, || {
                    format!("{method:?} {raw_path:?} is routed differently the second time")
                });
                expect(findings, !method.is_read() || is_read(&operation), || {
                    format!("{method:?} {raw_path:?} would change something: {operation:?}")
                });
            }
            let routed = |method| {
                format.route(&FormatRequest { method, surface, ..FormatRequest::get(raw_path) })
            };
            expect(findings, routed(Method::Get) == routed(Method::Head), || {
                format!("HEAD {raw_path:?} means something else than GET")
            });
        }
    }
}

const fn is_read(operation: &Operation) -> bool {
    !matches!(
        operation,
        Operation::Deploy { .. }
            | Operation::CreateFolder { .. }
            | Operation::VerifyChecksum { .. }
            | Operation::Publish(_)
            | Operation::DeletePath { .. }
            | Operation::DeletePackage { .. }
            | Operation::SetDocument { .. }
            | Operation::LogIn
            | Operation::LogOut { .. }
            | Operation::Ignore { .. }
    )
}

fn check_errors(format: &dyn PackageFormat, findings: &mut Vec<String>) {
    use ErrorKind::{
        AlreadyExists, ChecksumMismatch, Forbidden, Internal, Invalid, MethodNotAllowed, NotFound,
        TooLarge, Unauthorized, Unavailable,
    };
    let kinds = [
        Invalid,
        TooLarge,
        Unauthorized,
        Forbidden,
        NotFound,
        MethodNotAllowed,
        AlreadyExists,
        ChecksumMismatch,
        Unavailable,
        Internal,
    ];
    for kind in kinds {
        let body = format.error_body(&ErrorDescriptor::new(kind, "What \"went\" wrong."));
        let server_side = matches!(kind, Unavailable | Internal);
        let range = if server_side { 500..600 } else { 400..500 };
        expect(findings, range.contains(&body.status), || {
            format!("{kind:?} gives the status {}", body.status)
        });
        let text = String::from_utf8_lossy(&body.body).into_owned();
        expect(findings, text.contains("went"), || format!("{kind:?} loses its message: {text}"));
        let is_json = body.content_type.contains("json");
        let valid = !is_json || serde_json::from_str::<serde_json::Value>(&text).is_ok();
        expect(findings, valid, || format!("{kind:?} gives JSON that is none: {text}"));
    }
}

fn check_sample(
    format: &dyn PackageFormat,
    sample: &Sample,
    path: &ArtifactPath,
    findings: &mut Vec<String>,
) {
    let at = sample.path;
    let class = format.class_of(path);
    expect(findings, class != PathClass::Generated, || format!("{at} is stored, yet generated"));
    let damaged = sample.content.get(..sample.content.len() / 2).unwrap_or_default().to_vec();
    for bytes in [Vec::new(), vec![0; 100], damaged] {
        // What it answers is its own affair; that it answers is not.
        drop(format.inspect(path, &mut Cursor::new(bytes)));
    }
    let record = match format.inspect(path, &mut Cursor::new(sample.content.clone())) {
        Ok(record) => record,
        Err(error) => return findings.push(format!("{at} could not be inspected: {error}")),
    };
    let Some(record) = record else {
        return expect(findings, sample.index.is_empty(), || {
            format!("{at} has no record, yet {} should name it", sample.index)
        });
    };
    expect(findings, record.path == *path, || format!("{at} is recorded at {}", record.path));
    let checksums = hashing::checksums_of(&mut Cursor::new(sample.content.clone())).ok();
    let row = RecordRow { record, checksums, created_ms: 1000, modified_ms: 2000, origin: None };
    check_index(format, sample, &row, findings);
}

fn check_index(
    format: &dyn PackageFormat,
    sample: &Sample,
    row: &RecordRow,
    findings: &mut Vec<String>,
) {
    let (surface, at) = (sample.surface, sample.index);
    let index = match format.route(&FormatRequest { surface, ..FormatRequest::get(at) }) {
        Operation::Index(index) | Operation::Checksum { of: ChecksumTarget::Index(index), .. } => {
            index
        }
        other => return findings.push(format!("{at} is no index: {other:?}")),
    };
    let mut render = |claim: &str, members: &[MemberRows]| match format.render(
        &index,
        members,
        "http://127.0.0.1/r",
    ) {
        Ok(Rendered::Found(found)) => Some(found),
        Ok(Rendered::NotFound) => None,
        Err(error) => {
            findings.push(format!("{at} with {claim}: {error}"));
            None
        }
    };
    let named = |body: &[u8]| String::from_utf8_lossy(body).contains(sample.named);
    let with = |rows: &[&RecordRow]| MemberRows {
        repository: "a".to_owned(),
        records: rows.iter().map(|row| (*row).clone()).collect(),
        ..MemberRows::default()
    };
    let empty = render("no members", &[]);
    let hollow = render("an empty member", &[MemberRows::default()]);
    let whole = render("one row", &[with(&[row])]);
    let twice = render("one row in two members", &[with(&[row]), with(&[row])]);
    let stranger = stranger_of(row);
    let ahead = render("rows of another package", &[with(&[&stranger, row])]);
    let behind = render("the same rows reversed", &[with(&[row, &stranger])]);
    for (claim, found) in [("no members", empty), ("an empty member", hollow)] {
        let silent = found.is_none_or(|found| !named(&found.body));
        expect(findings, silent, || format!("{at} names {} with {claim}", sample.named));
    }
    let Some(whole) = whole else { return findings.push(format!("{at} is not found")) };
    expect(findings, named(&whole.body), || format!("{at} does not name {}", sample.named));
    let quoted = whole.etag.starts_with('"') && whole.etag.ends_with('"') && whole.etag.len() > 10;
    expect(findings, quoted, || format!("{at} has the entity tag {}", whole.etag));
    expect(findings, twice.as_ref() == Some(&whole), || {
        format!("{at} changes when a second member has the same row")
    });
    expect(findings, ahead == behind, || format!("{at} depends on the order of rows"));
}

/// A row of another package, which the catalog may hand out with a wider scope.
fn stranger_of(row: &RecordRow) -> RecordRow {
    let mut stranger = row.clone();
    stranger.record.package = format!("{}x", row.record.package);
    stranger
}

#[cfg(test)]
mod tests;
