//! An upstream's page of a project, JSON or HTML, read into rows.

use super::filenames::Distribution;
use crate::links;
use crate::mutation::limits::UPSTREAM_BYTES_MAX;
use crate::request::IndexRequest;
use crate::rows::{MemberRows, RecordRow};
use crate::{FormatError, PackageRecord, time};
use repository::{ArtifactPath, Digest, percent};
use serde_json::{Map, Value, json};

/// Most files that are taken from one page.
const FILES_MAX: usize = 100_000;

/// Reads a page that came from `url`. Files whose name is not that of the project are left out.
pub fn read(index: &IndexRequest, body: &[u8], url: &str) -> Result<MemberRows, FormatError> {
    if body.len() > UPSTREAM_BYTES_MAX {
        return Err(FormatError::too_large("The upstream's page of the project is too large."));
    }
    let records = match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => read_json(index.package(), body, url)?,
        _ => read_html(index.package(), &String::from_utf8_lossy(body), url),
    };
    Ok(MemberRows { records, ..MemberRows::default() })
}

fn read_json(project: &str, body: &[u8], url: &str) -> Result<Vec<RecordRow>, FormatError> {
    let sent: Value = serde_json::from_slice(body)
        .map_err(|error| FormatError::invalid(format!("The upstream sent no index: {error}.")))?;
    let read = |file: &Value| {
        let text = |name: &str| file[name].as_str();
        let mut metadata = Map::new();
        let mut put = |name: &str, value: &Value| {
            if !value.is_null() {
                metadata.insert(name.to_owned(), value.clone());
            }
        };
        put("sha256", &file["hashes"]["sha256"]);
        put("size", &file["size"]);
        put("requiresPython", &file["requires-python"]);
        put("yanked", &file["yanked"]);
        let created_ms = text("upload-time").and_then(time::parse).unwrap_or(0);
        row(project, text("filename")?, links::resolve(url, text("url")?)?, metadata, created_ms)
    };
    let files = sent["files"].as_array().map(Vec::as_slice).unwrap_or_default();
    Ok(files.iter().take(FILES_MAX).filter_map(read).collect())
}

fn read_html(project: &str, page: &str, url: &str) -> Vec<RecordRow> {
    let read = |tag: &str| {
        let attributes = attributes(tag);
        let find = |name: &str| attributes.iter().find(|(key, _)| key == name).map(|(_, v)| v);
        let link = find("href")?;
        let (target, fragment) = link.split_once('#').unwrap_or((link, ""));
        let file = target.split('?').next()?.rsplit('/').next()?;
        let mut metadata = Map::new();
        if let Some(sum) = fragment.split('&').find_map(|part| part.strip_prefix("sha256=")) {
            metadata.insert("sha256".to_owned(), json!(sum));
        }
        if let Some(requires) = find("data-requires-python") {
            metadata.insert("requiresPython".to_owned(), json!(requires));
        }
        if let Some(reason) = find("data-yanked") {
            metadata.insert("yanked".to_owned(), json!(reason));
        }
        row(project, &percent::decode(file).ok()?, links::resolve(url, target)?, metadata, 0)
    };
    tags(page).take(FILES_MAX).filter_map(read).collect()
}

fn row(
    project: &str,
    file: &str,
    origin: String,
    mut metadata: Map<String, Value>,
    created_ms: i64,
) -> Option<RecordRow> {
    let distribution = Distribution::parse(file).filter(|one| one.project == project)?;
    let path = format!("{project}/{}/{file}", distribution.version);
    // A sum that is no sha256 would be repeated to clients, who would then refuse the file.
    if metadata.get("sha256").and_then(Value::as_str).is_some_and(|sum| Digest::parse(sum).is_err())
    {
        metadata.remove("sha256");
    }
    metadata.insert("file".to_owned(), json!(file));
    Some(RecordRow {
        record: PackageRecord {
            package: project.to_owned(),
            version: distribution.version,
            path: ArtifactPath::parse(&path).ok()?,
            metadata: Value::Object(metadata),
        },
        checksums: None,
        created_ms,
        modified_ms: created_ms,
        origin: Some(origin),
    })
}

/// What stands inside each `<a ...>` of a page.
fn tags(page: &str) -> impl Iterator<Item = &str> {
    page.split('<').filter_map(|piece| {
        let rest = piece.strip_prefix(['a', 'A'])?;
        if !rest.starts_with(|character: char| character.is_ascii_whitespace()) {
            return None;
        }
        // A quoted ">" does not end the tag.
        let mut quote = None;
        let end = rest.char_indices().find(|(_, character)| match (quote, character) {
            (None, '>') => true,
            (None, '"' | '\'') => {
                quote = Some(*character);
                false
            }
            (Some(open), _) if open == *character => {
                quote = None;
                false
            }
            _ => false,
        });
        end.map(|(at, _)| &rest[..at])
    })
}

/// The attributes of a tag, names in lower case, values plain.
fn attributes(tag: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = tag.trim_start();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c == '=' || c.is_ascii_whitespace()).unwrap_or(rest.len());
        let name = rest[..end].to_ascii_lowercase();
        rest = rest[end..].trim_start();
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            (value, rest) = match after.chars().next().filter(|c| matches!(c, '"' | '\'')) {
                Some(quote) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
                None => after
                    .split_at(after.find(|c: char| c.is_ascii_whitespace()).unwrap_or(after.len())),
            };
        }
        if !name.is_empty() {
            found.push((name, links::unescape_markup(value)));
        }
        rest = rest.trim_start();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_read_however_they_are_quoted() {
        let read = attributes(" href='a.whl' data-x=\"&gt;=3\" Y=z flag");
        let expected = [("href", "a.whl"), ("data-x", ">=3"), ("y", "z"), ("flag", "")];
        let expected: Vec<_> = expected.map(|(k, v)| (k.to_owned(), v.to_owned())).into();
        assert_eq!(read, expected);
    }

    #[test]
    fn a_tag_ends_outside_of_quotes() {
        let page = "<a href=\"x\" data-requires-python='>=3'>x</a><abbr>y</abbr><a\nhref=z>z</a>";
        assert_eq!(tags(page).count(), 2);
    }
}
