//! From configuration and state to a plan.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use diagnostics::{Diagnostic, Diagnostics};
use lang::{Name, Value, json};
use plan::{Action, OutputChange, Plan, PlanMode, ResourceChange};
use provider::{Effect, PreflightItem, change};

use crate::instance::BlockKind;
use crate::options::{PlanInput, Planned, Planning};
use crate::tree::{NodeId, NodeKind, Tree};
use crate::walk::{PlannedInstance, Run};

/// Plans: evaluates everything, reads what is recorded, and decides what apply does.
///
/// What is wrong whatever the values are ends it before anything is read, as [`validate`] tells it: once for each
/// block, also of one that has no instance now.
pub async fn plan(input: PlanInput) -> Planning {
    let mistakes = validate(input.without_values(), Diagnostics::new()).await;
    if mistakes.has_errors() {
        return Planning { planned: None, diagnostics: mistakes };
    }
    let prior = input.prior.clone();
    let mut run = Run::new(input, false);
    if run.checking {
        run.walk().await;
        return Planning { planned: None, diagnostics: run.diagnostics.sorted() };
    }
    run.apply_moves();
    run.walk().await;
    run.import_without_block().await;
    run.plan_removals();
    // Must come after removals, which are selected too, and before all that looks at changes together.
    run.select_instances();
    let partial = run.planning_partially();
    if let Some(refusal) = run.refuse_unselected_moves() {
        let told: Vec<Diagnostic> = partial.into_iter().chain([refusal]).collect();
        return Planning { planned: None, diagnostics: told.into() };
    }
    run.create_first_where_needed();
    run.mark_lost_data();
    run.check_selectors();
    run.diagnostics.extend(partial);
    run.preflight().await;
    let outputs = run.output_changes(&prior);
    run.diagnostics.extend(run.forgotten_warning());
    let selected = run.instances.iter().filter(|instance| run.plans(instance));
    // Sorted before they are cloned: a change is large, and there may be very many.
    let scoped = run.scoped_reads.iter().map(|(_, change)| change);
    let changes = selected.map(|instance| &instance.change).chain(scoped);
    let mut changes: Vec<&ResourceChange> = changes.collect();
    changes.sort_by_key(|change| (&change.address, &change.deposed));
    let changes: Vec<ResourceChange> = changes.into_iter().cloned().collect();
    let diagnostics = std::mem::take(&mut run.diagnostics).sorted();
    let plan = Plan {
        mode: run.options.mode,
        timestamp: run.options.timestamp.clone(),
        prior,
        changes,
        drift: run.drift(),
        outputs,
        checks: run.check_results(),
        left_out: run.left_out(),
        is_partial: !run.options.targets.is_empty() || !run.options.excludes.is_empty(),
        variables: run.variables.iter().map(|(n, v)| (n.clone(), v.clone())).collect(),
        errored: diagnostics.has_errors(),
        reads: run.prior.reads,
    };
    Planning { planned: Some(Planned { plan, run }), diagnostics }
}

/// Tells whether an expression is the word `true`.
fn is_true(expr: &lang::Expr) -> bool {
    matches!(&expr.kind, lang::ExprKind::Literal(value) if value.as_bool() == Some(true))
}

impl Planned {
    /// What every instance depends on by the configuration, by its address; nothing where nothing is read.
    pub fn dependencies(&self) -> HashMap<String, Vec<String>> {
        let run = &self.run;
        let configured = run.instances.iter().filter(|i| i.spot.is_some() && run.options.refresh);
        configured.map(|i| (i.change.address.to_string(), i.depends_on.clone())).collect()
    }
}

/// Checks a configuration without values, state or world, and adds what that finds to what was found by the words of
/// its expressions alone. What depends on a mistake is not looked at, since it may only follow.
///
/// A place that has a mistake already gets no second one.
pub async fn validate(input: PlanInput, found: Diagnostics) -> Diagnostics {
    let mut run = Run::new(input, true);
    run.blame(&found);
    run.walk().await;
    let more = std::mem::take(&mut run.diagnostics).into_iter().filter(|more| {
        let damaged = more.subject.is_some_and(|place| run.config.is_damaged(place));
        !damaged && !run.is_meaningless(more)
    });
    let more: Vec<Diagnostic> = more.collect();
    found.and_elsewhere(more.into()).sorted()
}

