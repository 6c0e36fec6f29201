//! The graph of declarations: who refers to whom, in which order to evaluate, and which cycles there are.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, VecDeque};

use config::{Referent, named_span, referent};
use diagnostics::{Diagnostic, Diagnostics, Span};
use lang::{Expr, Step, Traversal};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::tree::{ModuleId, NodeId, NodeKind, Tree};

/// What a reference in a node's expressions leads to.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// A variable, local or output of the same module.
    Value(NodeId),
    /// A resource; `steps` of the traversal name it.
    Resource { node: NodeId, steps: usize },
    /// A module call; `steps` of the traversal name it.
    Module { child: ModuleId, call: NodeId, steps: usize },
}

/// A reference and where it leads.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    pub target: Target,
    pub traversal: Traversal,
    /// It stands in `depends_on`: it orders and gives no value.
    pub explicit: bool,
}

impl Reference {
    /// Where it names its target; what it takes of it does not count.
    fn name_span(&self) -> Span {
        match self.target {
            Target::Value(_) => self.traversal.span,
            Target::Resource { steps, .. } | Target::Module { steps, .. } => {
                named_span(&self.traversal, steps)
            }
        }
    }
}

/// The order of evaluation, and every node's references.
#[derive(Debug)]
pub(crate) struct Graph {
    pub order: Vec<NodeId>,
    /// By node.
    pub references: Vec<Vec<Reference>>,
    edges: Edges,
    /// Each cycle, with the references that make it; the order leaves these references out.
    pub cycles: Diagnostics,
    /// Resources that refer to themselves, which only a plan minds.
    pub self_references: Diagnostics,
}

impl Graph {
    /// Builds the graph.
    pub(crate) fn new(tree: &Tree) -> Self {
        let references: Vec<Vec<Reference>> =
            tree.node_ids().map(|node| references(tree, node)).collect();
        let mut edges = edges(tree, &references);
        let (cycles, self_references) = break_cycles(tree, &mut edges);
        Self { order: order(&edges), references, edges, cycles, self_references }
    }

    /// Whether a declaration refers to anything.
    pub(crate) fn refers(&self, node: NodeId) -> bool {
        !self.references[node.0 as usize].is_empty()
    }

    /// The declarations that must be evaluated before one.
    pub(crate) fn dependencies(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.edges[node.0 as usize].keys().copied()
    }

    /// The resources that nodes lead to, through values.
    pub(crate) fn nearest_resources(&self, tree: &Tree, mut nodes: Vec<NodeId>) -> Vec<NodeId> {
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        while let Some(node) = nodes.pop() {
            if seen.insert(node) {
                match tree.get(node).kind {
                    NodeKind::Resource(_) => found.push(node),
                    _ => nodes.extend(self.dependencies(node)),
                }
            }
        }
        found
    }

    /// By node: the declarations that must be evaluated after it.
    pub(crate) fn dependents(&self) -> Vec<Vec<NodeId>> {
        let mut dependents = vec![Vec::new(); self.edges.len()];
        for (i, dependencies) in self.edges.iter().enumerate() {
            dependencies.keys().for_each(|d| dependents[d.0 as usize].push(NodeId::new(i)));
        }
        dependents
    }
}

/// For each node, the nodes that must be evaluated before it, with the reference's place.
type Edges = Vec<BTreeMap<NodeId, Option<Span>>>;

fn edges(tree: &Tree, references: &[Vec<Reference>]) -> Edges {
    let mut edges: Edges = vec![BTreeMap::new(); tree.nodes.len()];
    for (i, references) in references.iter().enumerate() {
        for reference in references {
            let span = Some(reference.name_span());
            for target in nodes_of(tree, reference) {
                edges[i].entry(target).or_insert(span);
            }
        }
    }
    let early = import_references(tree).into_iter().chain(validation_references(tree));
    for (node, reference) in early {
        let span = Some(reference.name_span());
        for target in nodes_of(tree, &reference) {
            edges[node.0 as usize].entry(target).or_insert(span);
        }
    }
    for (i, node) in tree.nodes.iter().enumerate() {
        // A module's declarations exist once its call is expanded.
        if let Some((parent, key)) = &tree.module(node.module).parent
            && let Some(call) = tree.module(*parent).calls.get(key)
        {
            edges[i].entry(*call).or_insert(None);
        }
        if let NodeKind::Resource(key) = &node.kind
            && let Some(provider) = provider_of(tree, node.module, key)
        {
            edges[i].entry(provider).or_insert(None);
        }
        if let NodeKind::Check(check) = &node.kind
            && let Some(data) = &tree.module(node.module).config.checks[*check].data
            && let Some(provider) = provider_block(tree, data)
        {
            edges[i].entry(provider).or_insert(None);
        }
    }
    edges
}

