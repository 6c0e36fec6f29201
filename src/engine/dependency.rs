//! Who waits for whom, instance by instance.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use lang::{Step, eval};

use crate::graph::{Graph, Reference, Target, output_name};
use crate::scope::{ModuleScope, Surroundings};
use crate::tables::{Expansion, Ordinal, Repetition, Tables};
use crate::tree::{ModuleId, NodeId, NodeKind, Tree};

/// What an instance or a value waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Dependency {
    Instance(NodeId, Ordinal, u32),
    /// All instances of a resource in one module instance: one gather node, never N x N edges.
    Whole(NodeId, Ordinal),
    /// A variable, local or output.
    Value(NodeId, Ordinal),
    /// A declaration that is named without any need of its instances, if it has some: nothing waits for it, but
    /// the resources that it leads to are recorded.
    Declared(NodeId),
}

/// Finds dependencies, and remembers those of values.
#[derive(Debug)]
pub(crate) struct Dependencies {
    graph: Rc<Graph>,
    /// The direct dependencies of values.
    pub of_values: HashMap<(NodeId, Ordinal), Vec<Dependency>>,
    /// The direct dependencies of instances.
    pub of_instances: HashMap<(NodeId, Ordinal, u32), Rc<[Dependency]>>,
    flat: HashMap<(NodeId, Ordinal), Rc<BTreeSet<String>>>,
    /// Whether something that a value waits for changes.
    pending: HashMap<(NodeId, Ordinal), bool>,
    changed_instances: HashSet<(NodeId, Ordinal, u32)>,
    changed_resources: HashSet<(NodeId, Ordinal)>,
}

/// Where a node is looked at from.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub tables: &'a Tables,
    pub graph: &'a Graph,
    pub surroundings: &'a Surroundings,
    pub node: NodeId,
    pub ordinal: Ordinal,
    pub repetition: Option<&'a Repetition>,
}

/// The direct dependencies of a node in one module instance.
pub(crate) fn direct(place: Place<'_>) -> Vec<Dependency> {
    select(place, |_| true)
}

/// Those that `depends_on` names.
pub(crate) fn explicit(place: Place<'_>) -> Vec<Dependency> {
    select(place, |reference| reference.explicit)
}

fn select(place: Place<'_>, wanted: impl Fn(&Reference) -> bool) -> Vec<Dependency> {
    let mut found = BTreeSet::new();
    for reference in &place.graph.references[place.node.0 as usize] {
        if wanted(reference) {
            follow(place, reference, &mut found);
        }
    }
    found.into_iter().collect()
}

pub(crate) fn follow(place: Place<'_>, reference: &Reference, found: &mut BTreeSet<Dependency>) {
    let tables = place.tables;
    let home = home_of(place, reference);
    match &reference.target {
        Target::Value(node) => {
            found.insert(Dependency::Value(*node, home.ordinal));
        }
        Target::Resource { node, steps } => {
            let Some(table) = tables.resource(*node, home.ordinal) else { return };
            let key = || key_at(&home, reference, *steps);
            let index = match &table.expansion {
                Expansion::Single => Some(0),
                expansion => key().and_then(|key| expansion.find(&key)),
            };
            found.insert(match index.and_then(|i| u32::try_from(i).ok()) {
                Some(index) => Dependency::Instance(*node, home.ordinal, index),
                None => Dependency::Whole(*node, home.ordinal),
            });
        }
        Target::Module { child, call, steps } => {
            let ordinals = called(&home, reference, (*child, *steps));
            let output = output_of(tables, reference, (*child, *steps));
            if output.is_none() {
                found.insert(Dependency::Declared(*call));
            } else if ordinals.is_empty() {
                found.extend(output.map(Dependency::Declared));
            }
            for ordinal in ordinals {
                module_dependencies(tables, reference, (*child, ordinal, *steps), found);
            }
        }
    }
}

/// The scope in which a reference stands: the node's own, or that of a calling module.
fn home_of<'a>(place: Place<'a>, reference: &Reference) -> ModuleScope<'a> {
    let tree = &place.tables.tree;
    let mut module = tree.get(place.node).module;
    let mut ordinal = place.ordinal;
    let mut repetition = place.repetition;
    let outside = matches!(tree.get(place.node).kind, NodeKind::Variable(_));
    if outside || !declares(tree, module, reference) {
        while let Some((parent, _)) = tree.module(module).parent {
            let instance = place.tables.instance(module, ordinal);
            repetition = Some(&instance.repetition);
            (module, ordinal) = (parent, instance.parent);
            if declares(tree, module, reference) {
                break;
            }
        }
    }
    let (tables, surroundings) = (place.tables, place.surroundings);
    ModuleScope { tables, surroundings, module, ordinal, repetition, own: None, scoped: None }
}

