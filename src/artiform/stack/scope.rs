//! What names mean outside of a plan: variables, locals, modules and what the state holds of resources.

mod call;
#[cfg(test)]
mod tests;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::Hash;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use config::{CallKey, Config, Module, Referent, ResourceKey};
use diagnostics::{Diagnostic, Span};
use indexmap::IndexMap;
use lang::functions::FunctionContext;
use lang::{Expr, Marks, Name, Resolved, ResourceMode, Scope, Step, Traversal, Type, Value};
use provider::Registry;
use state::{InstanceState, Mode, Snapshot};

use crate::recorded;
use crate::workspace;
use crate::world::{self, ProcessWorld};

/// How deep values may refer to values.
const DEPTH_MAX: usize = 200;

/// What is the same in every module of a stack.
struct Surroundings<'a> {
    config: &'a Config,
    /// What was applied, and the types that say how to read it.
    recorded: Option<(Arc<Snapshot>, &'a Registry)>,
    functions: FunctionContext,
    workspace: Name,
    depth: Cell<usize>,
}

/// One module instance, seen from outside of a plan.
pub struct StackScope<'a> {
    surroundings: Rc<Surroundings<'a>>,
    module: &'a Module,
    /// The module instance, as `module.site["eu"]`; empty for the root module.
    address: String,
    variables: IndexMap<Name, Value>,
    /// What was evaluated already.
    locals: RefCell<HashMap<Name, Evaluated>>,
    calls: RefCell<HashMap<CallKey, Evaluated>>,
}

type Answer = Result<Resolved, Box<Diagnostic>>;

/// A value, or the first mistake on the way to it.
type Evaluated = Result<Value, Box<Diagnostic>>;

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
            base: absolute(&config.folder),
            plan_time: world::now().into(),
            world: Arc::new(ProcessWorld::settled()),
            console: true,
        };
        let workspace = workspace::DEFAULT.into();
        let surroundings =
            Surroundings { config, recorded, functions, workspace, depth: Cell::new(0) };
        Self::of(Rc::new(surroundings), &config.root, String::new(), variables)
    }

    /// The same scope, in a workspace.
    #[must_use]
    pub fn in_workspace(self, name: &str) -> Self {
        let Surroundings { config, recorded, functions, depth, .. } = &*self.surroundings;
        let surroundings = Surroundings {
            config,
            recorded: recorded.clone(),
            functions: functions.clone(),
            workspace: name.into(),
            depth: depth.clone(),
        };
        Self::of(Rc::new(surroundings), self.module, self.address, self.variables)
    }

    fn of(
        surroundings: Rc<Surroundings<'a>>,
        module: &'a Module,
        address: String,
        variables: IndexMap<Name, Value>,
    ) -> Self {
        let (locals, calls) = Default::default();
        Self { surroundings, module, address, variables, locals, calls }
    }

    fn evaluate(&self, expr: &Expr) -> Evaluated {
        evaluate(expr, self)
    }

    /// Evaluates something that others refer to, once; `meanwhile` is its value for those that it refers
    /// to itself.
    fn once<K: Clone + Eq + Hash>(
        &self,
        known: &RefCell<HashMap<K, Evaluated>>,
        key: &K,
        meanwhile: Evaluated,
        evaluate: impl FnOnce() -> Evaluated,
    ) -> Evaluated {
        if let Some(value) = known.borrow().get(key) {
            return value.clone();
        }
        let depth = self.surroundings.depth.get();
        if depth > DEPTH_MAX {
            let detail = "Values refer to values more deeply than can be followed here.";
            return Err(Box::new(Diagnostic::error("References too deep", detail)));
        }
        known.borrow_mut().insert(key.clone(), meanwhile);
        self.surroundings.depth.set(depth + 1);
        let value = evaluate();
        self.surroundings.depth.set(depth);
        known.borrow_mut().insert(key.clone(), value.clone());
        value
    }

    fn local(&self, name: &Name) -> Evaluated {
        let Some(local) = self.module.locals.get(name) else { return Ok(unknown()) };
        let detail = format!("local.{name} refers to itself, maybe by way of others.");
        let circle = Diagnostic::error("Cycle of references", detail).at(local.span);
        let evaluate = || self.evaluate(&local.value);
        self.once(&self.locals, name, Err(Box::new(circle)), evaluate)
    }

    fn resource(&self, key: &ResourceKey) -> Value {
        let Some((snapshot, registry)) = &self.surroundings.recorded else { return unknown() };
        let Some(resource) = self.module.resources.get(key) else { return unknown() };
        let mode = if key.mode == ResourceMode::Data { Mode::Data } else { Mode::Managed };
        let ours = |instance: &&Arc<InstanceState>| {
            instance.module == self.address
                && instance.mode == mode
                && *instance.type_name == *key.type_name
                && *instance.name == *key.name
        };
        let instances: Vec<_> = snapshot.instances.values().filter(ours).collect();
        if instances.is_empty() {
            // What was never applied: not even how many there will be is known.
            return unknown();
        }
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

    /// Regions stand in the root module and refer to its variables.
    fn regions(&self) -> Evaluated {
        let mut regions = Vec::new();
        for region in self.surroundings.config.regions.values() {
            let mut attributes = vec![(Name::from("name"), Value::string(region.name.clone()))];
            for attribute in region.attributes.values() {
                attributes.push((attribute.name.clone(), self.evaluate(&attribute.value)?));
            }
            regions.push((region.name.clone(), Value::object(attributes)));
        }
        Ok(Value::object(regions))
    }

    fn path(&self, traversal: &Traversal) -> Value {
        let stack = &self.surroundings.config.folder;
        let text = match first_attribute(traversal) {
            "cwd" => self.surroundings.functions.called_from(),
            "module" => match self.module.folder.strip_prefix(stack) {
                Ok(inside) if inside.as_os_str().is_empty() => ".".into(),
                Ok(inside) => inside.to_string_lossy().into_owned(),
                Err(_) => self.module.folder.to_string_lossy().into_owned(),
            },
            _ => ".".into(),
        };
        Value::text(&text)
    }
}

