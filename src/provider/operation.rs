//! What a resource type and a data source can do.

use std::sync::Arc;
use std::time::Duration;

use diagnostics::{Diagnostic, Diagnostics};
use lang::{Path, Value};

use crate::{Connection, Future, Schema, change};

/// A kind of thing that is created, read, updated and deleted.
///
/// All values are objects of the schema's [`Schema::object_type`]. Operations may run concurrently
/// for different instances. An operation that fails half way says so in [`OperationError::state`].
pub trait ResourceType: Send + Sync {
    /// The type name, such as `local_server`.
    fn name(&self) -> &'static str;

    fn schema(&self) -> &Schema;

    /// Whether it changes anything outside the state; without effect no intent is recorded.
    fn effect(&self) -> Effect {
        Effect::External
    }

    /// The types of things that such a thing lives on, such as `local_server`.
    fn host_types(&self) -> &'static [&'static str] {
        &[]
    }

    /// Tells whether the thing with these attributes ceases to exist together with `host`, so that it
    /// needs no deletion of its own. Asked only of hosts of [`Self::host_types`].
    fn vanishes_with(&self, _attributes: &Value, _host: &Value) -> bool {
        false
    }

    /// Tells whether deleting the thing with these attributes destroys data that cannot be made again. The
    /// plan says so in every line that does.
    fn loses_data(&self, _attributes: &Value) -> bool {
        false
    }

    /// Whether a deletion can leave a snapshot of the thing's data behind, as `on_destroy = "snapshot"` asks.
    fn can_snapshot(&self) -> bool {
        false
    }

    /// Decides what a change will look like: which attributes are known, what forces replacement.
    ///
    /// # Errors
    /// Every mistake that the world would only report at apply, with the path of the attribute.
    fn plan(&self, request: &PlanRequest<'_>) -> Result<Planned, Vec<Finding>> {
        Ok(change::default_plan(self.schema(), request))
    }

    /// Why a planned thing cannot be made while the one that it replaces is there: a name or an address that
    /// only one can have. Asked where the replacement is to be created before the old one is destroyed.
    fn excludes(&self, _prior: &Value, _planned: &Value) -> Option<Finding> {
        None
    }

    /// Looks at all planned changes of this type together (two servers on one port, a port in use).
    fn preflight<'a>(
        &'a self,
        _connection: &'a Connection,
        _items: &'a [PreflightItem],
    ) -> Future<'a, Vec<(usize, Finding)>> {
        Box::pin(async { Vec::new() })
    }

    /// Looks at what is about to be deleted, so that a refusal comes before anything is done.
    /// `objects` holds their attributes; what the world alone can refuse is refused by [`Self::delete`].
    fn preflight_delete<'a>(
        &'a self,
        _connection: &'a Connection,
        _objects: &'a [Value],
    ) -> Future<'a, Vec<(usize, Finding)>> {
        Box::pin(async { Vec::new() })
    }

    /// Reads many instances in one call; the outcomes stand in the order of the requests.
    fn read<'a>(
        &'a self,
        connection: &'a Connection,
        requests: &'a [ReadRequest],
    ) -> Future<'a, Vec<ReadOutcome>>;

    /// Makes the thing and gives its attributes, all known.
    fn create<'a>(
        &'a self,
        connection: &'a Connection,
        request: CreateRequest,
    ) -> Future<'a, Result<Value, OperationError>>;

    /// Changes the thing in place and gives its attributes, all known.
    fn update<'a>(
        &'a self,
        connection: &'a Connection,
        request: UpdateRequest,
    ) -> Future<'a, Result<Value, OperationError>>;

    /// Removes the thing; a thing that is gone already is a success.
    fn delete<'a>(
        &'a self,
        connection: &'a Connection,
        request: DeleteRequest,
    ) -> Future<'a, Result<(), OperationError>>;

    /// Finds what an interrupted create with this token made, if anything.
    ///
    /// # Errors
    /// When it cannot be decided now (the world cannot be reached): the operation stays pending.
    fn find<'a>(
        &'a self,
        connection: &'a Connection,
        request: FindRequest,
    ) -> Future<'a, Result<Option<Value>, OperationError>>;

    /// Finishes what [`Self::find`] found: does what the interrupted create had yet to do after making the
    /// thing, and gives its attributes. Called by apply alone, before the thing is recorded: a find changes
    /// nothing.
    fn claim<'a>(
        &'a self,
        _connection: &'a Connection,
        request: ClaimRequest,
    ) -> Future<'a, Result<Value, OperationError>> {
        Box::pin(async { Ok(request.found) })
    }

    /// Reads a thing that exists already, by its import id.
    fn import<'a>(
        &'a self,
        _connection: &'a Connection,
        _id: &'a str,
    ) -> Future<'a, Result<Value, OperationError>> {
        let name = self.name();
        Box::pin(async move {
            Err(OperationError::from(Diagnostic::error(
                "Import is not supported",
                format!("Things of the type {name} cannot be imported."),
            )))
        })
    }
}