impl Run {
    /// What is there and is no part of the plan: data sources as they were read, and what was not selected.
    fn left_out(&self) -> Vec<ResourceChange> {
        let planned = |i: &usize| self.plans(&self.instances[*i]);
        let is_planned = |name: &String| self.by_address.get(name).is_some_and(planned);
        let scoped = self.scoped_reads.iter().map(|(_, change)| change.address.to_string());
        let read = self.data.iter().map(|(state, _)| state.address.clone());
        let read: HashSet<String> = read.chain(scoped).collect();
        let others = self.prior.instances.iter();
        let others = others.filter(|(name, _)| !is_planned(name) && !read.contains(*name));
        let unchanged = others.filter_map(|(name, prior)| {
            let change = ResourceChange::no_op(name.parse().ok()?, prior.state.provider.clone());
            Some(ResourceChange {
                previous_address: prior.previous.as_ref().and_then(|from| from.parse().ok()),
                before: Some(prior.current.clone()?),
                after: prior.current.clone(),
                ..change
            })
        });
        let read = self.data.iter().filter_map(|(state, value)| {
            let change = ResourceChange::no_op(state.address.parse().ok()?, state.provider.clone());
            Some(ResourceChange {
                before: Some(value.clone()),
                after: Some(value.clone()),
                ..change
            })
        });
        unchanged.chain(read).collect()
    }

    /// Names what leaves the state and lives on.
    fn forgotten_warning(&self) -> Option<Diagnostic> {
        let forgotten = |i: &&PlannedInstance| i.selected && i.change.action == Action::Forget;
        let named = self.instances.iter().filter(forgotten).map(|i| format!("\n - {}", i.address));
        let list: String = named.collect();
        let detail = format!(
            "If you apply this plan, artiform will discard its tracking information for the following objects, but it will not delete them:{list}\n\nAfter applying this plan, artiform will no longer manage these objects. You will need to import them into artiform to manage them again."
        );
        let summary = "Some objects will no longer be managed by artiform";
        (!list.is_empty()).then(|| Diagnostic::warning(summary, detail))
    }

    /// What something depends on that is made before its predecessor is destroyed is made so too: otherwise the
    /// order would be a circle. It is declarations that count, whether they have instances or not.
    fn create_first_where_needed(&mut self) {
        let mut first: BTreeSet<NodeId> = BTreeSet::new();
        for instance in &self.instances {
            let wants = instance.create_before_destroy
                && instance.change.action != Action::DeleteThenCreate;
            first.extend(instance.spot.filter(|_| wants).map(|spot| spot.0));
        }
        first.extend(self.empty_create_first());
        let graph = self.graph.clone();
        let needed = first.iter().flat_map(|node| graph.dependencies(*node)).collect();
        let needed = crate::selection::reachable(needed, |node| graph.dependencies(node));
        for instance in &mut self.instances {
            if instance.spot.is_some_and(|spot| needed.contains(&spot.0)) {
                if instance.change.action == Action::DeleteThenCreate {
                    instance.change.action = Action::CreateThenDelete;
                }
                instance.create_before_destroy = true;
            }
        }
    }

    /// The declarations without instances that say to create first.
    fn empty_create_first(&self) -> Vec<NodeId> {
        let declared = self.tree.node_ids().filter_map(|id| {
            let node = self.tree.get(id);
            let NodeKind::Resource(key) = &node.kind else { return None };
            let mut tables = self.tables.resources[id.0 as usize].iter();
            let is_empty = tables.all(|table| table.values.is_empty());
            let module = &self.tree.module(node.module).config;
            let flag = module.resources[key].lifecycle.create_before_destroy.as_ref()?;
            (is_empty && self.selection.visits(id) && is_true(flag)).then_some(id)
        });
        declared.collect()
    }

    /// Marks what destroys data; what goes with its host is the host's to say.
    fn mark_lost_data(&mut self) {
        for i in 0..self.instances.len() {
            let instance = &self.instances[i];
            let Some(before) = &instance.change.before else { continue };
            let is_asked = instance.change.action.destroys() && !instance.vanishes;
            let loses = is_asked && self.type_of(i).is_some_and(|t| t.loses_data(before));
            self.instances[i].change.destroys_data = loses;
        }
    }

