//! Repositories, replications and users, through the server's REST API.
//!
//! The provider `artiform`. Every resource names the server that it lives on by its argument
//! `server`, or lives on the one of the provider block. What the server is told, and what it is
//! asked, stands in one file per resource below `resources/`; how such a thing is planned, made,
//! adopted, moved and removed stands once, in `managed`.

#![expect(
    clippy::result_large_err,
    reason = "a diagnostic is made once per failed operation, never in a loop"
)]

use std::sync::Arc;

use diagnostics::Diagnostics;
use lang::{Path, Type, Value};
use provider::{Attribute, Connection, Future, Provider, ResourceType, Schema, Stack};

mod client;
mod connection;
mod endpoint;
mod failure;
mod kind;
mod managed;
mod mark;
mod object;
mod resources;

pub(crate) use connection::Servers;

/// The provider `artiform`.
pub struct RepositoryProvider {
    schema: Schema,
}

impl RepositoryProvider {
    pub fn new() -> Self {
        let optional = |words| Attribute::optional(Type::String).describe(words);
        let schema = Schema::new([
            ("password", optional("Goes with username.").sensitive()),
            ("token", optional("A token of an administrator.").sensitive()),
            ("url", optional("The base URL of the server that resources without server live on.")),
            ("username", optional("An administrator, in place of a token.")),
        ]);
        Self { schema: schema.describe("Repositories and users of artiform servers.") }
    }
}

impl Default for RepositoryProvider {
    fn default() -> Self {
        Self::new()
    }
}

impl Provider for RepositoryProvider {
    fn name(&self) -> &'static str {
        "artiform"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn resource_types(&self) -> Vec<Arc<dyn ResourceType>> {
        resources::all()
    }

    fn configure<'a>(
        &'a self,
        config: &'a Value,
        _stack: Stack<'a>,
    ) -> Future<'a, Result<Connection, Diagnostics>> {
        Box::pin(async move { Ok(Connection::new(Servers::configure(config)?)) })
    }
}

/// The path of a top-level attribute.
fn at(name: &str) -> Path {
    Path::attribute(name)
}
