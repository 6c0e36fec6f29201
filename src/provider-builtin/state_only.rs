//! A resource type whose record in the state is the thing itself: one small trait makes it whole.

use std::sync::Arc;

use diagnostics::Diagnostic;
use lang::{Data, Value};
use provider::{
    Connection, CreateRequest, DeleteRequest, Effect, FindRequest, Finding, Future, OperationError,
    PlanRequest, Planned, ReadOutcome, ReadRequest, ResourceType, Schema, UpdateRequest, change,
};

/// What a type decides; nothing of it touches anything outside the state.
pub(crate) trait Recorded: Send + Sync + 'static {
    /// The type name, such as `random_id`.
    const NAME: &'static str;

    fn schema() -> Schema;

    /// Decides what a change will look like.
    fn plan(&self, schema: &Schema, request: &PlanRequest<'_>) -> Result<Planned, Vec<Finding>> {
        Ok(change::default_plan(schema, request))
    }

    /// Fills in what is unknown in the planned attributes.
    fn complete(&self, planned: &Value) -> Result<Value, Diagnostic>;

    /// What is there, from what is recorded.
    fn seen(&self, recorded: &Value) -> Value {
        recorded.clone()
    }

    /// Builds the attributes from an import id.
    fn import(&self, _schema: &Schema, _id: &str) -> Result<Value, Diagnostic> {
        let detail = format!("Resources of the type {} cannot be imported.", Self::NAME);
        Err(Diagnostic::error("Import is not supported", detail))
    }
}

/// A [`Recorded`] type as the engine sees it.
pub(crate) struct StateOnly<R> {
    recorded: R,
    schema: Schema,
}

impl<R: Recorded> StateOnly<R> {
    pub(crate) fn new(recorded: R) -> Self {
        Self { recorded, schema: R::schema() }
    }

    fn complete(&self, planned: &Value) -> Result<Value, OperationError> {
        self.recorded.complete(planned).map_err(|d| OperationError::from(d).without_effect())
    }
}

impl<R: Recorded> ResourceType for StateOnly<R> {
    fn name(&self) -> &'static str {
        R::NAME
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn effect(&self) -> Effect {
        Effect::StateOnly
    }

    fn plan(&self, request: &PlanRequest<'_>) -> Result<Planned, Vec<Finding>> {
        self.recorded.plan(&self.schema, request)
    }

    fn read<'a>(
        &'a self,
        _connection: &'a Connection,
        requests: &'a [ReadRequest],
    ) -> Future<'a, Vec<ReadOutcome>> {
        let found =
            |request: &ReadRequest| ReadOutcome::Found(self.recorded.seen(&request.attributes));
        Box::pin(async move { requests.iter().map(found).collect() })
    }

    fn create<'a>(
        &'a self,
        _connection: &'a Connection,
        request: CreateRequest,
    ) -> Future<'a, Result<Value, OperationError>> {
        Box::pin(async move { self.complete(&request.planned) })
    }

    fn update<'a>(
        &'a self,
        _connection: &'a Connection,
        request: UpdateRequest,
    ) -> Future<'a, Result<Value, OperationError>> {
        Box::pin(async move { self.complete(&request.planned) })
    }

    fn delete<'a>(
        &'a self,
        _connection: &'a Connection,
        _request: DeleteRequest,
    ) -> Future<'a, Result<(), OperationError>> {
        Box::pin(async { Ok(()) })
    }

    fn find<'a>(
        &'a self,
        _connection: &'a Connection,
        _request: FindRequest,
    ) -> Future<'a, Result<Option<Value>, OperationError>> {
        Box::pin(async { Ok(None) })
    }

    fn import<'a>(
        &'a self,
        _connection: &'a Connection,
        id: &'a str,
    ) -> Future<'a, Result<Value, OperationError>> {
        Box::pin(async move { Ok(self.recorded.import(&self.schema, id)?) })
    }
}

/// The object with some attributes set anew.
pub(crate) fn with<const N: usize>(object: Value, attributes: [(&str, Value); N]) -> Value {
    let Value { data, marks } = object;
    let mut entries = if let Data::Object(entries) = data { entries } else { Arc::default() };
    let present = Arc::make_mut(&mut entries);
    for (name, value) in attributes {
        match present.get_mut(name) {
            Some(slot) => *slot = value,
            None => drop(present.insert(name.into(), value)),
        }
    }
    Value { data: Data::Object(entries), marks }
}
