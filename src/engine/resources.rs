//! Resources and data sources: expansion, and the plan of each instance.

use std::rc::Rc;
use std::sync::Arc;

use config::{Resource, ResourceKey};
use diagnostics::{Diagnostic, Diagnostics};
use lang::convert::convert;
use lang::{ResourceAddress, Type, Value, eval};
use plan::{Action, PlannedImport, Reason, ResourceChange};
use provider::{Limit, ResourceType, change, decode};

use crate::dependency::{self, Dependency};
use crate::expand::expand;
use crate::instance::{self, Block, BlockKind, Circumstances, Request};
use crate::lifecycle::{self, OnDestroy};
use crate::prior::PriorInstance;
use crate::record;
use crate::rules;
use crate::tables::{Expansion, Ordinal, Repetition, ResourceTable};
use crate::tree::NodeId;
use crate::walk::{PlannedInstance, Run, Spot, to_u32};

/// One instance under consideration.
struct Candidate<'a> {
    resource: &'a Resource,
    block: &'a Block,
    spot: Spot,
    address: ResourceAddress,
    name: String,
    repetition: Repetition,
}

impl Run {
    pub(crate) async fn visit_resource(&mut self, node: NodeId, key: &ResourceKey) {
        let module = self.tree.get(node).module;
        let config = self.tree.module(module).config.clone();
        let resource = &config.resources[key];
        let block = Block::new(resource, &self.registry).map_err(|d| *d);
        let block = self.diagnostics.absorb(block);
        if let Some(block) = &block {
            self.blocks.insert(node, block.clone());
            self.diagnostics.extend(lifecycle::ignored(resource, block.schema()));
        }
        let imports = key.mode == lang::ResourceMode::Managed && !self.checking;
        if imports {
            self.read_imports(module, key);
        }
        for ordinal in 0..to_u32(self.tables.module(module).instances.len()) {
            let expansion = self.expand_resource(resource, node, ordinal);
            let count = expansion.len();
            let recorded = key.mode == lang::ResourceMode::Managed && self.only_refreshes();
            let table = match self.address_of(node, ordinal, None).filter(|_| recorded) {
                Some(address) => self.recorded_table(&address, expansion),
                None => ResourceTable::new(expansion),
            };
            self.tables.resources[node.0 as usize].push(table);
            let Some(block) = &block else { continue };
            if self.checking {
                // Seen by the block's own references; afterwards others see it.
                self.set_instance((node, ordinal, 0), Value::unknown(block.schema().object_type()));
            }
            if recorded {
                self.visit_recorded(resource, block, (node, ordinal)).await;
                continue;
            }
            self.instances.reserve(count);
            for index in 0..count {
                self.visit_instance(resource, block, (node, ordinal, to_u32(index))).await;
            }
        }
        if imports && !self.imports.is_empty() {
            self.refuse_leftover_imports(key);
        }
    }

    fn expand_resource(
        &mut self,
        resource: &Resource,
        node: NodeId,
        ordinal: Ordinal,
    ) -> Expansion {
        let scope = self.scope(node, ordinal, None);
        let (count, for_each) = (resource.count.as_ref(), resource.for_each.as_ref());
        // What is destroyed is what is recorded, whatever the configuration would expand to now.
        let lenient = self.checking || self.disconnected || self.is_destroying();
        let result = expand(count, for_each, &scope, lenient);
        self.expanded(result)
    }

    /// Without values a block is looked at once, however many instances it has by its constants, none
    /// included: what it says of `each` and `count` must hold for any.
    pub(crate) fn expanded(&mut self, expansion: Result<Expansion, Diagnostics>) -> Expansion {
        match self.diagnostics.absorb(expansion) {
            Some(Expansion::Single) => Expansion::Single,
            Some(expansion) if !self.checking => expansion,
            _ => Expansion::Unknown,
        }
    }

