//! The causes of one thing: its references where they matter, else what its own plan says.

use diagnostics::Span;
use lang::{Expr, Name, Value};
use plan::{Action, Reason};
use provider::change::same_value;

use super::ties::{self, Tie, attribute_is_affected};
use super::trail::{Key, Trail};
use super::{Cause, Thing, Why};
use crate::dependency::Dependency;
use crate::tree::NodeKind;
use crate::walk::{PlannedInstance, Run, Spot};

/// A cause, and the thing that it leads back to.
pub(super) struct Found {
    pub cause: Cause,
    pub lead: Option<Key>,
}

impl Found {
    fn root(attribute: Option<&str>, why: Why, place: Option<Span>) -> Self {
        let cause = Cause { attribute: attribute.map(str::to_owned), why, place };
        Self { cause, lead: None }
    }
}

/// Everything that a thing may lead back to.
pub(super) fn candidates(trail: &Trail<'_>, key: &Key) -> Vec<Key> {
    let run = trail.run;
    let ties = match key.0 {
        Thing::Value(node, ordinal) => ties::of_value(run, node, ordinal),
        Thing::Instance(i) => {
            let instance = &run.instances[i];
            let Some(spot) = instance.spot else { return Vec::new() };
            let parts = parts(run, instance, key.1.as_ref());
            let spans: Vec<Span> = parts.iter().flat_map(|part| part.spans.clone()).collect();
            let mut ties = ties::within(run, spot, &spans);
            ties.extend(ties::within(run, spot, &named_spans(run, spot)));
            ties
        }
    };
    ties.iter().flat_map(|tie| leads(run, tie)).collect()
}

/// The keys at the end of a tie: a configured attribute alone where the reference looks at one.
fn leads(run: &Run, tie: &Tie<'_>) -> Vec<Key> {
    let end = ties::end(run, tie);
    let key = |thing: &Thing| match *thing {
        Thing::Instance(i) => {
            let attribute = end.attribute.clone().filter(|name| is_own(run, i, name));
            (Thing::Instance(i), attribute)
        }
        value @ Thing::Value(..) => (value, None),
    };
    end.things.iter().map(key).collect()
}

/// Tells whether an attribute is configured, so that it has causes of its own.
fn is_own(run: &Run, i: usize, name: &Name) -> bool {
    let instance = &run.instances[i];
    let body = instance.spot.and_then(|spot| run.blocks.get(&spot.0)).map(|block| &block.body);
    body.is_some_and(|body| body.attributes.contains_key(name))
}

/// The causes of a thing, once those that it may lead back to are known.
pub(super) fn of(trail: &Trail<'_>, key: &Key) -> Vec<Found> {
    match key.0 {
        Thing::Value(node, ordinal) => {
            let ties = ties::of_value(trail.run, node, ordinal);
            let mut found = references(trail, &ties, None);
            let value = trail.run.tables.value(node, ordinal);
            if found.is_empty() && value.is_some_and(|value| !value.is_wholly_known()) {
                found.push(Found::root(None, Why::ApplyTime, trail.run.tree.span(node)));
            }
            found
        }
        Thing::Instance(i) => of_instance(trail, &trail.run.instances[i], key.1.as_ref()),
    }
}

/// The references among the ties that lead to something that changes or is unknown.
fn references(trail: &Trail<'_>, ties: &[Tie<'_>], attribute: Option<&str>) -> Vec<Found> {
    let mut found = Vec::new();
    for tie in ties {
        let place = Some(tie.reference.traversal.span);
        for lead in leads(trail.run, tie) {
            if matches!(lead.0, Thing::Value(..)) && !trail.value_is_affected(&lead) {
                continue;
            }
            let to = trail.name(lead.0);
            let named = tie.reference.explicit;
            let why = if named { Why::Named { to } } else { Why::Reference { to } };
            let lead = Some(lead);
            found.push(Found { lead, ..Found::root(attribute, why, place) });
        }
        match ties::end(trail.run, tie).more {
            0 => {}
            count => found.push(Found::root(attribute, Why::More { count }, place)),
        }
    }
    found
}

/// An attribute or the nested blocks of one kind, and where they are written.
struct Part<'a> {
    name: Name,
    /// Empty where the configuration does not have it: the provider decides.
    spans: Vec<Span>,
    expressions: Vec<&'a Expr>,
}

