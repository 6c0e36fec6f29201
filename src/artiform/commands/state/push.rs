//! `state push`: replaces the state by a file, ours or Terraform's.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use diagnostics::Diagnostic;
use state::{Change, InstanceState, OutputState, Snapshot, Store};

use super::edit::{self, Edit};
use crate::context::{Context, Failure, Outcome, SUCCESS};

/// Replace the state by a file, or by the state of Terraform (version 4)
///
/// A state of another lineage, or one that is older, is refused unless --force is given.
#[derive(Clone, Debug, clap::Args)]
pub struct Push {
    /// The file; `-` for the standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Push even if lineage or serial speak against it
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    edit: Edit,
}

/// A state that is to take the place of the present one.
pub(super) struct Incoming {
    lineage: String,
    serial: u64,
    instances: Vec<Arc<InstanceState>>,
    outputs: BTreeMap<String, OutputState>,
}

impl Push {
    pub fn run(&self, context: &Context) -> Outcome {
        let incoming = parse(&read(&self.file)?)?;
        let store = self.edit.open("state push", context)?;
        let present = store.snapshot();
        if !self.force && !present.is_empty() {
            check(&incoming, &present)?;
        }
        fill(store, incoming, context)
    }
}

/// Puts a state in the place of the present one.
pub(super) fn fill(store: Store, incoming: Incoming, context: &Context) -> Outcome {
    let present = store.snapshot();
    let mut changes: Vec<Change> =
        present.instances.keys().cloned().map(Change::RemoveInstance).collect();
    changes.extend(present.outputs.keys().cloned().map(Change::RemoveOutput));
    let count = incoming.instances.len();
    changes.extend(incoming.instances.into_iter().map(Change::PutInstance));
    let outputs = incoming.outputs.into_iter();
    changes.extend(outputs.map(|(name, output)| Change::PutOutput { name, output }));
    edit::commit(store, changes)?;
    context.ui.line(&format!("The state now holds {count} resource instance(s)."));
    Ok(SUCCESS)
}

pub(super) fn read(path: &Path) -> Result<Vec<u8>, Box<Failure>> {
    let mut bytes = Vec::new();
    let result = if path.as_os_str() == "-" {
        std::io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    result.map_err(|error| {
        let detail = format!("{} could not be read: {error}.", path.display());
        Failure::error("Failed to read file", detail)
    })
}

fn parse(bytes: &[u8]) -> Result<Incoming, Box<Failure>> {
    if let Ok(snapshot) = serde_json::from_slice::<Snapshot>(bytes) {
        return Ok(Incoming {
            lineage: snapshot.lineage,
            serial: snapshot.serial,
            instances: snapshot.instances.into_values().collect(),
            outputs: snapshot.outputs,
        });
    }
    of_terraform(bytes)
}

/// Reads a state of Terraform.
pub(super) fn of_terraform(bytes: &[u8]) -> Result<Incoming, Box<Failure>> {
    let import = state::import_terraform(bytes)?;
    Ok(Incoming {
        lineage: import.lineage,
        serial: import.serial,
        instances: import.instances.into_iter().map(Arc::new).collect(),
        outputs: import.outputs,
    })
}

fn check(incoming: &Incoming, present: &Snapshot) -> Result<(), Box<Failure>> {
    let detail = if incoming.lineage != present.lineage {
        format!(
            "The pushed state has lineage {}, the present one {}: they are states of different stacks.",
            incoming.lineage, present.lineage
        )
    } else if incoming.serial < present.serial {
        format!(
            "The pushed state has serial {}, the present one {}: it is older.",
            incoming.serial, present.serial
        )
    } else {
        return Ok(());
    };
    Err(Diagnostic::error("State push refused", detail)
        .hint("push it with --force if it is to take the place of the present one all the same")
        .into())
}
