//! What a thing's expressions refer to, and whether that changes or is unknown.

use std::collections::BTreeSet;

use diagnostics::Span;
use lang::{Expr, Step, Traversal, Value};
use plan::Action;
use provider::change::same_value;

use super::Thing;
use crate::dependency::{Dependency, Place, follow};
use crate::graph::{Reference, Target, for_each_expression};
use crate::tables::{Ordinal, Repetition};
use crate::tree::{NodeId, NodeKind};
use crate::walk::{Run, Spot, to_u32};

/// Of the instances of one resource, so many are told one by one.
const INSTANCES_MAX: usize = 5;

/// A reference of a thing, and what it leads to.
pub(super) struct Tie<'a> {
    pub reference: &'a Reference,
    pub dependency: Dependency,
}

/// What is at the other end of a tie, as far as it matters.
pub(super) struct End {
    /// Instances that change or are unknown where the reference looks, and values, which may be.
    pub things: Vec<Thing>,
    /// The attribute that the reference looks at.
    pub attribute: Option<lang::Name>,
    /// So many more instances change.
    pub more: usize,
}

/// The references of a value.
pub(super) fn of_value(run: &Run, node: NodeId, ordinal: Ordinal) -> Vec<Tie<'_>> {
    let mut ties = collect(run, (node, ordinal, None), |_| true);
    let mut repeats = false;
    for_each_expression(&run.tree, node, &mut |expr| repeats |= uses_repetition(expr));
    if repeats && matches!(run.tree.get(node).kind, NodeKind::Variable(_)) {
        ties.extend(of_call(run, node, ordinal));
    }
    ties
}

/// What the `count` or `for_each` of the call refers to that gives a variable its value.
fn of_call(run: &Run, node: NodeId, ordinal: Ordinal) -> Vec<Tie<'_>> {
    let module = run.tree.get(node).module;
    let Some((parent, key)) = &run.tree.module(module).parent else { return Vec::new() };
    let Some(call) = run.tree.module(*parent).calls.get(key) else { return Vec::new() };
    let parent_ordinal = run.tables.instance(module, ordinal).parent;
    collect(run, (*call, parent_ordinal, None), |_| true)
}

/// The references of an instance that stand inside of one of the spans.
pub(super) fn within<'a>(run: &'a Run, spot: Spot, spans: &[Span]) -> Vec<Tie<'a>> {
    let (node, ordinal, index) = spot;
    let table = run.tables.resource(node, ordinal);
    let repetition = table.map(|table| table.expansion.repetition(index as usize));
    let inside = |reference: &Reference| {
        let at = reference.traversal.span;
        spans.iter().any(|s| s.file == at.file && s.start <= at.start && at.end <= s.end)
    };
    collect(run, (node, ordinal, repetition.as_ref()), inside)
}

fn collect<'a>(
    run: &'a Run,
    (node, ordinal, repetition): (NodeId, Ordinal, Option<&Repetition>),
    wanted: impl Fn(&Reference) -> bool,
) -> Vec<Tie<'a>> {
    let (tables, graph) = (&run.tables, &*run.graph);
    let place = Place { tables, graph, surroundings: &run.surroundings, node, ordinal, repetition };
    let mut ties = Vec::new();
    for reference in run.graph.references[node.0 as usize].iter().filter(|r| wanted(r)) {
        let mut found = BTreeSet::new();
        follow(place, reference, &mut found);
        ties.extend(found.into_iter().map(|dependency| Tie { reference, dependency }));
    }
    ties
}

/// Tells whether an expression takes anything from `each` or `count`.
pub(super) fn uses_repetition(expr: &Expr) -> bool {
    let mut found = false;
    expr.for_each_reference(&mut |t| found |= matches!(&*t.root, "each" | "count"));
    found
}

/// Follows a tie to its end.
pub(super) fn end(run: &Run, tie: &Tie<'_>) -> End {
    let rest = rest(tie.reference);
    let attribute = rest.iter().find_map(|step| match step {
        Step::Attribute(name, _) => Some(name.clone()),
        Step::Index(..) => None,
    });
    let spots = match tie.dependency {
        Dependency::Value(node, ordinal) => {
            return End { things: vec![Thing::Value(node, ordinal)], attribute: None, more: 0 };
        }
        Dependency::Instance(node, ordinal, index) => vec![(node, ordinal, index)],
        Dependency::Whole(node, ordinal) => {
            let count = run.tables.resource(node, ordinal).map_or(0, |table| table.values.len());
            (0..to_u32(count)).map(|index| (node, ordinal, index)).collect()
        }
        Dependency::Declared(_) => Vec::new(),
    };
    // Without a key before it, a step on a list of instances is none of an instance's attributes.
    let whole = matches!(tie.dependency, Dependency::Whole(..));
    let looks = if whole { &[][..] } else { rest };
    let mut things: Vec<Thing> = spots
        .iter()
        .filter_map(|spot| run.by_spot.get(spot))
        .filter(|i| is_affected(run, **i, looks))
        .map(|i| Thing::Instance(*i))
        .collect();
    let more = things.len().saturating_sub(INSTANCES_MAX);
    things.truncate(INSTANCES_MAX);
    End { things, attribute: attribute.filter(|_| !whole), more }
}

/// The steps of a reference to a resource after its name and instance key.
fn rest(reference: &Reference) -> &[Step] {
    let Target::Resource { steps, .. } = &reference.target else { return &[] };
    let traversal: &Traversal = &reference.traversal;
    let rest = traversal.steps.get(*steps..).unwrap_or_default();
    match rest {
        [Step::Index(..), rest @ ..] => rest,
        rest => rest,
    }
}

/// Tells whether an instance changes, or is unknown, where the steps lead.
fn is_affected(run: &Run, i: usize, steps: &[Step]) -> bool {
    let change = &run.instances[i].change;
    let is_done = !matches!(change.action, Action::NoOp | Action::ReadAgain);
    let Some(after) = change.after.as_ref().filter(|_| !steps.is_empty()) else { return is_done };
    let (mut before, mut after) = (change.before.as_ref(), after);
    for step in steps {
        let Step::Attribute(name, _) = step else { break };
        let Some(next) = after.get(name) else { break };
        (before, after) = (before.and_then(|value| value.get(name)), next);
    }
    !after.is_wholly_known() || is_done && !before.is_some_and(|before| same_value(before, after))
}

/// Tells whether an attribute changes or is unknown; what is made anew has no value before.
pub(super) fn attribute_is_affected(
    before: Option<&Value>,
    after: Option<&Value>,
    name: &str,
) -> bool {
    let old = before.and_then(|value| value.get(name));
    match (old, after.and_then(|value| value.get(name))) {
        (_, Some(new)) if !new.is_wholly_known() => true,
        (Some(old), Some(new)) => !same_value(old, new),
        _ => false,
    }
}
