//! An upstream's packument read into rows.

use super::{names, publish};
use crate::mutation::limits::UPSTREAM_BYTES_MAX;
use crate::request::IndexRequest;
use crate::rows::{DocumentRow, MemberRows, RecordRow};
use crate::{FormatError, PackageRecord, UpstreamRequest, time};
use serde_json::{Map, Value};

/// What to ask the upstream for.
pub fn request(index: &IndexRequest) -> Option<UpstreamRequest> {
    let package = index.package();
    names::check(package).ok()?;
    let accept = match (index.index, index.variant) {
        ("packument", "abbreviated") | ("dist-tags", _) => {
            "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8"
        }
        ("packument" | "version", _) => "application/json",
        _ => return None,
    };
    // Registries want a scope's slash escaped, and its "@" as it is.
    Some(UpstreamRequest { path: package.replace('/', "%2f"), accept })
}

/// Reads a packument of either form. Versions that could not be stored here are left out.
pub fn read(body: &[u8]) -> Result<MemberRows, FormatError> {
    if body.len() > UPSTREAM_BYTES_MAX {
        return Err(FormatError::too_large("The upstream's packument is too large."));
    }
    let mut sent: Map<String, Value> = serde_json::from_slice(body).map_err(|error| {
        FormatError::invalid(format!("The upstream sent no packument: {error}."))
    })?;
    let package = sent.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    names::check(&package)?;
    let times = sent.remove("time").unwrap_or_default();
    let moment = |name: &str| times[name].as_str().and_then(time::parse).unwrap_or(0);
    let modified = sent.get("modified").and_then(Value::as_str).and_then(time::parse);
    let modified = modified.unwrap_or_else(|| moment("modified"));
    let mut rows = MemberRows::default();
    if let Some(Value::Object(versions)) = sent.remove("versions") {
        for (version, manifest) in versions {
            rows.records.extend(row(&package, &version, manifest, moment(&version)));
        }
    }
    if let Some(Value::Object(tags)) = sent.remove("dist-tags") {
        let document = |(tag, value): (String, Value)| DocumentRow {
            package: package.clone(),
            name: format!("dist-tags/{tag}"),
            value,
            modified_ms: modified,
        };
        rows.documents.extend(tags.into_iter().map(document));
    }
    Ok(rows)
}

fn row(package: &str, version: &str, mut manifest: Value, created_ms: i64) -> Option<RecordRow> {
    let path = publish::canonical_path(package, version).ok()?;
    let dist = manifest.get_mut("dist")?.as_object_mut()?;
    let origin = dist.remove("tarball")?.as_str()?.to_owned();
    let (package, version) = (package.to_owned(), version.to_owned());
    Some(RecordRow {
        record: PackageRecord { package, version, path, metadata: manifest },
        checksums: None,
        created_ms,
        modified_ms: created_ms,
        origin: Some(origin),
    })
}
