//! The engine against a world of its own: a provider whose things live in memory, and a real journal.

use std::collections::BTreeMap;
use std::path::Path as FilePath;
use std::sync::{Arc, Mutex};

use diagnostics::{Diagnostic, Diagnostics};
use lang::functions::World;
use lang::{Name, Type, Value};
use plan::{Action, Plan, PlanMode};
use provider::{
    Attribute, ClaimRequest, Connection, CreateRequest, DataSource, DeleteRequest, FindRequest,
    Finding, Future, OperationError, PlanRequest, Planned, Provider, ReadOutcome, ReadRequest,
    Registry, ResourceType, Schema, Stack, UpdateRequest, change,
};
use state::{LocalBackend, OpenOptions, Store};
use tokio::sync::{Barrier, watch};

use crate::{
    Applied, ApplyOptions, Events, PlanInput, PlanOptions, Planning, apply, plan, validate,
};

mod applying;
mod checking;
mod connecting;
mod convergence;
mod explaining;
mod fates;
mod importing;
mod limiting;
mod looking;
mod planning;
mod replacing;
mod selecting;

/// What the fake provider's things live in. One is known by its name, and where that is taken, by another.
#[derive(Clone, Default)]
struct Cloud {
    things: Arc<Mutex<BTreeMap<String, (String, Value)>>>,
    /// Every call in order: `create a`, `delete b`.
    calls: Arc<Mutex<Vec<String>>>,
    /// The timeouts that operations were given: `create a 600s`.
    timeouts: Arc<Mutex<Vec<String>>>,
    /// Names whose operations fail.
    failing: Arc<Mutex<Vec<String>>>,
    /// The answer of every create is lost, though it takes effect.
    losing: Arc<Mutex<bool>>,
    down: Arc<Mutex<bool>>,
    /// Every read finds too many calls in flight.
    throttling: Arc<Mutex<bool>>,
    /// What is created is ready when so many wait for it at once.
    ready: Arc<Mutex<Option<Arc<Barrier>>>>,
}

impl Cloud {
    /// Makes a thing beside those that are there.
    fn put(&self, name: &str, request: CreateRequest) -> Value {
        let mut things = self.things.lock().unwrap();
        let twins = (2..).map(|twin| format!("{name}~{twin}"));
        let mut keys = std::iter::once(name.to_owned()).chain(twins);
        let key = keys.find(|key| !things.contains_key(key)).expect("a free key");
        let value = completed(&request.planned, &format!("id-{key}"));
        things.insert(key, (request.token, value.clone()));
        value
    }
}

/// A thing, or a tenant, which lives on the thing that it refers to and goes down with it.
struct Thing {
    name: &'static str,
    schema: Schema,
}

impl Thing {
    fn cloud(connection: &Connection) -> &Cloud {
        connection.get().expect("the fake provider's connection")
    }

    fn name_of(value: &Value) -> String {
        value.get("name").and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// What it is known by: what stands in its id.
    fn key_of(value: &Value) -> String {
        let id = value.get("id").and_then(Value::as_str);
        let key = id.and_then(|id| id.strip_prefix("id-"));
        key.map_or_else(|| Self::name_of(value), str::to_owned)
    }
}

fn completed(planned: &Value, id: &str) -> Value {
    let entries = planned.entries().cloned().unwrap_or_default();
    let known = entries.into_iter().map(|(name, value)| {
        if &*name == "id" { (name, Value::string(id)) } else { (name, value) }
    });
    Value::object(known)
}

impl ResourceType for Thing {
    fn name(&self) -> &'static str {
        self.name
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn host_types(&self) -> &'static [&'static str] {
        if self.name == "fake_tenant" { &["fake_thing"] } else { &[] }
    }

    fn vanishes_with(&self, attributes: &Value, host: &Value) -> bool {
        attributes.get("refers") == host.get("id")
    }

    fn can_snapshot(&self) -> bool {
        self.name == "fake_tenant"
    }

    /// The attribute `seed` of a new thing is what its names would be derived from.
    fn plan(&self, request: &PlanRequest<'_>) -> Result<Planned, Vec<Finding>> {
        let mut planned = change::default_plan(&self.schema, request);
        let mut entries = planned.value.entries().cloned().unwrap_or_default();
        if entries.get("seed").is_some_and(Value::is_unknown) {
            entries.insert("seed".into(), Value::string(request.name_seed));
        }
        planned.value = Value::object(entries).with_marks(planned.value.marks);
        Ok(planned)
    }

