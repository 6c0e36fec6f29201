//! What names mean outside of a plan: variables, locals and what the state holds of resources.

use std::cell::Cell;
use std::path::PathBuf;
use std::sync::Arc;

use config::{Config, Local, Referent, ResourceKey};
use diagnostics::Diagnostic;
use indexmap::IndexMap;
use lang::functions::FunctionContext;
use lang::{Name, Resolved, ResourceMode, Scope, Step, Traversal, Type, Value};
use provider::Registry;
use state::{InstanceState, Mode, Snapshot};

use crate::recorded;
use crate::workspace;
use crate::world::{self, ProcessWorld};

/// How deep locals may refer to locals before that is taken for a circle.
const DEPTH_MAX: usize = 200;

/// The root module, seen from outside of it.
pub struct StackScope<'a> {
    config: &'a Config,
    variables: IndexMap<Name, Value>,
    /// What was applied, and the types that say how to read it.
    recorded: Option<(Arc<Snapshot>, &'a Registry)>,
    functions: FunctionContext,
    workspace: Name,
    depth: Cell<usize>,
}

type Answer = Result<Resolved, Box<Diagnostic>>;

/// A scope that knows variables and locals alone.
pub fn variable_scope(config: &Config, variables: IndexMap<Name, Value>) -> StackScope<'_> {
    StackScope::new(config, variables, None)
}

impl<'a> StackScope<'a> {
    /// A scope over the root module; without state, resources are unknown.
    pub fn new(
        config: &'a Config,
        variables: IndexMap<Name, Value>,
        recorded: Option<(Arc<Snapshot>, &'a Registry)>,
    ) -> Self {
        let functions = FunctionContext {
            base: config.folder.clone(),
            plan_time: world::now().into(),
            world: Arc::new(ProcessWorld::settled()),
        };
        let workspace = workspace::DEFAULT.into();
        Self { config, variables, recorded, functions, workspace, depth: Cell::new(0) }
    }

    /// The same scope, in a workspace.
    #[must_use]
    pub fn in_workspace(mut self, name: &str) -> Self {
        self.workspace = name.into();
        self
    }

    fn local(&self, local: &Local) -> Result<Value, Box<Diagnostic>> {
        let depth = self.depth.get();
        if depth > DEPTH_MAX {
            let detail = format!("local.{} refers to itself, maybe by way of others.", local.name);
            return Err(Box::new(Diagnostic::error("Cycle of references", detail).at(local.span)));
        }
        self.depth.set(depth + 1);
        let value = lang::eval::evaluate(&local.value, self);
        self.depth.set(depth);
        value.map_err(|mistakes| {
            let first = mistakes.into_iter().next();
            Box::new(first.unwrap_or_else(|| Diagnostic::error("Invalid local value", "")))
        })
    }

    fn resource(&self, key: &ResourceKey) -> Value {
        let Some((snapshot, registry)) = &self.recorded else { return unknown() };
        let Some(resource) = self.config.root.resources.get(key) else { return unknown() };
        let mode = if key.mode == ResourceMode::Data { Mode::Data } else { Mode::Managed };
        let ours = |instance: &&Arc<InstanceState>| {
            instance.module.is_empty()
                && instance.mode == mode
                && *instance.type_name == *key.type_name
                && *instance.name == *key.name
        };
        let instances: Vec<_> = snapshot.instances.values().filter(ours).collect();
        let value = |instance: &InstanceState| recorded::attributes(instance, registry);
        if resource.for_each.is_some() {
            let named = instances.iter().filter_map(|i| Some((i.index.as_ref()?.as_str()?, i)));
            return Value::object(named.map(|(key, i)| (Name::from(key), value(i))));
        }
        if resource.count.is_some() {
            let mut numbered: Vec<_> =
                instances.iter().filter_map(|i| Some((i.index.as_ref()?.as_u64()?, i))).collect();
            numbered.sort_by_key(|(index, _)| *index);
            return Value::tuple(numbered.iter().map(|(_, i)| value(i)).collect::<Vec<_>>());
        }
        instances.iter().find(|i| i.index.is_none()).map_or_else(unknown, |i| value(i))
    }

    fn regions(&self) -> Result<Value, Box<Diagnostic>> {
        let mut regions = Vec::new();
        for region in self.config.regions.values() {
            let mut attributes = vec![(Name::from("name"), Value::string(region.name.clone()))];
            for attribute in region.attributes.values() {
                let value = lang::eval::evaluate(&attribute.value, self).map_err(|mistakes| {
                    let first = mistakes.into_iter().next();
                    Box::new(first.unwrap_or_else(|| Diagnostic::error("Invalid region", "")))
                })?;
                attributes.push((attribute.name.clone(), value));
            }
            regions.push((region.name.clone(), Value::object(attributes)));
        }
        Ok(Value::object(regions))
    }

    fn path(&self, traversal: &Traversal) -> Value {
        let here =
            matches!(traversal.steps.first(), Some(Step::Attribute(name, _)) if &**name == "cwd");
        let absolute: PathBuf = std::fs::canonicalize(&self.config.folder)
            .unwrap_or_else(|_| self.config.folder.clone());
        if here { Value::text(&absolute.to_string_lossy()) } else { Value::string(".") }
    }
}

fn unknown() -> Value {
    Value::unknown(Type::Dynamic)
}

impl Scope for StackScope<'_> {
    fn resolve(&self, traversal: &Traversal, _keys: &[Option<Value>]) -> Answer {
        let (referent, steps) = config::referent(traversal)?;
        let undeclared = |what: &str, name: &str| {
            let detail = format!("{what} named \"{name}\" is declared in this stack.");
            Box::new(Diagnostic::error("Reference to undeclared name", detail).at(traversal.span))
        };
        let value = match &referent {
            Referent::Variable(name) => match self.variables.get(name) {
                Some(value) => value.clone(),
                None if self.config.root.variables.contains_key(name) => unknown(),
                None => return Err(undeclared("No variable", name)),
            },
            Referent::Local(name) => match self.config.root.locals.get(name) {
                Some(local) => self.local(local)?,
                None => return Err(undeclared("No local value", name)),
            },
            Referent::Resource(key) if !self.config.root.resources.contains_key(key) => {
                return Err(undeclared("No resource", &key.to_string()));
            }
            Referent::Resource(key) => self.resource(key),
            Referent::Module(key) if !self.config.root.calls.contains_key(key) => {
                return Err(undeclared("No module", &key.to_string()));
            }
            Referent::Region => self.regions()?,
            Referent::Path => return Ok(Resolved { value: self.path(traversal), steps: 1 }),
            Referent::Terraform => {
                return Ok(Resolved { value: Value::string(self.workspace.clone()), steps: 1 });
            }
            Referent::Module(_) | Referent::Each | Referent::Count | Referent::Self_ => unknown(),
        };
        Ok(Resolved { value, steps })
    }

    fn functions(&self) -> &FunctionContext {
        &self.functions
    }
}