/// What import blocks refer to is evaluated before the resources that they name. No edge of apply comes
/// of it: an import is all known when it is planned.
fn import_references(tree: &Tree) -> Vec<(NodeId, Reference)> {
    let mut found = Vec::new();
    for import in &tree.module(Tree::ROOT).config.imports {
        let calls = import.to.module.iter().map(|step| &step.call);
        let Some(resource) = tree.find(calls, &import.to.resource) else { continue };
        let keys = import.to.module.iter().filter_map(|step| step.index.as_ref());
        let plain = import.for_each.iter().chain([&import.id]).chain(&import.to.index);
        plain.chain(keys).for_each(|expr| {
            expr.for_each_reference(&mut |traversal| {
                if let Some(target) = resolve(tree, Tree::ROOT, traversal) {
                    let traversal = traversal.clone();
                    found.push((resource, Reference { target, traversal, explicit: false }));
                }
            });
        });
    }
    found
}

/// What the conditions of a variable refer to is evaluated before whatever needs the variable. No edge of apply
/// comes of it: the value itself waits for nothing.
fn validation_references(tree: &Tree) -> Vec<(NodeId, Reference)> {
    let mut found = Vec::new();
    for (i, node) in tree.nodes.iter().enumerate() {
        let NodeKind::Variable(name) = &node.kind else { continue };
        let rules = &tree.module(node.module).config.variables[name].validations;
        let mut add = |traversal: &Traversal| {
            let target = resolve(tree, node.module, traversal);
            let itself = matches!(target, Some(Target::Value(to)) if to == NodeId::new(i));
            if let Some(target) = target.filter(|_| !itself) {
                let traversal = traversal.clone();
                found.push((NodeId::new(i), Reference { target, traversal, explicit: false }));
            }
        };
        for rule in rules {
            visit_rule(rule, &mut |expr| expr.for_each_reference(&mut add));
        }
    }
    found
}

/// The provider block that configures a resource's provider, if there is one.
pub(crate) fn provider_of(
    tree: &Tree,
    module: ModuleId,
    key: &config::ResourceKey,
) -> Option<NodeId> {
    provider_block(tree, tree.module(module).config.resources.get(key)?)
}

fn provider_block(tree: &Tree, resource: &config::Resource) -> Option<NodeId> {
    let name = resource.provider_name();
    let alias = resource.provider.as_ref().and_then(|p| p.alias.clone());
    let blocks = &tree.module(Tree::ROOT).config.providers;
    let found = blocks.iter().position(|block| block.name == name && block.alias == alias);
    found.map(|i| tree.providers[i])
}

/// Every node that a reference waits for.
fn nodes_of(tree: &Tree, reference: &Reference) -> Vec<NodeId> {
    match &reference.target {
        Target::Value(node) | Target::Resource { node, .. } => vec![*node],
        Target::Module { child, call, steps } => {
            let output = output_name(&reference.traversal, *steps);
            let module = tree.module(*child);
            if let Some(output) = output.and_then(|name| module.outputs.get(name)) {
                return vec![*call, *output];
            }
            // Who names a module as a whole comes after all of it.
            tree.nodes_below(*child).chain([*call]).collect()
        }
    }
}

/// The output that a reference to a module names, after an instance key if there is one.
pub(crate) fn output_name(traversal: &Traversal, steps: usize) -> Option<&lang::Name> {
    let rest = traversal.steps.get(steps..)?;
    match rest {
        [Step::Attribute(name, _), ..] | [Step::Index(..), Step::Attribute(name, _), ..] => {
            Some(name)
        }
        _ => None,
    }
}

