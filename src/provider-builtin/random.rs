//! The provider `random`: values that are drawn once and then kept.

use std::sync::Arc;

use diagnostics::Diagnostics;
use lang::{Type, Value};
use provider::{Attribute, Connection, Future, Provider, ResourceType, Schema, Stack};

use crate::state_only::StateOnly;

mod characters;
mod id;
mod integer;
mod password;
mod string;
mod uuid;

/// The provider `random`, whose block takes no arguments.
pub struct RandomProvider {
    schema: Schema,
}

impl RandomProvider {
    pub fn new() -> Self {
        let description = "Random values that are drawn once and kept in the state.";
        Self { schema: Schema::default().describe(description) }
    }
}

impl Default for RandomProvider {
    fn default() -> Self {
        Self::new()
    }
}

impl Provider for RandomProvider {
    fn name(&self) -> &'static str {
        "random"
    }

    fn address(&self) -> String {
        "registry.terraform.io/hashicorp/random".into()
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn resource_types(&self) -> Vec<Arc<dyn ResourceType>> {
        vec![
            Arc::new(StateOnly::new(id::RandomId)),
            Arc::new(StateOnly::new(integer::RandomInteger)),
            Arc::new(StateOnly::new(password::RandomPassword)),
            Arc::new(StateOnly::new(string::RandomString)),
            Arc::new(StateOnly::new(uuid::RandomUuid)),
        ]
    }

    fn configure<'a>(
        &'a self,
        _config: &'a Value,
        _stack: Stack<'a>,
    ) -> Future<'a, Result<Connection, Diagnostics>> {
        Box::pin(async { Ok(Connection::new(())) })
    }
}

/// The argument that every random type has.
fn keepers() -> Attribute {
    Attribute::optional(Type::map(Type::String))
        .forces_replacement()
        .describe("Arbitrary values; a change of them draws a new result.")
}

/// A whole number of an argument, or `otherwise` where it is null or unknown.
fn whole(object: &Value, name: &str, otherwise: i64) -> i64 {
    object.get(name).and_then(Value::as_i64).unwrap_or(otherwise)
}

fn at_least_zero(value: &Value) -> Result<(), String> {
    at_least(value, 0)
}

fn at_least_one(value: &Value) -> Result<(), String> {
    at_least(value, 1)
}

fn at_least(value: &Value, least: i64) -> Result<(), String> {
    match value.as_i64() {
        Some(number) if number >= least => Ok(()),
        _ => Err(format!("it must be a whole number of at least {least}.")),
    }
}
