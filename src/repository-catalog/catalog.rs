//! The contract of a catalog: what every database below it promises.

use futures::future::BoxFuture;
use repository::{Digest, Md5Sum, Properties, Sha1Sum};
use tokio::sync::watch;

use crate::change::{Change, Committed};
use crate::error::CatalogError;
use crate::model::{
    Child, Document, Event, Node, Object, ObjectKind, RecordRow, Sequence, Site, Statistics,
    Subject, SubjectState, TargetState, Token, Usage,
};

/// What most reads answer.
pub type Read<'a, T> = BoxFuture<'a, Result<T, CatalogError>>;

/// A checksum by which a blob can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlobKey {
    /// By sha256, its identity.
    Sha256(Digest),
    /// By sha1.
    Sha1(Sha1Sum),
    /// By md5.
    Md5(Md5Sum),
}

/// A search over files. Every condition that is set must hold.
#[derive(Debug, Clone, Default)]
pub struct NodeQuery {
    /// Repository keys; empty is every repository.
    pub repositories: Vec<String>,
    /// Shell pattern (`*`, `?`) over the file name.
    pub name: Option<String>,
    /// Shell pattern over the whole path.
    pub path: Option<String>,
    /// Content.
    pub blob: Option<BlobKey>,
    /// Properties that must have one of the values; no values is any value.
    pub properties: Vec<(String, Vec<String>)>,
    /// Most rows to answer.
    pub limit: usize,
}

/// Paths, blobs, packages and configuration, and the outbox of their changes.
///
/// Reads see every commit that was answered before they began. A failure is an error, never an
/// empty answer.
pub trait Catalog: Send + Sync + 'static {
    /// Who this is.
    fn site(&self) -> &Site;

    /// Writes all changes and their events in one durable transaction, or nothing.
    fn commit(&self, changes: Vec<Change>) -> Read<'_, Committed>;

    /// Ticks after every commit.
    fn watch(&self) -> watch::Receiver<u64>;

    /// A file, or a folder: one that was made, or one that has something below it.
    fn node<'a>(&'a self, repository: &'a str, path: &'a str) -> Read<'a, Option<Node>>;

    /// The entries of a folder, sorted by name.
    fn children<'a>(&'a self, repository: &'a str, folder: &'a str) -> Read<'a, Vec<Child>>;

    /// Files and made folders at or below `folder` that sort after `after`, by path.
    fn subtree<'a>(
        &'a self,
        repository: &'a str,
        folder: &'a str,
        after: &'a str,
        limit: usize,
    ) -> Read<'a, Vec<Node>>;

    /// The properties of a path; empty when there are none.
    fn properties<'a>(&'a self, repository: &'a str, path: &'a str) -> Read<'a, Properties>;

    /// The package rows of a repository, or of one package of it, sorted by package and path.
    fn records<'a>(
        &'a self,
        repository: &'a str,
        package: Option<&'a str>,
    ) -> Read<'a, Vec<RecordRow>>;

    /// The names of the packages of a repository, sorted.
    fn packages<'a>(&'a self, repository: &'a str) -> Read<'a, Vec<String>>;

    /// The package rows of one path.
    fn records_of<'a>(&'a self, repository: &'a str, path: &'a str) -> Read<'a, Vec<RecordRow>>;

    /// A document.
    fn document<'a>(&'a self, repository: &'a str, name: &'a str) -> Read<'a, Option<Document>>;

    /// The documents whose name begins with `prefix`, sorted.
    fn documents<'a>(&'a self, repository: &'a str, prefix: &'a str) -> Read<'a, Vec<Document>>;

    /// A number that grows with every change to the repository, for caches of what is rendered.
    fn version<'a>(&'a self, repository: &'a str) -> Read<'a, i64>;

    /// Searches files, sorted by repository and path.
    fn find<'a>(&'a self, query: &'a NodeQuery) -> Read<'a, Vec<Node>>;

    /// How often a file was fetched.
    fn statistics<'a>(&'a self, repository: &'a str, path: &'a str) -> Read<'a, Statistics>;

    /// What every repository that holds anything holds.
    fn usage(&self) -> Read<'_, Vec<Usage>>;

    /// Whether the repository holds no file and no folder.
    fn is_empty<'a>(&'a self, repository: &'a str) -> Read<'a, bool>;

    /// A configured thing's body.
    fn object<'a>(&'a self, kind: ObjectKind, name: &'a str) -> Read<'a, Option<String>>;

    /// All configured things of a kind, sorted by name.
    fn objects(&self, kind: ObjectKind) -> Read<'_, Vec<Object>>;

    /// The token whose secret, or whose renewing secret, has this hash.
    fn token<'a>(&'a self, hash: &'a Digest) -> Read<'a, Option<Token>>;

    /// All tokens, sorted by creation.
    fn tokens(&self) -> Read<'_, Vec<Token>>;

    /// Events after `after`, in order.
    fn events<'a>(
        &'a self,
        repository: &'a str,
        after: Sequence,
        limit: usize,
    ) -> Read<'a, Vec<Event>>;

    /// The state of subjects as they are now, each read in one piece. `fallback` numbers what is
    /// no longer there.
    fn states<'a>(
        &'a self,
        repository: &'a str,
        subjects: &'a [(Subject, Sequence)],
    ) -> Read<'a, Vec<SubjectState>>;

    /// The number of the last event of a repository; zero before the first.
    fn last_sequence<'a>(&'a self, repository: &'a str) -> Read<'a, Sequence>;

    /// How far a replication target is.
    fn target<'a>(&'a self, target: &'a str) -> Read<'a, Option<TargetState>>;

    /// The number of events that a target lacks, and the moment of the oldest of them.
    fn lag<'a>(&'a self, target: &'a str) -> Read<'a, (i64, Option<i64>)>;
}
