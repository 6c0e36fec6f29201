//! Changes that another site made, taken over by its replica here.

use repository::{Checksums, Properties};
use rusqlite::params;

use super::node::last_segment;
use super::{Commit, Done};
use crate::change::Reconciliation;
use crate::model::{Record, Sequence, Subject, SubjectContent, SubjectState, Timestamp};

/// Where a state comes from and when it arrived.
struct Arrival<'a> {
    incarnation: &'a str,
    seq: Sequence,
    at: Timestamp,
}

impl Commit<'_> {
    pub(super) fn apply_states(
        &self,
        repository: &str,
        incarnation: &str,
        states: &[SubjectState],
        at: Timestamp,
    ) -> Done {
        let mut applied = 0;
        for state in states {
            let known = self.known(repository, &state.subject)?;
            // Invariant: within one incarnation the number of a subject never goes back. That
            // alone makes repeated and reordered deliveries harmless.
            if known.is_some_and(|(from, seq)| from == incarnation && seq >= state.seq) {
                continue;
            }
            self.apply_state(repository, state, &Arrival { incarnation, seq: state.seq, at })?;
            applied += 1;
        }
        if applied > 0 {
            self.touch(repository)?;
        }
        Ok(applied)
    }

    fn apply_state(&self, repository: &str, state: &SubjectState, arrival: &Arrival<'_>) -> Done {
        let (kind, name) = state.subject.columns();
        if state.content.is_some() {
            self.run(
                "DELETE FROM tombstone WHERE repository = ?1 AND kind = ?2 AND subject = ?3",
                [repository, kind, name],
            )?;
        }
        match (&state.subject, &state.content) {
            (Subject::Path(path), Some(SubjectContent::Node { properties, records, .. })) => {
                self.apply_node(repository, state, arrival)?;
                self.apply_details(repository, path, properties, records)
            }
            (Subject::Document(name), Some(SubjectContent::Document { body, modified })) => self
                .run(
                    "INSERT INTO document (repository, name, body, modified, seq, incarnation) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (repository, name) DO UPDATE SET \
                 body = excluded.body, modified = excluded.modified, seq = excluded.seq, \
                 incarnation = excluded.incarnation",
                    params![repository, name, body, modified, arrival.seq, arrival.incarnation],
                ),
            // The subject and its content disagree: a message that no version of this program
            // writes changes nothing.
            (_, Some(_)) => Ok(0),
            (subject, None) => self.bury(repository, subject, arrival),
        }
    }

    fn apply_node(&self, repository: &str, state: &SubjectState, arrival: &Arrival<'_>) -> Done {
        let (
            Subject::Path(path),
            Some(SubjectContent::Node {
                blob,
                mime,
                created,
                created_by,
                modified,
                modified_by,
                ..
            }),
        ) = (&state.subject, &state.content)
        else {
            return Ok(0);
        };
        let digest = self.blob_column(blob.as_ref())?;
        self.run(
            "INSERT INTO node (repository, path, name, blob, mime, created, created_by, modified, \
             modified_by, updated, seq, incarnation) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) \
             ON CONFLICT (repository, path) DO UPDATE SET blob = excluded.blob, \
             mime = excluded.mime, created = excluded.created, created_by = excluded.created_by, \
             modified = excluded.modified, modified_by = excluded.modified_by, \
             updated = excluded.updated, seq = excluded.seq, incarnation = excluded.incarnation",
            params![
                repository,
                path,
                last_segment(path),
                digest,
                mime,
                created,
                created_by,
                modified,
                modified_by,
                arrival.at,
                arrival.seq,
                arrival.incarnation
            ],
        )
    }

    fn blob_column(&self, blob: Option<&Checksums>) -> Done<Option<String>> {
        let Some(blob) = blob else { return Ok(None) };
        self.put_blob(blob)?;
        Ok(Some(blob.sha256.to_hex()))
    }

    fn apply_details(
        &self,
        repository: &str,
        path: &str,
        properties: &Properties,
        records: &[Record],
    ) -> Done {
        self.put_properties(repository, path, properties)?;
        self.put_records(repository, path, records)
    }

    /// Removes a subject and keeps the number of its removal.
    fn bury(&self, repository: &str, subject: &Subject, arrival: &Arrival<'_>) -> Done {
        match subject {
            Subject::Path(path) => self.remove_path(repository, path)?,
            Subject::Document(name) => self.run(
                "DELETE FROM document WHERE repository = ?1 AND name = ?2",
                [repository, name],
            )?,
        };
        let (kind, name) = subject.columns();
        self.run(
            "INSERT OR REPLACE INTO tombstone (repository, kind, subject, incarnation, seq, at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![repository, kind, name, arrival.incarnation, arrival.seq, arrival.at],
        )
    }

    pub(super) fn reconcile(&self, repository: &str, owner: &Reconciliation) -> Done {
        let keep: std::collections::BTreeSet<&str> =
            owner.keep.iter().map(String::as_str).collect();
        let mut statement = self.connection.prepare_cached(
            "SELECT path FROM node WHERE repository = ?1 AND path > ?2 \
             AND (?3 IS NULL OR path <= ?3) AND incarnation = ?4 AND seq <= ?5",
        )?;
        let span = params![repository, owner.after, owner.through, owner.incarnation, owner.up_to];
        let paths: Vec<String> =
            statement.query_map(span, |row| row.get(0))?.collect::<Result<_, _>>()?;
        let gone: Vec<_> = paths.iter().filter(|path| !keep.contains(path.as_str())).collect();
        for path in &gone {
            self.remove_path(repository, path)?;
        }
        if !gone.is_empty() {
            self.touch(repository)?;
        }
        Ok(gone.len())
    }
}
