//! The catalog in one SQLite file.
//!
//! One thread writes, and commits many waiting transactions with one fsync; any number of reader
//! connections read beside it (WAL). `synchronous = FULL`, so that what was answered survives a
//! power cut.

mod apply;
mod migrations;
mod outbox;
mod read;
mod rows;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use repository::{Digest, Properties};
use rusqlite::{Connection, OpenFlags};
use tokio::sync::watch;

use crate::catalog::{Catalog, NodeQuery, Read};
use crate::change::{Change, Committed};
use crate::error::CatalogError;
use crate::model::{
    Child, Document, Event, Node, Object, ObjectKind, RecordRow, Sequence, Site, Statistics,
    Subject, SubjectState, TargetState, Token, Usage,
};
use writer::Writer;

/// Reader connections that are kept open when they are not needed.
const READERS_IDLE_MAX: usize = 16;
/// Prepared statements that each connection keeps.
const STATEMENTS_MAX: usize = 128;

/// A catalog in an SQLite file.
pub struct SqliteCatalog {
    site: Site,
    writer: Writer,
    readers: Arc<Readers>,
}

impl SqliteCatalog {
    /// Opens the file, creates it when it is absent. Blocks. The caller makes sure that no other
    /// server uses the file.
    pub fn open(file: &Path, site_name: &str) -> Result<Self, CatalogError> {
        let mut connection = Connection::open(file)?;
        prepare(&connection)?;
        migrations::run(&mut connection)?;
        let site = identify(&connection, site_name)?;
        let readers = Arc::new(Readers { file: file.to_owned(), idle: Mutex::default() });
        Ok(Self { site, writer: Writer::start(connection)?, readers })
    }

    /// Reads on the calling thread: a look-up by key in a warm cache takes microseconds, less
    /// than handing it to another thread would.
    fn point<'a, T: Send + 'a>(
        &'a self,
        read: impl FnOnce(&Connection) -> Result<T, CatalogError>,
    ) -> Read<'a, T> {
        futures::future::ready(self.readers.with(read)).boxed()
    }

    /// Reads many rows, on a blocking thread.
    fn scan<'a, T: Send + 'static>(
        &'a self,
        read: impl FnOnce(&Connection) -> Result<T, CatalogError> + Send + 'static,
    ) -> Read<'a, T> {
        let readers = Arc::clone(&self.readers);
        async move {
            match tokio::task::spawn_blocking(move || readers.with(read)).await {
                Ok(result) => result,
                Err(error) => Err(CatalogError::Unavailable(format!("a read stopped: {error}"))),
            }
        }
        .boxed()
    }
}

struct Readers {
    file: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    fn with<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, CatalogError>,
    ) -> Result<T, CatalogError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => open_reader(&self.file)?,
        };
        let result = read(&connection);
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < READERS_IDLE_MAX && connection.is_autocommit() {
            idle.push(connection);
        }
        result
    }
}

fn open_reader(file: &Path) -> Result<Connection, CatalogError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    Ok(connection)
}

fn prepare(connection: &Connection) -> Result<(), CatalogError> {
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    Ok(())
}

fn identify(connection: &Connection, name: &str) -> Result<Site, CatalogError> {
    let known =
        rows::optional(connection.query_row("SELECT name, incarnation FROM site", [], |row| {
            Ok(Site { name: row.get(0)?, incarnation: row.get(1)? })
        }))?;
    match known {
        Some(site) if site.name == name => Ok(site),
        Some(site) => Err(CatalogError::Unavailable(format!(
            "it belongs to the site \"{}\", not to \"{name}\". Give each site a data folder of \
             its own.",
            site.name
        ))),
        None => {
            let incarnation = uuid::Uuid::new_v4().to_string();
            connection.execute(
                "INSERT INTO site (name, incarnation) VALUES (?1, ?2)",
                [name, &incarnation],
            )?;
            Ok(Site { name: name.to_owned(), incarnation })
        }
    }
}

impl Catalog for SqliteCatalog {
    fn site(&self) -> &Site {
        &self.site
    }

