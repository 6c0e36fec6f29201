//! The values of everything evaluated so far, by declaration and module instance.

use std::cell::OnceCell;
use std::sync::Arc;

use lang::{Key, ModuleAddress, ModuleStep, Name, ResourceAddress, Type, Value};

use crate::tree::{ModuleId, NodeId, Tree};

/// The place of a module instance among the instances of its static module.
pub(crate) type Ordinal = u32;

/// The instances of a block or call: none, numbered, by key, or not known yet.
#[derive(Clone, Debug, Default)]
pub(crate) enum Expansion {
    /// Neither `count` nor `for_each`.
    #[default]
    Single,
    Count(usize),
    /// Keys with their `each.value`, in key order.
    ForEach(Arc<[(Name, Value)]>),
    /// Only while checking without values.
    Unknown,
}

impl Expansion {
    /// How many instances there are; of an unknown number one stands for all.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Single | Self::Unknown => 1,
            Self::Count(count) => *count,
            Self::ForEach(items) => items.len(),
        }
    }

    pub(crate) fn key(&self, index: usize) -> Option<Key> {
        match self {
            Self::Single | Self::Unknown => None,
            Self::Count(_) => i64::try_from(index).ok().map(Key::Int),
            Self::ForEach(items) => items.get(index).map(|(name, _)| Key::String(name.clone())),
        }
    }

    /// The instance that a key of an index expression names.
    pub(crate) fn find(&self, key: &Value) -> Option<usize> {
        match self {
            Self::Single | Self::Unknown => None,
            Self::Count(count) => {
                let text = key.as_str().and_then(|text| text.parse().ok());
                let index = usize::try_from(key.as_i64().or(text)?).ok()?;
                (index < *count).then_some(index)
            }
            Self::ForEach(items) => {
                let name = match key.as_str() {
                    Some(name) => Name::from(name),
                    None => key.as_i64()?.to_string().into(),
                };
                items.binary_search_by(|(candidate, _)| candidate.cmp(&name)).ok()
            }
        }
    }

    /// The instance of this key.
    pub(crate) fn place(&self, key: Option<&Key>) -> Option<usize> {
        match (self, key) {
            (Self::Single | Self::Unknown, None) => Some(0),
            (Self::Count(count), Some(Key::Int(index))) => {
                usize::try_from(*index).ok().filter(|index| index < count)
            }
            (Self::ForEach(items), Some(Key::String(name))) => {
                items.binary_search_by(|(candidate, _)| candidate.cmp(name)).ok()
            }
            _ => None,
        }
    }

    /// What `each` and `count` mean for an instance.
    pub(crate) fn repetition(&self, index: usize) -> Repetition {
        match self {
            Self::Single => Repetition::None,
            Self::Count(_) => {
                Repetition::Count(Value::int(i64::try_from(index).unwrap_or(i64::MAX)))
            }
            Self::ForEach(items) => items.get(index).map_or(Repetition::None, |(name, value)| {
                Repetition::Each(Value::string(name.clone()), value.clone())
            }),
            Self::Unknown => Repetition::Unknown,
        }
    }
}

/// What `each` and `count` mean at a place.
#[derive(Clone, Debug)]
pub(crate) enum Repetition {
    None,
    Count(Value),
    Each(Value, Value),
    /// Only while checking without values.
    Unknown,
}

/// One instance of a static module.
#[derive(Clone, Debug)]
pub(crate) struct ModuleInstance {
    pub address: ModuleAddress,
    /// The instance of the calling module, and what `each` and `count` mean in the call.
    pub parent: Ordinal,
    pub repetition: Repetition,
}

/// The instances of one static module.
#[derive(Debug, Default)]
pub(crate) struct ModuleTable {
    pub instances: Vec<ModuleInstance>,
    /// For each instance of the calling module: its expansion, and the ordinal of its first instance.
    pub expansions: Vec<(Expansion, Ordinal)>,
}