/// All references of a node's expressions.
fn references(tree: &Tree, id: NodeId) -> Vec<Reference> {
    let mut found = Vec::new();
    let node = tree.get(id);
    let module = &tree.module(node.module).config;
    // The values of a module's variables are written where the module is called.
    let home = match (&node.kind, tree.module(node.module).parent.as_ref()) {
        (NodeKind::Variable(_), Some((parent, _))) => *parent,
        _ => node.module,
    };
    let mut add = |traversal: &Traversal, explicit: bool| {
        if let Some(target) = resolve(tree, home, traversal) {
            found.push(Reference { target, traversal: traversal.clone(), explicit });
        }
    };
    for_each_expression(tree, id, &mut |expr| expr.for_each_reference(&mut |t| add(t, false)));
    match &node.kind {
        NodeKind::Variable(name) => {
            let call = tree.call_of(node.module).map(|(_, call)| call);
            let input = call.and_then(|call| call.inputs.get(name));
            let mut repeated = false;
            if let Some(input) = input {
                input.value.for_each_reference(&mut |t| repeated |= &*t.root == "each");
            }
            // `each.value` stands for what the call's for_each refers to.
            let for_each = call.and_then(|call| call.for_each.as_ref()).filter(|_| repeated);
            for_each.iter().for_each(|expr| expr.for_each_reference(&mut |t| add(t, false)));
        }
        NodeKind::Resource(key) => {
            module.resources[key].depends_on.iter().for_each(|t| add(t, true));
            let mut at = node.module;
            while let Some((parent, call)) = tree.call_of(at) {
                for traversal in &call.depends_on {
                    let target = resolve(tree, parent, traversal);
                    let reference =
                        |target| Reference { target, traversal: traversal.clone(), explicit: true };
                    found.extend(target.map(reference));
                }
                at = parent;
            }
        }
        NodeKind::Output(name) => {
            module.outputs[name].depends_on.iter().for_each(|t| add(t, true));
        }
        NodeKind::Check(i) => {
            let data = module.checks[*i].data.iter();
            data.flat_map(|data| &data.depends_on).for_each(|t| add(t, true));
        }
        _ => {}
    }
    found
}

/// Calls `visit` with every expression that a node evaluates.
pub(crate) fn for_each_expression<'a>(tree: &'a Tree, id: NodeId, visit: &mut dyn FnMut(&'a Expr)) {
    let node = tree.get(id);
    let module = &*tree.module(node.module).config;
    match &node.kind {
        NodeKind::Variable(name) => {
            let call = tree.call_of(node.module).map(|(_, call)| call);
            call.and_then(|c| c.inputs.get(name)).iter().for_each(|input| visit(&input.value));
        }
        NodeKind::Local(name) => visit(&module.locals[name].value),
        NodeKind::Output(name) => {
            let output = &module.outputs[name];
            visit(&output.value);
            output.preconditions.iter().for_each(|rule| visit_rule(rule, visit));
        }
        NodeKind::Resource(key) => visit_resource(&module.resources[key], visit),
        NodeKind::Call(key) => {
            let call = &module.calls[key];
            call.count.iter().chain(&call.for_each).for_each(visit);
        }
        NodeKind::Provider(i) => module.providers[*i].body.for_each_expression(visit),
        NodeKind::Check(i) => {
            let check = &module.checks[*i];
            check.data.iter().for_each(|data| visit_resource(data, visit));
            check.assertions.iter().for_each(|rule| visit_rule(rule, visit));
        }
    }
}

fn visit_rule<'a>(rule: &'a config::CheckRule, visit: &mut dyn FnMut(&'a Expr)) {
    visit(&rule.condition);
    visit(&rule.error_message);
}

fn visit_resource<'a>(resource: &'a config::Resource, visit: &mut dyn FnMut(&'a Expr)) {
    let plain = resource.count.iter().chain(&resource.for_each).chain(&resource.region);
    let lifecycle = &resource.lifecycle;
    plain
        .chain(&lifecycle.create_before_destroy)
        .chain(&lifecycle.on_destroy)
        .chain(&lifecycle.prevent_destroy)
        .chain(&lifecycle.replace_triggered_by)
        .for_each(&mut *visit);
    resource.body.for_each_expression(visit);
    resource.timeouts.iter().for_each(|timeouts| timeouts.body.for_each_expression(visit));
    let early = resource.provisioners.iter().filter(|p| p.when == config::When::Create);
    early.for_each(|provisioner| provisioner.for_each_expression(visit));
    let rules = lifecycle.preconditions.iter().chain(&lifecycle.postconditions);
    rules.for_each(|rule| visit_rule(rule, visit));
}

/// Where a reference leads from a module; nothing for `each`, `count`, `path` and the like.
fn resolve(tree: &Tree, home: ModuleId, traversal: &Traversal) -> Option<Target> {
    let (referent, steps) = referent(traversal).ok()?;
    let module = tree.module(home);
    match referent {
        Referent::Variable(name) => module.variables.get(&name).copied().map(Target::Value),
        Referent::Local(name) => module.locals.get(&name).copied().map(Target::Value),
        Referent::Resource(key) => {
            module.resources.get(&key).map(|node| Target::Resource { node: *node, steps })
        }
        Referent::Module(key) => Some(Target::Module {
            child: *module.children.get(&key)?,
            call: *module.calls.get(&key)?,
            steps,
        }),
        _ => None,
    }
}

