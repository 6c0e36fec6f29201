//! Changing the state by hand: under the lock, in one record, and written at once.

use std::path::Path;
use std::sync::Arc;

use state::{Change, Record, Status, Store};

use super::selection;
use crate::context::Failure;
use crate::context::{Context, Outcome, SUCCESS};
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

/// Gives one instance a status: what `taint` and `untaint` do.
pub fn set_status(
    (text, allow_missing): (&str, bool),
    status: Status,
    done: &str,
    (edit, context): (&Edit, &Context),
) -> Outcome {
    let address = selection::canonical(text)?;
    let store = edit.open(if status == Status::Tainted { "taint" } else { "untaint" }, context)?;
    let Some(instance) = store.instance(&address).filter(|i| i.has_current()) else {
        if allow_missing {
            context.ui.line(&format!("There is no instance {text}; nothing was changed."));
            return Ok(SUCCESS);
        }
        return Err(selection::missing(text, &store.snapshot()));
    };
    if status == Status::Ready && !instance.is_tainted() {
        let detail = format!("{text} is not tainted, so there is nothing to take back.");
        return Err(Failure::error("Resource instance is not tainted", detail));
    }
    let mut changed = (*instance).clone();
    changed.status = status;
    commit(store, vec![Change::PutInstance(Arc::new(changed))])?;
    context.ui.line(done);
    Ok(SUCCESS)
}
