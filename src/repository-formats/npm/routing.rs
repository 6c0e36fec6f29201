//! What a request to the npm registry means.

use super::names;
use crate::generic::route_path;
use crate::request::{
    Answer, FormatRequest, IndexRequest, Method, Operation, PublishTarget, Surface,
};
use crate::rows::RowScope;
use repository::{ArtifactPath, PathError};
use serde_json::json;

/// Most results of a search.
const SEARCH_SIZE_MAX: usize = 250;

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
    match parts.as_slice() {
        [] => route_path(request),
        ["-", rest @ ..] => route_service(request, rest),
        // "@scope%2fname" is one segment, "@scope/name" two.
        [scope, name, rest @ ..] if scope.starts_with('@') && !scope.contains('/') => {
            route_package(request, &format!("{scope}/{name}"), rest)
        }
        [package, rest @ ..] => route_package(request, package, rest),
    }
}

fn route_service(request: &FormatRequest<'_>, rest: &[&str]) -> Operation {
    let method = request.method;
    match rest {
        ["ping"] => Operation::Answer(Answer::json(200, &json!({}))),
        ["whoami"] if method.is_read() => Operation::WhoAmI,
        ["user", "token", token] if method == Method::Delete => Operation::LogOut {
            token: (*token).to_owned(),
            answer: Answer::json(200, &json!({"ok": true})),
        },
        ["user", user, ..] if user.starts_with("org.couchdb.user:") && method == Method::Put => {
            Operation::LogIn
        }
        ["v1", "search"] if method.is_read() => Operation::Index(search(request)),
        ["package", package, "dist-tags", tag @ ..] => route_tags(request, package, tag),
        ["package", scope, name, "dist-tags", tag @ ..] if scope.starts_with('@') => {
            route_tags(request, &format!("{scope}/{name}"), tag)
        }
        ["npm", "v1", "security", "advisories", "bulk"] if method == Method::Post => {
            Operation::Answer(Answer::json(200, &json!({})))
        }
        ["npm", "v1", "security", "audits"] | ["npm", "v1", "security", "audits", "quick"]
            if method == Method::Post =>
        {
            Operation::Answer(Answer::json(200, &no_findings()))
        }
        ["npm", "v1", "keys"] if method.is_read() => {
            Operation::Answer(Answer::json(200, &json!({"keys": []})))
        }
        // Web login among others: clients fall back to the older way on 404.
        _ => Operation::NotFound,
    }
}

fn no_findings() -> serde_json::Value {
    let none = json!({"info": 0, "low": 0, "moderate": 0, "high": 0, "critical": 0});
    let metadata = json!({"vulnerabilities": none, "dependencies": 0, "devDependencies": 0,
        "optionalDependencies": 0, "totalDependencies": 0});
    json!({"actions": [], "advisories": {}, "muted": [], "metadata": metadata})
}

