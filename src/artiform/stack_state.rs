//! Opening the state of a stack: which backend, which key, and what was unusual about it.

use std::path::PathBuf;
use std::sync::Arc;

use config::Config;
use diagnostics::{Diagnostic, Diagnostics};
use lang::{Name, Value};
use state::{Backend, Cipher, LocalBackend, OpenOptions, PassphraseCipher, Store, StoreReader};

use crate::context::Failure;
use crate::flags::LockFlags;
use crate::stack::{self, Stack};
use crate::{stack_folder, workspace};

/// State as a command has it: locked and writable, or only read.
pub enum Opened {
    Locked(Store),
    Read(StoreReader),
}

impl Opened {
    pub fn snapshot(&self) -> Arc<state::Snapshot> {
        match self {
            Self::Locked(store) => store.snapshot(),
            Self::Read(reader) => reader.snapshot(),
        }
    }

    pub fn pending(&self) -> Vec<state::PendingOperation> {
        match self {
            Self::Locked(store) => store.pending(),
            Self::Read(reader) => reader.pending().to_vec(),
        }
    }

    /// What was unusual, as warnings.
    pub fn notices(&self) -> Diagnostics {
        let notices = match self {
            Self::Locked(store) => store.notices(),
            Self::Read(reader) => reader.notices(),
        };
        let warning = |notice: &state::Notice| {
            Diagnostic::warning("State was not closed cleanly", notice.to_string())
        };
        notices.iter().map(warning).collect::<Vec<_>>().into()
    }
}

/// Takes the lock and opens the state for writing.
pub fn lock(stack: &Stack, operation: &str, flags: &LockFlags) -> Result<Store, Box<Failure>> {
    let mut options = options(stack, operation)?;
    options.lock_timeout = flags.lock_timeout;
    Ok(Store::open(backend(stack)?, &options)?)
}

/// Reads the state without a lock.
pub fn read(stack: &Stack) -> Result<StoreReader, Box<Failure>> {
    let options = options(stack, "read")?;
    Ok(Store::read_only(&*backend(stack)?, &options)?)
}

/// Tells whether nothing was ever recorded for the stack.
pub fn is_missing(stack: &Stack) -> Result<bool, Box<Failure>> {
    is_fresh(&*backend(stack)?)
}

fn is_fresh(backend: &dyn Backend) -> Result<bool, Box<Failure>> {
    Ok(backend.read_snapshot()?.is_none() && backend.read_journal()?.is_none())
}

/// Opens the state for a plan: under the lock, unless there is nothing yet or the lock is not wanted.
pub fn for_plan(stack: &Stack, flags: &LockFlags) -> Result<Opened, Box<Failure>> {
    let backend = backend(stack)?;
    // A stack that was never applied needs no lock, and a plan leaves no trace of itself.
    if is_fresh(&*backend)? || !flags.lock {
        return Ok(Opened::Read(read(stack)?));
    }
    Ok(Opened::Locked(lock(stack, "plan", flags)?))
}

fn options(stack: &Stack, operation: &str) -> Result<OpenOptions, Box<Failure>> {
    let mut options = OpenOptions::new(&*stack.config.name(), operation);
    options.version = env!("CARGO_PKG_VERSION").into();
    options.cipher = cipher(stack)?;
    Ok(options)
}

/// Where the state of the stack's workspace is kept.
pub fn backend(stack: &Stack) -> Result<Arc<dyn Backend>, Box<Failure>> {
    let base = default_folder(&stack.config)?;
    Ok(Arc::new(LocalBackend::new(workspace::state_folder(&base, &stack.workspace))))
}

/// The folder of the state of the workspace default.
pub fn default_folder(config: &Config) -> Result<PathBuf, Box<Failure>> {
    let own = || stack_folder::state_folder(&config.folder, &config.name());
    let Some(block) = &config.stack.backend else { return Ok(own()) };
    match &*block.kind {
        "local" => {
            let attributes = literal_attributes(config, block)?;
            let given = attributes.iter().find(|(name, _)| &**name == "path");
            let folder = given.and_then(|(_, value)| value.as_str().map(|p| config.folder.join(p)));
            Ok(folder.unwrap_or_else(own))
        }
        other => {
            let detail = format!(
                "This build of artiform keeps no state in \"{other}\". It knows the backend \"local\"."
            );
            let diagnostic =
                Diagnostic::error("Unsupported backend type", detail).at(block.kind_span);
            Err(Failure::new(diagnostic.into(), &config.sources))
        }
    }
}

fn literal_attributes(
    config: &Config,
    backend: &config::Backend,
) -> Result<Vec<(Name, Value)>, Box<Failure>> {
    let scope = stack::variable_scope(config, indexmap::IndexMap::new());
    let mut values = Vec::new();
    for (name, attribute) in &backend.body.attributes {
        if &**name != "path" {
            let detail = format!(
                "The backend \"local\" has no argument \"{name}\". Its one argument is path: the folder of the state."
            );
            let diagnostic =
                Diagnostic::error("Unsupported argument", detail).at(attribute.name_span);
            return Err(Failure::new(diagnostic.into(), &config.sources));
        }
        let value = lang::eval::evaluate(&attribute.value, &scope)
            .map_err(|mistakes| Failure::new(mistakes, &config.sources))?;
        values.push((name.clone(), value));
    }
    Ok(values)
}

/// The key of the block `encryption { passphrase = ... }`.
fn cipher(stack: &Stack) -> Result<Option<Arc<dyn Cipher>>, Box<Failure>> {
    let Some(body) = &stack.config.stack.encryption else { return Ok(None) };
    let wrong = |detail: &str, span| {
        let diagnostic = Diagnostic::error("Invalid encryption configuration", detail).at(span);
        Failure::new(diagnostic.into(), &stack.config.sources)
    };
    let stray = body.attributes.values().find(|attribute| &*attribute.name != "passphrase");
    if let Some(attribute) = stray {
        return Err(wrong(
            "The block encryption has one argument: passphrase.",
            attribute.name_span,
        ));
    }
    let Some(attribute) = body.attributes.get("passphrase") else {
        return Err(wrong("The block encryption needs the argument passphrase.", body.span));
    };
    let scope = stack::variable_scope(&stack.config, stack.variables.clone());
    let value = lang::eval::evaluate(&attribute.value, &scope)
        .map_err(|mistakes| Failure::new(mistakes, &stack.config.sources))?;
    let Some(text) = value.as_str() else {
        let detail = "The passphrase must be a string that is known before anything is applied, \
                      from a variable for example.";
        return Err(wrong(detail, attribute.value.span));
    };
    let cipher = PassphraseCipher::new(text)
        .map_err(|error| wrong(&error.to_string(), attribute.value.span))?;
    Ok(Some(Arc::new(cipher)))
}