    /// Only one tenant can have a name.
    fn excludes(&self, prior: &Value, planned: &Value) -> Option<Finding> {
        let same = self.name == "fake_tenant" && Self::name_of(prior) == Self::name_of(planned);
        let path = lang::Path::attribute("name");
        same.then(|| Finding::error(path, "Name is taken", "The old one has it."))
    }

    fn read<'a>(
        &'a self,
        connection: &'a Connection,
        requests: &'a [ReadRequest],
    ) -> Future<'a, Vec<ReadOutcome>> {
        Box::pin(async move {
            let cloud = Self::cloud(connection);
            cloud.calls.lock().unwrap().push(format!("read {}", requests.len()));
            if *cloud.throttling.lock().unwrap() {
                provider::throttled();
            }
            let things = cloud.things.lock().unwrap();
            let down = *cloud.down.lock().unwrap();
            let outcome = |request: &ReadRequest| {
                let refers = request.attributes.get("refers").and_then(Value::as_str);
                let host = refers.and_then(|id| id.strip_prefix("id-")).unwrap_or_default();
                let homeless = self.name == "fake_tenant" && !things.contains_key(host);
                if down || homeless {
                    return ReadOutcome::Unreachable("the cloud is down".into());
                }
                match things.get(&Self::key_of(&request.attributes)) {
                    Some((_, value)) => ReadOutcome::Found(value.clone()),
                    None => ReadOutcome::Missing,
                }
            };
            requests.iter().map(outcome).collect()
        })
    }

    fn create<'a>(
        &'a self,
        connection: &'a Connection,
        request: CreateRequest,
    ) -> Future<'a, Result<Value, OperationError>> {
        Box::pin(async move {
            let cloud = Self::cloud(connection);
            let name = Self::name_of(&request.planned);
            cloud.calls.lock().unwrap().push(format!("create {name}"));
            if let Some(timeout) = request.timeout {
                cloud.timeouts.lock().unwrap().push(format!("create {name} {timeout:?}"));
            }
            if cloud.failing.lock().unwrap().contains(&name) {
                let diagnostic = Diagnostic::error("Thing refused", "It does not want to be.");
                return Err(OperationError::from(diagnostic).without_effect());
            }
            tokio::task::yield_now().await;
            let value = cloud.put(&name, request);
            tokio::task::yield_now().await;
            let ready = cloud.ready.lock().unwrap().clone();
            if let Some(ready) = ready {
                provider::waiting(ready.wait()).await;
            }
            if *cloud.losing.lock().unwrap() {
                return Err(Diagnostic::error("Answer lost", "The connection broke.").into());
            }
            Ok(value)
        })
    }

    fn update<'a>(
        &'a self,
        connection: &'a Connection,
        request: UpdateRequest,
    ) -> Future<'a, Result<Value, OperationError>> {
        Box::pin(async move {
            let cloud = Self::cloud(connection);
            let name = Self::name_of(&request.planned);
            cloud.calls.lock().unwrap().push(format!("update {name}"));
            let key = Self::key_of(&request.prior);
            let value = completed(&request.planned, &format!("id-{key}"));
            let entry = (request.token, value.clone());
            cloud.things.lock().unwrap().insert(key, entry);
            Ok(value)
        })
    }

    fn delete<'a>(
        &'a self,
        connection: &'a Connection,
        request: DeleteRequest,
    ) -> Future<'a, Result<(), OperationError>> {
        Box::pin(async move {
            let cloud = Self::cloud(connection);
            let name = Self::name_of(&request.prior);
            let verb = if request.snapshot { "snapshot and delete" } else { "delete" };
            cloud.calls.lock().unwrap().push(format!("{verb} {name}"));
            if let Some(timeout) = request.timeout {
                cloud.timeouts.lock().unwrap().push(format!("delete {name} {timeout:?}"));
            }
            tokio::task::yield_now().await;
            cloud.things.lock().unwrap().remove(&Self::key_of(&request.prior));
            Ok(())
        })
    }

    fn claim<'a>(
        &'a self,
        connection: &'a Connection,
        request: ClaimRequest,
    ) -> Future<'a, Result<Value, OperationError>> {
        Box::pin(async move {
            let name = Self::name_of(&request.found);
            assert_eq!(name, Self::name_of(&request.planned));
            Self::cloud(connection).calls.lock().unwrap().push(format!("claim {name}"));
            Ok(request.found)
        })
    }

    fn import<'a>(
        &'a self,
        connection: &'a Connection,
        id: &'a str,
    ) -> Future<'a, Result<Value, OperationError>> {
        Box::pin(async move {
            let things = Self::cloud(connection).things.lock().unwrap();
            let found = things.get(id).map(|(_, value)| value.clone());
            let missing = || Diagnostic::error("No such thing", format!("There is no {id}."));
            found.ok_or_else(|| missing().into())
        })
    }

    fn find<'a>(
        &'a self,
        connection: &'a Connection,
        request: FindRequest,
    ) -> Future<'a, Result<Option<Value>, OperationError>> {
        Box::pin(async move {
            let things = Self::cloud(connection).things.lock().unwrap();
            let found = things.values().find(|(token, _)| *token == request.token);
            Ok(found.map(|(_, value)| value.clone()))
        })
    }
}

