//! The choke point: every change of every format becomes rows and events here.

mod node;
mod replica;

use rusqlite::{Connection, params};

use super::read;
use crate::change::{Change, Committed};
use crate::error::CatalogError;
use crate::model::{Sequence, Subject, Timestamp, Token};

type Done<T = usize> = Result<T, CatalogError>;

/// One transaction under way.
struct Commit<'a> {
    connection: &'a Connection,
    seq: Sequence,
}

/// Applies the steps in order; the first that is refused refuses all.
pub(super) fn changes(connection: &Connection, changes: &[Change]) -> Done<Committed> {
    let mut commit = Commit { connection, seq: 0 };
    let mut changed = 0;
    for change in changes {
        changed += commit.change(change)?;
    }
    Ok(Committed { seq: commit.seq, changed })
}

impl Commit<'_> {
    fn run(&self, sql: &str, parameters: impl rusqlite::Params) -> Done {
        Ok(self.connection.prepare_cached(sql)?.execute(parameters)?)
    }

    /// Numbers a change and tells the outbox of it.
    fn emit(&mut self, repository: &str, subject: &Subject, at: Timestamp) -> Done<Sequence> {
        let seq = self
            .connection
            .prepare_cached(
                "INSERT INTO counter (repository, seq, version) VALUES (?1, 1, 1) \
                 ON CONFLICT (repository) DO UPDATE SET seq = seq + 1, version = version + 1 \
                 RETURNING seq",
            )?
            .query_row([repository], |row| row.get(0))?;
        let (kind, name) = subject.columns();
        self.run(
            "INSERT INTO event (repository, seq, kind, subject, at) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![repository, seq, kind, name, at],
        )?;
        self.seq = seq;
        Ok(seq)
    }

    /// Makes rendered indexes stale without an event.
    fn touch(&self, repository: &str) -> Done {
        self.run(
            "INSERT INTO counter (repository, seq, version) VALUES (?1, 0, 1) \
             ON CONFLICT (repository) DO UPDATE SET version = version + 1",
            [repository],
        )
    }

    fn change(&mut self, change: &Change) -> Done {
        match change {
            Change::ExpectPath { repository, path, digest } => {
                self.expect_path(repository, path, digest.as_ref())
            }
            Change::ExpectDocument { repository, name, seq } => {
                self.expect_document(repository, name, *seq)
            }
            Change::PutFile { repository, file } => self.put_file(repository, file),
            Change::PutFolder { repository, path, by, at } => {
                self.put_folder(repository, path, by, *at)
            }
            Change::DeleteTree { repository, path, at } => self.delete_tree(repository, path, *at),
            Change::SetProperties { repository, path, set, remove, by, at } => {
                self.make_real(repository, path, by, *at)?;
                self.set_properties(repository, path, set, remove)?;
                self.bump(repository, path, *at)
            }
            Change::PutRecords { repository, path, records, at } => {
                self.put_records(repository, path, records)?;
                self.bump(repository, path, *at)
            }
            Change::PutDocument { repository, name, body, at } => {
                self.put_document(repository, name, body.as_deref(), *at)
            }
            Change::Apply { repository, incarnation, states, at } => {
                self.apply_states(repository, incarnation, states, *at)
            }
            Change::Reconcile { repository, reconciliation } => {
                self.reconcile(repository, reconciliation)
            }
            Change::DropRepository { repository } => self.drop_repository(repository),
            Change::PutObject { kind, name, body } => self.run(
                "INSERT INTO object (kind, name, body) VALUES (?1, ?2, ?3) \
                 ON CONFLICT (kind, name) DO UPDATE SET body = excluded.body",
                params![kind.as_str(), name, body],
            ),
            Change::DeleteObject { kind, name } => self.run(
                "DELETE FROM object WHERE kind = ?1 AND name = ?2",
                params![kind.as_str(), name],
            ),
            Change::PutToken(token) => self.put_token(token),
            Change::DeleteToken { id } => self.run("DELETE FROM token WHERE id = ?1", [id]),
            Change::StartTarget { target, repository } => self.start_target(target, repository),
            Change::MeetTarget { target, holder } => self.run(
                "UPDATE target SET holder = ?2, \
                 snapshot_after = CASE WHEN holder IS NULL THEN snapshot_after ELSE '' END \
                 WHERE target = ?1 AND holder IS NOT ?2",
                [target, holder],
            ),
            Change::DropTarget { target } => {
                self.run("DELETE FROM target WHERE target = ?1", [target])
            }
            Change::Acknowledge { target, seq, at } => self.run(
                "UPDATE target SET acknowledged = max(acknowledged, ?2), acknowledged_at = ?3 \
                 WHERE target = ?1",
                params![target, seq, at],
            ),
            Change::SnapshotProgress { target, after } => self.run(
                "UPDATE target SET snapshot_after = ?2 WHERE target = ?1",
                params![target, after],
            ),
            Change::CountDownloads { repository, path, count, by, at } => self.run(
                "INSERT INTO statistic (repository, path, downloads, last, last_by) \
                 VALUES (?1, ?2, ?3, ?5, ?4) ON CONFLICT (repository, path) DO UPDATE SET \
                 downloads = downloads + ?3, last = max(last, ?5), last_by = ?4",
                params![repository, path, count, by, at],
            ),
            Change::Prune { before } => self.prune(*before),
        }
    }

    fn expect_document(&self, repository: &str, name: &str, seq: Option<Sequence>) -> Done {
        let found = read::document(self.connection, repository, name)?.map(|found| found.seq);
        if found == seq {
            return Ok(0);
        }
        Err(CatalogError::Conflict(format!(
            "\"{name}\" in \"{repository}\" was changed by somebody else at the same time. Try \
             again."
        )))
    }

    fn put_document(
        &mut self,
        repository: &str,
        name: &str,
        body: Option<&str>,
        at: Timestamp,
    ) -> Done {
        let known = read::document(self.connection, repository, name)?.map(|found| found.body);
        if known.as_deref() == body {
            return Ok(0);
        }
        let seq = self.emit(repository, &Subject::Document(name.to_owned()), at)?;
        match body {
            Some(body) => self.run(
                "INSERT INTO document (repository, name, body, modified, seq) \
                 VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (repository, name) DO UPDATE SET \
                 body = excluded.body, modified = excluded.modified, seq = excluded.seq, \
                 incarnation = ''",
                params![repository, name, body, at, seq],
            ),
            None => self.run(
                "DELETE FROM document WHERE repository = ?1 AND name = ?2",
                [repository, name],
            ),
        }
    }

    fn drop_repository(&self, repository: &str) -> Done {
        let mut removed = 0;
        for table in
            ["record", "property", "statistic", "node", "document", "event", "tombstone", "target"]
        {
            removed += self
                .connection
                .execute(&format!("DELETE FROM {table} WHERE repository = ?1"), [repository])?;
        }
        self.touch(repository)?;
        Ok(removed)
    }

    fn put_token(&self, token: &Token) -> Done {
        self.run(
            "INSERT OR REPLACE INTO token \
             (id, hash, subject, scope, description, created, expires, refresh) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                token.id,
                token.hash.to_hex(),
                token.subject,
                token.scope,
                token.description,
                token.created,
                token.expires,
                token.refresh.map(|sum| sum.to_hex()),
            ],
        )
    }

    fn start_target(&self, target: &str, repository: &str) -> Done {
        // The cursor starts at today's last event and the backlog at the first path, in this one
        // transaction: nothing falls between the two.
        let (seq, _) = read::counter(self.connection, repository)?;
        self.run(
            "INSERT INTO target (target, repository, acknowledged, snapshot_after) \
             VALUES (?1, ?2, ?3, '') ON CONFLICT (target) DO NOTHING",
            params![target, repository, seq],
        )
    }

    fn prune(&self, before: Timestamp) -> Done {
        let events = self.run(
            "DELETE FROM event WHERE seq <= coalesce((SELECT min(t.acknowledged) FROM target t \
             WHERE t.repository = event.repository), 9223372036854775807)",
            [],
        )?;
        Ok(events + self.run("DELETE FROM tombstone WHERE at < ?1", [before])?)
    }
}