    pub(crate) async fn visit_instance(&mut self, resource: &Resource, block: &Block, spot: Spot) {
        let (node, ordinal, index) = spot;
        let Some(table) = self.tables.resource(node, ordinal) else { return };
        let repetition = table.expansion.repetition(index as usize);
        let unknown_expansion = matches!(table.expansion, Expansion::Unknown);
        let key = table.expansion.key(index as usize);
        let module = self.tree.get(node).module;
        let address = self.tables.address(module, ordinal, &resource.key(), key);
        let name = address.to_string();
        self.declare(&name, unknown_expansion, &address);
        if self.leaves_alone(block, node, &address) {
            return self.see(block, (node, ordinal), index as usize);
        }
        let candidate = Candidate { resource, block, spot, address, name, repetition };
        let value = match &block.kind {
            BlockKind::Managed(resource_type) => {
                let resource_type = resource_type.clone();
                let provider = (&*block.provider, &*resource_type);
                self.import_instance(&candidate.name, provider).await;
                self.plan_managed(&candidate, &*resource_type)
            }
            BlockKind::Data(_) => self.plan_data(&candidate).await,
        };
        let value = value.filter(|_| !self.checking);
        let value = value.unwrap_or_else(|| Value::unknown(block.schema().object_type()));
        self.set_instance(spot, value);
        if self.only_refreshes() && matches!(block.kind, BlockKind::Managed(_)) {
            self.see(block, (node, ordinal), index as usize);
        }
    }

    fn set_instance(&mut self, (node, ordinal, index): Spot, value: Value) {
        if let Some(table) = self.tables.resource_mut(node, ordinal) {
            table.set(index as usize, value);
        }
    }

    /// Remembers that the configuration has an address. When the instances could not be counted, all
    /// recorded ones of the resource count as declared, so that a mistake never looks like a removal.
    fn declare(&mut self, name: &str, unknown_expansion: bool, address: &ResourceAddress) {
        self.declared.insert(name.to_owned());
        if unknown_expansion {
            self.blocked.refuse(name);
            let prefix = format!("{address}[");
            let recorded = self.prior.instances.keys().filter(|name| name.starts_with(&prefix));
            self.declared.extend(recorded.cloned());
        }
    }

    fn dependencies_of(&mut self, candidate: &Candidate<'_>) -> Rc<[Dependency]> {
        let (node, ordinal, _) = candidate.spot;
        let place = self.place(node, ordinal, Some(&candidate.repetition));
        let mut direct = dependency::direct(place);
        // What the provider's own block refers to comes before everything that goes over it.
        let declared = self.tree.get(node);
        let key = candidate.resource.key();
        let provider = crate::graph::provider_of(&self.tree, declared.module, &key);
        let provider = provider.filter(|node| self.graph.refers(*node));
        direct.extend(provider.map(|provider| Dependency::Value(provider, 0)));
        let direct: Rc<[Dependency]> = direct.into();
        self.dependencies.of_instances.insert(candidate.spot, direct.clone());
        direct
    }

    /// Decodes the block for one instance.
    pub(crate) fn decode_instance(
        &self,
        block: &Block,
        spot: Spot,
        repetition: &Repetition,
    ) -> Result<Value, Diagnostics> {
        let scope = self.scope(spot.0, spot.1, Some(repetition));
        let value = decode::decode(&block.body, block.schema(), &scope)?;
        let mistakes = ephemeral_uses(block, &value);
        if mistakes.has_errors() { Err(mistakes) } else { Ok(value) }
    }

