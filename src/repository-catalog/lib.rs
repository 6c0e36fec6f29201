//! Which path in which repository holds which digest; the events of every change.
//!
//! Everything that changes goes through [`Catalog::commit`], which writes the rows and the events
//! that tell of them in one transaction. What replication delivers is therefore exactly what was
//! acknowledged: no more, no less.

mod catalog;
mod change;
pub mod conformance;
mod error;
mod model;
mod sqlite;

pub use catalog::{BlobKey, Catalog, NodeQuery};
pub use change::{Change, Committed, NewFile, Reconciliation};
pub use error::CatalogError;
pub use model::{
    Child, Document, Event, Node, Object, ObjectKind, Record, RecordRow, Sequence, Site,
    Statistics, Subject, SubjectContent, SubjectState, TargetState, Timestamp, Token, Usage,
};
pub use sqlite::SqliteCatalog;