    /// The planned instances that an address of an instance or of a whole resource means.
    pub(crate) fn instances_named(&self, address: &str) -> &[usize] {
        match self.by_address.get(address) {
            Some(i) => std::slice::from_ref(i),
            None => self.by_resource.get(address).map_or(&[], Vec::as_slice),
        }
    }

    /// Lets every type look at all of its planned changes together.
    async fn preflight(&mut self) {
        let mut found = Diagnostics::new();
        let mut blamed = BTreeSet::new();
        let planned =
            |instance: &PlannedInstance| instance.spot.is_some() && instance.change.after.is_some();
        for ((provider, type_name), members) in self.by_type(planned) {
            let Some((_, resource_type)) = self.registry.resource_type(&type_name) else {
                continue;
            };
            // What is only recorded meets nothing in the world.
            if resource_type.effect() == Effect::StateOnly {
                continue;
            }
            let Some(connection) = self.connections.get(&provider) else { continue };
            if members.iter().all(|i| self.instances[*i].change.action == Action::NoOp) {
                continue;
            }
            let items: Vec<PreflightItem> =
                members.iter().map(|i| self.preflight_item(*i)).collect();
            let limit = self.limits.of(&provider, None);
            let findings = limit.run(resource_type.preflight(connection, &items)).await;
            for (item, finding) in findings {
                let Some(i) = members.get(item) else { continue };
                blamed.insert(self.instances[*i].address.clone());
                let placed = self.place_findings(*i, vec![finding]);
                found.extend(placed);
            }
        }
        self.drop_consequences(&blamed);
        self.diagnostics.extend(found);
        self.preflight_deletions().await;
    }

    /// Lets every type refuse deletions before anything is done.
    async fn preflight_deletions(&mut self) {
        let deleted = |instance: &PlannedInstance| {
            let change = &instance.change;
            let alive = change.before.is_some() && change.unread.is_none();
            change.action == Action::Delete && alive && !instance.vanishes
        };
        for ((provider, type_name), members) in self.by_type(deleted) {
            let Some((_, resource_type)) = self.registry.resource_type(&type_name) else {
                continue;
            };
            let Some(connection) = self.connections.get(&provider) else { continue };
            let before = |i: &usize| self.instances[*i].change.before.clone();
            let objects: Vec<Value> = members.iter().filter_map(before).collect();
            let looking = resource_type.preflight_delete(connection, &objects);
            for (item, finding) in self.limits.of(&provider, None).run(looking).await {
                let Some(i) = members.get(item) else { continue };
                let placed = self.place_findings(*i, vec![finding]);
                self.diagnostics.extend(placed);
            }
        }
    }

    /// What is wrong only because of what it refers to is not worth a mistake of its own.
    fn drop_consequences(&mut self, blamed: &BTreeSet<String>) {
        let follows = |address: &String| {
            let depends_on = self.failed.get(address).into_iter().flatten();
            depends_on
                .flat_map(|name| self.instances_named(name))
                .any(|i| blamed.contains(&self.instances[*i].address))
        };
        let kept: Vec<Diagnostic> = self
            .diagnostics
            .iter()
            .filter(|diagnostic| !diagnostic.address.as_ref().is_some_and(&follows))
            .cloned()
            .collect();
        self.diagnostics = kept.into();
    }

    fn preflight_item(&self, i: usize) -> PreflightItem {
        let instance = &self.instances[i];
        PreflightItem {
            address: instance.address.clone(),
            prior: instance.change.before.clone(),
            planned: instance
                .change
                .after
                .clone()
                .unwrap_or_else(|| Value::null(lang::Type::Dynamic)),
            unchanged: instance.change.action == Action::NoOp,
        }
    }

    /// The planned instances that are wanted, by provider configuration and type.
    fn by_type(
        &self,
        wanted: impl Fn(&PlannedInstance) -> bool,
    ) -> BTreeMap<(String, String), Vec<usize>> {
        let mut by_type: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        for (i, instance) in self.instances.iter().enumerate().filter(|(_, it)| wanted(it)) {
            let change = &instance.change;
            by_type.entry((&change.provider, &change.address.type_name)).or_default().push(i);
        }
        let owned =
            |(provider, type_name): (&str, &str)| (provider.to_owned(), type_name.to_owned());
        by_type.into_iter().map(|(key, members)| (owned(key), members)).collect()
    }

