//! Delivers the outbox to other sites.
//!
//! The sender reads events after a durable cursor, sends the blobs that the target lacks, then the
//! state of what changed; the receiver applies each state at most once. Whatever stops in between
//! is done again: delivery is at least once, its effect is once.

mod backoff;
mod client;
mod deliver;
mod error;
mod receive;
mod replications;
mod session;
mod status;
pub mod wire;

pub use error::ReplicationError;
pub use receive::Receiver;
pub use replications::Replications;
pub use status::{RepositoryStatus, TargetStatus};
