//! The way from a thing back to its root causes, told from the root causes on.

use std::collections::{HashMap, HashSet};

use lang::Name;

use super::causes::{self, Found};
use super::{Cause, Explanation, Link, Outcome, Thing};
use crate::tables::Ordinal;
use crate::tree::{NodeId, NodeKind};
use crate::walk::Run;

/// A thing, or one configured attribute of an instance.
pub(super) type Key = (Thing, Option<Name>);

/// Everything found out about the things that were visited.
pub(super) struct Trail<'a> {
    pub run: &'a Run,
    pub found: HashMap<Key, Vec<Found>>,
    /// Those that a thing leads back to come before it.
    order: Vec<Key>,
}

impl<'a> Trail<'a> {
    pub(super) fn new(run: &'a Run) -> Self {
        Self { run, found: HashMap::new(), order: Vec::new() }
    }

    pub(super) fn explain(mut self, address: String, thing: Thing) -> Explanation {
        let target = (thing, None);
        self.visit(&target);
        let wanted = self.reachable(&target);
        let is_wanted = |key: &&Key| wanted.contains(*key);
        let links = self.order.iter().filter(is_wanted).map(|key| self.link(key)).collect();
        Explanation { address, links }
    }

    /// Visits everything that a thing may lead back to, without recursion: chains are long.
    fn visit(&mut self, target: &Key) {
        let mut open = vec![(target.clone(), false)];
        let mut seen = HashSet::new();
        while let Some((key, is_ready)) = open.pop() {
            if is_ready {
                let causes = causes::of(self, &key);
                self.found.insert(key.clone(), causes);
                self.order.push(key);
            } else if seen.insert(key.clone()) {
                let candidates = causes::candidates(self, &key);
                open.push((key, true));
                open.extend(candidates.into_iter().map(|key| (key, false)));
            }
        }
    }

    /// What a thing really leads back to, itself among it; nothing when nothing affects it.
    fn reachable(&self, target: &Key) -> HashSet<Key> {
        let is_affected = |key: &Key| self.found.get(key).is_some_and(|found| !found.is_empty());
        let mut reached = HashSet::new();
        let mut open: Vec<Key> = Some(target.clone()).filter(is_affected).into_iter().collect();
        while let Some(key) = open.pop() {
            if reached.insert(key.clone()) {
                let leads = self.found.get(&key).into_iter().flatten();
                open.extend(leads.filter_map(|found| found.lead.clone()));
            }
        }
        reached
    }

    /// Tells whether a value is unknown or follows from something that changes.
    pub(super) fn value_is_affected(&self, key: &Key) -> bool {
        self.found.get(key).is_some_and(|found| !found.is_empty())
    }

    fn link(&self, key: &Key) -> Link {
        let outcome = match key.0 {
            Thing::Instance(i) => Outcome::Action(self.run.instances[i].change.action),
            Thing::Value(node, ordinal) => {
                let value = self.run.tables.value(node, ordinal);
                let known = value.is_some_and(lang::Value::is_wholly_known);
                if known { Outcome::Changed } else { Outcome::Unknown }
            }
        };
        let mut causes: Vec<Cause> = Vec::new();
        for found in self.found.get(key).into_iter().flatten() {
            if !causes.contains(&found.cause) {
                causes.push(found.cause.clone());
            }
        }
        Link { address: self.name(key.0), outcome, causes }
    }

    /// The address of a thing.
    pub(super) fn name(&self, thing: Thing) -> String {
        match thing {
            Thing::Instance(i) => self.run.instances[i].address.clone(),
            Thing::Value(node, ordinal) => value_name(self.run, node, ordinal),
        }
    }
}

/// The address of a variable, local or output: `module.a["x"].output.url`.
pub(super) fn value_name(run: &Run, node: NodeId, ordinal: Ordinal) -> String {
    let own = match &run.tree.get(node).kind {
        NodeKind::Variable(name) => format!("var.{name}"),
        NodeKind::Local(name) => format!("local.{name}"),
        NodeKind::Output(name) => format!("output.{name}"),
        _ => String::new(),
    };
    run.named(node, ordinal, &own)
}
