//! The static tree of modules and the nodes that they declare, before any `count` or `for_each`.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use config::{CallKey, Config, Module, ModuleCall, ResourceKey};
use diagnostics::Span;
use lang::Name;

/// A module of the tree: one for each call in the source, however many instances it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ModuleId(pub u32);

/// A declaration in a module of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct NodeId(pub u32);

impl NodeId {
    /// Of the declaration at a place in [`Tree::nodes`].
    pub(crate) fn new(index: usize) -> Self {
        Self(crate::walk::to_u32(index))
    }
}

/// What a node declares.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum NodeKind {
    Variable(Name),
    Local(Name),
    Output(Name),
    Resource(ResourceKey),
    Call(CallKey),
    /// The n-th provider block of the root module.
    Provider(usize),
    /// The n-th check block.
    Check(usize),
}

#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub module: ModuleId,
    pub kind: NodeKind,
}

#[derive(Debug)]
pub(crate) struct StaticModule {
    pub config: Arc<Module>,
    /// The module that calls it, and how.
    pub parent: Option<(ModuleId, CallKey)>,
    pub children: HashMap<CallKey, ModuleId>,
    pub variables: HashMap<Name, NodeId>,
    pub locals: HashMap<Name, NodeId>,
    pub outputs: HashMap<Name, NodeId>,
    pub resources: HashMap<ResourceKey, NodeId>,
    pub calls: HashMap<CallKey, NodeId>,
}

/// All modules and nodes; indices are stable.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub modules: Vec<StaticModule>,
    pub nodes: Vec<Node>,
    /// The nodes of the root module's provider blocks.
    pub providers: Vec<NodeId>,
}

impl Tree {
    pub(crate) const ROOT: ModuleId = ModuleId(0);

    pub(crate) fn new(config: &Config) -> Self {
        let mut tree = Self::default();
        tree.add(&config.root, None);
        for i in 0..config.root.providers.len() {
            let node = tree.node(Self::ROOT, NodeKind::Provider(i));
            tree.providers.push(node);
        }
        tree
    }

    fn add(&mut self, config: &Arc<Module>, parent: Option<(ModuleId, CallKey)>) -> ModuleId {
        let id = ModuleId(u32::try_from(self.modules.len()).unwrap_or(u32::MAX));
        self.modules.push(StaticModule {
            config: config.clone(),
            parent,
            children: HashMap::new(),
            variables: HashMap::new(),
            locals: HashMap::new(),
            outputs: HashMap::new(),
            resources: HashMap::new(),
            calls: HashMap::new(),
        });
        let declare = |tree: &mut Self, names: Vec<&Name>, kind: fn(Name) -> NodeKind| {
            let named = names.into_iter().map(|n| (n.clone(), tree.node(id, kind(n.clone()))));
            named.collect::<HashMap<_, _>>()
        };
        let variables = declare(self, config.variables.keys().collect(), NodeKind::Variable);
        let locals = declare(self, config.locals.keys().collect(), NodeKind::Local);
        let outputs = declare(self, config.outputs.keys().collect(), NodeKind::Output);
        let mut resources = HashMap::new();
        for key in config.resources.keys() {
            resources.insert(key.clone(), self.node(id, NodeKind::Resource(key.clone())));
        }
        for i in 0..config.checks.len() {
            self.node(id, NodeKind::Check(i));
        }
        let mut calls = HashMap::new();
        let mut children = HashMap::new();
        for (key, call) in &config.calls {
            calls.insert(key.clone(), self.node(id, NodeKind::Call(key.clone())));
            children.insert(key.clone(), self.add(&call.module, Some((id, key.clone()))));
        }
        let module = &mut self.modules[id.0 as usize];
        (module.variables, module.locals, module.outputs) = (variables, locals, outputs);
        (module.resources, module.calls, module.children) = (resources, calls, children);
        id
    }

    fn node(&mut self, module: ModuleId, kind: NodeKind) -> NodeId {
        let id = NodeId::new(self.nodes.len());
        self.nodes.push(Node { module, kind });
        id
    }

    pub(crate) fn module(&self, id: ModuleId) -> &StaticModule {
        &self.modules[id.0 as usize]
    }

    pub(crate) fn get(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// The declaration of a resource below a path of calls from the root.
    pub(crate) fn find<'k>(
        &self,
        mut path: impl Iterator<Item = &'k CallKey>,
        key: &ResourceKey,
    ) -> Option<NodeId> {
        let inside = |at: ModuleId, call| self.module(at).children.get(call).copied();
        let module = path.try_fold(Self::ROOT, inside)?;
        self.module(module).resources.get(key).copied()
    }

    /// The call that a module comes from, and the module that holds the call.
    pub(crate) fn call_of(&self, id: ModuleId) -> Option<(ModuleId, &ModuleCall)> {
        let (parent, key) = self.module(id).parent.as_ref()?;
        Some((*parent, self.module(*parent).config.calls.get(key)?))
    }

    /// All modules below `id`, itself first.
    pub(crate) fn subtree(&self, id: ModuleId) -> Vec<ModuleId> {
        let mut found = vec![id];
        let mut at = 0;
        while at < found.len() {
            let mut children: Vec<_> = self.module(found[at]).children.values().copied().collect();
            children.sort_unstable();
            found.extend(children);
            at += 1;
        }
        found
    }