    fn plan_managed(
        &mut self,
        candidate: &Candidate<'_>,
        resource_type: &dyn ResourceType,
    ) -> Option<Value> {
        let prior = self.prior.instances.get(&candidate.name).cloned();
        let direct = self.dependencies_of(candidate);
        if self.is_destroying() {
            return prior.and_then(|p| p.current);
        }
        let lifecycle = &candidate.resource.lifecycle;
        let (node, ordinal, _) = candidate.spot;
        let repetition = &candidate.repetition;
        let null = Value::null(Type::Dynamic);
        let own = (node, ordinal, Some((repetition, &null)));
        let summary = "Resource precondition failed";
        let as_expected =
            self.check_rules(&lifecycle.preconditions, own, (&candidate.name, "resource", summary));
        if !as_expected {
            self.blocked.refuse(&candidate.name);
        }
        self.check_timeouts(
            (candidate.resource, resource_type.effect()),
            candidate.spot,
            repetition,
        );
        self.check_provisioners(candidate.resource, (candidate.spot, repetition), resource_type);
        let decoded = self.decode_instance(candidate.block, candidate.spot, repetition);
        let decoded = decoded.map_err(|found| on_address(found, &candidate.name));
        let whole_config = self.diagnostics.absorb(decoded)?;
        if self.checking {
            return self.check_managed(candidate, resource_type, &whole_config);
        }
        let current = prior.as_ref().and_then(|p| p.current.clone());
        let config = match &current {
            Some(current) => {
                instance::ignore_changes(&lifecycle.ignore_changes, current, whole_config.clone())
            }
            None => whole_config.clone(),
        };
        let depends_on = self.dependencies.addresses(&self.tables, &direct);
        let circumstances = self.circumstances(candidate, prior.as_ref(), &depends_on);
        let seed = self.name_seed(&candidate.name);
        let connection = self.connections.get(&candidate.block.provider).cloned();
        let request = Request {
            address: &candidate.name,
            prior: current.as_ref(),
            config: &config,
            whole_config: &whole_config,
            name_seed: &seed,
            connection: connection.as_ref(),
        };
        let decision = match instance::decide(resource_type, &request, circumstances) {
            Ok(decision) => decision,
            Err(findings) => {
                let span = candidate.resource.header_span;
                self.diagnostics.extend(candidate.block.place(findings, &candidate.name, span));
                self.failed.insert(candidate.name.clone(), depends_on);
                return None;
            }
        };
        let mut change =
            ResourceChange::no_op(candidate.address.clone(), candidate.block.provider.clone());
        change.action = decision.action;
        change.reason = decision.reason;
        change.before.clone_from(&current);
        change.after = Some(decision.planned.clone());
        change.replace_paths = decision.replace_paths;
        change.region = self.region_of(candidate);
        self.finish(candidate, change, (prior, direct, depends_on), &decision.planned);
        Some(decision.planned)
    }

    /// Checks without values: only what the type can say of the configuration alone.
    fn check_managed(
        &mut self,
        candidate: &Candidate<'_>,
        resource_type: &dyn ResourceType,
        config: &Value,
    ) -> Option<Value> {
        let request = Request {
            address: &candidate.name,
            prior: None,
            config,
            whole_config: config,
            name_seed: &candidate.name,
            connection: None,
        };
        let (node, ordinal, _) = candidate.spot;
        // What a resource will be is not known; what attributes it has is.
        let later = Value::unknown(resource_type.schema().object_type());
        for rule in &candidate.resource.lifecycle.postconditions {
            let mut scope = self.scope(node, ordinal, Some(&candidate.repetition));
            scope.own = Some(&later);
            let outcome = rules::check(rule, &scope, "Resource postcondition failed");
            // Whether it holds is for those to say who know the values.
            if outcome.problem.is_none() {
                self.diagnostics.extend(outcome.diagnostics);
            }
        }
        match instance::plan_new(resource_type, &request) {
            Ok(value) => Some(value),
            Err(findings) => {
                let span = candidate.resource.header_span;
                self.diagnostics.extend(candidate.block.place(findings, &candidate.name, span));
                None
            }
        }
    }

    fn circumstances(
        &mut self,
        candidate: &Candidate<'_>,
        prior: Option<&PriorInstance>,
        depends_on: &[String],
    ) -> Circumstances {
        let requested = self.options.replace.contains(&candidate.address);
        Circumstances {
            tainted: prior.is_some_and(|p| p.state.is_tainted()),
            requested,
            triggered: self.is_triggered(candidate),
            host_replaced: prior.is_some_and(|p| self.host_is_replaced(candidate, p, depends_on)),
            create_before_destroy: self.creates_first(candidate),
        }
    }

