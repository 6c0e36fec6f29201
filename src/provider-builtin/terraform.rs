//! The provider `terraform`: what the language itself offers as resources.

use std::sync::Arc;

use diagnostics::Diagnostics;
use lang::Value;
use provider::{Connection, DataSource, Future, Provider, ResourceType, Schema, Stack};

use crate::remote_state::RemoteState;
use crate::state_only::StateOnly;
use crate::terraform_data::TerraformData;

/// The provider `terraform`, whose block takes no arguments.
pub struct TerraformProvider {
    schema: Schema,
}

impl TerraformProvider {
    pub fn new() -> Self {
        let description = "Builtin resources that live in the state alone.";
        Self { schema: Schema::default().describe(description) }
    }
}

impl Default for TerraformProvider {
    fn default() -> Self {
        Self::new()
    }
}

impl Provider for TerraformProvider {
    fn name(&self) -> &'static str {
        "terraform"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn resource_types(&self) -> Vec<Arc<dyn ResourceType>> {
        vec![Arc::new(StateOnly::new(TerraformData))]
    }

    fn data_sources(&self) -> Vec<Arc<dyn DataSource>> {
        vec![Arc::new(RemoteState::new())]
    }

    fn configure<'a>(
        &'a self,
        _config: &'a Value,
        stack: Stack<'a>,
    ) -> Future<'a, Result<Connection, Diagnostics>> {
        Box::pin(async { Ok(Connection::new(stack.folder.to_path_buf())) })
    }
}
