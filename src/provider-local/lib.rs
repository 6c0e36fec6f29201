//! Processes on this machine: repository servers, and the commands of `local-exec`.
//!
//! The provider `local` has one resource type, `local_server`, and one provisioner. A server is a data folder and the
//! process that serves it; who it is stands in the folder, and is never guessed from a pid alone.

#![expect(
    clippy::result_large_err,
    reason = "a diagnostic is made once per failed operation, never in a loop"
)]

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use diagnostics::Diagnostics;
use lang::Value;
use provider::{Connection, Future, Provider, Provisioner, ResourceType, Schema, Stack};

mod home;
mod launch;
mod local_exec;
mod log_tail;
mod port;
mod process;
mod readiness;
mod server;

/// The provider `local`, whose block takes no arguments.
pub struct LocalProvider {
    schema: Schema,
    command: Command,
}

/// The program that becomes a server when the path of its configuration is added.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<OsString>,
}

impl LocalProvider {
    /// Makes the provider; `executable` is the artiform program, which is started as
    /// `EXECUTABLE serve --config FILE`.
    pub fn new(executable: PathBuf) -> Self {
        let arguments = vec![OsString::from("serve"), OsString::from("--config")];
        Self::with_command(Command { program: executable, arguments })
    }

    pub(crate) fn with_command(command: Command) -> Self {
        let description = "Repository servers as background processes on this machine.";
        Self { schema: Schema::default().describe(description), command }
    }
}

impl Provider for LocalProvider {
    fn name(&self) -> &'static str {
        "local"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn resource_types(&self) -> Vec<Arc<dyn ResourceType>> {
        vec![Arc::new(server::LocalServer::new(self.command.clone()))]
    }

    fn provisioners(&self) -> Vec<Arc<dyn Provisioner>> {
        vec![Arc::new(local_exec::LocalExec::new())]
    }

    fn configure<'a>(
        &'a self,
        _config: &'a Value,
        _stack: Stack<'a>,
    ) -> Future<'a, Result<Connection, Diagnostics>> {
        Box::pin(async { Ok(Connection::new(())) })
    }
}

/// The attribute of an object as text.
fn text<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    object.get(name).and_then(Value::as_str)
}
