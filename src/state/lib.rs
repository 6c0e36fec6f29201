//! What was applied: snapshot, journal, lock and backends.
//!
//! [`Store::open`] takes the lock, loads the snapshot and replays the journal over it. Each change is
//! [`Store::append`]ed to the journal and durable when its future resolves; [`Store::close`] folds the
//! journal into a new snapshot. [`Store::read_only`] does the reading part without a lock.

pub mod backends;
pub mod cipher;
mod error;
mod instance;
mod journal;
mod ledger;
mod lock;
mod record;
mod replay;
mod snapshot;
mod snapshot_file;
mod store;
mod terraform;
mod writer;

pub use backends::{AcquiredLock, Backend, JournalWriter, LockGuard, local::LocalBackend};
pub use cipher::{Cipher, SealContext, passphrase::PassphraseCipher};
pub use error::{Recovery, StateError};
pub use instance::{Deposed, InstanceState, Mode, OutputState, PathStep, SensitivePath, Status};
pub use lock::LockInfo;
pub use record::{
    Abort, Begin, Change, Commit, Move, OperationAction, PendingOperation, Record, StepDone,
};
pub use replay::Notice;
pub use snapshot::{FORMAT_VERSION, Snapshot};
pub use store::{OpenOptions, Statistics, Store, StoreReader};
pub use terraform::{TerraformImport, import_terraform};
