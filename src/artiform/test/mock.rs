//! Stand-ins for providers: what they would decide is taken from the test, or made up.

use std::sync::Arc;

use config::test_file::MockDefaults;
use config::{MockProvider, MovedEndpoint, Override, OverrideKind};
use diagnostics::Diagnostics;
use lang::convert::convert;
use lang::{Data, Name, Type, Value};
use provider::{
    Connection, CreateRequest, DataSource, DeleteRequest, Effect, FindRequest, Finding, Future,
    OperationError, PlanRequest, Planned, Provider, Provisioner, ReadOutcome, ReadRequest,
    Registry, ResourceType, Schema, Stack, UpdateRequest, change,
};

use crate::providers;

/// How long a made-up text is.
const TEXT_LENGTH: usize = 8;

/// The providers of this build, with the stand-ins of a test in them.
///
/// `overrides` are the strongest first.
pub fn registry(mocks: &[MockProvider], overrides: &[Override]) -> Registry {
    let stand_ins: Arc<[StandIn]> = overrides.iter().filter_map(StandIn::of).collect();
    let replaced = |inner: &Arc<dyn Provider>| -> Arc<dyn Provider> {
        let mock = mocks.iter().find(|mock| *mock.name == *inner.name());
        if mock.is_none() && stand_ins.is_empty() {
            return inner.clone();
        }
        let mut all = stand_ins.to_vec();
        all.extend(mock.iter().flat_map(|mock| &mock.overrides).filter_map(StandIn::of));
        let mock = mock.cloned().map(Arc::new);
        Arc::new(Mocked { inner: inner.clone(), source: Source { mock, stand_ins: all.into() } })
    };
    let registry = Registry::new(providers::registry().providers().iter().map(replaced).collect());
    let in_mocks = mocks.iter().flat_map(|mock| &mock.overrides);
    let data: Vec<StandIn> =
        overrides.iter().chain(in_mocks).filter_map(StandIn::of_data).collect();
    if data.is_empty() {
        return registry;
    }
    registry.with_data_stand_in(Arc::new(move |address, proposed| {
        let found = data.iter().find(|one| one.names(address))?;
        Some(completed(proposed, Some(&found.values)))
    }))
}

/// `override_resource` or `override_data`: the values of what has an address.
#[derive(Clone)]
struct StandIn {
    address: String,
    values: Value,
    during_plan: Option<bool>,
}

impl StandIn {
    fn of(one: &Override) -> Option<Self> {
        Self::of_kind(one, OverrideKind::Resource)
    }

    fn of_data(one: &Override) -> Option<Self> {
        Self::of_kind(one, OverrideKind::Data)
    }

    fn of_kind(one: &Override, kind: OverrideKind) -> Option<Self> {
        let MovedEndpoint::Resource(address) = &one.target else { return None };
        (one.kind == kind).then(|| Self {
            address: address.to_string(),
            values: one.values.clone(),
            during_plan: one.during_plan,
        })
    }

    /// Tells whether it stands in for an instance: its own, or one of its resource.
    fn names(&self, instance: &str) -> bool {
        let rest = instance.strip_prefix(&self.address);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
    }
}

/// Where made-up values come from.
#[derive(Clone)]
struct Source {
    mock: Option<Arc<MockProvider>>,
    stand_ins: Arc<[StandIn]>,
}

/// The values for one instance, and whether they are known when planning.
struct Given {
    values: Value,
    during_plan: bool,
}

impl Source {
    fn of_resource(&self, address: &str, type_name: &str) -> Option<Given> {
        let mock = self.mock.as_deref();
        let during_plan = mock.is_some_and(|mock| mock.during_plan);
        if let Some(found) = self.stand_ins.iter().find(|one| one.names(address)) {
            let during_plan = found.during_plan.unwrap_or(during_plan);
            return Some(Given { values: found.values.clone(), during_plan });
        }
        let of_type = |one: &&MockDefaults| !one.data && &*one.type_name == type_name;
        let defaults = mock?.defaults.iter().find(of_type);
        let during_plan = defaults.and_then(|one| one.during_plan).unwrap_or(during_plan);
        let values = defaults.map_or_else(|| Value::object([]), |one| one.values.clone());
        Some(Given { values, during_plan })
    }
}

