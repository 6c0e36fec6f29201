//! What a provisioner can do.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use diagnostics::Diagnostic;
use lang::Value;

use crate::{Future, Schema};

/// What runs beside the creation or destruction of a thing, as its block `provisioner` asks.
pub trait Provisioner: Send + Sync {
    /// The label of its block, such as `local-exec`.
    fn name(&self) -> &'static str;

    /// The schema of its block, without `when`, `on_failure` and `connection`.
    fn schema(&self) -> &Schema;

    /// Does what the block asks.
    ///
    /// # Errors
    /// What went wrong, without secrets where the voice keeps them.
    fn run<'a>(&'a self, request: ProvisionRequest<'a>) -> Future<'a, Result<(), Box<Diagnostic>>>;
}

/// What one run of a provisioner works with.
#[derive(Clone, Copy, Debug)]
pub struct ProvisionRequest<'a> {
    /// An object of the schema's [`Schema::object_type`], wholly known.
    pub config: &'a Value,
    /// The stack's folder, which relative paths start from.
    pub folder: &'a Path,
    pub voice: &'a Voice,
}

/// Where the lines of a provisioner go.
#[derive(Clone)]
pub struct Voice {
    say: Arc<dyn Fn(&str) + Send + Sync>,
    /// Why nothing may be told: the mark of what its configuration holds, such as `sensitive`.
    secret: Option<&'static str>,
}

impl Voice {
    /// `say` gets each line; with a `secret` it gets no line as it is.
    pub fn new(say: impl Fn(&str) + Send + Sync + 'static, secret: Option<&'static str>) -> Self {
        Self { say: Arc::new(say), secret }
    }

    /// Tells a line.
    pub fn say(&self, line: &str) {
        match self.secret {
            None => (self.say)(line),
            Some(mark) => {
                (self.say)(&format!("(output suppressed due to {mark} value in config)"));
            }
        }
    }

    /// Whether lines, commands and the like must not be told.
    pub fn keeps_secrets(&self) -> bool {
        self.secret.is_some()
    }
}

impl fmt::Debug for Voice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Voice").field("secret", &self.secret).finish_non_exhaustive()
    }
}
