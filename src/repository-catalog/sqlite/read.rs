//! What is asked of paths, packages and configuration.

use std::collections::BTreeMap;

use repository::{Digest, Properties};
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use super::rows::{self, NODE, NODE_TABLES};
use crate::catalog::{BlobKey, NodeQuery};
use crate::error::CatalogError;
use crate::model::{
    Child, Document, Node, Object, ObjectKind, RecordRow, Sequence, Statistics, Token, Usage,
};

type Answer<T> = Result<T, CatalogError>;

/// The first text that sorts after everything that begins with `prefix` and a slash: `/` is
/// followed by `0`.
pub(super) fn end_of_folder(folder: &str) -> String {
    if folder.is_empty() { "\u{10ffff}".to_owned() } else { format!("{folder}0") }
}

fn start_of_folder(folder: &str) -> String {
    if folder.is_empty() { String::new() } else { format!("{folder}/") }
}

fn limit_column(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

pub(super) fn exact_node(
    connection: &Connection,
    repository: &str,
    path: &str,
) -> Answer<Option<Node>> {
    let sql =
        sql(&["SELECT ", NODE, " FROM ", NODE_TABLES, " WHERE n.repository = ?1 AND n.path = ?2"]);
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(rows::optional(statement.query_row([repository, path], rows::node))?)
}

fn sql(parts: &[&str]) -> String {
    parts.concat()
}

/// The first row below a folder, which says that the folder is there.
fn first_below(connection: &Connection, repository: &str, folder: &str) -> Answer<Option<Node>> {
    let sql = sql(&[
        "SELECT ",
        NODE,
        " FROM ",
        NODE_TABLES,
        " WHERE n.repository = ?1 AND n.path >= ?2 AND n.path < ?3 ORDER BY n.path LIMIT 1",
    ]);
    let mut statement = connection.prepare_cached(&sql)?;
    let span = [repository, &start_of_folder(folder), &end_of_folder(folder)];
    Ok(rows::optional(statement.query_row(span, rows::node))?)
}

pub(super) fn node(connection: &Connection, repository: &str, path: &str) -> Answer<Option<Node>> {
    if let Some(node) = exact_node(connection, repository, path)? {
        return Ok(Some(node));
    }
    // A folder that nobody made is dated by the first thing in it.
    let below = first_below(connection, repository, path)?;
    Ok(below.map(|below| Node {
        path: path.to_owned(),
        blob: None,
        mime: String::new(),
        seq: 0,
        ..below
    }))
}

pub(super) fn children(
    connection: &Connection,
    repository: &str,
    folder: &str,
) -> Answer<Vec<Child>> {
    let sql = sql(&[
        "SELECT ",
        NODE,
        " FROM ",
        NODE_TABLES,
        " WHERE n.repository = ?1 AND n.path >= ?2 AND n.path < ?3 ORDER BY n.path LIMIT 1",
    ]);
    let mut statement = connection.prepare_cached(&sql)?;
    let (start, end) = (start_of_folder(folder), end_of_folder(folder));
    let mut found = BTreeMap::new();
    let mut from = start.clone();
    // One index seek per entry: what lies below a subfolder is skipped, not read.
    while let Some(node) =
        rows::optional(statement.query_row([repository, &from, &end], rows::node))?
    {
        let rest = node.path[start.len()..].to_owned();
        match rest.split_once('/') {
            Some((name, _)) => {
                from = end_of_folder(&format!("{start}{name}"));
                found.insert(name.to_owned(), None);
            }
            None => {
                from = format!("{}\0", node.path);
                found.insert(rest, (!node.is_folder()).then_some(node));
            }
        }
    }
    Ok(found.into_iter().map(|(name, file)| Child { name, file }).collect())
}

/// A span of paths of one repository.
pub(super) struct Span {
    repository: String,
    folder: String,
    after: String,
}

impl Span {
    pub(super) fn new(repository: &str, folder: &str, after: &str) -> Self {
        Self {
            repository: repository.to_owned(),
            folder: folder.to_owned(),
            after: after.to_owned(),
        }
    }
}

pub(super) fn subtree(connection: &Connection, span: &Span, limit: usize) -> Answer<Vec<Node>> {
    let sql = sql(&[
        "SELECT ",
        NODE,
        " FROM ",
        NODE_TABLES,
        " WHERE n.repository = ?1 AND n.path > ?4 AND (n.path = ?5 OR (n.path >= ?2 AND n.path < ?3)) \
         ORDER BY n.path LIMIT ?6",
    ]);
    let mut statement = connection.prepare_cached(&sql)?;
    let (start, end) = (start_of_folder(&span.folder), end_of_folder(&span.folder));
    let parameters =
        params![span.repository, start, end, span.after, span.folder, limit_column(limit)];
    let nodes = statement.query_map(parameters, rows::node)?.collect::<Result<_, _>>()?;
    Ok(nodes)
}

pub(super) fn properties(
    connection: &Connection,
    repository: &str,
    path: &str,
) -> Answer<Properties> {
    let mut statement = connection.prepare_cached(
        "SELECT key, value FROM property WHERE repository = ?1 AND path = ?2 ORDER BY key, position",
    )?;
    let mut properties = Properties::new();
    let mut found = statement.query([repository, path])?;
    while let Some(row) = found.next()? {
        let (key, value): (String, String) = (row.get(0)?, row.get(1)?);
        properties.add(&key, &value).map_err(|e| CatalogError::unreadable("property", e))?;
    }
    Ok(properties)
}

fn record_rows(
    connection: &Connection,
    condition: &str,
    parameters: &[&str],
) -> Answer<Vec<RecordRow>> {
    let sql = sql(&[
        "SELECT ",
        NODE,
        ", r.package, r.version, r.body FROM record r \
         JOIN node n ON n.repository = r.repository AND n.path = r.path \
         LEFT JOIN blob b ON b.sha256 = n.blob WHERE r.repository = ?1",
        condition,
        " ORDER BY r.package, r.path, r.version",
    ]);
    let mut statement = connection.prepare_cached(&sql)?;
    let found = statement.query_map(params_from_iter(parameters), rows::record_row)?;
    Ok(found.collect::<Result<_, _>>()?)
}

pub(super) fn records(
    connection: &Connection,
    repository: &str,
    package: Option<&str>,
) -> Answer<Vec<RecordRow>> {
    match package {
        Some(package) => record_rows(connection, " AND r.package = ?2", &[repository, package]),
        None => record_rows(connection, "", &[repository]),
    }
}

pub(super) fn records_of(
    connection: &Connection,
    repository: &str,
    path: &str,
) -> Answer<Vec<RecordRow>> {
    record_rows(connection, " AND r.path = ?2", &[repository, path])
}

pub(super) fn packages(connection: &Connection, repository: &str) -> Answer<Vec<String>> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT package FROM record WHERE repository = ?1 ORDER BY package",
    )?;
    let found = statement.query_map([repository], |row| row.get(0))?;
    Ok(found.collect::<Result<_, _>>()?)
}

