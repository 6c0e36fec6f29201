//! The second look: which of the planned instances are selected, now that all edges are known.

use std::collections::{BTreeSet, HashMap, HashSet};

use lang::ResourceAddress;
use plan::{Action, PlanMode};

use super::reachable;
use crate::dependency::Dependency;
use crate::tree::{NodeId, NodeKind, Tree};
use crate::walk::{Run, Spot, to_u32};

/// The edges between instances and values, in one direction.
type Edges = HashMap<Dependency, Vec<Dependency>>;

impl Run {
    /// Leaves out of the plan what is not selected: it stays as it is, and is not spoken of.
    pub(crate) fn select_instances(&mut self) {
        if self.selection.is_everything() {
            return;
        }
        let chosen = match self.options.mode {
            PlanMode::Destroy => self.chosen_for_destruction(),
            _ => self.chosen_by_spot(),
        };
        let mut unselected = BTreeSet::new();
        for (instance, chosen) in self.instances.iter_mut().zip(chosen) {
            if !chosen {
                instance.selected = false;
                instance.change.action = Action::NoOp;
                instance.change.reason = None;
                instance.change.after.clone_from(&instance.change.before);
                unselected.insert(instance.address.clone());
            }
        }
        self.skip_outputs(&unselected);
        let speaks = |address: &Option<String>| {
            address.as_ref().is_none_or(|address| !unselected.contains(address))
        };
        let found = std::mem::take(&mut self.diagnostics);
        self.diagnostics =
            found.into_iter().filter(|d| speaks(&d.address)).collect::<Vec<_>>().into();
        self.judgements.retain(|address| !unselected.contains(address));
    }

    /// By instance: whether a target names it or something that needs its block, and no exclusion touches it.
    fn chosen_by_spot(&self) -> Vec<bool> {
        let spots = self.spots();
        let named = |wanted: &dyn Fn(&ResourceAddress) -> bool| -> BTreeSet<Dependency> {
            let named = spots.iter().filter(|(_, address)| wanted(address));
            named.map(|((node, ordinal, i), _)| Dependency::Instance(*node, *ordinal, *i)).collect()
        };
        let needs = self.needs();
        let targets = named(&|address| self.selection.names(address));
        let targets = reachable(targets, |at| needs.get(&at).cloned().unwrap_or_default());
        let needed_by = reversed(&needs);
        let excluded = named(&|address| self.selection.excludes(address));
        let excluded = reachable(excluded, |at| needed_by.get(&at).cloned().unwrap_or_default());
        let chosen = self.instances.iter().map(|instance| match instance.spot {
            Some((node, ordinal, index)) => {
                let spot = Dependency::Instance(node, ordinal, index);
                let is_target = targets.contains(&spot) || self.selection.needs_whole(node);
                is_target && !excluded.contains(&spot)
            }
            None => {
                let address = &instance.change.address;
                self.selection.names(address) && !self.selection.excludes(address)
            }
        });
        chosen.collect()
    }

    /// By instance: what a target names goes with all that depends on it; what an exclusion names stays
    /// with all that it depends on.
    fn chosen_for_destruction(&self) -> Vec<bool> {
        let named = |wanted: &dyn Fn(&ResourceAddress) -> bool| -> BTreeSet<usize> {
            let all = self.instances.iter().enumerate();
            all.filter(|(_, it)| wanted(&it.change.address)).map(|(i, _)| i).collect()
        };
        let needs: Vec<Vec<usize>> = self
            .instances
            .iter()
            .map(|it| {
                it.depends_on.iter().flat_map(|name| self.instances_named(name)).copied().collect()
            })
            .collect();
        let mut needed_by: Vec<Vec<usize>> = vec![Vec::new(); needs.len()];
        for (i, needs) in needs.iter().enumerate() {
            needs.iter().for_each(|j| needed_by[*j].push(i));
        }
        let going = named(&|address| self.selection.names(address));
        let going = reachable(going, |i| needed_by[i].clone());
        let staying = named(&|address| self.selection.excludes(address));
        let staying = reachable(staying, |i| needs[i].clone());
        (0..needs.len()).map(|i| going.contains(&i) && !staying.contains(&i)).collect()
    }

    /// Every instance that has a block, data sources that were read included.
    pub(super) fn spots(&self) -> Vec<(Spot, ResourceAddress)> {
        let mut spots = Vec::new();
        for (i, node) in self.tree.nodes.iter().enumerate() {
            let NodeKind::Resource(key) = &node.kind else { continue };
            for (ordinal, table) in self.tables.resources[i].iter().enumerate() {
                let (id, ordinal) = (NodeId(to_u32(i)), to_u32(ordinal));
                for index in 0..table.values.len() {
                    let instance = table.expansion.key(index);
                    let address = self.tables.address(node.module, ordinal, key, instance);
                    spots.push(((id, ordinal, to_u32(index)), address));
                }
            }
        }
        spots
    }