fn absolute(folder: &Path) -> PathBuf {
    std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned())
}

fn first_attribute(traversal: &Traversal) -> &str {
    match traversal.steps.first() {
        Some(Step::Attribute(name, _)) => name,
        _ => "",
    }
}

fn unknown() -> Value {
    Value::unknown(Type::Dynamic)
}

/// Evaluates and keeps the first mistake.
fn evaluate(expr: &Expr, scope: &dyn Scope) -> Evaluated {
    lang::eval::evaluate(expr, scope).map_err(|mistakes| {
        let first = mistakes.into_iter().next();
        Box::new(first.unwrap_or_else(|| Diagnostic::error("Invalid expression", "")))
    })
}

impl Scope for StackScope<'_> {
    fn resolve(&self, traversal: &Traversal, _keys: &[Option<Value>]) -> Answer {
        let (referent, steps) = config::referent(traversal)?;
        let value = match &referent {
            Referent::Variable(name) => self.variables.get(name).cloned().unwrap_or_else(unknown),
            Referent::Local(name) => self.local(name)?,
            Referent::Resource(key) => self.resource(key),
            Referent::Module(key) => self.call(key)?,
            Referent::Region => self.regions()?,
            Referent::Path => return Ok(Resolved { value: self.path(traversal), steps: 1 }),
            Referent::Terraform if first_attribute(traversal) == "applying" => {
                let value = Value::bool(false).with_marks(Marks::EPHEMERAL);
                return Ok(Resolved { value, steps: 1 });
            }
            Referent::Terraform => {
                return Ok(Resolved {
                    value: Value::string(self.surroundings.workspace.clone()),
                    steps: 1,
                });
            }
            Referent::Each | Referent::Count | Referent::Self_ => unknown(),
        };
        Ok(Resolved { value, steps })
    }

    fn place(&self, span: Span) -> Option<String> {
        config::place(&self.surroundings.config.sources, span)
    }

    fn functions(&self) -> &FunctionContext {
        &self.surroundings.functions
    }
}
