//! The states of one test file: each in a temporary folder of its own, gone with the test.

use std::path::Path;
use std::sync::Arc;

use config::Config;
use engine::PlanOptions;
use indexmap::IndexMap;
use lang::{Name, Value};
use provider::Registry;
use state::{LocalBackend, Mode, OpenOptions, Snapshot, Store};

use crate::context::Failure;
use crate::world;

/// A state, and what it takes to destroy what it holds.
pub struct TestState {
    folder: tempfile::TempDir,
    /// The last run that applied to it.
    pub last: Option<LastApply>,
}

/// What a run applied with.
pub struct LastApply {
    pub run: Name,
    pub config: Arc<Config>,
    pub registry: Registry,
    pub variables: IndexMap<Name, Value>,
    /// Counts the applies of a file.
    pub at: usize,
}

impl TestState {
    pub fn new() -> Result<Self, Box<Failure>> {
        let folder = tempfile::Builder::new().prefix("artiform-test-").tempdir();
        let folder = folder.map_err(|error| {
            let detail = format!("There is no temporary folder for the state of a test: {error}.");
            Failure::error("Test state could not be made", detail)
        })?;
        Ok(Self { folder, last: None })
    }

    pub fn open(&self, stack: &str) -> Result<Store, Box<Failure>> {
        let mut options = OpenOptions::new(stack, "test");
        options.version = env!("CARGO_PKG_VERSION").into();
        Ok(Store::open(Arc::new(LocalBackend::new(self.path())), &options)?)
    }

    pub fn snapshot(&self, stack: &str) -> Result<Arc<Snapshot>, Box<Failure>> {
        let options = OpenOptions::new(stack, "read");
        Ok(Store::read_only(&LocalBackend::new(self.path()), &options)?.snapshot())
    }

    /// Tells whether there is something to destroy.
    pub fn has_resources(&self) -> bool {
        let Some(last) = &self.last else { return false };
        let snapshot = self.snapshot(&last.config.name());
        snapshot.is_ok_and(|snapshot| {
            snapshot.instances.values().any(|instance| instance.mode == Mode::Managed)
        })
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Keeps the folder: something could not be destroyed, and its state is all there is of it.
    pub fn keep(self) -> std::path::PathBuf {
        self.folder.keep()
    }
}

/// The options that every plan of a test starts from.
pub fn plan_options() -> PlanOptions {
    PlanOptions { timestamp: world::now(), ..PlanOptions::default() }
}
