//! `moved`, `removed` and `import`: do they fit what is declared.

use std::collections::{HashMap, HashSet};

use diagnostics::{Diagnostic, Span};
use lang::{Key, ModuleAddress, ResourceAddress};

use super::body::Surroundings;
use super::{Validator, names_resource};
use crate::decode::NOT_STATIC;
use crate::{CallKey, Import, Module, Moved, MovedEndpoint, Resource, ResourceKey, constant};

impl<'a> Validator<'a> {
    pub(super) fn refactorings(&mut self) {
        let module = self.module;
        for import in &module.imports {
            if !module.path.is_empty() {
                let detail = format!(
                    "An import block stands in {}; only the root module can have them.",
                    module.display_name()
                );
                self.report("Invalid import configuration", detail, import.span);
            }
            self.import(import);
        }
        for removed in &module.removed {
            self.removed_provisioners(removed);
            if declares(self.module, &removed.from) {
                let detail = format!(
                    "This statement declares that {} was removed, but it is still declared in configuration.",
                    removed.from
                );
                let found = Diagnostic::error("Removed resource still exists", detail);
                let place = self.declared_at(&removed.from).unwrap_or(removed.span);
                self.when_planning.push(found.at(place));
            }
        }
        for moved in module.moved.iter().filter(|moved| is_whole(&moved.from)) {
            // `a` to `a[0]` moves within what is still declared.
            if declares(self.module, &moved.from)
                && without_keys(&moved.from) != without_keys(&moved.to)
            {
                let detail = format!(
                    "This statement declares a move from {}, but that is still declared in configuration.",
                    moved.from
                );
                let found = Diagnostic::error("Moved object still exists", detail);
                self.when_planning.push(found.at(moved.span));
            }
        }
        self.ambiguous_moves();
        self.circular_moves();
        for moved in module.moved.iter().filter(|moved| moved.from == moved.to) {
            let detail = format!(
                "This statement declares a move from {} to the same address, which is the same as not declaring this move at all.",
                moved.from
            );
            let found = Diagnostic::error("Redundant move statement", detail);
            self.when_planning.push(found.at(moved.span));
        }
    }

    /// One thing moves to one place, and to one place moves one thing.
    fn ambiguous_moves(&mut self) {
        let (mut sources, mut targets) = (HashMap::new(), HashMap::new());
        for moved in &self.module.moved {
            let (from, to) = (moved.from.to_string(), moved.to.to_string());
            let noun = match &moved.to {
                MovedEndpoint::Module(_) => "module",
                MovedEndpoint::Resource(_) => "resource",
            };
            let other_target =
                sources.insert(&moved.from, &moved.to).filter(|other| **other != moved.to);
            let other_source =
                targets.insert(&moved.to, &moved.from).filter(|other| **other != moved.from);
            let detail = match (other_target, other_source) {
                (Some(other), _) => format!(
                    "Another statement declares that {from} moved to {other}, but this statement instead declares that it moved to {to}.\n\nEach {noun} can move to only one destination {noun}."
                ),
                (None, Some(other)) => format!(
                    "Another statement declares that {other} moved to {to}, but this statement instead declares that {from} moved there.\n\nEach {noun} can have moved from only one source {noun}."
                ),
                (None, None) => continue,
            };
            let found = Diagnostic::error("Ambiguous move statements", detail);
            self.when_planning.push(found.at(moved.span).hint("remove one of the two statements"));
        }
    }

    /// Moves that lead back to where they began lead nowhere.
    fn circular_moves(&mut self) {
        let moves: HashMap<_, _> = self.module.moved.iter().map(|m| (&m.from, m)).collect();
        // Every statement is followed once, however long the chains are.
        let mut followed: HashSet<&MovedEndpoint> = HashSet::new();
        for start in &self.module.moved {
            let mut chain: Vec<&Moved> = Vec::new();
            let mut next = Some(&start);
            while let Some(moved) = next.filter(|moved| followed.insert(&moved.from)) {
                chain.push(moved);
                next = moves.get(&moved.to);
            }
            let Some(last) = chain.last() else { continue };
            let circle = chain.iter().position(|moved| moved.from == last.to);
            let circle = circle.map(|begin| &chain[begin..]).filter(|circle| circle.len() > 1);
            let Some(circle) = circle else { continue };
            let steps = circle.iter().map(|moved| format!("\n  - {} to {}", moved.from, moved.to));
            let detail = format!(
                "The following chained move statements form a cycle, and so there is no final location to move objects to:{}\n\nA chain of move statements must end with an address that doesn't appear in any other statements, and which typically also refers to an object still declared in the configuration.",
                steps.collect::<String>()
            );
            let found = Diagnostic::error("Cyclic dependency in move statements", detail);
            self.when_planning.push(found.at(circle[0].span).hint("remove one of the blocks"));
        }
    }

