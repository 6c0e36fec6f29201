//! Blobs by digest, and the decorators around them.
//!
//! A blob is written in three steps, each of which may fail without a trace: bytes go to a
//! [`Staging`] area while they are hashed, [`Staging::seal`] makes them durable and tells their
//! checksums, [`SealedBlob::keep`] gives them their name. What is dropped before `keep` is gone.

mod backends;
pub mod conformance;
mod decorators;
mod error;
mod hashing;
mod store;

pub use backends::filesystem::FilesystemBlobStore;
pub use decorators::faulty::{Faults, FaultyBlobStore};
pub use decorators::metered::{MeteredBlobStore, StorageCounters};
pub use error::StorageError;
pub use hashing::ChecksumHasher;
pub use store::{BlobStore, BlobStream, READ_CHUNK_BYTES, ReadSeek, SealedBlob, Staging};
