//! Networks, buckets, keys, parameters, roles and machines in AWS.
//!
//! The provider `aws`. What one type knows stands in one file below `resources/<service>/`, behind the
//! small trait `Kind`; how such a thing is planned, made, found again, waited for, tagged and removed
//! stands once, in `managed`. Names and attributes are those of the Terraform AWS provider, version 6.

#![expect(
    clippy::result_large_err,
    reason = "a diagnostic is made once per failed operation, never in a loop"
)]

use std::sync::Arc;

use diagnostics::Diagnostics;
use lang::Value;
use provider::{
    CallCount, Connection, DataSource, Finding, Future, Provider, ResourceType, Schema, Stack,
};

mod attempts;
mod backoff;
mod calls;
mod client;
mod data;
mod failure;
mod json;
mod kind;
mod managed;
mod object;
mod plan;
mod regions;
mod resources;
mod retries;
mod schema;
mod settings;
#[cfg(test)]
mod stub;
mod tags;

/// The provider `aws`.
pub struct AwsProvider {
    schema: Schema,
    calls: calls::Calls,
}

impl AwsProvider {
    pub fn new() -> Self {
        Self { schema: settings::schema(), calls: calls::Calls::default() }
    }
}

impl Default for AwsProvider {
    fn default() -> Self {
        Self::new()
    }
}

impl Provider for AwsProvider {
    fn name(&self) -> &'static str {
        "aws"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn check(&self, config: &Value) -> Vec<Finding> {
        settings::check(config)
    }

    fn resource_types(&self) -> Vec<Arc<dyn ResourceType>> {
        resources::all()
    }

    fn data_sources(&self) -> Vec<Arc<dyn DataSource>> {
        data::all()
    }

    fn configure<'a>(
        &'a self,
        config: &'a Value,
        stack: Stack<'a>,
    ) -> Future<'a, Result<Connection, Diagnostics>> {
        Box::pin(async move {
            let aws = client::Aws::connect(config, stack, self.calls.clone()).await?;
            Ok(Connection::new(aws))
        })
    }

    fn calls(&self) -> Vec<CallCount> {
        self.calls.so_far()
    }
}