/// A provider of which some or all is made up.
struct Mocked {
    inner: Arc<dyn Provider>,
    source: Source,
}

impl Provider for Mocked {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn address(&self) -> String {
        self.inner.address()
    }

    fn schema(&self) -> &Schema {
        self.inner.schema()
    }

    fn check(&self, config: &Value) -> Vec<Finding> {
        self.inner.check(config)
    }

    fn provisioners(&self) -> Vec<Arc<dyn Provisioner>> {
        self.inner.provisioners()
    }

    fn resource_types(&self) -> Vec<Arc<dyn ResourceType>> {
        let mocked = |inner| -> Arc<dyn ResourceType> {
            Arc::new(MockedType { inner, source: self.source.clone() })
        };
        self.inner.resource_types().into_iter().map(mocked).collect()
    }

    fn data_sources(&self) -> Vec<Arc<dyn DataSource>> {
        let Some(mock) = &self.source.mock else { return self.inner.data_sources() };
        let mocked = |inner: Arc<dyn DataSource>| -> Arc<dyn DataSource> {
            Arc::new(MockedData { inner, mock: mock.clone() })
        };
        self.inner.data_sources().into_iter().map(mocked).collect()
    }

    fn configure<'a>(
        &'a self,
        config: &'a Value,
        stack: Stack<'a>,
    ) -> Future<'a, Result<Connection, Diagnostics>> {
        if self.source.mock.is_none() {
            return self.inner.configure(config, stack);
        }
        Box::pin(async { Ok(Connection::new(())) })
    }
}

struct MockedData {
    inner: Arc<dyn DataSource>,
    mock: Arc<MockProvider>,
}

impl DataSource for MockedData {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn schema(&self) -> &Schema {
        self.inner.schema()
    }

    fn check(&self, config: &Value) -> Vec<Finding> {
        self.inner.check(config)
    }

    fn read<'a>(
        &'a self,
        _connection: &'a Connection,
        config: &'a Value,
    ) -> Future<'a, Result<Value, OperationError>> {
        let proposed = change::propose(self.schema(), None, config);
        let of_type = |one: &&MockDefaults| one.data && &*one.type_name == self.name();
        let defaults = self.mock.defaults.iter().find(of_type).map(|one| &one.values);
        Box::pin(async move { Ok(completed(&proposed, defaults)) })
    }
}

struct MockedType {
    inner: Arc<dyn ResourceType>,
    source: Source,
}

impl MockedType {
    fn given(&self, address: &str) -> Option<Given> {
        self.source.of_resource(address, self.inner.name())
    }
}

impl ResourceType for MockedType {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn schema(&self) -> &Schema {
        self.inner.schema()
    }

    fn effect(&self) -> Effect {
        self.inner.effect()
    }

    fn plan(&self, request: &PlanRequest<'_>) -> Result<Planned, Vec<Finding>> {
        let Some(given) = self.given(request.address) else { return self.inner.plan(request) };
        let mut planned = change::default_plan(self.schema(), request);
        if given.during_plan && request.config.is_wholly_known() {
            planned.value = completed(&planned.value, Some(&given.values));
        }
        Ok(planned)
    }