    fn commit(&self, changes: Vec<Change>) -> Read<'_, Committed> {
        self.writer.commit(changes).boxed()
    }

    fn watch(&self) -> watch::Receiver<u64> {
        self.writer.watch()
    }

    fn node<'a>(&'a self, repository: &'a str, path: &'a str) -> Read<'a, Option<Node>> {
        self.point(|connection| read::node(connection, repository, path))
    }

    fn children<'a>(&'a self, repository: &'a str, folder: &'a str) -> Read<'a, Vec<Child>> {
        let (repository, folder) = (repository.to_owned(), folder.to_owned());
        self.scan(move |connection| read::children(connection, &repository, &folder))
    }

    fn subtree<'a>(
        &'a self,
        repository: &'a str,
        folder: &'a str,
        after: &'a str,
        limit: usize,
    ) -> Read<'a, Vec<Node>> {
        let span = read::Span::new(repository, folder, after);
        self.scan(move |connection| read::subtree(connection, &span, limit))
    }

    fn properties<'a>(&'a self, repository: &'a str, path: &'a str) -> Read<'a, Properties> {
        self.point(|connection| read::properties(connection, repository, path))
    }

    fn records<'a>(
        &'a self,
        repository: &'a str,
        package: Option<&'a str>,
    ) -> Read<'a, Vec<RecordRow>> {
        let (repository, package) = (repository.to_owned(), package.map(str::to_owned));
        self.scan(move |connection| read::records(connection, &repository, package.as_deref()))
    }

    fn packages<'a>(&'a self, repository: &'a str) -> Read<'a, Vec<String>> {
        let repository = repository.to_owned();
        self.scan(move |connection| read::packages(connection, &repository))
    }

    fn records_of<'a>(&'a self, repository: &'a str, path: &'a str) -> Read<'a, Vec<RecordRow>> {
        self.point(|connection| read::records_of(connection, repository, path))
    }

    fn document<'a>(&'a self, repository: &'a str, name: &'a str) -> Read<'a, Option<Document>> {
        self.point(|connection| read::document(connection, repository, name))
    }

    fn documents<'a>(&'a self, repository: &'a str, prefix: &'a str) -> Read<'a, Vec<Document>> {
        let (repository, prefix) = (repository.to_owned(), prefix.to_owned());
        self.scan(move |connection| read::documents(connection, &repository, &prefix))
    }

    fn version<'a>(&'a self, repository: &'a str) -> Read<'a, i64> {
        self.point(|connection| read::counter(connection, repository).map(|(_, version)| version))
    }

    fn find<'a>(&'a self, query: &'a NodeQuery) -> Read<'a, Vec<Node>> {
        let query = query.clone();
        self.scan(move |connection| read::find(connection, &query))
    }

    fn statistics<'a>(&'a self, repository: &'a str, path: &'a str) -> Read<'a, Statistics> {
        self.point(|connection| read::statistics(connection, repository, path))
    }

    fn usage(&self) -> Read<'_, Vec<Usage>> {
        self.scan(read::usage)
    }

    fn is_empty<'a>(&'a self, repository: &'a str) -> Read<'a, bool> {
        self.point(|connection| read::is_empty(connection, repository))
    }

    fn object<'a>(&'a self, kind: ObjectKind, name: &'a str) -> Read<'a, Option<String>> {
        self.point(|connection| read::object(connection, kind, name))
    }

    fn objects(&self, kind: ObjectKind) -> Read<'_, Vec<Object>> {
        self.point(|connection| read::objects(connection, kind))
    }

    fn token<'a>(&'a self, hash: &'a Digest) -> Read<'a, Option<Token>> {
        self.point(|connection| read::token(connection, hash))
    }

    fn tokens(&self) -> Read<'_, Vec<Token>> {
        self.point(read::tokens)
    }

    fn events<'a>(
        &'a self,
        repository: &'a str,
        after: Sequence,
        limit: usize,
    ) -> Read<'a, Vec<Event>> {
        self.point(|connection| outbox::events(connection, repository, after, limit))
    }

    fn states<'a>(
        &'a self,
        repository: &'a str,
        subjects: &'a [(Subject, Sequence)],
    ) -> Read<'a, Vec<SubjectState>> {
        let (repository, subjects) = (repository.to_owned(), subjects.to_vec());
        self.scan(move |connection| outbox::states(connection, &repository, &subjects))
    }

    fn last_sequence<'a>(&'a self, repository: &'a str) -> Read<'a, Sequence> {
        self.point(|connection| read::counter(connection, repository).map(|(seq, _)| seq))
    }

    fn target<'a>(&'a self, target: &'a str) -> Read<'a, Option<TargetState>> {
        self.point(|connection| outbox::target(connection, target))
    }

    fn lag<'a>(&'a self, target: &'a str) -> Read<'a, (i64, Option<i64>)> {
        self.point(|connection| outbox::lag(connection, target))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn conforms() {
        let folder = tempfile::tempdir().unwrap();
        let catalog = SqliteCatalog::open(&folder.path().join("catalog.sqlite"), "east").unwrap();
        crate::conformance::check(&catalog).await;
    }

    #[tokio::test]
    async fn an_answered_commit_survives_and_identity_stays() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("catalog.sqlite");
        let first = SqliteCatalog::open(&file, "east").unwrap();
        let change =
            Change::PutObject { kind: ObjectKind::Setting, name: "a".into(), body: "1".into() };
        first.commit(vec![change]).await.unwrap();
        let site = first.site().clone();
        // Not closed: as after kill -9, the file is opened beside the old handles.
        let second = SqliteCatalog::open(&file, "east").unwrap();
        assert_eq!(second.object(ObjectKind::Setting, "a").await.unwrap().as_deref(), Some("1"));
        assert_eq!(second.site(), &site);
    }

    #[test]
    fn another_site_cannot_open_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("catalog.sqlite");
        drop(SqliteCatalog::open(&file, "east").unwrap());
        let error = SqliteCatalog::open(&file, "west").err().unwrap();
        assert!(error.to_string().contains("belongs to the site \"east\""), "{error}");
    }

    #[test]
    fn a_newer_schema_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("catalog.sqlite");
        Connection::open(&file).unwrap().pragma_update(None, "user_version", 99).unwrap();
        let error = SqliteCatalog::open(&file, "east").err().unwrap();
        assert!(error.to_string().contains("version 99"), "{error}");
    }
}
