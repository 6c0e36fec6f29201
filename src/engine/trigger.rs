//! `replace_triggered_by`: whether what a reference names changes in this plan.

use config::{Referent, referent};
use lang::{Step, Traversal, eval};
use plan::Action;
use provider::change;

use crate::scope::ModuleScope;
use crate::walk::{Run, to_u32};

/// Tells whether a reference names an instance that is updated or replaced, or (with an attribute) one
/// whose attribute changes.
pub(crate) fn is_changed(run: &Run, scope: &ModuleScope<'_>, traversal: &Traversal) -> bool {
    let Ok((Referent::Resource(key), steps)) = referent(traversal) else { return false };
    let Some(node) = run.tree.module(scope.module).resources.get(&key) else { return false };
    let Some(table) = run.tables.resource(*node, scope.ordinal) else { return false };
    let index = match traversal.steps.get(steps) {
        Some(Step::Index(expr, _)) => eval::evaluate(expr, scope).ok(),
        _ => None,
    };
    let after_key = steps + usize::from(index.is_some());
    let chosen = index.and_then(|key| table.expansion.find(&key));
    let attribute = match traversal.steps.get(after_key) {
        Some(Step::Attribute(name, _)) => Some(name),
        _ => None,
    };
    let all = 0..table.values.len();
    let mut candidates = all.filter(|i| chosen.is_none_or(|chosen| chosen == *i));
    candidates.any(|i| {
        let spot = (*node, scope.ordinal, to_u32(i));
        let Some(instance) = run.by_spot.get(&spot).map(|i| &run.instances[*i]) else {
            return false;
        };
        let change = &instance.change;
        match (attribute, &change.before, &change.after) {
            (Some(name), Some(before), Some(after)) => match (before.get(name), after.get(name)) {
                (Some(before), Some(after)) => !change::same_value(before, after),
                _ => false,
            },
            _ => change.action == Action::Update || change.action.is_replacement(),
        }
    })
}