fn document_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Document> {
    Ok(Document { name: row.get(0)?, body: row.get(1)?, modified: row.get(2)?, seq: row.get(3)? })
}

pub(super) fn document(
    connection: &Connection,
    repository: &str,
    name: &str,
) -> Answer<Option<Document>> {
    let mut statement = connection.prepare_cached(
        "SELECT name, body, modified, seq FROM document WHERE repository = ?1 AND name = ?2",
    )?;
    Ok(rows::optional(statement.query_row([repository, name], document_row))?)
}

pub(super) fn documents(
    connection: &Connection,
    repository: &str,
    prefix: &str,
) -> Answer<Vec<Document>> {
    let mut statement = connection.prepare_cached(
        "SELECT name, body, modified, seq FROM document WHERE repository = ?1 AND name >= ?2 \
         AND substr(name, 1, length(?2)) = ?2 ORDER BY name",
    )?;
    let found = statement.query_map([repository, prefix], document_row)?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// The repository's last event and its version.
pub(super) fn counter(connection: &Connection, repository: &str) -> Answer<(Sequence, i64)> {
    let mut statement =
        connection.prepare_cached("SELECT seq, version FROM counter WHERE repository = ?1")?;
    let found = statement.query_row([repository], |row| Ok((row.get(0)?, row.get(1)?)));
    Ok(rows::optional(found)?.unwrap_or((0, 0)))
}

pub(super) fn find(connection: &Connection, query: &NodeQuery) -> Answer<Vec<Node>> {
    let mut sql = sql(&["SELECT ", NODE, " FROM ", NODE_TABLES, " WHERE n.blob IS NOT NULL"]);
    let mut values: Vec<Value> = Vec::new();
    let mut bind = |value: &str| {
        values.push(Value::Text(value.to_owned()));
        format!("?{}", values.len())
    };
    if !query.repositories.is_empty() {
        let list: Vec<_> = query.repositories.iter().map(|name| bind(name)).collect();
        sql += &format!(" AND n.repository IN ({})", list.join(", "));
    }
    for (column, pattern) in [("n.name", &query.name), ("n.path", &query.path)] {
        if let Some(pattern) = pattern {
            // `[` opens a character class in GLOB, which the REST API does not have.
            sql += &format!(" AND {column} GLOB {}", bind(&pattern.replace('[', "[[]")));
        }
    }
    if let Some(blob) = &query.blob {
        let (column, text) = match blob {
            BlobKey::Sha256(sum) => ("b.sha256", sum.to_hex()),
            BlobKey::Sha1(sum) => ("b.sha1", sum.to_hex()),
            BlobKey::Md5(sum) => ("b.md5", sum.to_hex()),
        };
        sql += &format!(" AND {column} = {}", bind(&text));
    }
    for (key, accepted) in &query.properties {
        sql += &format!(
            " AND EXISTS (SELECT 1 FROM property p WHERE p.repository = n.repository \
             AND p.path = n.path AND p.key = {}",
            bind(key)
        );
        if !accepted.is_empty() {
            let list: Vec<_> = accepted.iter().map(|value| bind(value)).collect();
            sql += &format!(" AND p.value IN ({})", list.join(", "));
        }
        sql += ")";
    }
    sql += &format!(" ORDER BY n.repository, n.path LIMIT {}", limit_column(query.limit));
    let mut statement = connection.prepare(&sql)?;
    let found = statement.query_map(params_from_iter(values), rows::node)?;
    Ok(found.collect::<Result<_, _>>()?)
}

pub(super) fn statistics(
    connection: &Connection,
    repository: &str,
    path: &str,
) -> Answer<Statistics> {
    let mut statement = connection.prepare_cached(
        "SELECT downloads, last, last_by FROM statistic WHERE repository = ?1 AND path = ?2",
    )?;
    let found = statement.query_row([repository, path], |row| {
        Ok(Statistics { downloads: row.get(0)?, last: row.get(1)?, last_by: row.get(2)? })
    });
    Ok(rows::optional(found)?.unwrap_or_default())
}

pub(super) fn usage(connection: &Connection) -> Answer<Vec<Usage>> {
    let mut statement = connection.prepare(
        "SELECT n.repository, count(n.blob), count(*) - count(n.blob), \
         coalesce(sum(b.size), 0) FROM node n LEFT JOIN blob b ON b.sha256 = n.blob \
         GROUP BY n.repository ORDER BY n.repository",
    )?;
    let found = statement.query_map([], |row| {
        Ok(Usage {
            repository: row.get(0)?,
            files: row.get(1)?,
            folders: row.get(2)?,
            bytes: row.get(3)?,
        })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

pub(super) fn is_empty(connection: &Connection, repository: &str) -> Answer<bool> {
    let mut statement = connection
        .prepare_cached("SELECT NOT EXISTS (SELECT 1 FROM node WHERE repository = ?1)")?;
    Ok(statement.query_row([repository], |row| row.get(0))?)
}

pub(super) fn object(
    connection: &Connection,
    kind: ObjectKind,
    name: &str,
) -> Answer<Option<String>> {
    let mut statement =
        connection.prepare_cached("SELECT body FROM object WHERE kind = ?1 AND name = ?2")?;
    Ok(rows::optional(statement.query_row([kind.as_str(), name], |row| row.get(0)))?)
}

pub(super) fn objects(connection: &Connection, kind: ObjectKind) -> Answer<Vec<Object>> {
    let mut statement =
        connection.prepare_cached("SELECT name, body FROM object WHERE kind = ?1 ORDER BY name")?;
    let found = statement
        .query_map([kind.as_str()], |row| Ok(Object { name: row.get(0)?, body: row.get(1)? }))?;
    Ok(found.collect::<Result<_, _>>()?)
}

const TOKEN: &str =
    "SELECT id, hash, subject, scope, description, created, expires, refresh FROM token";

pub(super) fn token(connection: &Connection, hash: &Digest) -> Answer<Option<Token>> {
    let sql = sql(&[TOKEN, " WHERE hash = ?1 OR refresh = ?1"]);
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(rows::optional(statement.query_row([hash.to_hex()], rows::token))?)
}

pub(super) fn tokens(connection: &Connection) -> Answer<Vec<Token>> {
    let mut statement = connection.prepare_cached(&sql(&[TOKEN, " ORDER BY created, id"]))?;
    let found = statement.query_map([], rows::token)?;
    Ok(found.collect::<Result<_, _>>()?)
}