    fn creates_first(&mut self, candidate: &Candidate<'_>) -> bool {
        let scope = self.scope(candidate.spot.0, candidate.spot.1, Some(&candidate.repetition));
        let expr = candidate.resource.lifecycle.create_before_destroy.as_ref();
        let flag = lifecycle::flag("create_before_destroy", expr, &scope);
        self.diagnostics.absorb(flag).flatten().unwrap_or(false)
    }

    fn host_is_replaced(
        &self,
        candidate: &Candidate<'_>,
        prior: &PriorInstance,
        depends_on: &[String],
    ) -> bool {
        let BlockKind::Managed(resource_type) = &candidate.block.kind else { return false };
        let hosts = resource_type.host_types();
        let Some(recorded) = prior.recorded.as_ref().filter(|_| !hosts.is_empty()) else {
            return false;
        };
        depends_on.iter().any(|address| {
            let host = self.by_address.get(address).map(|i| &self.instances[*i]);
            host.is_some_and(|host| {
                hosts.contains(&&*host.change.address.type_name)
                    && (host.change.action.is_replacement() || host.change.action == Action::Create)
                    && host
                        .prior
                        .as_ref()
                        .and_then(|p| p.recorded.as_ref())
                        .is_some_and(|host| resource_type.vanishes_with(recorded, host))
            })
        })
    }

    /// Whether something that `replace_triggered_by` names is updated or replaced.
    fn is_triggered(&self, candidate: &Candidate<'_>) -> bool {
        let (node, ordinal, _) = candidate.spot;
        let scope = self.scope(node, ordinal, Some(&candidate.repetition));
        let triggers = &candidate.resource.lifecycle.replace_triggered_by;
        triggers.iter().any(|expr| {
            let mut triggered = false;
            expr.for_each_reference(&mut |traversal| {
                triggered |= crate::trigger::is_changed(self, &scope, traversal);
            });
            triggered
        })
    }

    fn region_of(&self, candidate: &Candidate<'_>) -> Option<String> {
        let expr = candidate.resource.region.as_ref()?;
        let scope = self.scope(candidate.spot.0, candidate.spot.1, Some(&candidate.repetition));
        let value = convert(&eval::evaluate(expr, &scope).ok()?, &Type::String).ok()?;
        value.as_str().map(str::to_owned)
    }

    fn prevents_destroy(&mut self, candidate: &Candidate<'_>) -> bool {
        let scope = self.scope(candidate.spot.0, candidate.spot.1, Some(&candidate.repetition));
        let expr = candidate.resource.lifecycle.prevent_destroy.as_ref();
        let flag = lifecycle::flag("prevent_destroy", expr, &scope);
        // A mistake there is no leave to destroy.
        self.diagnostics.absorb(flag).unwrap_or(Some(true)).unwrap_or(false)
    }

    fn on_destroy(&mut self, candidate: &Candidate<'_>) -> OnDestroy {
        let BlockKind::Managed(resource_type) = &candidate.block.kind else {
            return OnDestroy::Delete;
        };
        let scope = self.scope(candidate.spot.0, candidate.spot.1, Some(&candidate.repetition));
        let chosen = lifecycle::on_destroy(candidate.resource, &scope, &**resource_type);
        self.diagnostics.absorb(chosen).unwrap_or_default()
    }