/// The instances of one resource in one module instance.
#[derive(Debug, Default)]
pub(crate) struct ResourceTable {
    pub expansion: Expansion,
    pub values: Vec<Value>,
    /// What the block says, where only what is recorded is seen.
    configured: Option<Expansion>,
    /// All instances as one value, built when it is asked for.
    whole: OnceCell<Value>,
}

impl ResourceTable {
    pub(crate) fn new(expansion: Expansion) -> Self {
        let values = vec![Value::unknown(Type::Dynamic); expansion.len()];
        Self { expansion, values, configured: None, whole: OnceCell::new() }
    }

    /// Of the instances that are recorded, whatever the block says.
    pub(crate) fn recorded(seen: Expansion, configured: Expansion) -> Self {
        Self { configured: Some(configured), ..Self::new(seen) }
    }

    /// The instances that the block declares.
    pub(crate) fn declared(&self) -> &Expansion {
        self.configured.as_ref().unwrap_or(&self.expansion)
    }

    pub(crate) fn set(&mut self, index: usize, value: Value) {
        if let Some(slot) = self.values.get_mut(index) {
            *slot = value;
        }
        self.whole.take();
    }

    /// The object, tuple or map-like object of all instances.
    pub(crate) fn whole(&self) -> Value {
        self.whole.get_or_init(|| self.build()).clone()
    }

    fn build(&self) -> Value {
        match &self.expansion {
            Expansion::Single => {
                self.values.first().cloned().unwrap_or_else(|| Value::unknown(Type::Dynamic))
            }
            Expansion::Count(_) => Value::tuple(self.values.clone()),
            Expansion::ForEach(items) => {
                let names = items.iter().map(|(name, _)| name.clone());
                Value::object(names.zip(self.values.iter().cloned()))
            }
            Expansion::Unknown => Value::unknown(Type::Dynamic),
        }
    }
}

/// Everything evaluated so far.
#[derive(Debug)]
pub(crate) struct Tables {
    pub tree: Arc<Tree>,
    pub modules: Vec<ModuleTable>,
    /// By node, then by module instance: variables, locals and outputs.
    pub values: Vec<Vec<Option<Value>>>,
    /// By node, then by module instance.
    pub resources: Vec<Vec<ResourceTable>>,
    /// What `region` means: a map of the declared regions.
    pub regions: Value,
}

impl Tables {
    pub(crate) fn new(tree: Arc<Tree>) -> Self {
        let mut modules: Vec<ModuleTable> = Vec::new();
        modules.resize_with(tree.modules.len(), ModuleTable::default);
        modules[0].instances.push(ModuleInstance {
            address: ModuleAddress::default(),
            parent: 0,
            repetition: Repetition::None,
        });
        let nodes = tree.nodes.len();
        let mut resources = Vec::new();
        resources.resize_with(nodes, Vec::new);
        let regions = Value::object([]);
        Self { tree, modules, values: vec![Vec::new(); nodes], resources, regions }
    }

    pub(crate) fn module(&self, id: ModuleId) -> &ModuleTable {
        &self.modules[id.0 as usize]
    }

    pub(crate) fn instance(&self, id: ModuleId, ordinal: Ordinal) -> &ModuleInstance {
        &self.module(id).instances[ordinal as usize]
    }

    /// Makes the instances of a called module for one instance of the calling one.
    pub(crate) fn expand_call(
        &mut self,
        child: ModuleId,
        step: &ModuleStep,
        (parent, ordinal): (ModuleId, Ordinal),
        expansion: Expansion,
    ) {
        let base = self.instance(parent, ordinal).address.clone();
        let table = &mut self.modules[child.0 as usize];
        let start = u32::try_from(table.instances.len()).unwrap_or(u32::MAX);
        for i in 0..expansion.len() {
            let mut address = base.clone();
            address.0.push(ModuleStep { key: expansion.key(i), ..step.clone() });
            let repetition = expansion.repetition(i);
            table.instances.push(ModuleInstance { address, parent: ordinal, repetition });
        }
        table.expansions.push((expansion, start));
    }

