//! What replication reads: events, the states they tell of, and how far each target is.

use rusqlite::{Connection, params};

use super::{read, rows};
use crate::error::CatalogError;
use crate::model::{Event, Sequence, Subject, SubjectContent, SubjectState, TargetState};

type Answer<T> = Result<T, CatalogError>;

pub(super) fn events(
    connection: &Connection,
    repository: &str,
    after: Sequence,
    limit: usize,
) -> Answer<Vec<Event>> {
    let mut statement = connection.prepare_cached(
        "SELECT seq, kind, subject, at FROM event WHERE repository = ?1 AND seq > ?2 \
         ORDER BY seq LIMIT ?3",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = statement.query_map(params![repository, after, limit], |row| {
        let kind: String = row.get(1)?;
        Ok(Event {
            seq: row.get(0)?,
            subject: Subject::from_columns(&kind, row.get(2)?),
            at: row.get(3)?,
        })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

pub(super) fn states(
    connection: &Connection,
    repository: &str,
    subjects: &[(Subject, Sequence)],
) -> Answer<Vec<SubjectState>> {
    // One snapshot of the database, so that a node, its properties and its records fit together.
    let transaction = connection.unchecked_transaction()?;
    subjects
        .iter()
        .map(|(subject, fallback)| state(&transaction, repository, subject, *fallback))
        .collect()
}

fn state(
    connection: &Connection,
    repository: &str,
    subject: &Subject,
    fallback: Sequence,
) -> Answer<SubjectState> {
    let found = match subject {
        Subject::Document(name) => read::document(connection, repository, name)?.map(|found| {
            (found.seq, SubjectContent::Document { body: found.body, modified: found.modified })
        }),
        Subject::Path(path) => node_state(connection, repository, path)?,
    };
    let (seq, content) = match found {
        Some((seq, content)) => (seq, Some(content)),
        None => (fallback, None),
    };
    Ok(SubjectState { subject: subject.clone(), seq, content })
}

fn node_state(
    connection: &Connection,
    repository: &str,
    path: &str,
) -> Answer<Option<(Sequence, SubjectContent)>> {
    let Some(node) = read::exact_node(connection, repository, path)? else { return Ok(None) };
    let records = read::records_of(connection, repository, path)?;
    let content = SubjectContent::Node {
        blob: node.blob,
        mime: node.mime,
        created: node.created,
        created_by: node.created_by,
        modified: node.modified,
        modified_by: node.modified_by,
        properties: read::properties(connection, repository, path)?,
        records: records.into_iter().map(|row| row.record).collect(),
    };
    Ok(Some((node.seq, content)))
}

pub(super) fn target(connection: &Connection, target: &str) -> Answer<Option<TargetState>> {
    let mut statement = connection.prepare_cached(
        "SELECT target, repository, acknowledged, snapshot_after, acknowledged_at, holder \
         FROM target WHERE target = ?1",
    )?;
    let found = statement.query_row([target], |row| {
        Ok(TargetState {
            target: row.get(0)?,
            repository: row.get(1)?,
            acknowledged: row.get(2)?,
            snapshot_after: row.get(3)?,
            acknowledged_at: row.get(4)?,
            holder: row.get(5)?,
        })
    });
    Ok(rows::optional(found)?)
}

/// What is behind the cursor, plus what of the backlog is not yet delivered.
pub(super) fn lag(connection: &Connection, target: &str) -> Answer<(i64, Option<i64>)> {
    let mut statement = connection.prepare_cached(
        "SELECT (SELECT count(*) FROM event e \
                 WHERE e.repository = t.repository AND e.seq > t.acknowledged) \
              + (SELECT count(*) FROM node n \
                 WHERE n.repository = t.repository AND n.path > t.snapshot_after), \
                (SELECT min(at) FROM event e \
                 WHERE e.repository = t.repository AND e.seq > t.acknowledged) \
         FROM target t WHERE t.target = ?1",
    )?;
    let found = statement.query_row([target], |row| Ok((row.get(0)?, row.get(1)?)));
    Ok(rows::optional(found)?.unwrap_or((0, None)))
}
