//! Changing the state by hand: under the lock, in one record, and written at once.

use std::path::Path;
use std::sync::Arc;

use diagnostics::{Diagnostic, SourceMap};
use state::{Change, Record, Snapshot, Status, Store};

use super::selection;
use crate::address;
use crate::context::{Context, Failure, Outcome, SUCCESS};
use crate::flags::LockFlags;
use crate::stack::Stack;
use crate::stack_state;

/// The options of commands that change the state by hand.
#[derive(Clone, Debug, clap::Args)]
pub struct Edit {
    #[command(flatten)]
    pub lock: LockFlags,
    /// Accepted for habit: the journal and the backup keep what was
    #[arg(long, value_name = "PATH", hide = true)]
    pub backup: Option<String>,
}

impl Edit {
    /// Opens the state of the stack in the current folder for writing.
    pub fn open(&self, operation: &str, context: &Context) -> Result<Store, Box<Failure>> {
        let stack = Stack::load_for_state(Path::new("."), context)?;
        stack_state::lock(&stack, operation, &self.lock)
    }
}

/// Makes all changes together, or none.
pub fn commit(store: Store, changes: Vec<Change>) -> Result<(), Box<Failure>> {
    if !changes.is_empty() {
        store.append_blocking(&Record::changes(changes))?;
    }
    store.close()?;
    Ok(())
}

/// The arguments of `taint` and `untaint`.
#[derive(Clone, Debug, clap::Args)]
pub struct Mark {
    /// The instance
    #[arg(value_name = "ADDRESS")]
    address: String,
    /// Succeed even if there is no such instance
    #[arg(long)]
    allow_missing: bool,
    #[command(flatten)]
    edit: Edit,
}

impl Mark {
    /// Gives the instance a status and says that it is so: `Resource instance ADDRESS has been ...`.
    pub fn set(&self, status: Status, done: &str, context: &Context) -> Outcome {
        let text = &*self.address;
        let address = address::resource(text)?.to_string();
        let operation = if status == Status::Tainted { "taint" } else { "untaint" };
        let store = self.edit.open(operation, context)?;
        let Some(instance) = store.instance(&address).filter(|i| i.has_current()) else {
            return missing(text, self.allow_missing, &store.snapshot(), context);
        };
        if status == Status::Ready && !instance.is_tainted() {
            let detail = format!(
                "Resource instance {text} is not currently tainted, and so it cannot be untainted."
            );
            return Err(Failure::error("Resource instance is not tainted", detail));
        }
        let mut changed = (*instance).clone();
        changed.status = status;
        commit(store, vec![Change::PutInstance(Arc::new(changed))])?;
        context.ui.line(&format!("Resource instance {text} has been {done}."));
        Ok(SUCCESS)
    }
}

/// There is nothing to mark, which is a mistake unless it was expected.
fn missing(text: &str, allowed: bool, snapshot: &Snapshot, context: &Context) -> Outcome {
    const SUMMARY: &str = "No such resource instance";
    if allowed {
        let detail = format!(
            "Resource instance {text} was not found, but this is not an error because -allow-missing was set."
        );
        let warning = Diagnostic::warning(SUMMARY, detail);
        context.ui.diagnostics(&warning.into(), &SourceMap::new());
        return Ok(SUCCESS);
    }
    let detail = if snapshot.instances.is_empty() {
        "The state currently contains no resource instances whatsoever. This may occur if the configuration has never been applied or if it has recently been destroyed.".into()
    } else {
        format!(
            "There is no resource instance in the state with the address {text}. If the resource configuration has just been added, you must run \"artiform apply\" once to create the corresponding instance(s) before they can be tainted."
        )
    };
    Err(selection::suggested(Diagnostic::error(SUMMARY, detail), text, snapshot))
}
