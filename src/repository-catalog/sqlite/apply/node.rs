//! Changes that are made here: files, folders, properties and package rows.

use repository::{Checksums, Digest, Properties};
use rusqlite::params;

use super::{Commit, Done};
use crate::change::NewFile;
use crate::error::CatalogError;
use crate::model::{Record, Sequence, Subject, Timestamp};
use crate::sqlite::{read, rows};

impl Commit<'_> {
    pub(super) fn expect_path(
        &self,
        repository: &str,
        path: &str,
        digest: Option<&Digest>,
    ) -> Done {
        let found = read::exact_node(self.connection, repository, path)?;
        let found = found.and_then(|node| node.blob).map(|blob| blob.sha256);
        if found.as_ref() == digest {
            return Ok(0);
        }
        Err(CatalogError::Conflict(match digest {
            None => format!("\"{path}\" is already there in \"{repository}\"."),
            Some(_) => format!(
                "\"{path}\" in \"{repository}\" was changed by somebody else at the same time. \
                 Try again."
            ),
        }))
    }

    pub(super) fn put_file(&mut self, repository: &str, file: &NewFile) -> Done {
        self.refuse_file_above(repository, &file.path)?;
        self.refuse_folder(repository, &file.path)?;
        self.put_blob(&file.blob)?;
        let seq = self.emit(repository, &Subject::Path(file.path.clone()), file.at)?;
        self.run(
            "INSERT INTO node (repository, path, name, blob, mime, created, created_by, modified, \
             modified_by, updated, seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?6, ?7, ?6, ?8) \
             ON CONFLICT (repository, path) DO UPDATE SET blob = excluded.blob, \
             mime = excluded.mime, modified = excluded.modified, \
             modified_by = excluded.modified_by, updated = excluded.updated, \
             seq = excluded.seq, incarnation = ''",
            params![
                repository,
                file.path,
                last_segment(&file.path),
                file.blob.sha256.to_hex(),
                file.mime,
                file.at,
                file.by,
                seq
            ],
        )?;
        self.put_properties(repository, &file.path, &file.properties)?;
        self.put_records(repository, &file.path, &file.records)?;
        Ok(1)
    }

    pub(super) fn put_blob(&self, blob: &Checksums) -> Done {
        self.run(
            "INSERT INTO blob (sha256, sha1, md5, size) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (sha256) DO NOTHING",
            params![
                blob.sha256.to_hex(),
                blob.sha1.to_hex(),
                blob.md5.to_hex(),
                i64::try_from(blob.size).unwrap_or(i64::MAX)
            ],
        )
    }

    /// A file cannot have anything below it.
    fn refuse_file_above(&self, repository: &str, path: &str) -> Done {
        for (slash, _) in path.match_indices('/') {
            let above = read::exact_node(self.connection, repository, &path[..slash])?;
            if above.is_some_and(|above| !above.is_folder()) {
                return Err(CatalogError::Conflict(format!(
                    "\"{}\" in \"{repository}\" is a file, so nothing can be put below it. \
                     Choose another path or delete the file.",
                    &path[..slash]
                )));
            }
        }
        Ok(0)
    }

    fn refuse_folder(&self, repository: &str, path: &str) -> Done {
        if read::node(self.connection, repository, path)?.is_none_or(|node| !node.is_folder()) {
            return Ok(0);
        }
        Err(CatalogError::Conflict(format!(
            "\"{path}\" in \"{repository}\" is a folder. Choose another path or delete the folder."
        )))
    }

    pub(super) fn put_folder(
        &mut self,
        repository: &str,
        path: &str,
        by: &str,
        at: Timestamp,
    ) -> Done {
        match read::exact_node(self.connection, repository, path)? {
            Some(found) if found.is_folder() => return Ok(0),
            Some(_) => {
                return Err(CatalogError::Conflict(format!(
                    "\"{path}\" in \"{repository}\" is a file. Choose another path or delete the \
                     file."
                )));
            }
            None => {}
        }
        self.refuse_file_above(repository, path)?;
        let seq = self.emit(repository, &Subject::Path(path.to_owned()), at)?;
        self.run(
            "INSERT INTO node (repository, path, name, mime, created, created_by, modified, \
             modified_by, updated, seq) VALUES (?1, ?2, ?3, '', ?4, ?5, ?4, ?5, ?4, ?6)",
            params![repository, path, last_segment(path), at, by, seq],
        )
    }

    /// A folder that only follows from paths gets a row of its own, so that properties have
    /// something to belong to.
    pub(super) fn make_real(
        &mut self,
        repository: &str,
        path: &str,
        by: &str,
        at: Timestamp,
    ) -> Done {
        let exact = read::exact_node(self.connection, repository, path)?;
        if exact.is_some() || path.is_empty() {
            return Ok(0);
        }
        match read::node(self.connection, repository, path)? {
            Some(_) => self.put_folder(repository, path, by, at),
            None => Err(CatalogError::Conflict(format!("\"{path}\" is not in \"{repository}\"."))),
        }
    }

    /// Gives a path that changed in place its new number.
    pub(super) fn bump(&mut self, repository: &str, path: &str, at: Timestamp) -> Done {
        let seq = self.emit(repository, &Subject::Path(path.to_owned()), at)?;
        self.run(
            "UPDATE node SET seq = ?3, updated = ?4 WHERE repository = ?1 AND path = ?2",
            params![repository, path, seq, at],
        )?;
        Ok(1)
    }

    pub(super) fn delete_tree(&mut self, repository: &str, path: &str, at: Timestamp) -> Done {
        let mut paths: Vec<String> = Vec::new();
        if read::exact_node(self.connection, repository, path)?.is_some() {
            paths.push(path.to_owned());
        }
        let span = read::Span::new(repository, path, "");
        let below = read::subtree(self.connection, &span, usize::MAX)?;
        paths.extend(below.into_iter().map(|node| node.path).filter(|below| below != path));
        for path in &paths {
            self.emit(repository, &Subject::Path(path.clone()), at)?;
            self.remove_path(repository, path)?;
        }
        Ok(paths.len())
    }

    /// Removes every row of one path.
    pub(super) fn remove_path(&self, repository: &str, path: &str) -> Done {
        for sql in [
            "DELETE FROM record WHERE repository = ?1 AND path = ?2",
            "DELETE FROM property WHERE repository = ?1 AND path = ?2",
            "DELETE FROM statistic WHERE repository = ?1 AND path = ?2",
        ] {
            self.run(sql, [repository, path])?;
        }
        self.run("DELETE FROM node WHERE repository = ?1 AND path = ?2", [repository, path])
    }

    pub(super) fn put_properties(
        &self,
        repository: &str,
        path: &str,
        properties: &Properties,
    ) -> Done {
        self.run("DELETE FROM property WHERE repository = ?1 AND path = ?2", [repository, path])?;
        for (key, values) in properties.iter() {
            self.put_property(repository, path, (key, values))?;
        }
        Ok(1)
    }

    fn put_property(&self, repository: &str, path: &str, (key, values): (&str, &[String])) -> Done {
        for (position, value) in values.iter().enumerate() {
            self.run(
                "INSERT INTO property (repository, path, key, position, value) \
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![repository, path, key, position_column(position), value],
            )?;
        }
        Ok(values.len())
    }

    pub(super) fn set_properties(
        &self,
        repository: &str,
        path: &str,
        set: &Properties,
        remove: &[String],
    ) -> Done {
        for key in remove.iter().map(String::as_str).chain(set.iter().map(|(key, _)| key)) {
            self.run(
                "DELETE FROM property WHERE repository = ?1 AND path = ?2 AND key = ?3",
                [repository, path, key],
            )?;
        }
        for (key, values) in set.iter() {
            self.put_property(repository, path, (key, values))?;
        }
        Ok(1)
    }

    pub(super) fn put_records(&self, repository: &str, path: &str, records: &[Record]) -> Done {
        self.run("DELETE FROM record WHERE repository = ?1 AND path = ?2", [repository, path])?;
        for record in records {
            self.run(
                "INSERT OR REPLACE INTO record (repository, path, package, version, body) \
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![repository, path, record.package, record.version, record.body],
            )?;
        }
        Ok(records.len())
    }

    /// What is known of a subject: the incarnation and number that it, or its tombstone, has.
    pub(super) fn known(
        &self,
        repository: &str,
        subject: &Subject,
    ) -> Done<Option<(String, Sequence)>> {
        let (kind, name) = subject.columns();
        let sql = match subject {
            Subject::Path(_) => {
                "SELECT incarnation, seq FROM node WHERE repository = ?1 AND path = ?2"
            }
            Subject::Document(_) => {
                "SELECT incarnation, seq FROM document WHERE repository = ?1 AND name = ?2"
            }
        };
        let pair = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let mut statement = self.connection.prepare_cached(sql)?;
        if let Some(found) = rows::optional(statement.query_row([repository, name], pair))? {
            return Ok(Some(found));
        }
        let mut statement = self.connection.prepare_cached(
            "SELECT incarnation, seq FROM tombstone \
             WHERE repository = ?1 AND kind = ?2 AND subject = ?3",
        )?;
        Ok(rows::optional(statement.query_row([repository, kind, name], pair))?)
    }
}

fn position_column(position: usize) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

pub(super) fn last_segment(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