fn search(request: &FormatRequest<'_>) -> IndexRequest {
    let text = request.query_value("text").unwrap_or_default();
    let number = |name: &str, default: usize| {
        request.query_value(name).and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    // Names are narrowed by the catalog; the other words by what the packages say.
    let word = text.split_whitespace().find(|word| !word.contains(':')).unwrap_or_default();
    let scope = RowScope::PackageContaining(word.to_lowercase());
    let index = IndexRequest { index: "search", scope, variant: "", parameters: Vec::new() };
    index
        .with("text", text.chars().take(200).collect::<String>())
        .with("size", number("size", 20).min(SEARCH_SIZE_MAX).to_string())
        .with("from", number("from", 0).to_string())
}

fn route_tags(request: &FormatRequest<'_>, package: &str, tag: &[&str]) -> Operation {
    if let Err(error) = names::check(package) {
        return Operation::Invalid { message: error.message };
    }
    let publish = |kind, detail: &str| {
        let (package, detail) = (package.to_owned(), detail.to_owned());
        Operation::Publish(PublishTarget { kind, package, detail })
    };
    match (request.method, tag) {
        (Method::Get | Method::Head, []) => {
            Operation::Index(IndexRequest::of_package("dist-tags", package))
        }
        (Method::Put | Method::Post, []) => publish("dist-tags", ""),
        (Method::Put | Method::Post, [tag]) => publish("dist-tag", tag),
        (Method::Delete, ["latest"]) => Operation::Invalid {
            message: "The tag \"latest\" cannot be removed. Point it at another version instead."
                .to_owned(),
        },
        (Method::Delete, [tag]) => Operation::SetDocument {
            package: package.to_owned(),
            name: format!("dist-tags/{tag}"),
            value: None,
            answer: Answer::json(200, &json!({"ok": true})),
        },
        _ => Operation::MethodNotAllowed { allow: "GET, HEAD, PUT, POST, DELETE" },
    }
}

fn route_package(request: &FormatRequest<'_>, package: &str, rest: &[&str]) -> Operation {
    if let Err(error) = names::check(package) {
        return match request.method.is_read() {
            true => Operation::NotFound,
            false => Operation::Invalid { message: error.message },
        };
    }
    let publish = |kind| {
        let package = package.to_owned();
        Operation::Publish(PublishTarget { kind, package, detail: String::new() })
    };
    let answer = Answer::json(200, &json!({"ok": true}));
    match (request.method, rest) {
        (Method::Get | Method::Head, []) => {
            let variant = if wants_abbreviated(request) { "abbreviated" } else { "full" };
            Operation::Index(IndexRequest::of_package("packument", package).variant(variant))
        }
        (Method::Put, []) => publish("package"),
        (Method::Put, ["-rev", _]) => publish("revision"),
        (Method::Delete, [] | ["-rev", _]) => {
            Operation::DeletePackage { package: package.to_owned(), answer }
        }
        (_, ["-", file @ .., "-rev", _]) if request.method == Method::Delete => {
            delete_tarball(package, file, answer)
        }
        (_, ["-", file @ ..]) => route_tarball(request, package, file, answer),
        (Method::Get | Method::Head, [version]) => {
            Operation::Index(IndexRequest::of_package("version", package).with("version", *version))
        }
        (Method::Get | Method::Head, _) => Operation::NotFound,
        _ => Operation::MethodNotAllowed { allow: "GET, HEAD, PUT, DELETE" },
    }
}

fn route_tarball(
    request: &FormatRequest<'_>,
    package: &str,
    file: &[&str],
    answer: Answer,
) -> Operation {
    match (request.method, tarball_path(package, file)) {
        (_, Err(error)) => Operation::Invalid { message: error.to_string() },
        (Method::Get | Method::Head, Ok(path)) => Operation::Download { path },
        (Method::Put, Ok(path)) => Operation::Deploy { path },
        (Method::Delete, Ok(_)) => delete_tarball(package, file, answer),
        _ => Operation::MethodNotAllowed { allow: "GET, HEAD, PUT, DELETE" },
    }
}

fn delete_tarball(package: &str, file: &[&str], answer: Answer) -> Operation {
    match tarball_path(package, file) {
        Ok(path) => Operation::DeletePath { path, answer },
        Err(error) => Operation::Invalid { message: error.to_string() },
    }
}

fn tarball_path(package: &str, file: &[&str]) -> Result<ArtifactPath, PathError> {
    ArtifactPath::parse(&format!("{package}/-/{}", file.join("/")))
}

/// Whether the installers' form comes first in `Accept`. `?write=true` is what clients send
/// when they are about to change what they read, so it gives everything.
fn wants_abbreviated(request: &FormatRequest<'_>) -> bool {
    let writes = request.query_value("write").is_some_and(|value| value == "true");
    let offers = [super::ABBREVIATED_TYPE, "application/json"];
    let accept = request.accept.unwrap_or("application/json");
    // Plain wildcards mean "whatever you have", which is the full form.
    let named = accept.contains(super::ABBREVIATED_TYPE);
    named && !writes && crate::negotiation::choose(accept, &offers) == Some(super::ABBREVIATED_TYPE)
}