    /// Completes a change with all that does not depend on the type, and keeps it.
    fn finish(
        &mut self,
        candidate: &Candidate<'_>,
        mut change: ResourceChange,
        (prior, direct, depends_on): (Option<PriorInstance>, Rc<[Dependency]>, Vec<String>),
        planned: &Value,
    ) {
        let prevent_destroy = self.prevents_destroy(candidate);
        let on_destroy = self.on_destroy(candidate);
        if self.only_refreshes() {
            change.action = Action::NoOp;
            change.reason = None;
            change.after.clone_from(&change.before);
        }
        if let Some(prior) = &prior {
            change.unread.clone_from(&prior.unread);
            let recorded = prior.recorded.as_ref();
            change.caused_by_drift = change.action != Action::NoOp
                && prior.drifted()
                && recorded
                    .is_some_and(|recorded| change::keeps_promises(planned, recorded).is_ok());
            let pending = direct.iter().any(|d| self.dependencies.is_pending(*d));
            if change.unread.is_some() && change.action == Action::NoOp && pending {
                change.action = Action::ReadAgain;
            }
            let import = prior.imported.clone();
            change.importing = import.map(|id| PlannedImport { id, generated_config: None });
            if let Some(previous) = &prior.previous {
                change.previous_address = previous.parse().ok();
            }
        }
        if prevent_destroy && change.action.destroys() {
            self.diagnostics
                .push(cannot_destroy(&candidate.name).at(candidate.resource.header_span));
        }
        if on_destroy == OnDestroy::Retain && change.action.is_replacement() {
            let refusal = lifecycle::cannot_replace(&candidate.name);
            self.diagnostics.push(refusal.at(candidate.resource.header_span));
        }
        let (node, ordinal, _) = candidate.spot;
        let later = Value::unknown(candidate.block.schema().object_type());
        let found = change.before.as_ref().unwrap_or(&later);
        let own = if self.only_refreshes() { found } else { planned };
        let own = (node, ordinal, Some((&candidate.repetition, own)));
        let rules = &candidate.resource.lifecycle.postconditions;
        self.check_rules(
            rules,
            own,
            (&candidate.name, "resource", "Resource postcondition failed"),
        );
        let create_before_destroy =
            change.action == Action::CreateThenDelete || self.creates_first(candidate);
        self.keep(PlannedInstance {
            spot: Some(candidate.spot),
            address: candidate.name.clone(),
            change,
            dependencies: direct,
            depends_on,
            prior: prior.map(Box::new),
            create_before_destroy,
            prevent_destroy,
            on_destroy,
            vanishes: false,
            selected: true,
        });
    }

    async fn plan_data(&mut self, candidate: &Candidate<'_>) -> Option<Value> {
        if self.is_destroying() {
            return None;
        }
        let direct = self.dependencies_of(candidate);
        let (node, ordinal, _) = candidate.spot;
        let repetition = &candidate.repetition;
        let decoded = self.decode_instance(candidate.block, candidate.spot, repetition);
        let decoded = decoded.map_err(|found| on_address(found, &candidate.name));
        let config = self.diagnostics.absorb(decoded)?;
        if let BlockKind::Data(source) = &candidate.block.kind {
            let findings = source.check(&config);
            if !findings.is_empty() {
                let span = candidate.resource.header_span;
                self.diagnostics.extend(candidate.block.place(findings, &candidate.name, span));
                return None;
            }
        }
        if self.checking {
            return Some(change::propose(candidate.block.schema(), None, &config));
        }
        let null = Value::null(Type::Dynamic);
        let before = (node, ordinal, Some((repetition, &null)));
        let rules = &candidate.resource.lifecycle.preconditions;
        let summary = "Resource precondition failed";
        if !self.check_rules(rules, before, (&candidate.name, "resource", summary)) {
            return None;
        }
        let named = dependency::explicit(self.place(node, ordinal, Some(repetition)));
        let waits = named.into_iter().any(|d| self.dependencies.is_pending(d))
            || self.deferred_providers.contains(&candidate.block.provider);
        let unknown = !config.is_wholly_known();
        if waits || unknown {
            let planned = change::propose(candidate.block.schema(), None, &config);
            let mut change = self.data_change(candidate);
            change.action = Action::Read;
            change.reason = Some(if unknown {
                Reason::ReadBecauseConfigUnknown
            } else {
                Reason::ReadBecauseDependencyPending
            });
            change.after = Some(planned.clone());
            let depends_on = self.dependencies.addresses(&self.tables, &direct);
            self.finish(candidate, change, (None, direct, depends_on), &planned);
            return Some(planned);
        }
        let value = self.read_data(candidate, &config).await?;
        self.note_data(candidate, &value, &direct);
        let own = (node, ordinal, Some((repetition, &value)));
        let rules = &candidate.resource.lifecycle.postconditions;
        self.check_rules(
            rules,
            own,
            (&candidate.name, "resource", "Resource postcondition failed"),
        );
        Some(value)
    }

