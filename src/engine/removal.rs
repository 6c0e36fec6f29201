//! Recorded instances that the configuration no longer has, and `destroy`.

use std::rc::Rc;

use config::{MovedEndpoint, Removed};
use lang::{Key, ResourceAddress, ResourceMode};
use plan::{Action, Reason, ResourceChange};
use state::Mode;

use crate::dependency::Dependency;
use crate::lifecycle::OnDestroy;
use crate::prior::PriorInstance;
use crate::resources::cannot_destroy;
use crate::tables::{Expansion, Ordinal};
use crate::tree::{ModuleId, Tree};
use crate::walk::{PlannedInstance, Run};

impl Run {
    /// Plans the end of every recorded instance that was not declared (or of all, with `destroy`).
    pub(crate) fn plan_removals(&mut self) {
        let gone: Vec<String> = self
            .prior
            .instances
            .keys()
            .filter(|address| self.is_destroying() || !self.declared.contains(*address))
            .filter(|address| !self.is_skipped(address))
            .cloned()
            .collect();
        for address in &gone {
            self.plan_removal(address);
        }
        self.plan_deposed();
        self.find_vanishing();
    }

    fn plan_removal(&mut self, name: &str) {
        let Some(prior) = self.prior.instances.get(name).cloned() else { return };
        if prior.state.mode == Mode::Data || prior.recorded.is_none() {
            return;
        }
        let Ok(address) = name.parse::<ResourceAddress>() else { return };
        let mut change = ResourceChange::no_op(address.clone(), prior.state.provider.clone());
        change.region.clone_from(&prior.state.region);
        change.before.clone_from(&prior.current);
        change.unread.clone_from(&prior.unread);
        let moved = prior.previous.is_some();
        // Of what is destroyed whole nobody asks where it was.
        let from = prior.previous.as_ref().filter(|_| !self.is_destroying());
        change.previous_address = from.and_then(|from| from.parse().ok());
        let on_destroy = self.fate_of(&address, &prior.state);
        if prior.current.is_some() && self.options.mode != plan::PlanMode::RefreshOnly {
            let keeps = self.removed_block(&address).is_some_and(|removed| !removed.destroy)
                || on_destroy == OnDestroy::Retain;
            change.action = if keeps { Action::Forget } else { Action::Delete };
            change.reason =
                if self.is_destroying() { None } else { Some(self.reason(&address, moved)) };
        }
        let protected = prior.state.prevent_destroy || self.still_protects(&address);
        if change.action == Action::Delete && protected {
            let place = self.block_of(&address).map(|(resource, _)| resource.header_span);
            let refusal = cannot_destroy(name);
            self.diagnostics.push(match place {
                Some(place) => refusal.at(place),
                None => refusal.hint("the protection outlives its block; to give it up, declare the resource with prevent_destroy = false and apply first"),
            });
        }
        self.keep(PlannedInstance {
            spot: None,
            address: name.to_owned(),
            change,
            dependencies: self.deferred_connection(&prior.state.provider),
            depends_on: prior.state.dependencies.clone(),
            create_before_destroy: prior.state.create_before_destroy,
            prevent_destroy: prior.state.prevent_destroy,
            on_destroy,
            prior: Some(Box::new(prior)),
            vanishes: false,
            selected: true,
        });
    }

    /// What an orphan waits for: its provider's block, where only apply can connect it.
    fn deferred_connection(&self, provider: &str) -> Rc<[Dependency]> {
        let blocks = self.tree.providers.iter().enumerate();
        let named = blocks.filter(|(index, _)| {
            self.deferred_providers.contains(provider)
                && self.provider_configuration(*index) == provider
        });
        named.map(|(_, node)| Dependency::Value(*node, 0)).collect()
    }

    /// The `removed` block that names an address.
    pub(crate) fn removed_block(&self, address: &ResourceAddress) -> Option<&Removed> {
        self.tree.modules.iter().find_map(|module| {
            module.config.removed.iter().find(|removed| {
                let prefix = &module.config.path;
                names(prefix, &removed.from, address)
            })
        })
    }

    /// The place of a module instance among those of its module, if there is one of this address.
    pub(crate) fn ordinal_of(&self, address: &lang::ModuleAddress) -> Option<Ordinal> {
        let mut found = (Tree::ROOT, 0);
        for step in &address.0 {
            let child = self.called(found.0, step)?;
            found = (child, self.tables.called(child, found.1, step.key.as_ref())?);
        }
        Some(found.1)
    }

    fn called(&self, module: ModuleId, step: &lang::ModuleStep) -> Option<ModuleId> {
        let key = config::CallKey { topology: step.topology, name: step.name.clone() };
        self.tree.module(module).children.get(&key).copied()
    }

    /// The block that declares an address.
    pub(crate) fn find_resource(&self, address: &ResourceAddress) -> Option<crate::tree::NodeId> {
        let key = config::ResourceKey {
            mode: address.mode,
            type_name: address.type_name.clone(),
            name: address.name.clone(),
        };
        let module = self.find_module(address)?;
        self.tree.module(module).resources.get(&key).copied()
    }

    fn find_module(&self, address: &ResourceAddress) -> Option<ModuleId> {
        let mut module = Tree::ROOT;
        for step in &address.module.0 {
            module = self.called(module, step)?;
        }
        Some(module)
    }