    /// Everything that a module and the modules below it declare.
    pub(crate) fn nodes_below(&self, id: ModuleId) -> impl Iterator<Item = NodeId> + '_ {
        let below: HashSet<ModuleId> = self.subtree(id).into_iter().collect();
        self.node_ids().filter(move |node| below.contains(&self.get(*node).module))
    }

    /// Everything that is declared, in the order in which it was found.
    pub(crate) fn node_ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.nodes.len()).map(NodeId::new)
    }

    /// What a reference to a node means: a call stands for all that its module declares.
    pub(crate) fn meant_by(&self, id: NodeId) -> Vec<NodeId> {
        let node = self.get(id);
        let NodeKind::Call(key) = &node.kind else { return vec![id] };
        let child = self.module(node.module).children[key];
        self.nodes_below(child).chain([id]).collect()
    }

    /// Names a node as people would: `module.a.local.x`.
    pub(crate) fn describe(&self, id: NodeId) -> String {
        let node = self.get(id);
        let module = &self.module(node.module).config;
        let path: String = module.path.iter().map(|call| format!("{call}.")).collect();
        let own = match &node.kind {
            NodeKind::Variable(name) => format!("var.{name}"),
            NodeKind::Local(name) => format!("local.{name}"),
            NodeKind::Output(name) => format!("output.{name}"),
            NodeKind::Resource(key) => key.to_string(),
            NodeKind::Call(key) => key.to_string(),
            NodeKind::Provider(i) => format!("provider[\"{}\"]", module.providers[*i].name),
            NodeKind::Check(i) => format!("check.{}", module.checks[*i].name),
        };
        path + &own
    }

    /// Where a node is declared.
    pub(crate) fn span(&self, id: NodeId) -> Option<Span> {
        let node = self.get(id);
        let module = &self.module(node.module).config;
        match &node.kind {
            NodeKind::Variable(name) => module.variables.get(name).map(|v| v.header_span),
            NodeKind::Local(name) => module.locals.get(name).map(|l| l.span),
            NodeKind::Output(name) => module.outputs.get(name).map(|o| o.header_span),
            NodeKind::Resource(key) => module.resources.get(key).map(|r| r.header_span),
            NodeKind::Call(key) => module.calls.get(key).map(|c| c.header_span),
            NodeKind::Provider(i) => module.providers.get(*i).map(|p| p.header_span),
            NodeKind::Check(i) => module.checks.get(*i).map(|c| c.header_span),
        }
    }

    /// All places in which what a node evaluates is written.
    pub(crate) fn extents(&self, id: NodeId) -> Vec<Span> {
        let node = self.get(id);
        let module = &self.module(node.module).config;
        match &node.kind {
            NodeKind::Variable(name) => {
                let input = self.call_of(node.module).and_then(|(_, call)| call.inputs.get(name));
                let declared = module.variables.get(name).map(|variable| variable.span);
                declared.into_iter().chain(input.map(|input| input.span)).collect()
            }
            NodeKind::Call(key) => {
                let Some(call) = module.calls.get(key) else { return Vec::new() };
                let counted = call.count.iter().chain(&call.for_each).map(|expr| expr.span);
                counted.chain(call.depends_on.iter().map(|traversal| traversal.span)).collect()
            }
            NodeKind::Local(name) => module.locals.get(name).map(|l| l.span).into_iter().collect(),
            NodeKind::Output(name) => {
                module.outputs.get(name).map(|o| o.span).into_iter().collect()
            }
            NodeKind::Resource(key) => {
                module.resources.get(key).map(|r| r.span).into_iter().collect()
            }
            NodeKind::Provider(i) => module.providers.get(*i).map(|p| p.span).into_iter().collect(),
            NodeKind::Check(i) => module.checks.get(*i).map(|c| c.span).into_iter().collect(),
        }
    }

    /// The part of a node that holds a place and is evaluated by itself; none is what is left of the whole.
    pub(crate) fn part_at(&self, id: NodeId, place: Span) -> Option<Span> {
        let node = self.get(id);
        let module = &self.module(node.module).config;
        let mut parts: Vec<Span> = Vec::new();
        let rules = |rules: &[config::CheckRule], parts: &mut Vec<Span>| {
            for rule in rules {
                parts.extend([rule.condition.span, rule.error_message.span]);
            }
        };
        match &node.kind {
            NodeKind::Resource(key) => {
                let resource = module.resources.get(key)?;
                parts.extend(resource.count.iter().chain(&resource.for_each).map(|e| e.span));
                parts.extend(resource.provisioners.iter().map(|provisioner| provisioner.span));
                parts.extend(resource.depends_on.iter().map(|traversal| traversal.span));
                let lifecycle = &resource.lifecycle;
                parts.extend(lifecycle.replace_triggered_by.iter().map(|expr| expr.span));
                rules(&lifecycle.preconditions, &mut parts);
                rules(&lifecycle.postconditions, &mut parts);
            }
            NodeKind::Output(name) => rules(&module.outputs.get(name)?.preconditions, &mut parts),
            NodeKind::Check(i) => rules(&module.checks.get(*i)?.assertions, &mut parts),
            NodeKind::Variable(name) => {
                rules(&module.variables.get(name)?.validations, &mut parts);
            }
            _ => {}
        }
        parts.into_iter().find(|part| part.overlaps(place))
    }
}