    /// Keeps what was read for the state.
    fn note_data(&mut self, candidate: &Candidate<'_>, value: &Value, direct: &[Dependency]) {
        let schema = candidate.block.schema();
        let mut state = record::instance(&candidate.address, &candidate.block.provider, schema);
        state.dependencies = self.dependencies.addresses(&self.tables, direct);
        (state.attributes, state.sensitive) = record::write(schema, value);
        self.data.push((state, value.clone()));
    }

    fn data_change(&self, candidate: &Candidate<'_>) -> ResourceChange {
        ResourceChange::no_op(candidate.address.clone(), candidate.block.provider.clone())
    }

    async fn read_data(&mut self, candidate: &Candidate<'_>, config: &Value) -> Option<Value> {
        let BlockKind::Data(source) = &candidate.block.kind else { return None };
        let proposed = change::propose(source.schema(), None, config);
        if let Some(value) = self.registry.stand_in(&candidate.name, &proposed) {
            return Some(value);
        }
        let connection = self.connections.get(&candidate.block.provider)?.clone();
        self.prior.reads += 1;
        let limit = self.limit_of_data(&candidate.block.provider, config);
        match limit.run(source.read(&connection, config)).await {
            Ok(value) => Some(value),
            Err(error) => {
                let span = decode::locate(&candidate.block.body, &error.path);
                let span = span.unwrap_or(candidate.resource.header_span);
                let diagnostic = *error.diagnostic;
                self.diagnostics.push(diagnostic.at_or(Some(span)).on(&candidate.name));
                None
            }
        }
    }

    /// The limit of a data source with this configuration.
    pub(crate) fn limit_of_data(&self, provider: &str, config: &Value) -> Arc<Limit> {
        self.limits.of(provider, config.get("region").and_then(Value::as_str))
    }
}

/// Names the instance in every mistake, when the block stands for several.
pub(crate) fn on_address(found: Diagnostics, address: &str) -> Diagnostics {
    found.into_iter().map(|diagnostic| diagnostic.on(address)).collect::<Vec<_>>().into()
}

/// The refusal to destroy what is protected.
pub(crate) fn cannot_destroy(address: &str) -> Diagnostic {
    Diagnostic::error(
        "Instance cannot be destroyed",
        format!(
            "Resource {address} has lifecycle.prevent_destroy set, but the plan calls for this resource to be destroyed. To avoid this error and continue with the plan, either disable lifecycle.prevent_destroy or reduce the scope of the plan using the -target option."
        ),
    )
    .on(address)
}

/// What is ephemeral must not reach state, so only write-only attributes take it.
fn ephemeral_uses(block: &Block, value: &Value) -> Diagnostics {
    let schema = block.schema();
    let is_kept = |name: &str| !schema.attributes.get(name).is_some_and(|a| a.write_only);
    let entries = value.entries().into_iter().flatten();
    let used = entries.filter(|(name, value)| {
        is_kept(name) && value.deep_marks().contains(lang::Marks::EPHEMERAL)
    });
    let mistakes = used.map(|(name, _)| {
        let detail = format!(
            "Ephemeral values are not valid for \"{name}\", because it is not a write-only attribute and must be persisted to state."
        );
        let span = block.body.attributes.get(name).map_or(block.body.span, |a| a.value.span);
        Diagnostic::error("Invalid use of ephemeral value", detail).at(span)
    });
    mistakes.collect::<Vec<_>>().into()
}