    fn reason(&self, address: &ResourceAddress, moved: bool) -> Reason {
        let declared = self.find_resource(address);
        let Some(module) = declared.map(|node| self.tree.get(node).module) else {
            return if moved {
                Reason::DeleteBecauseNoMoveTarget
            } else {
                Reason::DeleteBecauseNoResourceConfig
            };
        };
        let Some(ordinal) = self.ordinal_of(&address.module) else {
            return Reason::DeleteBecauseNoModule;
        };
        let key = config::ResourceKey {
            mode: ResourceMode::Managed,
            type_name: address.type_name.clone(),
            name: address.name.clone(),
        };
        let node = self.tree.module(module).resources.get(&key);
        let table = node.and_then(|n| self.tables.resource(*n, ordinal));
        match (table.map(|table| &table.expansion), &address.key) {
            (None, _) => Reason::DeleteBecauseNoResourceConfig,
            (Some(Expansion::Count(_)), Some(Key::Int(_))) => Reason::DeleteBecauseCountIndex,
            (Some(Expansion::ForEach(_)), Some(Key::String(_))) => Reason::DeleteBecauseEachKey,
            _ => Reason::DeleteBecauseWrongRepetition,
        }
    }

    /// Objects that an interrupted replacement left behind.
    fn plan_deposed(&mut self) {
        let deposed: Vec<(String, PriorInstance)> = self
            .prior
            .instances
            .iter()
            .filter(|(_, prior)| !prior.state.deposed.is_empty())
            .map(|(address, prior)| (address.clone(), prior.clone()))
            .collect();
        for (name, prior) in deposed {
            let Ok(address) = name.parse::<ResourceAddress>() else { continue };
            let Some((_, resource_type)) = self.registry.resource_type(&prior.state.type_name)
            else {
                continue;
            };
            for object in &prior.state.deposed {
                let value = crate::record::read(
                    resource_type.schema(),
                    &object.attributes,
                    &object.sensitive,
                );
                let mut change =
                    ResourceChange::no_op(address.clone(), prior.state.provider.clone());
                change.action = Action::Delete;
                change.deposed = Some(object.key.clone());
                change.before = value.ok();
                change.region.clone_from(&prior.state.region);
                self.instances.push(PlannedInstance {
                    spot: None,
                    address: name.clone(),
                    change,
                    dependencies: Rc::new([]),
                    depends_on: object.dependencies.clone(),
                    prior: Some(Box::new(prior.clone())),
                    create_before_destroy: false,
                    prevent_destroy: false,
                    on_destroy: OnDestroy::of(&prior.state),
                    vanishes: false,
                    selected: true,
                });
            }
        }
    }

    /// Finds what ceases to exist together with what it lives on.
    fn find_vanishing(&mut self) {
        let vanishing: Vec<usize> = (0..self.instances.len())
            .filter(|i| {
                let instance = &self.instances[*i];
                instance.change.action == Action::Delete
                    && (self.host_is_deleted(instance) || self.host_went_before(instance))
            })
            .collect();
        for i in vanishing {
            self.instances[i].vanishes = true;
        }
    }

    fn host_is_deleted(&self, instance: &PlannedInstance) -> bool {
        let type_name = &instance.change.address.type_name;
        let Some((_, resource_type)) = self.registry.resource_type(type_name) else {
            return false;
        };
        let hosts = resource_type.host_types();
        let Some(attributes) = instance.change.before.as_ref().filter(|_| !hosts.is_empty()) else {
            return false;
        };
        let instance_named = |address: &String| self.by_address.get(address);
        instance.depends_on.iter().filter_map(instance_named).any(|i| {
            let host = &self.instances[*i];
            host.change.action == Action::Delete
                && hosts.contains(&&*host.change.address.type_name)
                && host
                    .change
                    .before
                    .as_ref()
                    .is_some_and(|host| resource_type.vanishes_with(attributes, host))
        })
    }
}

impl Run {
    /// Tells whether what it lived on was destroyed by an earlier run that ended before it could record
    /// that this went with it. What cannot be read for another reason is not given up.
    fn host_went_before(&self, instance: &PlannedInstance) -> bool {
        let type_name = &instance.change.address.type_name;
        let Some((_, resource_type)) = self.registry.resource_type(type_name) else {
            return false;
        };
        let hosts = resource_type.host_types();
        let (Some(_), Some(attributes)) = (&instance.change.unread, &instance.change.before) else {
            return false;
        };
        let host_named = |address: &&String| {
            let parsed = address.parse::<ResourceAddress>();
            parsed.is_ok_and(|address| hosts.contains(&&*address.type_name))
        };
        let present = |address: &String| {
            let host = &self.instances[*self.by_address.get(address)?];
            host.change.before.as_ref()
        };
        let named: Vec<_> = instance.depends_on.iter().filter(host_named).map(present).collect();
        let lives_on = |host: &&lang::Value| resource_type.vanishes_with(attributes, host);
        named.iter().any(Option::is_none)
            && !named.into_iter().flatten().any(|host| lives_on(&host))
    }
}

/// Tells whether a `removed` block of the module at `prefix` names an address.
fn names(prefix: &[config::CallKey], from: &MovedEndpoint, address: &ResourceAddress) -> bool {
    let called = |step: &lang::ModuleStep| config::CallKey {
        topology: step.topology,
        name: step.name.clone(),
    };
    let path: Vec<_> = address.module.0.iter().map(called).collect();
    let full = |module: &lang::ModuleAddress| {
        let inner = module.0.iter().map(called);
        prefix.iter().cloned().chain(inner).collect::<Vec<_>>()
    };
    match from {
        MovedEndpoint::Module(module) => path.starts_with(&full(module)),
        MovedEndpoint::Resource(resource) => {
            path == full(&resource.module)
                && resource.type_name == address.type_name
                && resource.name == address.name
        }
    }
}