    /// What each instance, resource and value needs.
    fn needs(&self) -> Edges {
        let mut needs = Edges::new();
        for ((node, ordinal, index), direct) in &self.dependencies.of_instances {
            let instance = Dependency::Instance(*node, *ordinal, *index);
            needs.insert(instance, direct.to_vec());
            needs.entry(Dependency::Whole(*node, *ordinal)).or_default().push(instance);
        }
        for ((node, ordinal), direct) in &self.dependencies.of_values {
            needs.insert(Dependency::Value(*node, *ordinal), direct.clone());
        }
        needs
    }

    /// Gives up the root module's outputs that are not made of selected instances alone. Destroying a
    /// part leaves all outputs as they are.
    fn skip_outputs(&mut self, unselected: &BTreeSet<String>) {
        let needs = self.needs();
        let touched: BTreeSet<Dependency> = self
            .spots()
            .into_iter()
            .filter(|(_, address)| unselected.contains(&address.to_string()))
            .map(|((node, ordinal, index), _)| Dependency::Instance(node, ordinal, index))
            .collect();
        let outputs: Vec<NodeId> = self.tree.module(Tree::ROOT).outputs.values().copied().collect();
        for output in outputs {
            let start = BTreeSet::from([Dependency::Value(output, 0)]);
            let below = reachable(start, |at| needs.get(&at).cloned().unwrap_or_default());
            let destroying = self.options.mode == PlanMode::Destroy;
            let is_value = |d: &Dependency| matches!(d, Dependency::Value(..));
            let made_of_nothing = below.iter().all(is_value);
            let unmade = self.selection.has_targets() && made_of_nothing;
            if destroying || unmade || !below.is_disjoint(&touched) {
                self.selection.skipped[output.0 as usize] = true;
            }
        }
    }

    /// Whether the plan says what becomes of a root output; one without a block goes with the whole.
    pub(crate) fn speaks_of_output(&self, name: &str) -> bool {
        match self.tree.module(Tree::ROOT).outputs.get(name) {
            Some(node) => self.selection.visits(*node),
            None => !self.selection.has_targets(),
        }
    }

    /// Whether a recorded instance has a block that is not looked at, or no block and no selector.
    pub(crate) fn is_skipped(&self, address: &str) -> bool {
        if self.selection.is_everything() || self.is_destroying() {
            return false;
        }
        let Ok(address) = address.parse::<ResourceAddress>() else { return false };
        match self.find_resource(&address) {
            Some(node) => !self.selection.visits(node),
            None => !self.selection.selects(&address),
        }
    }

    /// The recorded instances that need not be read.
    pub(crate) fn skipped_addresses(&self) -> HashSet<String> {
        let mut skipped = self.forgotten();
        if self.selection.is_everything() {
            return skipped;
        }
        let recorded = self.prior.instances.keys();
        if self.is_destroying() {
            let going = self.recorded_to_go();
            skipped.extend(recorded.filter(|address| !going.contains(&***address)).cloned());
            return skipped;
        }
        let aside = |address: &str| {
            let Ok(address) = address.parse::<ResourceAddress>() else { return false };
            let node = self.find_resource(&address);
            node.is_some_and(|node| !self.selection.may_target(node, &address))
                || self.selection.excludes(&address)
        };
        let left = recorded.filter(|address| self.is_skipped(address) || aside(address));
        skipped.extend(left.cloned());
        skipped
    }

    /// What a `removed` block lets go is not looked at once more.
    fn forgotten(&self) -> HashSet<String> {
        let blocks = || self.tree.modules.iter().flat_map(|module| &module.config.removed);
        if blocks().all(|removed| removed.destroy) {
            return HashSet::new();
        }
        let lets_go = |address: &&String| {
            let block = address.parse().ok().and_then(|address| self.removed_block(&address));
            block.is_some_and(|removed| !removed.destroy)
        };
        self.prior.instances.keys().filter(lets_go).cloned().collect()
    }

    /// The recorded instances that selectors name for destruction, and all that depends on these.
    fn recorded_to_go(&self) -> BTreeSet<&str> {
        let dependents = self.prior.dependents();
        let selected = |address: &str| {
            address.parse().is_ok_and(|address: ResourceAddress| self.selection.selects(&address))
        };
        let named = self.prior.instances.keys().map(String::as_str);
        reachable(named.filter(|address| selected(address)).collect(), |address| {
            let mut found: Vec<&str> = Vec::new();
            for name in [address, crate::steps::without_key(address)] {
                let names = dependents.get(name).into_iter().flatten();
                found.extend(names.filter_map(|name| {
                    self.prior.instances.get_key_value(name).map(|(name, _)| name.as_str())
                }));
            }
            found
        })
    }
}

fn reversed(edges: &Edges) -> Edges {
    let mut reversed = Edges::new();
    for (from, to) in edges {
        to.iter().for_each(|to| reversed.entry(*to).or_default().push(*from));
    }
    reversed
}
