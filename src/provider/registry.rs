//! Providers and the one list of them that a build has.

use std::any::Any;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use diagnostics::{Diagnostic, Diagnostics};
use lang::Value;

use crate::{DataSource, Finding, Future, Provisioner, ResourceType, Schema};

/// A family of resource types and data sources that share one connection to the world.
pub trait Provider: Send + Sync {
    /// The name of its block, such as `aws`.
    fn name(&self) -> &'static str;

    /// The address that other programs know it by: host, namespace and name. What other programs have no
    /// provider for is built in, as `terraform.io/builtin/` says.
    fn address(&self) -> String {
        format!("terraform.io/builtin/{}", self.name())
    }

    /// The schema of its block.
    fn schema(&self) -> &Schema;

    /// Mistakes of its block that can be told before the connection is opened. Asked also where only the
    /// configuration is checked, so that values may be unknown.
    fn check(&self, _config: &Value) -> Vec<Finding> {
        Vec::new()
    }

    fn resource_types(&self) -> Vec<Arc<dyn ResourceType>>;

    fn data_sources(&self) -> Vec<Arc<dyn DataSource>> {
        Vec::new()
    }

    /// What can run beside the creation or destruction of things, whoever provides them.
    fn provisioners(&self) -> Vec<Arc<dyn Provisioner>> {
        Vec::new()
    }

    /// Opens the connection that all operations get, for the work of one stack.
    fn configure<'a>(
        &'a self,
        config: &'a Value,
        stack: Stack<'a>,
    ) -> Future<'a, Result<Connection, Diagnostics>>;

    /// How many calls it has made to the world so far, in the order of types and regions. A provider that does
    /// not count them has none.
    fn calls(&self) -> Vec<CallCount> {
        Vec::new()
    }
}

/// How many calls were made for one type in one region, every attempt counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallCount {
    /// The resource type or the data source; none for what the connection itself had to know.
    pub type_name: Option<&'static str>,
    pub region: String,
    pub calls: usize,
}

/// The stack that a provider works for.
#[derive(Clone, Copy, Debug)]
pub struct Stack<'a> {
    pub name: &'a str,
    /// Where relative paths start from.
    pub folder: &'a Path,
}

/// What a provider's operations work with: clients, caches, settings.
#[derive(Clone)]
pub struct Connection(Arc<dyn Any + Send + Sync>);

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Connection")
    }
}

impl Connection {
    pub fn new<T: Any + Send + Sync>(client: T) -> Self {
        Self(Arc::new(client))
    }

    /// The connection as its provider made it; none for another provider's.
    pub fn get<T: Any + Send + Sync>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }

    /// The connection as its provider made it.
    ///
    /// # Errors
    /// Where it is another provider's: the engine handed in the wrong one.
    #[expect(clippy::result_large_err, reason = "it is made once, where the engine has a bug")]
    pub fn required<T: Any + Send + Sync>(&self) -> Result<&T, Diagnostic> {
        self.get().ok_or_else(|| {
            let detail = "The connection belongs to another provider. This is a bug in artiform.";
            Diagnostic::error("Wrong connection", detail)
        })
    }
}

/// A type together with the provider that it belongs to.
pub type Owned<'a, T> = (&'a Arc<dyn Provider>, &'a Arc<T>);

/// Gives what a data source at an address is taken to have read, in the place of reading it; `None` reads.
/// The value handed in is its configuration, with the rest unknown.
pub type DataStandIn = Arc<dyn Fn(&str, &Value) -> Option<Value> + Send + Sync>;

/// Every provider of this build, with its types by name.
#[derive(Clone)]
pub struct Registry {
    providers: Vec<Arc<dyn Provider>>,
    resource_types: HashMap<&'static str, (usize, Arc<dyn ResourceType>)>,
    data_sources: HashMap<&'static str, (usize, Arc<dyn DataSource>)>,
    provisioners: BTreeMap<&'static str, Arc<dyn Provisioner>>,
    data_stand_in: Option<DataStandIn>,
}

impl Registry {
    pub fn new(providers: Vec<Arc<dyn Provider>>) -> Self {
        let mut resource_types = HashMap::new();
        let mut data_sources = HashMap::new();
        let mut provisioners = BTreeMap::new();
        for (i, provider) in providers.iter().enumerate() {
            let types = provider.resource_types();
            resource_types.extend(types.into_iter().map(|t| (t.name(), (i, t))));
            let sources = provider.data_sources();
            data_sources.extend(sources.into_iter().map(|s| (s.name(), (i, s))));
            provisioners.extend(provider.provisioners().into_iter().map(|p| (p.name(), p)));
        }
        Self { providers, resource_types, data_sources, provisioners, data_stand_in: None }
    }

    /// The same providers, with some data sources taken as read: for tests of configurations.
    #[must_use]
    pub fn with_data_stand_in(mut self, stand_in: DataStandIn) -> Self {
        self.data_stand_in = Some(stand_in);
        self
    }

    /// What a data source is taken to have read.
    pub fn stand_in(&self, address: &str, proposed: &Value) -> Option<Value> {
        self.data_stand_in.as_ref()?(address, proposed)
    }

    pub fn providers(&self) -> &[Arc<dyn Provider>] {
        &self.providers
    }

    pub fn provider(&self, name: &str) -> Option<&Arc<dyn Provider>> {
        self.providers.iter().find(|provider| provider.name() == name)
    }

    /// The address of a provider by the name of its configuration, such as `aws.west`.
    pub fn provider_address(&self, configuration: &str) -> String {
        let name = configuration.split('.').next().unwrap_or(configuration);
        let unknown = || format!("registry.terraform.io/hashicorp/{name}");
        self.provider(name).map_or_else(unknown, |provider| provider.address())
    }

    /// The resource type of this name and its provider.
    pub fn resource_type(&self, name: &str) -> Option<Owned<'_, dyn ResourceType>> {
        self.resource_types.get(name).map(|(i, t)| (&self.providers[*i], t))
    }

    /// The data source of this name and its provider.
    pub fn data_source(&self, name: &str) -> Option<Owned<'_, dyn DataSource>> {
        self.data_sources.get(name).map(|(i, s)| (&self.providers[*i], s))
    }

    /// The provisioner of this name.
    pub fn provisioner(&self, name: &str) -> Option<&Arc<dyn Provisioner>> {
        self.provisioners.get(name)
    }

    /// Every provisioner's name, sorted.
    pub fn provisioner_names(&self) -> Vec<&'static str> {
        self.provisioners.keys().copied().collect()
    }

    /// The calls of the providers that count them, by the name of the provider.
    pub fn calls(&self) -> Vec<(&'static str, Vec<CallCount>)> {
        let counted = self.providers.iter().map(|provider| (provider.name(), provider.calls()));
        counted.filter(|(_, calls)| !calls.is_empty()).collect()
    }

    /// Every resource type's name, sorted.
    pub fn resource_type_names(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.resource_types.keys().copied().collect();
        names.sort_unstable();
        names
    }

    /// Every data source's name, sorted.
    pub fn data_source_names(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.data_sources.keys().copied().collect();
        names.sort_unstable();
        names
    }
}