/// A kind of thing that is only read.
pub trait DataSource: Send + Sync {
    fn name(&self) -> &'static str;

    fn schema(&self) -> &Schema;

    /// Mistakes of its configuration that can be told before anything is read. Asked also where only the
    /// configuration is checked, so that values may be unknown.
    fn check(&self, _config: &Value) -> Vec<Finding> {
        Vec::new()
    }

    /// Reads by the configured attributes and gives all of them, known.
    fn read<'a>(
        &'a self,
        connection: &'a Connection,
        config: &'a Value,
    ) -> Future<'a, Result<Value, OperationError>>;
}

/// Whether operations of a type change the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It lives outside: every create is announced in the journal before it happens.
    External,
    /// It lives in the state alone (`terraform_data`, `random_id`): its record is the effect.
    StateOnly,
}

/// A mistake at an attribute; the engine finds the place in the configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub path: Path,
    pub diagnostic: Diagnostic,
}

/// What a plan starts from. `proposed` is configuration merged with what was recorded.
#[derive(Clone, Copy, Debug)]
pub struct PlanRequest<'a> {
    /// `module.site["a"].local_server.this`
    pub address: &'a str,
    /// What is recorded and was read; none for a create.
    pub prior: Option<&'a Value>,
    /// As decoded: null where the user sets nothing.
    pub config: &'a Value,
    pub proposed: &'a Value,
    /// Derived from stack, address and generation: the same again after a crash, another after a replacement.
    pub name_seed: &'a str,
    /// The connection, where there is one already: never while configuration alone is checked.
    pub connection: Option<&'a Connection>,
}

/// What a change will look like.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// Known where it can be known before apply.
    pub value: Value,
    /// The attributes because of which the thing must be replaced.
    pub replace: Vec<Path>,
}

/// One planned change that [`ResourceType::preflight`] may look at.
#[derive(Clone, Debug)]
pub struct PreflightItem {
    pub address: String,
    /// None for a create.
    pub prior: Option<Value>,
    pub planned: Value,
    /// Nothing will be done: it is here to be compared with the others.
    pub unchanged: bool,
}

#[derive(Clone, Debug)]
pub struct ReadRequest {
    pub address: String,
    /// The recorded attributes.
    pub attributes: Value,
}

/// What reading found.
#[derive(Clone, Debug, PartialEq)]
pub enum ReadOutcome {
    Found(Value),
    /// It is certain that it is not there any more.
    Missing,
    /// What it lives on is down: it keeps its recorded values and is read again later.
    Unreachable(String),
    Failed(Box<Diagnostic>),
}

impl ReadOutcome {
    /// None of so many could be read, all for the same reason.
    pub fn all_failed(count: usize, diagnostic: &Diagnostic) -> Vec<Self> {
        vec![Self::Failed(Box::new(diagnostic.clone())); count]
    }
}

/// What an operation tells of itself while it is under way.
#[derive(Clone)]
pub struct Report {
    progress: Arc<dyn Fn(&str) + Send + Sync>,
}

