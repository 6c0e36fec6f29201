//! What a plan with mistakes leaves out: that of which nobody can say what would happen to it.
//!
//! All mistakes are found in one go, so that what depends on a mistake is planned too. It would be told as
//! if the mistake were not there; therefore it is taken out of the plan afterwards.

use std::collections::{BTreeSet, HashSet};

use diagnostics::{Diagnostic, Diagnostics, Span};

use crate::selection::reachable;
use crate::tree::NodeId;
use crate::walk::{PlannedInstance, Run};

/// The declarations and instances in which mistakes were found.
#[derive(Debug, Default)]
pub(crate) struct Blocked {
    /// What depends on these is left out.
    mistaken: HashSet<NodeId>,
    /// Instances that would not have come as far as to be planned.
    refused: HashSet<String>,
    /// Parts of declarations in which names mean nothing.
    meaningless: HashSet<(NodeId, Option<Span>)>,
    /// The above, and everything that depends on it.
    behind: HashSet<NodeId>,
}

impl Blocked {
    pub(crate) fn is_mistaken(&mut self, node: NodeId) {
        self.mistaken.insert(node);
    }

    pub(crate) fn refuse(&mut self, address: &str) {
        self.refused.insert(address.to_owned());
    }
}

impl Run {
    /// Tells whether there is a mistake after these many notices.
    pub(crate) fn mistakes_after(&self, notices: usize) -> bool {
        self.diagnostics.iter().skip(notices).any(diagnostics::Diagnostic::is_error)
    }

    /// Notes in which declarations mistakes were found before the walk.
    pub(crate) fn blame(&mut self, found: &Diagnostics) {
        for place in found.iter().filter(|found| found.is_error()).filter_map(|found| found.subject)
        {
            for node in self.nodes_at(place) {
                self.blocked.is_mistaken(node);
                self.blocked.meaningless.insert((node, self.tree.part_at(node, place)));
            }
        }
    }

    /// Tells whether a mistake lies in a part of a declaration that names what means nothing: that is not evaluated.
    pub(crate) fn is_meaningless(&self, found: &Diagnostic) -> bool {
        let Some(place) = found.subject.filter(|_| !self.blocked.meaningless.is_empty()) else {
            return false;
        };
        let nodes = self.nodes_at(place).into_iter();
        let mut parts = nodes.map(|node| (node, self.tree.part_at(node, place)));
        parts.any(|part| self.blocked.meaningless.contains(&part))
    }

    /// The declarations that hold a place: several where the file is that of a module which is called more than once.
    fn nodes_at(&self, place: Span) -> Vec<NodeId> {
        let holds =
            |node: &NodeId| self.tree.extents(*node).iter().any(|span| span.overlaps(place));
        self.graph.order.iter().copied().filter(holds).collect()
    }

    /// Remembers whether a declaration depends on a mistake. What it depends on must have been visited.
    pub(crate) fn note_blocked(&mut self, node: NodeId) {
        let nothing_is = self.blocked.mistaken.is_empty();
        if !nothing_is && self.graph.clone().dependencies(node).any(|node| self.is_blocked(node)) {
            self.blocked.behind.insert(node);
        }
    }

    /// What depends on these, which apply did not get done, stays as it was.
    pub(crate) fn give_up(&mut self, undone: BTreeSet<NodeId>) {
        let dependents = self.graph.dependents();
        let next = |node: NodeId| dependents[node.0 as usize].iter().copied();
        let start = undone.into_iter().flat_map(next).collect();
        self.blocked.behind.extend(reachable(start, next));
    }

    /// Tells whether an instance is part of the plan: selected, and not left out because of mistakes.
    pub(crate) fn plans(&self, instance: &PlannedInstance) -> bool {
        let behind = instance.spot.is_some_and(|spot| self.blocked.behind.contains(&spot.0));
        instance.selected && !behind && !self.blocked.refused.contains(&instance.address)
    }

    /// Tells whether a declaration depends on a mistake.
    pub(crate) fn is_behind(&self, node: NodeId) -> bool {
        self.blocked.behind.contains(&node)
    }

    /// Tells whether a declaration is mistaken or depends on a mistake, so that nothing of it can be planned.
    pub(crate) fn is_blocked(&self, node: NodeId) -> bool {
        self.blocked.behind.contains(&node) || self.blocked.mistaken.contains(&node)
    }
}