    pub(crate) fn value(&self, node: NodeId, ordinal: Ordinal) -> Option<&Value> {
        self.values[node.0 as usize].get(ordinal as usize)?.as_ref()
    }

    pub(crate) fn set_value(&mut self, node: NodeId, ordinal: Ordinal, value: Value) {
        let slots = &mut self.values[node.0 as usize];
        if slots.len() <= ordinal as usize {
            slots.resize(ordinal as usize + 1, None);
        }
        slots[ordinal as usize] = Some(value);
    }

    pub(crate) fn resource(&self, node: NodeId, ordinal: Ordinal) -> Option<&ResourceTable> {
        self.resources[node.0 as usize].get(ordinal as usize)
    }

    pub(crate) fn resource_mut(
        &mut self,
        node: NodeId,
        ordinal: Ordinal,
    ) -> Option<&mut ResourceTable> {
        self.resources[node.0 as usize].get_mut(ordinal as usize)
    }

    /// The address of an instance of a resource.
    pub(crate) fn address(
        &self,
        module: ModuleId,
        ordinal: Ordinal,
        resource: &config::ResourceKey,
        key: Option<Key>,
    ) -> ResourceAddress {
        ResourceAddress {
            module: self.instance(module, ordinal).address.clone(),
            mode: resource.mode,
            type_name: resource.type_name.clone(),
            name: resource.name.clone(),
            key,
        }
    }

    /// The outputs of one module instance as an object.
    pub(crate) fn outputs(&self, module: ModuleId, ordinal: Ordinal) -> Value {
        let outputs = self.tree.module(module).outputs.iter().map(|(name, node)| {
            let value = self.value(*node, ordinal).cloned();
            (name.clone(), value.unwrap_or_else(|| Value::unknown(Type::Dynamic)))
        });
        Value::object(outputs)
    }

    /// What is known of a call while its outputs do not count: their names, and how instances are told apart.
    pub(crate) fn call_type(&self, child: ModuleId) -> Value {
        let module = self.tree.module(child);
        let call = self.tree.call_of(child).filter(|_| !module.config.incomplete);
        let Some((_, call)) = call else { return Value::unknown(Type::Dynamic) };
        let names = module.outputs.keys();
        let outputs = Type::object(names.map(|name| (name.clone(), Type::Dynamic)));
        Value::unknown(match (&call.count, &call.for_each) {
            (Some(_), _) => Type::list(outputs),
            (None, Some(_)) => Type::map(outputs),
            (None, None) => outputs,
        })
    }

    /// The instance of a called module with this key, seen from one instance of the calling module.
    pub(crate) fn called(
        &self,
        child: ModuleId,
        parent: Ordinal,
        key: Option<&Key>,
    ) -> Option<Ordinal> {
        let (expansion, first) = self.module(child).expansions.get(parent as usize)?;
        Some(first + crate::walk::to_u32(expansion.place(key)?))
    }

    /// All instances of a call as one value, seen from one instance of the calling module.
    pub(crate) fn call(&self, child: ModuleId, parent: Ordinal) -> Value {
        let Some((expansion, start)) = self.module(child).expansions.get(parent as usize) else {
            return Value::unknown(Type::Dynamic);
        };
        let outputs = |i: usize| self.outputs(child, start + u32::try_from(i).unwrap_or(0));
        match expansion {
            Expansion::Single => outputs(0),
            Expansion::Count(count) => Value::tuple((0..*count).map(outputs).collect::<Vec<_>>()),
            Expansion::ForEach(items) => {
                let named = items.iter().enumerate();
                Value::object(named.map(|(i, (name, _))| (name.clone(), outputs(i))))
            }
            Expansion::Unknown => Value::unknown(Type::Dynamic),
        }
    }
}