fn declares(tree: &Tree, module: ModuleId, reference: &Reference) -> bool {
    match &reference.target {
        Target::Value(node) | Target::Resource { node, .. } => tree.get(*node).module == module,
        Target::Module { call, .. } => tree.get(*call).module == module,
    }
}

/// The instance key after the name of a resource or module, where it is known.
fn key_at(home: &ModuleScope<'_>, reference: &Reference, at: usize) -> Option<lang::Value> {
    let Some(Step::Index(expr, _)) = reference.traversal.steps.get(at) else { return None };
    eval::evaluate(expr, home).ok().filter(lang::Value::is_known)
}

/// The instances of a called module that a reference means.
fn called(
    home: &ModuleScope<'_>,
    reference: &Reference,
    (child, steps): (ModuleId, usize),
) -> Vec<Ordinal> {
    let table = home.tables.module(child);
    let Some((expansion, start)) = table.expansions.get(home.ordinal as usize) else {
        return Vec::new();
    };
    let all =
        || (0..expansion.len()).filter_map(|i| Some(start + u32::try_from(i).ok()?)).collect();
    let key = key_at(home, reference, steps);
    match key.and_then(|key| expansion.find(&key)).and_then(|i| u32::try_from(i).ok()) {
        Some(index) => vec![start + index],
        None => all(),
    }
}

fn module_dependencies(
    tables: &Tables,
    reference: &Reference,
    (child, ordinal, steps): (ModuleId, Ordinal, usize),
    found: &mut BTreeSet<Dependency>,
) {
    let module = tables.tree.module(child);
    if let Some(output) = output_of(tables, reference, (child, steps)) {
        found.insert(Dependency::Value(output, ordinal));
        return;
    }
    found.extend(module.outputs.values().map(|node| Dependency::Value(*node, ordinal)));
    if reference.explicit {
        everything_in(tables, (child, ordinal), found);
    }
}

/// The one output of a module that a reference names.
fn output_of(
    tables: &Tables,
    reference: &Reference,
    (child, steps): (ModuleId, usize),
) -> Option<NodeId> {
    let name = output_name(&reference.traversal, steps).filter(|_| !reference.explicit)?;
    tables.tree.module(child).outputs.get(name).copied()
}

/// Every resource of a module instance and of the modules that it calls.
fn everything_in(
    tables: &Tables,
    (module, ordinal): (ModuleId, Ordinal),
    found: &mut BTreeSet<Dependency>,
) {
    let here = tables.tree.module(module);
    found.extend(here.resources.values().map(|node| Dependency::Whole(*node, ordinal)));
    for child in here.children.values() {
        let Some((expansion, start)) = tables.module(*child).expansions.get(ordinal as usize)
        else {
            continue;
        };
        for i in 0..u32::try_from(expansion.len()).unwrap_or(0) {
            everything_in(tables, (*child, start + i), found);
        }
    }
}

impl Dependencies {
    pub(crate) fn new(graph: Rc<Graph>) -> Self {
        Self {
            graph,
            of_values: HashMap::new(),
            of_instances: HashMap::new(),
            flat: HashMap::new(),
            pending: HashMap::new(),
            changed_instances: HashSet::new(),
            changed_resources: HashSet::new(),
        }
    }

    /// Says that an instance changes in this plan.
    pub(crate) fn mark_changed(&mut self, instance: (NodeId, Ordinal, u32)) {
        self.changed_instances.insert(instance);
        self.changed_resources.insert((instance.0, instance.1));
    }

    /// Tells whether anything that a dependency leads to changes in this plan.
    pub(crate) fn is_pending(&mut self, dependency: Dependency) -> bool {
        match dependency {
            Dependency::Instance(node, ordinal, index) => {
                self.changed_instances.contains(&(node, ordinal, index))
            }
            Dependency::Whole(node, ordinal) => self.changed_resources.contains(&(node, ordinal)),
            Dependency::Value(node, ordinal) => {
                if let Some(known) = self.pending.get(&(node, ordinal)) {
                    return *known;
                }
                let direct = self.of_values.get(&(node, ordinal)).cloned().unwrap_or_default();
                let pending = direct.into_iter().any(|dependency| self.is_pending(dependency));
                self.pending.insert((node, ordinal), pending);
                pending
            }
            Dependency::Declared(_) => false,
        }
    }