    /// Finds the places of findings about a planned instance; without a block they carry its address.
    pub(crate) fn place_findings(&self, i: usize, findings: Vec<provider::Finding>) -> Diagnostics {
        let instance = &self.instances[i];
        let block = instance.spot.and_then(|spot| self.blocks.get(&spot.0));
        let span = instance.spot.and_then(|spot| self.tree.span(spot.0));
        if let (Some(block), Some(span)) = (block, span) {
            return block.place(findings, &instance.address, span);
        }
        let named = findings.into_iter().map(|finding| finding.diagnostic.on(&instance.address));
        named.collect::<Vec<_>>().into()
    }

    fn output_changes(&self, prior: &state::Snapshot) -> BTreeMap<Name, OutputChange> {
        let root = self.tree.module(Tree::ROOT);
        let mut changes = BTreeMap::new();
        for (name, output) in &prior.outputs {
            if !self.speaks_of_output(name) {
                continue;
            }
            let ty = json::type_from_json(&output.value_type).unwrap_or(lang::Type::Dynamic);
            let before = json::from_json(&output.value, &ty).ok();
            let removed = OutputChange {
                action: Action::Delete,
                before,
                after: None,
                sensitive: output.sensitive,
            };
            changes.insert(Name::from(name.as_str()), removed);
        }
        if self.options.mode == PlanMode::Destroy {
            return changes;
        }
        for (name, node) in &root.outputs {
            let config = &root.config.outputs[name];
            if self.is_blocked(*node) {
                changes.remove(name);
                continue;
            }
            if config.ephemeral || !self.speaks_of_output(name) {
                continue;
            }
            let Some(after) = self.tables.value(*node, 0).cloned() else { continue };
            let recorded = changes.remove(name);
            let was_secret = recorded.as_ref().is_some_and(|recorded| recorded.sensitive);
            let hides = recorded.is_some() && was_secret != config.sensitive;
            let before = recorded.and_then(|change| change.before);
            let action = match &before {
                None if after.is_null() => Action::NoOp,
                None => Action::Create,
                Some(before) if !hides && change::same_value(before, &after) => Action::NoOp,
                Some(_) => Action::Update,
            };
            // What was a secret is one until apply has written it down as none.
            let sensitive = config.sensitive || was_secret;
            changes.insert(
                name.clone(),
                OutputChange { action, before, after: Some(after), sensitive },
            );
        }
        changes
    }

    /// What reading found to differ from what was recorded, in attributes that are not free to move.
    fn drift(&self) -> Vec<ResourceChange> {
        let mut drift = Vec::new();
        for (name, prior) in &self.prior.instances {
            let selected = self.by_address.get(name).is_none_or(|i| self.instances[*i].selected);
            let drifted = prior.drifted() && prior.unread.is_none();
            if !selected || !drifted || !self.matters(prior) {
                continue;
            }
            let Ok(address) = name.parse() else { continue };
            let mut change = ResourceChange::no_op(address, prior.state.provider.clone());
            change.action = if prior.current.is_some() { Action::Update } else { Action::Delete };
            change.before.clone_from(&prior.recorded);
            change.after.clone_from(&prior.current);
            change.region.clone_from(&prior.state.region);
            change.previous_address = prior.previous.as_ref().and_then(|p| p.parse().ok());
            drift.push(change);
        }
        drift
    }

    fn matters(&self, prior: &crate::prior::PriorInstance) -> bool {
        let (Some(recorded), Some(current)) = (&prior.recorded, &prior.current) else {
            return true;
        };
        let Some((_, resource_type)) = self.registry.resource_type(&prior.state.type_name) else {
            return true;
        };
        let schema = resource_type.schema();
        change::changed_attributes(schema, recorded, current).iter().any(|name| {
            let attribute = schema.attributes.get(name);
            attribute.is_none_or(|a| a.class != provider::AttributeClass::Observed)
        })
    }

    /// The resource type of a planned instance.
    pub(crate) fn type_of(&self, i: usize) -> Option<std::sync::Arc<dyn provider::ResourceType>> {
        let instance = &self.instances[i];
        if let Some(Some(block)) = instance.spot.map(|spot| self.blocks.get(&spot.0))
            && let BlockKind::Managed(resource_type) = &block.kind
        {
            return Some(resource_type.clone());
        }
        let found = self.registry.resource_type(&instance.change.address.type_name);
        found.map(|(_, resource_type)| resource_type.clone())
    }
}