/// The parts of an instance that change or are unknown.
fn parts<'a>(run: &'a Run, instance: &PlannedInstance, only: Option<&Name>) -> Vec<Part<'a>> {
    let change = &instance.change;
    let Some((block, spot)) = instance.spot.and_then(|s| Some((run.blocks.get(&s.0)?, s))) else {
        return Vec::new();
    };
    let is_wanted = |name: &Name| match only {
        Some(only) => only == name,
        None => attribute_is_affected(change.before.as_ref(), change.after.as_ref(), name),
    };
    let names = change.after.as_ref().and_then(Value::entries).into_iter().flatten();
    let mut parts = Vec::new();
    for name in names.map(|(name, _)| name).filter(|name| is_wanted(name)) {
        let mut part = Part { name: name.clone(), spans: Vec::new(), expressions: Vec::new() };
        if let Some(attribute) = block.body.attributes.get(name) {
            part.spans.push(attribute.value.span);
            part.expressions.push(&attribute.value);
        }
        for nested in block.body.blocks.iter().filter(|b| is_block_of(b, name)) {
            part.spans.push(nested.span);
            nested.body.for_each_expression(&mut |expr| part.expressions.push(expr));
        }
        if part.expressions.iter().any(|expr| ties::uses_repetition(expr)) {
            part.spans.extend(repetition_spans(run, spot));
        }
        parts.push(part);
    }
    parts
}

/// Tells whether a nested block, written out or `dynamic`, gives the attribute `name` its value.
fn is_block_of(block: &lang::Block, name: &Name) -> bool {
    let label = block.labels.first().map(|label| &label.text);
    block.kind == *name || (&*block.kind == "dynamic" && label == Some(name))
}

/// Where `count` or `for_each` of a resource stand.
fn repetition_spans(run: &Run, spot: Spot) -> Vec<Span> {
    let Some(resource) = resource_of(run, spot) else { return Vec::new() };
    resource.count.iter().chain(&resource.for_each).map(|expr| expr.span).collect()
}

/// Where `depends_on` and `replace_triggered_by` of a resource stand.
fn named_spans(run: &Run, spot: Spot) -> Vec<Span> {
    let Some(resource) = resource_of(run, spot) else { return Vec::new() };
    let triggers = resource.lifecycle.replace_triggered_by.iter().map(|expr| expr.span);
    triggers.chain(resource.depends_on.iter().map(|traversal| traversal.span)).collect()
}

fn resource_of(run: &Run, spot: Spot) -> Option<&config::Resource> {
    let node = run.tree.get(spot.0);
    let NodeKind::Resource(key) = &node.kind else { return None };
    run.tree.module(node.module).config.resources.get(key)
}

fn of_instance(trail: &Trail<'_>, instance: &PlannedInstance, only: Option<&Name>) -> Vec<Found> {
    let run = trail.run;
    let change = &instance.change;
    let header = instance.spot.and_then(|spot| run.tree.span(spot.0));
    let mut found = match only {
        // The reference looks at one attribute: why the rest changes does not matter.
        Some(_) => Vec::new(),
        None => own_reasons(run, instance, header),
    };
    let is_planned = !matches!(change.action, Action::Delete | Action::Forget | Action::ReadAgain);
    let Some(spot) = instance.spot.filter(|_| is_planned) else { return found };
    if only.is_none() && waits_for_named(change.reason) {
        let mut named = references(trail, &ties::within(run, spot, &named_spans(run, spot)), None);
        for one in &mut named {
            if let Why::Reference { to } = &one.cause.why {
                one.cause.why = Why::Named { to: to.clone() };
            }
        }
        found.extend(named);
    }
    let mut decided = Vec::new();
    for part in parts(run, instance, only) {
        if part.spans.is_empty() {
            decided.push(part.name.to_string());
        } else {
            found.extend(of_part(trail, (instance, spot), &part));
        }
    }
    if !decided.is_empty() {
        let why = Why::Provider { attributes: decided };
        found.push(Found::root(None, why, None));
    }
    found
}

fn waits_for_named(reason: Option<Reason>) -> bool {
    matches!(reason, Some(Reason::ReplaceByTriggers | Reason::ReadBecauseDependencyPending))
}

