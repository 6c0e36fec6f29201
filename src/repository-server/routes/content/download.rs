//! Artifacts and indexes on their way out: ranges, conditions, checksums.

use std::ops::Range;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::TryStreamExt;
use repository::{Action, ArtifactPath, ChecksumAlgorithm};
use repository_catalog::Node;
use repository_content::Found;
use repository_formats::{ChecksumTarget, PathClass, RenderedIndex, hashing};

use super::{Target, checksum_missing, checksum_text, render, require_index};
use crate::reply::{ApiError, ApiResult};
use crate::routes::call::Call;

/// Finds a file that the client may read. Reading through a virtual repository needs the right
/// to read it, or the member that holds the file.
pub(super) async fn readable(
    call: &Call,
    target: &Target,
    path: &ArtifactPath,
) -> ApiResult<Option<Found>> {
    let found =
        call.app.content.find(&target.repository, path.as_str(), Some(&target.matrix)).await?;
    let allows = |repository| {
        call.app.access.allows(&call.identity, Action::Read, repository, path.as_str())
    };
    let allowed =
        allows(&target.repository) || found.as_ref().is_some_and(|found| allows(&found.repository));
    if !allowed {
        return Err(call.refusal(&format!("to read '{path}' in '{}'", target.repository.key)));
    }
    Ok(found)
}

/// Gives a file; a folder without a slash is sent to the one with.
pub(super) async fn file(call: &Call, target: &Target, path: &ArtifactPath) -> ApiResult {
    let Some(found) = readable(call, target, path).await? else {
        return Err(ApiError::not_found(format!(
            "Unable to find item: {}:{path}",
            target.repository.key
        )));
    };
    if found.node.is_folder() {
        let location = format!("{}/", call.path);
        return Ok((StatusCode::FOUND, [(header::LOCATION, location)]).into_response());
    }
    let mut headers = file_headers(&found.node);
    if target.format.class_of(path) != PathClass::Immutable {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    }
    if is_unchanged(&call.headers, &headers) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let size = found.node.size();
    let range = match requested_range(&call.headers, &headers, size) {
        Wanted::Everything => None,
        Wanted::Part(range) => Some(range),
        Wanted::Nothing => {
            let total = [(header::CONTENT_RANGE, format!("bytes */{size}"))];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, total).into_response());
        }
    };
    send(call, &found.node, headers, range).await
}

async fn send(
    call: &Call,
    node: &Node,
    mut headers: HeaderMap,
    range: Option<Range<u64>>,
) -> ApiResult {
    let size = node.size();
    let status = if range.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    let part = range.clone().unwrap_or(0..size);
    if let Some(range) = range {
        let text = format!("bytes {}-{}/{size}", range.start, range.end.saturating_sub(1));
        insert(&mut headers, header::CONTENT_RANGE, &text);
    }
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(part.end - part.start));
    let body = if call.method == Method::HEAD {
        Body::empty()
    } else {
        let bytes = call.app.content.read(node, part, &call.identity.name).await?;
        Body::from_stream(bytes.map_err(std::io::Error::other))
    };
    Ok((status, headers, body).into_response())
}

