//! The contract between the engine and what it provisions: schemas, resource types, data sources, providers.
//!
//! A provider is a name, a schema for its block, and a visible list of [`ResourceType`]s and
//! [`DataSource`]s. The engine decodes blocks by schema ([`decode`]), computes what a change means
//! ([`change`]) and calls the operations; a provider never sees configuration text or state files.

pub mod change;
pub mod decode;
mod limit;
mod operation;
mod provisioner;
mod registry;
pub mod schema;
mod slot;

pub use limit::{Limit, Limits};
pub use operation::{
    ClaimRequest, CreateRequest, DataSource, DeleteRequest, Effect, FindRequest, Finding,
    OperationError, PlanRequest, Planned, PreflightItem, ReadOutcome, ReadRequest, Report,
    ResourceType, StepRecorder, UpdateRequest,
};
pub use provisioner::{ProvisionRequest, Provisioner, Voice};
pub use registry::{CallCount, Connection, DataStandIn, Owned, Provider, Registry, Stack};
pub use schema::{Attribute, AttributeClass, NestedBlock, Nesting, Schema};
pub use slot::{Slot, each, pause, throttled, waiting};

/// A boxed future, as every operation returns.
pub type Future<'a, T> = futures::future::BoxFuture<'a, T>;