fn of_part(
    trail: &Trail<'_>,
    (instance, spot): (&PlannedInstance, Spot),
    part: &Part<'_>,
) -> Vec<Found> {
    let name = Some(&*part.name);
    let ties = ties::within(trail.run, spot, &part.spans);
    let found = references(trail, &ties, name);
    if !found.is_empty() {
        return found;
    }
    let place = part.spans.first().copied();
    let (before, after) = (&instance.change.before, &instance.change.after);
    let after = after.as_ref().and_then(|value| value.get(&part.name));
    let before = before.as_ref().and_then(|value| value.get(&part.name));
    let why = match (before, after) {
        (_, Some(after)) if !after.is_wholly_known() => Why::ApplyTime,
        (Some(_), Some(_)) if is_mended(instance, &part.name) => Why::Drift,
        // What is new has no other value before it: that it is new has been said.
        (None, _) => return Vec::new(),
        (Some(before), Some(after)) if same_value(before, after) => return Vec::new(),
        _ => Why::Configuration { inputs: inputs(trail.run, &ties) },
    };
    vec![Found::root(name, why, place)]
}

/// Tells whether an attribute was moved outside of artiform and is put back to what was recorded.
fn is_mended(instance: &PlannedInstance, name: &Name) -> bool {
    let Some(prior) = &instance.prior else { return false };
    let at = |value: &Option<Value>| value.as_ref().and_then(|value| value.get(name)).cloned();
    let (recorded, current) = (at(&prior.recorded), at(&prior.current));
    match (recorded, current, at(&instance.change.after)) {
        (Some(recorded), Some(current), Some(after)) => {
            !same_value(&recorded, &current) && same_value(&recorded, &after)
        }
        _ => false,
    }
}

/// The root module's variables and the data sources that ties lead to: where a new value may come from.
fn inputs(run: &Run, ties: &[Tie<'_>]) -> Vec<String> {
    let mut open: Vec<Dependency> = ties.iter().map(|tie| tie.dependency).collect();
    let mut seen = std::collections::HashSet::new();
    let mut names = std::collections::BTreeSet::new();
    while let Some(dependency) = open.pop() {
        if !seen.insert(dependency) {
            continue;
        }
        match dependency {
            Dependency::Value(node, ordinal) => {
                let node_of = run.tree.get(node);
                let is_root = node_of.module == crate::tree::Tree::ROOT;
                if is_root && matches!(node_of.kind, NodeKind::Variable(_)) {
                    names.insert(super::trail::value_name(run, node, ordinal));
                }
                let direct = run.dependencies.of_values.get(&(node, ordinal));
                open.extend(direct.into_iter().flatten().copied());
            }
            Dependency::Instance(node, ordinal, _) | Dependency::Whole(node, ordinal) => {
                if let NodeKind::Resource(key) = &run.tree.get(node).kind
                    && key.mode == lang::ResourceMode::Data
                {
                    names.insert(run.named(node, ordinal, &key.to_string()));
                }
            }
            Dependency::Declared(_) => {}
        }
    }
    names.into_iter().collect()
}

/// What the plan itself says, apart from attributes.
fn own_reasons(run: &Run, instance: &PlannedInstance, header: Option<Span>) -> Vec<Found> {
    let change = &instance.change;
    let mut found = Vec::new();
    let mut add = |why: Why| found.push(Found::root(None, why, header));
    if let Some(from) = &change.previous_address {
        add(Why::Moved { from: from.to_string() });
    }
    if let Some(import) = &change.importing {
        add(Why::Imported { id: import.id.clone() });
    }
    if let Some(why) = &change.unread {
        add(Why::Unread { why: why.clone() });
    }
    let was_there = instance.prior.as_ref().is_some_and(|prior| prior.recorded.is_some());
    match (change.action, change.reason) {
        (Action::Create, _) if was_there => add(Why::Missing),
        (Action::Create, _) => add(Why::New),
        (Action::Delete, None) if run.is_destroying() => add(Why::DestroyPlan),
        (_, Some(Reason::ReplaceByTriggers)) => hosts(run, instance).into_iter().for_each(add),
        // Their attributes say the same, with places.
        (_, Some(Reason::ReplaceBecauseCannotUpdate | Reason::ReadBecauseConfigUnknown)) => {}
        (_, Some(reason)) => add(Why::Reason(reason)),
        _ => {}
    }
    found
}

/// What it lives on and what is made anew.
fn hosts(run: &Run, instance: &PlannedInstance) -> Vec<Why> {
    let type_name = &instance.change.address.type_name;
    let Some((_, resource_type)) = run.registry.resource_type(type_name) else { return Vec::new() };
    let hosts = resource_type.host_types();
    let made_anew = |address: &&String| {
        let host = run.by_address.get(*address).map(|i| &run.instances[*i].change);
        host.is_some_and(|host| hosts.contains(&&*host.address.type_name) && host.action.creates())
    };
    let named = instance.depends_on.iter().filter(made_anew);
    named.map(|address| Why::HostReplaced { to: address.clone() }).collect()
}
