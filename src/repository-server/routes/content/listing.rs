//! Folders as pages for people and for clients that follow links.

use std::fmt::Write;

use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use repository::{Action, ArtifactPath};
use repository_content::Entry;
use repository_formats::time::iso8601;

use super::Target;
use crate::reply::{ApiError, ApiResult};
use crate::routes::call::Call;

/// Lists a folder, the repository itself where there is none.
pub(super) async fn folder(
    call: &Call,
    target: &Target,
    folder: Option<&ArtifactPath>,
) -> ApiResult {
    let path = folder.map_or("", ArtifactPath::as_str);
    let reads = if path.is_empty() {
        call.app.access.allows_somewhere(&call.identity, Action::Read, &target.repository)
    } else {
        call.app.access.allows(&call.identity, Action::Read, &target.repository, path)
    };
    if !reads {
        return Err(call.refusal(&format!("to list '{}'", target.repository.key)));
    }
    if !call.path.ends_with('/') {
        // Links of the page are relative to the folder.
        let location = format!("{}/", call.path);
        return Ok((StatusCode::FOUND, [(header::LOCATION, location)]).into_response());
    }
    let entries = call.app.content.list(&target.repository, path).await?.ok_or_else(|| {
        ApiError::not_found(format!("Unable to find item: {}:{path}", target.repository.key))
    })?;
    let content_type = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    Ok((content_type, page(target.repository.key.as_str(), path, &entries)).into_response())
}

fn page(repository: &str, path: &str, entries: &[Entry]) -> String {
    let title = escape(&format!("Index of {repository}/{path}"));
    let mut page = format!(
        "<!DOCTYPE html>\n<html><head><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n<pre>\n"
    );
    if !path.is_empty() {
        page.push_str("<a href=\"../\">../</a>\n");
    }
    for entry in entries {
        let (slash, details) = match &entry.file {
            None => ("/", "-".to_owned()),
            Some(node) => ("", format!("{}  {}", iso8601(node.modified), node.size())),
        };
        let link = escape(&repository::percent::encode_component(&entry.name));
        let name = escape(&entry.name);
        // Writing into a text cannot fail.
        let _ = writeln!(page, "<a href=\"./{link}{slash}\">{name}{slash}</a>  {details}");
    }
    page.push_str("</pre>\n</body></html>\n");
    page
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_out_of_the_page() {
        let entry = Entry { name: "\"><script>alert(1)</script>".into(), file: None };
        let page = page("files", "a<b", &[entry]);
        assert!(!page.contains("<script>"), "{page}");
        assert!(page.contains("Index of files/a&lt;b"));
    }
}
