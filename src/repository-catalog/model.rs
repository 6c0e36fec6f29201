//! The rows of the catalog as values.

use repository::{Checksums, Digest, Properties};
use serde::{Deserialize, Serialize};

/// A moment, in milliseconds since 1970-01-01T00:00:00Z.
pub type Timestamp = i64;

/// The number of a change within one repository of one site: 1, 2, 3, ... without gaps. It goes
/// on counting when a repository is deleted and made again.
pub type Sequence = i64;

/// Who this catalog is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The region's name.
    pub name: String,
    /// Made once for every new catalog, so that a site that was rebuilt empty, and counts its
    /// changes from 1 again, is told apart from the one before it.
    pub incarnation: String,
}

/// A file or a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Key of the repository that holds it.
    pub repository: String,
    /// Path without a leading or trailing slash; empty for the repository's root.
    pub path: String,
    /// Checksums and size of the content; `None` for a folder.
    pub blob: Option<Checksums>,
    /// Media type.
    pub mime: String,
    /// When it was first deployed.
    pub created: Timestamp,
    /// Who deployed it first.
    pub created_by: String,
    /// When its content was last changed.
    pub modified: Timestamp,
    /// Who changed it last.
    pub modified_by: String,
    /// When anything of it last changed at this site.
    pub updated: Timestamp,
    /// The change that it was last touched by, counted by the site that owns the repository.
    pub seq: Sequence,
}

impl Node {
    /// Whether this is a folder.
    #[must_use]
    pub fn is_folder(&self) -> bool {
        self.blob.is_none()
    }

    /// The last segment of the path.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// Size in bytes; zero for a folder.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.blob.map_or(0, |blob| blob.size)
    }
}

/// One entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Child {
    /// Its last path segment.
    pub name: String,
    /// The file; `None` for a folder.
    pub file: Option<Node>,
}

/// A package row: what a format took out of a file, so that indexes can be rendered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Normalised package name.
    pub package: String,
    /// Version; empty where the format has none.
    pub version: String,
    /// The format's own facts, as JSON.
    pub body: String,
}

/// A record together with the file that it describes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordRow {
    /// The file.
    pub node: Node,
    /// The record.
    pub record: Record,
}

/// A small text that belongs to a repository but to no path, for example a package's tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its name within the repository.
    pub name: String,
    /// Its text, usually JSON.
    pub body: String,
    /// When it was written, at the owner.
    pub modified: Timestamp,
    /// The change that wrote it.
    pub seq: Sequence,
}

/// What an event is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind", content = "name")]
pub enum Subject {
    /// A path: its node, properties and records.
    Path(String),
    /// A document.
    Document(String),
}

impl Subject {
    pub(crate) fn columns(&self) -> (&'static str, &str) {
        match self {
            Self::Path(path) => ("path", path),
            Self::Document(name) => ("document", name),
        }
    }

    pub(crate) fn from_columns(kind: &str, name: String) -> Self {
        match kind {
            "document" => Self::Document(name),
            _ => Self::Path(name),
        }
    }
}

/// One line of the outbox: "this changed". The content is read when it is delivered, so that a
/// path that changed a hundred times while a target was down travels once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Number within the repository.
    pub seq: Sequence,
    /// What changed.
    pub subject: Subject,
    /// When.
    pub at: Timestamp,
}

/// Everything about one subject, as it travels to another site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectState {
    /// What this is about.
    pub subject: Subject,
    /// The owner's number of the change that made it so.
    pub seq: Sequence,
    /// What is there; `None` is a tombstone: it was deleted.
    pub content: Option<SubjectContent>,
}

impl SubjectState {
    /// The blob that must be there before this can be applied.
    #[must_use]
    pub fn blob(&self) -> Option<&Checksums> {
        match &self.content {
            Some(SubjectContent::Node { blob, .. }) => blob.as_ref(),
            _ => None,
        }
    }
}

/// The content of a subject.
#[expect(clippy::large_enum_variant, reason = "nodes are the rule, documents the exception")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "type")]
pub enum SubjectContent {
    /// A file or a folder.
    Node {
        /// Checksums; absent for a folder.
        blob: Option<Checksums>,
        /// Media type.
        mime: String,
        /// First deployed, at the owner.
        created: Timestamp,
        /// By whom.
        created_by: String,
        /// Last changed, at the owner.
        modified: Timestamp,
        /// By whom.
        modified_by: String,
        /// All properties.
        properties: Properties,
        /// All package rows.
        records: Vec<Record>,
    },
    /// A document.
    Document {
        /// Its text.
        body: String,
        /// When it was written, at the owner.
        modified: Timestamp,
    },
}

/// How far one replication target has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetState {
    /// The replication's key.
    pub target: String,
    /// The repository that is pushed.
    pub repository: String,
    /// Every event up to this one was applied there.
    pub acknowledged: Sequence,
    /// While the backlog of existing artifacts is delivered: the last path that was.
    pub snapshot_after: Option<String>,
    /// When the target last acknowledged anything.
    pub acknowledged_at: Option<Timestamp>,
    /// Which making of the repository over there has what was delivered; `None` before the first
    /// contact. Another one has nothing yet.
    pub holder: Option<String>,
}

/// What kind of configured thing an [`Object`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ObjectKind {
    /// A group of users.
    Group,
    /// A permission target.
    Permission,
    /// A replication of one repository to one URL.
    Replication,
    /// A repository's configuration.
    Repository,
    /// A setting of the server itself.
    Setting,
    /// A user.
    User,
}

impl ObjectKind {
    /// The word under which it is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Permission => "permission",
            Self::Replication => "replication",
            Self::Repository => "repository",
            Self::Setting => "setting",
            Self::User => "user",
        }
    }
}

/// A configured thing: its body is JSON that the server's rooms understand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its name within its kind.
    pub name: String,
    /// JSON.
    pub body: String,
}

/// An access token as it is kept: its secret only as a hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Public identifier.
    pub id: String,
    /// sha256 of the secret.
    pub hash: Digest,
    /// The user that it acts for.
    pub subject: String,
    /// What it may do, in the words of the REST API.
    pub scope: String,
    /// Free text.
    pub description: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends; `None` is never.
    pub expires: Option<Timestamp>,
    /// sha256 of the secret that renews it.
    pub refresh: Option<Digest>,
}

/// How often a file was fetched from this site.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statistics {
    /// Number of downloads.
    pub downloads: i64,
    /// Last time; zero for never.
    pub last: Timestamp,
    /// By whom.
    pub last_by: String,
}

/// What one repository holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    /// Its key.
    pub repository: String,
    /// Number of files.
    pub files: i64,
    /// Number of folders that were made on purpose.
    pub folders: i64,
    /// Sum of the sizes of its files, in bytes.
    pub bytes: i64,
}