/// Reads a thing by its name; one that is not there is a mistake.
struct ThingData {
    schema: Schema,
}

impl DataSource for ThingData {
    fn name(&self) -> &'static str {
        "fake_thing"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn read<'a>(
        &'a self,
        connection: &'a Connection,
        config: &'a Value,
    ) -> Future<'a, Result<Value, OperationError>> {
        Box::pin(async move {
            let cloud = Thing::cloud(connection);
            let name = Thing::name_of(config);
            cloud.calls.lock().unwrap().push(format!("look {name}"));
            let id = cloud.things.lock().unwrap().get(&name).map(|_| format!("id-{name}"));
            let missing = || Diagnostic::error("No such thing", format!("There is no {name}."));
            let id = id.ok_or_else(missing)?;
            Ok(Value::object([
                ("id".into(), Value::string(id)),
                ("name".into(), Value::string(name)),
            ]))
        })
    }
}

struct FakeProvider {
    schema: Schema,
    cloud: Cloud,
}

impl Provider for FakeProvider {
    fn name(&self) -> &'static str {
        "fake"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn resource_types(&self) -> Vec<Arc<dyn ResourceType>> {
        let of = |name: &'static str| Thing {
            name,
            schema: Schema::new([
                ("name", Attribute::required(Type::String).forces_replacement()),
                ("size", Attribute::optional(Type::Number)),
                ("refers", Attribute::optional(Type::String)),
                ("secret", Attribute::optional(Type::String).sensitive()),
                ("id", Attribute::computed(Type::String)),
                ("seed", Attribute::computed(Type::String)),
            ]),
        };
        vec![Arc::new(of("fake_tenant")), Arc::new(of("fake_thing"))]
    }

    fn data_sources(&self) -> Vec<Arc<dyn DataSource>> {
        let id = Attribute::computed(Type::String);
        let name = Attribute::required(Type::String);
        vec![Arc::new(ThingData { schema: Schema::new([("id", id), ("name", name)]) })]
    }

    fn check(&self, config: &Value) -> Vec<Finding> {
        let wrong = config.get("account").and_then(Value::as_str) == Some("wrong");
        let path = lang::Path::attribute("account");
        wrong.then(|| Finding::error(path, "Wrong account", "It is wrong.")).into_iter().collect()
    }

    fn configure<'a>(
        &'a self,
        config: &'a Value,
        _stack: Stack<'a>,
    ) -> Future<'a, Result<Connection, Diagnostics>> {
        Box::pin(async move {
            match config.get("account").and_then(Value::as_str) {
                Some("closed") => Err(Diagnostic::error("Account closed", "It is closed.").into()),
                _ => Ok(Connection::new(self.cloud.clone())),
            }
        })
    }
}

/// A world without files, in which time stands still.
struct Nowhere;

impl World for Nowhere {
    fn read(&self, _path: &FilePath) -> std::io::Result<Vec<u8>> {
        Err(std::io::ErrorKind::NotFound.into())
    }

    fn is_file(&self, _path: &FilePath) -> std::io::Result<bool> {
        Ok(false)
    }

    fn list(&self, _folder: &FilePath) -> std::io::Result<Vec<String>> {
        Ok(Vec::new())
    }

    fn home(&self) -> Option<std::path::PathBuf> {
        None
    }

