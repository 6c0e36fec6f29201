//! What happens while the engine works, for those who watch.

use std::sync::Arc;
use std::time::Duration;

use plan::Action;

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// Reading starts.
    RefreshStarted {
        instances: Arc<[Named]>,
    },
    /// One batch is read.
    Refreshed {
        type_name: String,
        instances: Arc<[Named]>,
    },
    /// An operation starts. `id` is the thing's id where it has one already, `deposed` the key of an object
    /// that was replaced.
    Started {
        address: String,
        deposed: Option<String>,
        action: Action,
        id: Option<String>,
    },
    /// What an operation is doing, in a few words.
    Progress {
        address: String,
        words: String,
    },
    Finished {
        address: String,
        action: Action,
        id: Option<String>,
        elapsed: Duration,
    },
    Failed {
        address: String,
        action: Action,
        elapsed: Duration,
    },
    /// A provisioner runs beside an operation.
    Provision {
        address: String,
        provisioner: &'static str,
        stage: ProvisionStage,
    },
    /// It was not tried, because something that it depends on failed.
    Skipped {
        address: String,
        because: String,
    },
    /// A thing that exists already is taken into the state.
    Import {
        address: String,
        id: String,
        stage: ImportStage,
    },
    /// An interrupted run's thing was found and taken into the state.
    Adopted {
        address: String,
    },
}

/// How far a provisioner is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProvisionStage {
    Started,
    /// It said a line.
    Said(String),
    Finished,
    Failed,
}

/// How far an import is: planning reads the thing, apply records it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportStage {
    Preparing,
    Started,
    Finished,
}

/// A recorded instance.
#[derive(Clone, Debug)]
pub struct Named {
    pub address: String,
    /// The thing's id where it has one that is no secret.
    pub id: Option<String>,
}

/// Where events go. Called from many tasks; it must not block.
#[derive(Clone)]
pub struct Events(pub Arc<dyn Fn(Event) + Send + Sync>);

impl Events {
    /// Nobody watches.
    pub fn silent() -> Self {
        Self(Arc::new(|_| {}))
    }

    pub fn send(&self, event: Event) {
        (self.0)(event);
    }
}