impl Report {
    /// A report whose words somebody reads.
    pub fn new(progress: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { progress: Arc::new(progress) }
    }

    /// A report that nobody reads.
    pub fn silent() -> Self {
        Self::new(|_| {})
    }

    /// Reports progress in a few words, such as `waiting for the health check`.
    pub fn say(&self, words: &str) {
        (self.progress)(words);
    }
}

/// Makes the steps of a composite create durable, one by one.
pub trait StepRecorder: Send + Sync {
    /// Records a finished step and what is known of the thing so far; durable when it returns.
    fn record<'a>(
        &'a self,
        step: &'a str,
        attributes: &'a Value,
    ) -> Future<'a, Result<(), OperationError>>;
}

#[derive(Clone)]
pub struct CreateRequest {
    pub address: String,
    /// The same token again after a crash: what it made is found by it.
    pub token: String,
    /// Wholly known but for what the provider decides.
    pub planned: Value,
    pub config: Value,
    pub steps: Arc<dyn StepRecorder>,
    pub report: Report,
    pub timeout: Option<Duration>,
}

#[derive(Clone)]
pub struct UpdateRequest {
    pub address: String,
    pub token: String,
    pub prior: Value,
    pub planned: Value,
    pub config: Value,
    pub steps: Arc<dyn StepRecorder>,
    pub report: Report,
    pub timeout: Option<Duration>,
}

#[derive(Clone)]
pub struct DeleteRequest {
    pub address: String,
    pub prior: Value,
    /// Leave a snapshot of its data behind. Only where [`ResourceType::can_snapshot`] says so.
    pub snapshot: bool,
    pub report: Report,
    pub timeout: Option<Duration>,
}

#[derive(Clone, Debug)]
pub struct FindRequest {
    pub address: String,
    pub token: String,
    pub planned: Value,
    /// The steps that the interrupted create had recorded, in their order.
    pub steps: Vec<String>,
}

/// What an interrupted create made, and what it was to be.
#[derive(Clone, Debug)]
pub struct ClaimRequest {
    pub address: String,
    pub token: String,
    /// As the interrupted create announced it.
    pub planned: Value,
    /// As [`ResourceType::find`] gave it.
    pub found: Value,
}

/// Why an operation failed, and what it left behind.
#[derive(Clone, Debug)]
pub struct OperationError {
    pub diagnostic: Box<Diagnostic>,
    /// The attribute that is to blame.
    pub path: Path,
    /// What exists all the same: it is recorded as tainted (create) or as it is now (update).
    pub state: Option<Value>,
    /// What exists is made in full and only shown otherwise than planned: it is recorded as ready.
    pub whole: bool,
    /// It is certain that nothing was made, so that no trace needs to be followed.
    pub nothing_made: bool,
}

impl From<Diagnostic> for OperationError {
    fn from(diagnostic: Diagnostic) -> Self {
        Self {
            diagnostic: Box::new(diagnostic),
            path: Path::root(),
            state: None,
            whole: false,
            nothing_made: false,
        }
    }
}

impl OperationError {
    /// Says that nothing was made.
    #[must_use]
    pub fn without_effect(self) -> Self {
        Self { nothing_made: true, ..self }
    }

    /// Says what exists all the same.
    #[must_use]
    pub fn leaving(self, state: Value) -> Self {
        Self { state: Some(state), ..self }
    }

    /// Says that what exists is made in full, so that there is no reason to make it anew.
    #[must_use]
    pub fn whole(self) -> Self {
        Self { whole: true, ..self }
    }

    /// Says which attribute is to blame.
    #[must_use]
    pub fn at(self, path: Path) -> Self {
        Self { path, ..self }
    }
}

impl Finding {
    pub fn error(path: Path, summary: &str, detail: impl Into<String>) -> Self {
        Self { path, diagnostic: Diagnostic::error(summary, detail) }
    }
}

impl From<OperationError> for Diagnostics {
    fn from(error: OperationError) -> Self {
        Self::from(*error.diagnostic)
    }
}
