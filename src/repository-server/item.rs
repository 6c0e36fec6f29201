//! Files and folders as the REST API describes them.

use repository::Checksums;
use repository_catalog::Node;
use repository_content::Entry;
use repository_formats::time::iso8601;
use serde_json::{Map, Value, json};

/// The media types that clients of the field ask for.
pub(crate) mod media {
    pub(crate) const CREATED: &str =
        "application/vnd.org.jfrog.artifactory.storage.ItemCreated+json";
    pub(crate) const FILE: &str = "application/vnd.org.jfrog.artifactory.storage.FileInfo+json";
    pub(crate) const FOLDER: &str = "application/vnd.org.jfrog.artifactory.storage.FolderInfo+json";
    pub(crate) const LIST: &str = "application/vnd.org.jfrog.artifactory.storage.FileList+json";
    pub(crate) const PROPERTIES: &str =
        "application/vnd.org.jfrog.artifactory.storage.ItemProperties+json";
    pub(crate) const STATS: &str = "application/vnd.org.jfrog.artifactory.storage.StatsInfo+json";
}

fn encoded(path: &str) -> String {
    repository::percent::encode_path(path)
}

fn below(base: &str, repository: &str, path: &str) -> String {
    match path {
        "" => format!("{base}/{repository}"),
        path => format!("{base}/{repository}/{}", encoded(path)),
    }
}

/// Where the item's description is.
pub(crate) fn storage_uri(base_url: &str, repository: &str, path: &str) -> String {
    below(&format!("{base_url}/artifactory/api/storage"), repository, path)
}

/// Where the item's content is.
pub(crate) fn download_uri(base_url: &str, repository: &str, path: &str) -> String {
    below(&format!("{base_url}/artifactory"), repository, path)
}

fn checksums(blob: &Checksums) -> Value {
    json!({"sha1": blob.sha1.to_hex(), "md5": blob.md5.to_hex(), "sha256": blob.sha256.to_hex()})
}

fn add_content(body: &mut Map<String, Value>, node: &Node) {
    let Some(blob) = &node.blob else { return };
    body.insert("mimeType".to_owned(), json!(node.mime));
    // A text, because that is what clients of the field parse.
    body.insert("size".to_owned(), json!(blob.size.to_string()));
    body.insert("checksums".to_owned(), checksums(blob));
    body.insert("originalChecksums".to_owned(), checksums(blob));
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// The answer to a deploy.
pub(crate) fn created(base_url: &str, node: &Node) -> Value {
    let mut body = object(json!({
        "repo": node.repository,
        "path": format!("/{}", node.path),
        "created": iso8601(node.created),
        "createdBy": node.created_by,
        "downloadUri": download_uri(base_url, &node.repository, &node.path),
    }));
    add_content(&mut body, node);
    body.insert("uri".to_owned(), json!(download_uri(base_url, &node.repository, &node.path)));
    Value::Object(body)
}

fn base(base_url: &str, repository: &str, node: &Node) -> Map<String, Value> {
    object(json!({
        "repo": repository,
        "path": format!("/{}", node.path),
        "created": iso8601(node.created),
        "createdBy": node.created_by,
        "lastModified": iso8601(node.modified),
        "modifiedBy": node.modified_by,
        "lastUpdated": iso8601(node.updated),
        "uri": storage_uri(base_url, repository, &node.path),
    }))
}

/// A file's description.
pub(crate) fn file_info(base_url: &str, repository: &str, node: &Node) -> Value {
    let mut body = base(base_url, repository, node);
    body.insert("downloadUri".to_owned(), json!(download_uri(base_url, repository, &node.path)));
    add_content(&mut body, node);
    Value::Object(body)
}

/// A folder's description.
pub(crate) fn folder_info(
    base_url: &str,
    repository: &str,
    node: &Node,
    entries: &[Entry],
) -> Value {
    let mut body = base(base_url, repository, node);
    let child = |entry: &Entry| json!({"uri": format!("/{}", encoded(&entry.name)), "folder": entry.file.is_none()});
    body.insert("children".to_owned(), entries.iter().map(child).collect());
    Value::Object(body)
}

/// One line of a file list; `root` is the listed folder.
pub(crate) fn list_entry(root: &str, node: &Node) -> Value {
    let relative = node.path.strip_prefix(root).unwrap_or(&node.path);
    let uri = format!("/{}", relative.trim_start_matches('/'));
    match &node.blob {
        None => json!({
            "uri": uri, "size": -1, "lastModified": iso8601(node.modified), "folder": true,
        }),
        Some(blob) => json!({
            "uri": uri,
            "size": blob.size,
            "lastModified": iso8601(node.modified),
            "folder": false,
            "sha1": blob.sha1.to_hex(),
            "sha2": blob.sha256.to_hex(),
        }),
    }
}