    /// The addresses that an instance refers to, through values and data sources, these among them: instances, or a
    /// resource without key where all of its instances are meant.
    pub(crate) fn addresses(&mut self, tables: &Tables, direct: &[Dependency]) -> Vec<String> {
        let mut found = BTreeSet::new();
        direct.iter().for_each(|dependency| self.flatten(tables, *dependency, &mut found));
        found.into_iter().collect()
    }

    fn flatten(&mut self, tables: &Tables, dependency: Dependency, found: &mut BTreeSet<String>) {
        let (node, ordinal) = match dependency {
            Dependency::Value(node, ordinal) => {
                let flat = self.flat_value(tables, (node, ordinal));
                found.extend(flat.iter().cloned());
                return;
            }
            Dependency::Instance(node, ordinal, _) | Dependency::Whole(node, ordinal) => {
                (node, ordinal)
            }
            Dependency::Declared(node) => {
                let named = tables.tree.meant_by(node);
                for node in self.graph.nearest_resources(&tables.tree, named) {
                    self.flatten_declared(tables, node, found);
                }
                return;
            }
        };
        let NodeKind::Resource(key) = &tables.tree.get(node).kind else { return };
        if key.mode == lang::ResourceMode::Data {
            // It has no life of its own: what it waits for counts as well.
            self.flatten_data(tables, dependency, found);
        }
        if tables.resource(node, ordinal).is_some_and(|table| table.values.is_empty()) {
            self.flatten_behind(tables, node, found);
        }
        let instance_key = match dependency {
            Dependency::Instance(_, _, index) => {
                tables.resource(node, ordinal).and_then(|table| table.expansion.key(index as usize))
            }
            _ => None,
        };
        let module = tables.tree.get(node).module;
        found.insert(tables.address(module, ordinal, key, instance_key).to_string());
    }

    /// A resource as it is declared. Without any instances it is recorded nowhere, so that what is behind it must be
    /// named beside it.
    fn flatten_declared(&self, tables: &Tables, node: NodeId, found: &mut BTreeSet<String>) {
        let is_new = found.insert(tables.tree.describe(node));
        let mut instances = tables.resources[node.0 as usize].iter();
        if is_new && instances.all(|table| table.values.is_empty()) {
            self.flatten_behind(tables, node, found);
        }
    }

    fn flatten_behind(&self, tables: &Tables, node: NodeId, found: &mut BTreeSet<String>) {
        let nodes = self.graph.dependencies(node).collect();
        for node in self.graph.nearest_resources(&tables.tree, nodes) {
            self.flatten_declared(tables, node, found);
        }
    }

    /// What a data source refers to.
    fn flatten_data(
        &mut self,
        tables: &Tables,
        dependency: Dependency,
        found: &mut BTreeSet<String>,
    ) {
        let instances: Vec<Rc<[Dependency]>> = match dependency {
            Dependency::Instance(node, ordinal, index) => {
                self.of_instances.get(&(node, ordinal, index)).cloned().into_iter().collect()
            }
            Dependency::Whole(node, ordinal) => {
                let count = tables.resource(node, ordinal).map_or(0, |table| table.values.len());
                (0..u32::try_from(count).unwrap_or(0))
                    .filter_map(|i| self.of_instances.get(&(node, ordinal, i)).cloned())
                    .collect()
            }
            Dependency::Value(..) | Dependency::Declared(_) => return,
        };
        for direct in instances {
            direct.iter().for_each(|dependency| self.flatten(tables, *dependency, found));
        }
    }

    fn flat_value(&mut self, tables: &Tables, value: (NodeId, Ordinal)) -> Rc<BTreeSet<String>> {
        if let Some(flat) = self.flat.get(&value) {
            return flat.clone();
        }
        let mut found = BTreeSet::new();
        for dependency in self.of_values.get(&value).cloned().unwrap_or_default() {
            self.flatten(tables, dependency, &mut found);
        }
        let flat = Rc::new(found);
        self.flat.insert(value, flat.clone());
        flat
    }
}
