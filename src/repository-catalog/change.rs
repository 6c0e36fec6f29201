//! Everything that can be written into the catalog, as data.

use repository::{Checksums, Digest, Properties};

use crate::model::{ObjectKind, Record, Sequence, SubjectState, Timestamp, Token};

/// One step of a transaction. All steps of one commit happen, or none.
#[derive(Debug, Clone)]
pub enum Change {
    /// Refuses the transaction unless the path holds exactly this digest, or nothing.
    ExpectPath {
        /// Repository key.
        repository: String,
        /// The path.
        path: String,
        /// What must be there.
        digest: Option<Digest>,
    },
    /// Refuses the transaction unless the document was last written by this change, or is absent.
    ExpectDocument {
        /// Repository key.
        repository: String,
        /// The document.
        name: String,
        /// The change that must have written it.
        seq: Option<Sequence>,
    },
    /// Deploys a file, over what was there. Emits an event.
    PutFile {
        /// Repository key.
        repository: String,
        /// The file.
        file: Box<NewFile>,
    },
    /// Makes a folder; one that is there stays. Emits an event when it is new.
    PutFolder {
        /// Repository key.
        repository: String,
        /// Its path.
        path: String,
        /// Who makes it.
        by: String,
        /// When.
        at: Timestamp,
    },
    /// Deletes a file, or a folder with everything below it; an empty path is the whole content.
    /// Emits one event per path.
    DeleteTree {
        /// Repository key.
        repository: String,
        /// The path.
        path: String,
        /// When.
        at: Timestamp,
    },
    /// Sets and removes properties of one path. Emits an event.
    SetProperties {
        /// Repository key.
        repository: String,
        /// A file or a folder that exists.
        path: String,
        /// Keys to set, with all their values.
        set: Properties,
        /// Keys to remove.
        remove: Vec<String>,
        /// Who.
        by: String,
        /// When.
        at: Timestamp,
    },
    /// Replaces the package rows of one path. Emits an event.
    PutRecords {
        /// Repository key.
        repository: String,
        /// A file that exists.
        path: String,
        /// The rows.
        records: Vec<Record>,
        /// When.
        at: Timestamp,
    },
    /// Writes a document, or removes it. Emits an event.
    PutDocument {
        /// Repository key.
        repository: String,
        /// Its name.
        name: String,
        /// Its text; `None` removes it.
        body: Option<String>,
        /// When.
        at: Timestamp,
    },
    /// Takes over what the owner of a replica says. A state that is not newer than what is known
    /// of its subject changes nothing, so it may be delivered any number of times, in any order.
    /// Emits no event.
    Apply {
        /// Repository key.
        repository: String,
        /// The owner's incarnation.
        incarnation: String,
        /// What it says.
        states: Vec<SubjectState>,
        /// When, here.
        at: Timestamp,
    },
    /// Deletes what the owner of a replica no longer has in a span of paths. Emits no event.
    Reconcile {
        /// Repository key.
        repository: String,
        /// What the owner has.
        reconciliation: Box<Reconciliation>,
    },
    /// Forgets everything of a repository but its counter. Emits no event.
    DropRepository {
        /// Repository key.
        repository: String,
    },
    /// Writes a configured thing.
    PutObject {
        /// Its kind.
        kind: ObjectKind,
        /// Its name.
        name: String,
        /// JSON.
        body: String,
    },
    /// Removes a configured thing.
    DeleteObject {
        /// Its kind.
        kind: ObjectKind,
        /// Its name.
        name: String,
    },
    /// Writes a token; one with the same id or the same secret is replaced.
    PutToken(Box<Token>),
    /// Removes a token.
    DeleteToken {
        /// Its public identifier.
        id: String,
    },
    /// Starts a replication target: a backlog of what is there now, then every later event.
    /// A target that is there already goes on where it was.
    StartTarget {
        /// The replication's key.
        target: String,
        /// The repository that is pushed.
        repository: String,
    },
    /// Notes which making of its repository a target has. Where it is not the one before, all
    /// that was delivered is gone, and the backlog starts again.
    MeetTarget {
        /// The replication's key.
        target: String,
        /// What the target says of itself.
        holder: String,
    },
    /// Forgets a replication target.
    DropTarget {
        /// The replication's key.
        target: String,
    },
    /// Notes that a target has applied every event up to `seq`.
    Acknowledge {
        /// The replication's key.
        target: String,
        /// The last event.
        seq: Sequence,
        /// When.
        at: Timestamp,
    },
    /// Notes how far the backlog of a target is delivered.
    SnapshotProgress {
        /// The replication's key.
        target: String,
        /// The last path that was delivered; `None` when all were.
        after: Option<String>,
    },
    /// Adds downloads of a path.
    CountDownloads {
        /// Repository key.
        repository: String,
        /// The path.
        path: String,
        /// How many.
        count: i64,
        /// Who fetched it last.
        by: String,
        /// When.
        at: Timestamp,
    },
    /// Removes events that every target has, and tombstones older than `before`.
    Prune {
        /// Tombstones up to this moment go.
        before: Timestamp,
    },
}

/// A file to deploy.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// Its path.
    pub path: String,
    /// Its content, which must be in the blob store already.
    pub blob: Checksums,
    /// Media type.
    pub mime: String,
    /// Who deploys it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// All its properties.
    pub properties: Properties,
    /// Its package rows.
    pub records: Vec<Record>,
}

/// What the owner of a replica has in a span of paths.
#[derive(Debug, Clone)]
pub struct Reconciliation {
    /// The owner's incarnation. What came from another incarnation stays: a site that was rebuilt
    /// empty must not empty its replicas.
    pub incarnation: String,
    /// The span begins after this path.
    pub after: String,
    /// The span ends with this path; `None` is the end of the repository.
    pub through: Option<String>,
    /// The paths that the owner has in the span.
    pub keep: Vec<String>,
    /// What changed after this stays: the owner had not seen it when it listed.
    pub up_to: Sequence,
}

/// What a commit did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Committed {
    /// The last event that it emitted; zero for none.
    pub seq: Sequence,
    /// How many rows it wrote or removed. Zero says that everything was so already.
    pub changed: usize,
}
