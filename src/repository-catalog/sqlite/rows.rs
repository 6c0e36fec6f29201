//! Turns rows of the database into values, and names their columns once.

use repository::{Checksums, Digest, Md5Sum, Sha1Sum};
use rusqlite::types::Type;
use rusqlite::{Result, Row};

use crate::model::{Node, Record, RecordRow, Token};

/// The columns that [`node`] reads, in its order, for `FROM` [`NODE_TABLES`].
pub(super) const NODE: &str = "n.repository, n.path, n.mime, n.created, n.created_by, \
     n.modified, n.modified_by, n.updated, n.seq, b.sha256, b.sha1, b.md5, b.size";

/// The tables of [`NODE`].
pub(super) const NODE_TABLES: &str = "node n LEFT JOIN blob b ON b.sha256 = n.blob";

/// Number of columns in [`NODE`].
pub(super) const NODE_COLUMNS: usize = 13;

/// "No row" as a value, other failures as failures.
pub(super) fn optional<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
        other => other.map(Some),
    }
}

fn unreadable(
    column: usize,
    error: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}

pub(super) fn digest(row: &Row<'_>, column: usize) -> Result<Digest> {
    let text: String = row.get(column)?;
    Digest::parse(&text).map_err(|error| unreadable(column, error))
}

fn checksums(row: &Row<'_>, from: usize) -> Result<Option<Checksums>> {
    if row.get_ref(from)? == rusqlite::types::ValueRef::Null {
        return Ok(None);
    }
    let sha1: String = row.get(from + 1)?;
    let md5: String = row.get(from + 2)?;
    let size: i64 = row.get(from + 3)?;
    Ok(Some(Checksums {
        sha256: digest(row, from)?,
        sha1: Sha1Sum::parse(&sha1).map_err(|error| unreadable(from + 1, error))?,
        md5: Md5Sum::parse(&md5).map_err(|error| unreadable(from + 2, error))?,
        size: size.unsigned_abs(),
    }))
}

pub(super) fn node(row: &Row<'_>) -> Result<Node> {
    Ok(Node {
        repository: row.get(0)?,
        path: row.get(1)?,
        mime: row.get(2)?,
        created: row.get(3)?,
        created_by: row.get(4)?,
        modified: row.get(5)?,
        modified_by: row.get(6)?,
        updated: row.get(7)?,
        seq: row.get(8)?,
        blob: checksums(row, 9)?,
    })
}

pub(super) fn record_row(row: &Row<'_>) -> Result<RecordRow> {
    let record = Record {
        package: row.get(NODE_COLUMNS)?,
        version: row.get(NODE_COLUMNS + 1)?,
        body: row.get(NODE_COLUMNS + 2)?,
    };
    Ok(RecordRow { node: node(row)?, record })
}

pub(super) fn token(row: &Row<'_>) -> Result<Token> {
    let refresh: Option<String> = row.get(7)?;
    Ok(Token {
        id: row.get(0)?,
        hash: digest(row, 1)?,
        subject: row.get(2)?,
        scope: row.get(3)?,
        description: row.get(4)?,
        created: row.get(5)?,
        expires: row.get(6)?,
        refresh: refresh
            .map(|text| Digest::parse(&text).map_err(|error| unreadable(7, error)))
            .transpose()?,
    })
}