fn insert(headers: &mut HeaderMap, name: impl header::IntoHeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn moment(milliseconds: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(milliseconds.max(0).unsigned_abs() / 1000)
}

fn file_headers(node: &Node) -> HeaderMap {
    let mut headers = HeaderMap::new();
    insert(&mut headers, header::CONTENT_TYPE, &node.mime);
    insert(&mut headers, header::LAST_MODIFIED, &httpdate::fmt_http_date(moment(node.modified)));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    let name = node.name();
    let plain: String =
        name.chars().filter(|letter| letter.is_ascii_graphic() && *letter != '"').collect();
    insert(&mut headers, "x-artifactory-filename", &repository::percent::encode_component(name));
    let disposition = format!(
        "attachment; filename=\"{plain}\"; filename*=UTF-8''{}",
        repository::percent::encode_component(name)
    );
    insert(&mut headers, header::CONTENT_DISPOSITION, &disposition);
    if let Some(blob) = &node.blob {
        insert(&mut headers, header::ETAG, &format!("\"{}\"", blob.sha1));
        insert(&mut headers, "x-checksum-sha1", &blob.sha1.to_hex());
        insert(&mut headers, "x-checksum-sha256", &blob.sha256.to_hex());
        insert(&mut headers, "x-checksum-md5", &blob.md5.to_hex());
    }
    headers
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// Entity tags are compared without their quotes, because clients of the field drop them.
fn names_tag(list: &str, tag: &str) -> bool {
    let bare = |text: &str| text.trim().trim_start_matches("W/").trim_matches('"').to_owned();
    list.trim() == "*" || list.split(',').any(|one| bare(one) == bare(tag))
}

fn is_unchanged(asked: &HeaderMap, has: &HeaderMap) -> bool {
    let tag = text(has, header::ETAG).unwrap_or_default();
    // With a tag the date does not count (RFC 9110, section 13.2.2).
    if let Some(list) = text(asked, header::IF_NONE_MATCH) {
        return names_tag(list, tag);
    }
    let since =
        text(asked, header::IF_MODIFIED_SINCE).and_then(|d| httpdate::parse_http_date(d).ok());
    let modified = text(has, header::LAST_MODIFIED).and_then(|d| httpdate::parse_http_date(d).ok());
    matches!((since, modified), (Some(since), Some(modified)) if modified <= since)
}

#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Everything,
    Part(Range<u64>),
    Nothing,
}

fn requested_range(asked: &HeaderMap, has: &HeaderMap, size: u64) -> Wanted {
    let Some(range) = text(asked, header::RANGE) else { return Wanted::Everything };
    if let Some(condition) = text(asked, header::IF_RANGE) {
        let same = [header::ETAG, header::LAST_MODIFIED]
            .into_iter()
            .filter_map(|name| text(has, name))
            .any(|value| value.trim_matches('"') == condition.trim().trim_matches('"'));
        if !same {
            return Wanted::Everything;
        }
    }
    parse_range(range, size)
}

/// One range; what is malformed or asks for several is answered in full, as the standard allows.
fn parse_range(text: &str, size: u64) -> Wanted {
    let Some((first, last)) = text.strip_prefix("bytes=").and_then(|spec| spec.split_once('-'))
    else {
        return Wanted::Everything;
    };
    match (first.trim().parse::<u64>(), last.trim().parse::<u64>()) {
        (Ok(first), Ok(last)) if first > last => Wanted::Everything,
        (Ok(first), _)
            if first >= size && (last.trim().is_empty() || last.trim().parse::<u64>().is_ok()) =>
        {
            Wanted::Nothing
        }
        (Ok(first), Ok(last)) => Wanted::Part(first..last.saturating_add(1).min(size)),
        (Ok(first), Err(_)) if last.trim().is_empty() => Wanted::Part(first..size),
        (Err(_), Ok(0)) if first.trim().is_empty() => Wanted::Nothing,
        (Err(_), Ok(suffix)) if first.trim().is_empty() && size > 0 => {
            Wanted::Part(size.saturating_sub(suffix)..size)
        }
        (Err(_), Ok(_)) if first.trim().is_empty() => Wanted::Nothing,
        _ => Wanted::Everything,
    }
}

/// Gives a rendered index, with its conditions.
pub(super) fn rendered(call: &Call, index: &RenderedIndex) -> Response {
    let mut headers = HeaderMap::new();
    insert(&mut headers, header::CONTENT_TYPE, index.content_type);
    insert(&mut headers, header::ETAG, &index.etag);
    let modified = httpdate::fmt_http_date(moment(index.modified_ms));
    insert(&mut headers, header::LAST_MODIFIED, &modified);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("accept, host"));
    // Of an index only the tag is sharp: two changes can happen within one second.
    let has_tag = call.headers.contains_key(header::IF_NONE_MATCH);
    if has_tag && is_unchanged(&call.headers, &headers) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(index.body.len()));
    let body =
        if call.method == Method::HEAD { Body::empty() } else { Body::from(index.body.clone()) };
    (StatusCode::OK, headers, body).into_response()
}

/// Gives a checksum of a file or of an index as text.
pub(super) async fn checksum(
    call: &Call,
    target: &Target,
    of: &ChecksumTarget,
    algorithm: ChecksumAlgorithm,
) -> ApiResult {
    let sum = match of {
        ChecksumTarget::Path(path) => {
            let found = readable(call, target, path).await?;
            found.and_then(|found| found.node.blob).and_then(|blob| blob.get(algorithm))
        }
        ChecksumTarget::Index(request) => {
            require_index(call, target)?;
            let index = render(call, target, request).await?;
            index.map(|index| hashing::hex_of(algorithm, &index.body))
        }
    };
    sum.map(checksum_text).ok_or_else(|| checksum_missing(of))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        for (text, wanted) in [
            ("bytes=0-3", Wanted::Part(0..4)),
            ("bytes=5-", Wanted::Part(5..10)),
            ("bytes=-3", Wanted::Part(7..10)),
            ("bytes=-30", Wanted::Part(0..10)),
            ("bytes=8-99", Wanted::Part(8..10)),
            ("bytes=10-", Wanted::Nothing),
            ("bytes=10-12", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=4-2", Wanted::Everything),
            ("bytes=0-1,4-5", Wanted::Everything),
            ("bytes=a-b", Wanted::Everything),
            ("lines=0-1", Wanted::Everything),
        ] {
            assert_eq!(parse_range(text, 10), wanted, "{text}");
        }
        assert_eq!(parse_range("bytes=0-", 0), Wanted::Nothing);
    }

    #[test]
    fn tags_match_with_and_without_quotes() {
        assert!(names_tag("abc", "\"abc\""));
        assert!(names_tag("W/\"x\", \"abc\"", "\"abc\""));
        assert!(names_tag("*", "\"abc\""));
        assert!(!names_tag("\"ab\"", "\"abc\""));
    }
}