    fn called_from(&self) -> Option<std::path::PathBuf> {
        None
    }

    fn now(&self) -> Option<String> {
        None
    }

    fn random(&self, _length: usize) -> Option<Vec<u8>> {
        None
    }
}

/// A stack in a folder of its own, its state beside it, and the fake cloud.
struct Bench {
    folder: tempfile::TempDir,
    cloud: Cloud,
    options: PlanOptions,
    data_stand_in: Option<provider::DataStandIn>,
}

impl Bench {
    fn new(source: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (cloud, options) = (Cloud::default(), PlanOptions::default());
        let bench = Self { folder, cloud, options, data_stand_in: None };
        bench.write(source);
        bench
    }

    fn write(&self, source: &str) {
        self.write_file("main.hcl", source);
    }

    fn write_file(&self, name: &str, source: &str) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, source).unwrap();
    }

    fn registry(&self) -> Registry {
        let schema = Schema::new([("account", Attribute::optional(Type::String))]);
        let mut providers = provider_builtin::providers();
        providers.push(Arc::new(FakeProvider { schema, cloud: self.cloud.clone() }));
        let registry = Registry::new(providers);
        match &self.data_stand_in {
            Some(stand_in) => registry.with_data_stand_in(stand_in.clone()),
            None => registry,
        }
    }

    fn store(&self) -> Arc<Store> {
        let backend = Arc::new(LocalBackend::new(self.folder.path().join("state")));
        Arc::new(Store::open(backend, &OpenOptions::new("test", "apply")).unwrap())
    }

    fn input(&self, store: &Store) -> PlanInput {
        let loaded = config::load(self.folder.path());
        assert!(!loaded.diagnostics.has_errors(), "{:#?}", loaded.diagnostics);
        let mut config = loaded.config;
        let options = config::values::ValueOptions::default();
        let (values, _) = config::values::gather(&mut config, options);
        PlanInput {
            config: Arc::new(config),
            registry: self.registry(),
            variables: values.into_iter().map(|(name, given)| (name, given.value)).collect(),
            prior: store.snapshot(),
            pending: store.pending(),
            options: self.options.clone(),
            world: Arc::new(Nowhere),
            events: Events::silent(),
        }
    }

    fn planning(&self, store: &Store) -> Planning {
        block_on(plan(self.input(store)))
    }

    /// Plans, and expects no mistakes.
    fn plan(&self) -> Plan {
        let planning = self.planning(&self.store());
        assert!(!planning.diagnostics.has_errors(), "{:#?}", planning.diagnostics);
        planning.planned.unwrap().plan
    }

    /// Plans, and expects mistakes: their summaries.
    fn mistakes(&self) -> Vec<String> {
        let planning = self.planning(&self.store());
        planning.diagnostics.iter().map(|d| format!("{}: {}", d.summary, d.detail)).collect()
    }

    fn validate(&self) -> Diagnostics {
        block_on(validate(self.input(&self.store()), Diagnostics::new()))
    }

    /// Plans and applies; the state is closed as the command does it.
    fn try_apply(&self) -> Applied {
        let store = self.store();
        let planning = self.planning(&store);
        assert!(!planning.diagnostics.has_errors(), "{:#?}", planning.diagnostics);
        let (_keep, stop) = watch::channel(false);
        let options = ApplyOptions { events: Events::silent(), stop };
        let applied = block_on(apply(planning.planned.unwrap(), store.clone(), options));
        store.commit_snapshot().unwrap();
        applied
    }

    fn apply(&self) -> Applied {
        let applied = self.try_apply();
        assert!(!applied.diagnostics.has_errors(), "{:#?}", applied.diagnostics);
        applied
    }

    fn calls(&self) -> Vec<String> {
        let calls = std::mem::take(&mut *self.cloud.calls.lock().unwrap());
        calls.into_iter().filter(|call| !call.starts_with("read")).collect()
    }

    fn things(&self) -> Vec<String> {
        self.cloud.things.lock().unwrap().keys().cloned().collect()
    }
}

fn block_on<T>(future: impl std::future::Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// `address action` of every change that is one.
fn actions(plan: &Plan) -> Vec<String> {
    let changes = plan.changes.iter().filter(|change| change.is_change());
    changes.map(|change| format!("{} {:?}", change.address, change.action)).collect()
}