    /// The place of the block that still declares what an endpoint names.
    fn declared_at(&self, endpoint: &MovedEndpoint) -> Option<Span> {
        let MovedEndpoint::Resource(address) = endpoint else { return None };
        let calls: Vec<CallKey> = calls_of(&address.module);
        let module = descend(self.module, calls.iter())?;
        module.resources.get(&key_of(address)).map(|resource| resource.header_span)
    }

    fn import(&mut self, import: &'a Import) {
        let plain = Surroundings::default();
        let inside = plain.repeated(false, import.for_each.is_some());
        import.for_each.iter().for_each(|expr| self.expression(expr, &plain));
        self.expression(&import.id, &inside);
        let keys = import.to.module.iter().filter_map(|step| step.index.as_ref());
        let keys: Vec<_> = keys.chain(import.to.index.as_ref()).collect();
        if import.for_each.is_none() && keys.iter().any(|key| constant::key(key).is_none()) {
            self.report("Invalid expression", NOT_STATIC, import.to.span);
        } else {
            keys.iter().for_each(|key| self.expression(key, &inside));
        }
        let calls = import.to.module.iter().map(|step| &step.call);
        match descend(self.module, calls) {
            // A resource that is not there is told by the plan, which may be asked to generate its block.
            Some(module) => {
                let resource = module.resources.get(&import.to.resource);
                resource.iter().for_each(|resource| self.import_into(import, resource));
            }
            None if self.module.incomplete => {}
            None => {
                let detail = format!(
                    "The import target {} lies in a module that the configuration does not call.",
                    import.to.resource
                );
                let summary = "Configuration for import target does not exist";
                self.report(summary, detail, import.to.span);
            }
        }
    }

    /// Only where no block says what its provider is, an import does.
    pub(super) fn import_providers(&mut self) {
        for import in &self.module.imports {
            let Some(provider) = &import.provider else { continue };
            let calls = import.to.module.iter().map(|step| &step.call);
            let module = descend(self.module, calls);
            if module.is_some_and(|module| module.resources.contains_key(&import.to.resource)) {
                let detail = "The provider argument can only be specified in import blocks that will generate configuration: the block of the resource says what its provider is.";
                self.report("Invalid import provider argument", detail, provider.span);
            }
        }
    }

    /// What an import says must fit the block that it imports into.
    fn import_into(&mut self, import: &Import, resource: &Resource) {
        let key = import.to.index.as_ref().map(constant::key);
        let (count, for_each) = (resource.count.is_some(), resource.for_each.is_some());
        let misfit = match key {
            None if count => Some("is using count"),
            None if for_each => Some("is using for_each"),
            Some(Some(Key::Int(_))) if !count => Some("does not use count"),
            Some(Some(Key::String(_))) if !for_each => Some("does not use for_each"),
            _ => None,
        };
        if let Some(misfit) = misfit {
            let detail = format!("The target resource {misfit}.");
            self.report("Invalid import 'to' expression", detail, import.to.span);
        }
        let is_own = import.to.module.is_empty();
        if let Some(place) = names_resource(&import.id, resource).filter(|_| is_own) {
            let detail = "The import ID cannot reference the resource being imported.";
            self.report("Invalid import id argument", detail, place);
        }
    }
}

/// Tells whether a module, or one that it calls, declares what an address names; instance keys are passed over.
pub fn declares(module: &Module, endpoint: &MovedEndpoint) -> bool {
    let (modules, resource) = match endpoint {
        MovedEndpoint::Module(module) => (module, None),
        MovedEndpoint::Resource(resource) => (&resource.module, Some(key_of(resource))),
    };
    let calls: Vec<CallKey> = calls_of(modules);
    let Some(module) = descend(module, calls.iter()) else { return false };
    resource.is_none_or(|resource| module.resources.contains_key(&resource))
}

fn key_of(address: &ResourceAddress) -> ResourceKey {
    ResourceKey {
        mode: address.mode,
        type_name: address.type_name.clone(),
        name: address.name.clone(),
    }
}

fn calls_of(module: &ModuleAddress) -> Vec<CallKey> {
    let call =
        |step: &lang::ModuleStep| CallKey { topology: step.topology, name: step.name.clone() };
    module.0.iter().map(call).collect()
}

/// The module that a path of calls leads to.
fn descend<'m, 'k>(
    module: &'m Module,
    mut calls: impl Iterator<Item = &'k CallKey>,
) -> Option<&'m Module> {
    calls.try_fold(module, |module, key| module.calls.get(key).map(|call| &*call.module))
}

fn without_keys(endpoint: &MovedEndpoint) -> (Vec<CallKey>, Option<ResourceKey>) {
    match endpoint {
        MovedEndpoint::Module(module) => (calls_of(module), None),
        MovedEndpoint::Resource(resource) => (calls_of(&resource.module), Some(key_of(resource))),
    }
}

fn is_whole(endpoint: &MovedEndpoint) -> bool {
    match endpoint {
        MovedEndpoint::Module(module) => module.0.iter().all(|step| step.key.is_none()),
        MovedEndpoint::Resource(resource) => resource.key.is_none(),
    }
}