    fn read<'a>(
        &'a self,
        connection: &'a Connection,
        requests: &'a [ReadRequest],
    ) -> Future<'a, Vec<ReadOutcome>> {
        if requests.iter().all(|request| self.given(&request.address).is_none()) {
            return self.inner.read(connection, requests);
        }
        // Instances of one type are read in one call; what is made up is as it was recorded.
        let found = |request: &ReadRequest| ReadOutcome::Found(request.attributes.clone());
        Box::pin(async move { requests.iter().map(found).collect() })
    }

    fn create<'a>(
        &'a self,
        connection: &'a Connection,
        request: CreateRequest,
    ) -> Future<'a, Result<Value, OperationError>> {
        match self.given(&request.address) {
            None => self.inner.create(connection, request),
            Some(given) => {
                Box::pin(async move { Ok(completed(&request.planned, Some(&given.values))) })
            }
        }
    }

    fn update<'a>(
        &'a self,
        connection: &'a Connection,
        request: UpdateRequest,
    ) -> Future<'a, Result<Value, OperationError>> {
        match self.given(&request.address) {
            None => self.inner.update(connection, request),
            Some(given) => {
                Box::pin(async move { Ok(completed(&request.planned, Some(&given.values))) })
            }
        }
    }

    fn delete<'a>(
        &'a self,
        connection: &'a Connection,
        request: DeleteRequest,
    ) -> Future<'a, Result<(), OperationError>> {
        match self.given(&request.address) {
            None => self.inner.delete(connection, request),
            Some(_) => Box::pin(async { Ok(()) }),
        }
    }

    fn find<'a>(
        &'a self,
        connection: &'a Connection,
        request: FindRequest,
    ) -> Future<'a, Result<Option<Value>, OperationError>> {
        match self.given(&request.address) {
            None => self.inner.find(connection, request),
            Some(_) => Box::pin(async { Ok(None) }),
        }
    }
}

/// The value with everything that is unknown taken from `given`, or made up.
fn completed(value: &Value, given: Option<&Value>) -> Value {
    if value.is_unknown() {
        let ty = value.type_of();
        let fitting = given.and_then(|given| convert(given, &ty).ok());
        return fitting.unwrap_or_else(|| made_up(&ty)).with_marks(value.marks);
    }
    let entries = |entries: &std::collections::BTreeMap<Name, Value>| {
        let inner = |(name, inner): (&Name, &Value)| {
            (name.clone(), completed(inner, given.and_then(|given| given.get(name))))
        };
        entries.iter().map(inner).collect::<std::collections::BTreeMap<_, _>>()
    };
    let elements = |elements: &[Value]| -> Vec<Value> {
        elements.iter().map(|element| completed(element, None)).collect()
    };
    match &value.data {
        Data::Object(values) => Value::object(entries(values)).with_marks(value.marks),
        Data::Map(ty, values) => Value::map(ty.clone(), entries(values)).with_marks(value.marks),
        Data::List(ty, values) => Value::list(ty.clone(), elements(values)).with_marks(value.marks),
        Data::Tuple(values) => Value::tuple(elements(values)).with_marks(value.marks),
        _ => value.clone(),
    }
}

/// A value of a type: empty, zero, false, or a random text.
fn made_up(ty: &Type) -> Value {
    match ty {
        Type::String => Value::string(text()),
        Type::Number => Value::int(0),
        Type::Bool => Value::bool(false),
        Type::List(element) => Value::list((**element).clone(), Vec::new()),
        Type::Map(element) => Value::map((**element).clone(), Default::default()),
        Type::Object(attributes) => {
            Value::object(attributes.iter().map(|(name, ty)| (name.clone(), made_up(ty))))
        }
        Type::Tuple(types) => Value::tuple(types.iter().map(made_up).collect::<Vec<_>>()),
        Type::Set(_) => {
            convert(&Value::tuple(Vec::new()), ty).unwrap_or_else(|_| Value::null(ty.clone()))
        }
        _ => Value::null(ty.clone()),
    }
}

fn text() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz012345";
    let mut bytes = [0_u8; TEXT_LENGTH];
    // Without randomness the text is always the same, which a test can live with.
    let _ = getrandom::fill(&mut bytes);
    bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unknown_is_given_or_made_up() {
        let unknown = |ty| Value::unknown(ty);
        let object = Value::object([
            (Name::from("count"), unknown(Type::Number)),
            (Name::from("id"), unknown(Type::String)),
            (Name::from("name"), Value::string("kept")),
            (Name::from("url"), unknown(Type::String)),
        ]);
        let given = Value::object([(Name::from("id"), Value::string("given"))]);
        let value = completed(&object, Some(&given));
        assert!(value.is_wholly_known());
        assert_eq!(value.get("id"), Some(&Value::string("given")));
        assert_eq!(value.get("name"), Some(&Value::string("kept")));
        assert_eq!(value.get("count"), Some(&Value::int(0)));
        assert_eq!(value.get("url").and_then(Value::as_str).map(str::len), Some(TEXT_LENGTH));
    }
}