/// Dependencies first; among the free ones the first declared comes first, so that runs repeat.
fn order(edges: &Edges) -> Vec<NodeId> {
    let mut dependents: Vec<Vec<usize>> = vec![Vec::new(); edges.len()];
    let mut waiting: Vec<usize> = edges.iter().map(BTreeMap::len).collect();
    for (i, dependencies) in edges.iter().enumerate() {
        dependencies.keys().for_each(|d| dependents[d.0 as usize].push(i));
    }
    let mut ready: BinaryHeap<Reverse<usize>> =
        (0..edges.len()).filter(|i| waiting[*i] == 0).map(Reverse).collect();
    let mut order = Vec::with_capacity(edges.len());
    while let Some(Reverse(i)) = ready.pop() {
        order.push(NodeId::new(i));
        for dependent in &dependents[i] {
            waiting[*dependent] -= 1;
            if waiting[*dependent] == 0 {
                ready.push(Reverse(*dependent));
            }
        }
    }
    order
}

/// Reports every cycle, resources that refer to themselves apart, and takes its edges away, so that
/// there is an order all the same.
fn break_cycles(tree: &Tree, edges: &mut Edges) -> (Diagnostics, Diagnostics) {
    let mut graph: DiGraph<(), ()> = DiGraph::with_capacity(edges.len(), 0);
    edges.iter().for_each(|_| {
        graph.add_node(());
    });
    for (i, dependencies) in edges.iter().enumerate() {
        for dependency in dependencies.keys() {
            graph.add_edge(NodeIndex::new(i), NodeIndex::new(dependency.0 as usize), ());
        }
    }
    let (mut found, mut selves) = (Diagnostics::new(), Diagnostics::new());
    // petgraph's tarjan_scc recurses and overflows the stack on long chains; kosaraju_scc does not.
    for component in kosaraju_scc(&graph) {
        let members: BTreeSet<NodeId> = component.iter().map(|i| NodeId::new(i.index())).collect();
        let own = |node: &NodeId| edges[node.0 as usize].contains_key(node);
        if members.len() > 1 || members.first().is_some_and(own) {
            let alone = members.first().filter(|_| members.len() == 1);
            let resource =
                alone.is_some_and(|node| matches!(tree.get(*node).kind, NodeKind::Resource(_)));
            let list = if resource { &mut selves } else { &mut found };
            list.push(describe_cycle(tree, edges, &members));
            for member in &members {
                edges[member.0 as usize].retain(|node, _| !members.contains(node));
            }
        }
    }
    (found.sorted(), selves.sorted())
}

/// Draws the shortest cycle through the first member of a strongly connected component.
fn describe_cycle(tree: &Tree, edges: &Edges, members: &BTreeSet<NodeId>) -> Diagnostic {
    let start = members.first().copied().unwrap_or(NodeId(0));
    let path = shortest_cycle(edges, members, start);
    let names: Vec<String> = path.iter().map(|id| tree.describe(*id)).collect();
    let detail = match names.as_slice() {
        [name] if matches!(tree.get(start).kind, NodeKind::Local(_)) => {
            format!("Local value {name} cannot use its own result as part of its expression.")
        }
        [name] => format!("Configuration for {name} may not refer to itself."),
        names => {
            format!("{} refers back to itself: {} -> {}.", names[0], names.join(" -> "), names[0])
        }
    };
    let next = path.get(1).copied().unwrap_or(start);
    let span = edges[start.0 as usize].get(&next).copied().flatten();
    let kind = match (names.len(), &tree.get(start).kind) {
        (1, NodeKind::Local(_)) => "Self-referencing local value",
        (1, _) => "Self-referential block",
        _ => "Cycle",
    };
    Diagnostic::error(kind, detail)
        .at_or(span.or_else(|| tree.span(start)))
        .hint("remove one of these references, or split the block that is in the middle")
}

fn shortest_cycle(edges: &Edges, members: &BTreeSet<NodeId>, start: NodeId) -> Vec<NodeId> {
    let mut came_from: BTreeMap<NodeId, NodeId> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        for next in edges[node.0 as usize].keys().filter(|next| members.contains(next)) {
            if *next == start {
                let mut path = vec![node];
                while let Some(previous) = came_from.get(&path[path.len() - 1]) {
                    path.push(*previous);
                }
                path.reverse();
                return path;
            }
            if *next != start && !came_from.contains_key(next) {
                came_from.insert(*next, node);
                queue.push_back(*next);
            }
        }
    }
    vec![start]
}
