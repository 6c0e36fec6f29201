//! What targets and exclusions leave of a run: first whole declarations, then instance by instance.
//!
//! A declaration that nothing selected needs is not evaluated at all, so that a mistake there (a `count`
//! that only apply can know) does not stand in the way of what was asked for.

mod check;
mod instances;
mod pattern;

use std::collections::BTreeSet;

use lang::ResourceAddress;
use plan::PlanMode;

use crate::graph::Graph;
use crate::options::{PlanOptions, Selector};
use crate::prior::Prior;
use crate::tree::{NodeId, NodeKind, Tree};
use pattern::Declared;
pub(crate) use pattern::Pattern;

/// The selectors of a run, and which declarations they leave.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    targets: Vec<Pattern>,
    excludes: Vec<Pattern>,
    /// By node: whether it is left out.
    skipped: Vec<bool>,
    /// What needs a declaration that an address names brings all instances of it, as in Terraform.
    needed: BTreeSet<NodeId>,
    /// What a glob names brings the instances that it refers to, which are among those of these declarations.
    near: BTreeSet<NodeId>,
}

impl Selection {
    pub(crate) fn new(options: &PlanOptions, tree: &Tree, graph: &Graph, prior: &Prior) -> Self {
        let patterns = |selectors: &[Selector]| selectors.iter().map(Pattern::new).collect();
        let mut selection = Self {
            targets: patterns(&options.targets),
            excludes: patterns(&options.excludes),
            skipped: vec![false; tree.nodes.len()],
            needed: BTreeSet::new(),
            near: BTreeSet::new(),
        };
        // What is destroyed is read from the state; dependents, which come with it, are not known yet.
        if !selection.is_everything() && options.mode != PlanMode::Destroy {
            selection.skip_declarations(tree, graph, prior);
        }
        selection
    }

    pub(crate) fn is_everything(&self) -> bool {
        self.targets.is_empty() && self.excludes.is_empty()
    }

    pub(crate) fn has_targets(&self) -> bool {
        !self.targets.is_empty()
    }

    /// Whether a declaration is evaluated.
    pub(crate) fn visits(&self, node: NodeId) -> bool {
        !self.skipped.get(node.0 as usize).copied().unwrap_or_default()
    }

    /// Whether a target names an instance; without targets all are named.
    pub(crate) fn names(&self, address: &ResourceAddress) -> bool {
        self.targets.is_empty() || self.targets.iter().any(|target| target.matches(address))
    }

    /// Whether an exclusion names an instance.
    pub(crate) fn excludes(&self, address: &ResourceAddress) -> bool {
        self.excludes.iter().any(|exclude| exclude.matches(address))
    }

    /// Whether selectors name an instance and do not exclude it.
    pub(crate) fn selects(&self, address: &ResourceAddress) -> bool {
        self.names(address) && !self.excludes(address)
    }

    /// Whether all instances of a declaration are targets, because one of them needs the declaration.
    pub(crate) fn needs_whole(&self, node: NodeId) -> bool {
        self.needed.contains(&node)
    }

    /// Whether an instance may turn out to be a target.
    pub(crate) fn may_target(&self, node: NodeId, address: &ResourceAddress) -> bool {
        self.needed.contains(&node) || self.near.contains(&node) || self.names(address)
    }

    fn skip_declarations(&mut self, tree: &Tree, graph: &Graph, prior: &Prior) {
        let declared: Vec<(NodeId, Declared)> = resources(tree).collect();
        if self.has_targets() {
            let below = |globs: bool| {
                let targets = || self.targets.iter().filter(|target| target.is_glob() == globs);
                let named = |d: &Declared| targets().any(|target| target.may_match(d));
                let named = declared.iter().filter(|(_, d)| named(d)).map(|(node, _)| *node);
                let named: BTreeSet<NodeId> = named.collect();
                let next = named.iter().flat_map(|node| graph.dependencies(*node)).collect();
                (named, reachable(next, |node| graph.dependencies(node)))
            };
            let ((mut needed, whole), (by_globs, near)) = (below(false), below(true));
            (self.needed, self.near) = (whole, near);
            needed.extend(by_globs);
            needed.extend(self.providers_of_orphans(tree, prior));
            let needed = reachable(needed, |node| graph.dependencies(node));
            self.skipped = tree.node_ids().map(|node| !needed.contains(&node)).collect();
            let outputs = self.outputs_of_targets(tree, graph);
            for node in reachable(outputs, |node| graph.dependencies(node)) {
                self.skipped[node.0 as usize] = false;
            }
        }
        let excluded = |d: &Declared| self.excludes.iter().any(|exclude| exclude.must_match(d));
        let excluded: BTreeSet<NodeId> =
            declared.iter().filter(|(_, d)| excluded(d)).map(|(node, _)| *node).collect();
        let dependents = graph.dependents();
        for node in reachable(excluded, |node| dependents[node.0 as usize].iter().copied()) {
            self.skipped[node.0 as usize] = true;
        }
    }

    /// The provider blocks of recorded instances that a target names and no block declares any more.
    fn providers_of_orphans(&self, tree: &Tree, prior: &Prior) -> Vec<NodeId> {
        let named = |address: &String| {
            address.parse::<ResourceAddress>().is_ok_and(|address| self.names(&address))
        };
        let orphans = prior.instances.iter().filter(|(address, _)| named(address));
        let used: BTreeSet<&str> =
            orphans.map(|(_, prior)| prior.state.provider.as_str()).collect();
        let blocks = &tree.module(Tree::ROOT).config.providers;
        let named = blocks.iter().zip(&tree.providers).filter(|(block, _)| {
            let alias = block.alias.as_ref().map(|alias| format!(".{alias}"));
            used.contains(format!("{}{}", block.name, alias.unwrap_or_default()).as_str())
        });
        named.map(|(_, node)| *node).collect()
    }

    /// The root module's outputs that come from selected resources alone.
    fn outputs_of_targets(&self, tree: &Tree, graph: &Graph) -> BTreeSet<NodeId> {
        // By node: whether it is or needs a resource, and one that is left out.
        let mut needs = vec![(false, false); tree.nodes.len()];
        for node in &graph.order {
            let resource = matches!(tree.get(*node).kind, NodeKind::Resource(_));
            let own = (resource, resource && !self.visits(*node));
            let below = graph.dependencies(*node).map(|node| needs[node.0 as usize]);
            needs[node.0 as usize] = below.fold(own, |(a, b), (c, d)| (a | c, b | d));
        }
        let outputs = tree.module(Tree::ROOT).outputs.values().copied();
        outputs.filter(|output| needs[output.0 as usize] == (true, false)).collect()
    }
}

fn resources(tree: &Tree) -> impl Iterator<Item = (NodeId, Declared)> + '_ {
    tree.nodes.iter().enumerate().filter_map(|(i, node)| match &node.kind {
        NodeKind::Resource(key) => Some((NodeId::new(i), Declared::new(tree, node.module, key))),
        _ => None,
    })
}

/// Everything that the first ones lead to, themselves included.
pub(crate) fn reachable<N, I>(start: BTreeSet<N>, next: impl Fn(N) -> I) -> BTreeSet<N>
where
    N: Copy + Ord,
    I: IntoIterator<Item = N>,
{
    let mut found = start.clone();
    let mut queue: Vec<N> = start.into_iter().collect();
    while let Some(at) = queue.pop() {
        for next in next(at) {
            if found.insert(next) {
                queue.push(next);
            }
        }
    }
    found
}
