//! What a request to the Python package index means.

use super::filenames::{is_name, normalise};
use crate::generic::route_path;
use crate::negotiation;
use crate::request::{FormatRequest, IndexRequest, Method, Operation, PublishTarget, Surface};
use crate::rows::RowScope;

/// Representations of the simple index: media type and variant, the default first.
const SIMPLE_TYPES: [(&str, &str); 5] = [
    ("text/html", "html"),
    ("application/vnd.pypi.simple.v1+json", "json"),
    ("application/vnd.pypi.simple.v1+html", "html-v1"),
    ("application/vnd.pypi.simple.latest+json", "json"),
    ("application/vnd.pypi.simple.latest+html", "html-v1"),
];

/// Routes a request of either surface.
pub fn route(request: &FormatRequest<'_>) -> Operation {
    if request.surface == Surface::Path {
        return route_path(request);
    }
    let segments = match request.segments() {
        Ok(segments) => segments,
        Err(error) => return Operation::Invalid { message: error.to_string() },
    };
    let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
    match (request.method, parts.as_slice()) {
        (Method::Post, [] | ["legacy"] | ["simple"]) => Operation::Publish(PublishTarget {
            kind: "file_upload",
            package: String::new(),
            detail: String::new(),
        }),
        (Method::Get | Method::Head, ["simple", rest @ ..]) => route_simple(request, rest),
        (Method::Get | Method::Head, ["pypi", project, "json"]) => legacy(project, ""),
        (Method::Get | Method::Head, ["pypi", project, version, "json"]) => {
            legacy(project, version)
        }
        (_, ["packages", ..]) => route_file(request),
        _ => route_path(request),
    }
}

fn route_simple(request: &FormatRequest<'_>, rest: &[&str]) -> Operation {
    let redirect = |location: String| Operation::Redirect { status: 301, location };
    let Some(variant) = variant_of(request) else {
        // PEP 691 leaves the choice: HTML is what every client reads.
        return route_simple(&FormatRequest { accept: None, ..*request }, rest);
    };
    match rest {
        [] if !request.raw_path.ends_with('/') => redirect("simple/".to_owned()),
        [] => {
            let (index, scope) = ("simple-root", RowScope::PackageNames);
            Operation::Index(IndexRequest { index, scope, variant, parameters: Vec::new() })
        }
        [project] if !is_name(project) => Operation::NotFound,
        [project] => {
            let normal = normalise(project);
            match normal == *project && request.raw_path.ends_with('/') {
                true => {
                    Operation::Index(IndexRequest::of_package("simple", normal).variant(variant))
                }
                false => redirect(format!("simple/{normal}/")),
            }
        }
        _ => Operation::NotFound,
    }
}

fn variant_of(request: &FormatRequest<'_>) -> Option<&'static str> {
    if let Some(format) = request.query_value("format") {
        let found = SIMPLE_TYPES.iter().find(|(media, _)| *media == format);
        return found.map(|(_, variant)| *variant);
    }
    let offers: Vec<&str> = SIMPLE_TYPES.iter().map(|(media, _)| *media).collect();
    let accept = request.accept.filter(|accept| !accept.trim().is_empty()).unwrap_or("*/*");
    let chosen = negotiation::choose(accept, &offers)?;
    SIMPLE_TYPES.iter().find(|(media, _)| *media == chosen).map(|(_, variant)| *variant)
}

fn legacy(project: &str, version: &str) -> Operation {
    match is_name(project) {
        false => Operation::NotFound,
        true => Operation::Index(
            IndexRequest::of_package("json", normalise(project)).with("version", version),
        ),
    }
}

/// `packages/<name>/<version>/<file>`, and `.metadata` after it.
fn route_file(request: &FormatRequest<'_>) -> Operation {
    let raw_path = request.trimmed().strip_prefix("packages").unwrap_or_default();
    let operation = route_path(&FormatRequest { raw_path, ..*request });
    match operation {
        Operation::Download { path } => match path.as_str().strip_suffix(".metadata") {
            None => Operation::Download { path },
            Some(file) => {
                let project = path.segments().next().unwrap_or_default();
                Operation::Index(IndexRequest::of_package("metadata", project).with("file", file))
            }
        },
        other => other,
    }
}
