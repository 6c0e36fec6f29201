//! The summary of a large plan: what does not destroy, in groups, with drift beside the changes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use lang::{ModuleStep, ResourceAddress, ResourceMode, Value};

use super::{Painter, symbol};
use crate::{Action, Plan, ResourceChange};

/// With more groups than this, a group is a type and no longer a resource.
const GROUPS_MAX: usize = 40;

/// So many changes that drift causes have a line of their own.
const DRIFTED_MAX: usize = 50;

/// Tells whether a change is too grave to be counted only.
pub(super) fn is_told_in_full(change: &ResourceChange) -> bool {
    change.action.destroys() || change.action == Action::Forget
}

/// The changes that are not told in full: those that drift causes one by one, the others in groups.
pub(super) fn text(plan: &Plan, shown: &[&ResourceChange], painter: Painter) -> String {
    let told =
        |change: &&ResourceChange| !is_told_in_full(change) && change.action != Action::ReadAgain;
    let (drifted, others): (Vec<_>, Vec<_>) =
        shown.iter().copied().filter(told).partition(|change| change.caused_by_drift);
    let mut out = drift(plan, &drifted, painter);
    out.push_str(&groups(&others, painter));
    out.push_str(&unplanned(plan));
    out.push_str("This is a summary; --full shows every change.\n\n");
    out
}

/// What was changed or deleted outside, each with what is put right.
fn drift(plan: &Plan, drifted: &[&ResourceChange], painter: Painter) -> String {
    if drifted.is_empty() {
        return String::new();
    }
    let by_address: HashMap<&ResourceAddress, &ResourceChange> =
        plan.drift.iter().map(|change| (&change.address, change)).collect();
    let mut out = String::new();
    for change in drifted.iter().take(DRIFTED_MAX) {
        let found = by_address.get(&change.address);
        let what = match found {
            Some(found) if found.action == Action::Delete => "deleted outside of artiform".into(),
            Some(found) => format!("changed outside of artiform: {}", changed_names(found)),
            None => "changed outside of artiform".into(),
        };
        let note = painter.dim(&format!("# {what}"));
        out.push_str(&format!("{} {}  {note}\n", symbol(change.action, painter), change.address));
    }
    let more = drifted.len().saturating_sub(DRIFTED_MAX);
    if more > 0 {
        out.push_str(&format!("      and {more} more that were changed or deleted outside\n"));
    }
    out + "\n"
}

fn changed_names(change: &ResourceChange) -> String {
    let entries = |value: &Option<Value>| value.as_ref().and_then(Value::entries).cloned();
    let before = entries(&change.before).unwrap_or_default();
    let after = entries(&change.after).unwrap_or_default();
    let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let changed = names.into_iter().filter(|name| before.get(*name) != after.get(*name));
    changed.map(|name| &**name).collect::<Vec<_>>().join(", ")
}

/// Counts by resource, or by type where there are many resources.
fn groups(changes: &[&ResourceChange], painter: Painter) -> String {
    let by_resource = count(changes, |change| resource(&change.address));
    let counts = if by_resource.len() <= GROUPS_MAX {
        by_resource
    } else {
        count(changes, |change| change.address.type_name.to_string())
    };
    let width = counts.values().map(|count| count.to_string().len()).max().unwrap_or(0);
    let mut out = String::new();
    for ((action, name), count) in &counts {
        out.push_str(&format!("{} {count:>width$} x {name}\n", symbol(*action, painter)));
    }
    if counts.is_empty() { out } else { out + "\n" }
}

fn count(
    changes: &[&ResourceChange],
    name: impl Fn(&ResourceChange) -> String,
) -> BTreeMap<(Action, String), usize> {
    let mut counts = BTreeMap::new();
    for change in changes {
        *counts.entry((change.action, name(change))).or_default() += 1;
    }
    counts
}

/// The address with `[*]` in the place of every instance key.
fn resource(address: &ResourceAddress) -> String {
    let every = |keyed: bool| if keyed { "[*]" } else { "" };
    let step = |step: &ModuleStep| {
        let plain = ModuleStep { key: None, ..step.clone() };
        let module = lang::ModuleAddress(vec![plain]);
        format!("{module}{}.", every(step.key.is_some()))
    };
    let path: String = address.module.0.iter().map(step).collect();
    let data = if address.mode == ResourceMode::Data { "data." } else { "" };
    let key = every(address.key.is_some());
    format!("{path}{data}{}.{}{key}", address.type_name, address.name)
}

/// Drift that needs no change.
fn unplanned(plan: &Plan) -> String {
    let caused: BTreeSet<&ResourceAddress> =
        plan.changes.iter().filter(|c| c.caused_by_drift).map(|c| &c.address).collect();
    match plan.drift.iter().filter(|change| !caused.contains(&change.address)).count() {
        0 => String::new(),
        1 => {
            "1 more object has changed outside of artiform, and the plan leaves that as it is.\n\n"
                .into()
        }
        count => format!(
            "{count} more objects have changed outside of artiform, and the plan leaves that as it is.\n\n"
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use lang::{Name, Value};

    use super::super::{Detail, RenderOptions};
    use super::*;
    use crate::PlanMode;

    fn change(address: &str, action: Action) -> ResourceChange {
        let mut change = ResourceChange::no_op(address.parse().unwrap(), "builtin");
        let value = |size: i64| Value::object([(Name::from("size"), Value::int(size))]);
        change.action = action;
        change.before = (action != Action::Create).then(|| value(1));
        change.after = (action != Action::Delete).then(|| value(2));
        change
    }

    fn plan(changes: Vec<ResourceChange>, drift: Vec<ResourceChange>) -> Plan {
        Plan {
            mode: PlanMode::Normal,
            timestamp: String::new(),
            prior: Arc::new(state::Snapshot::new("s")),
            changes,
            drift,
            outputs: BTreeMap::new(),
            checks: Vec::new(),
            left_out: Vec::new(),
            is_partial: false,
            variables: BTreeMap::new(),
            errored: false,
            reads: 0,
        }
    }

    fn large() -> Plan {
        let mut changes: Vec<ResourceChange> = (0..120)
            .map(|i| change(&format!("module.m[\"{}\"].a_b.c[{i}]", i % 3), Action::Create))
            .collect();
        changes.push(change("a_b.gone", Action::Delete));
        changes.push(change("a_b.lost", Action::DeleteThenCreate));
        changes[121].destroys_data = true;
        changes.push(change("a_b.mended", Action::Update));
        changes[122].caused_by_drift = true;
        let drift = vec![change("a_b.mended", Action::Update), change("a_b.aside", Action::Update)];
        plan(changes, drift)
    }

    #[test]
    fn a_large_plan_is_grouped_and_what_destroys_is_told_in_full() {
        let text = super::super::text(&large(), RenderOptions::default());
        assert!(text.contains("  + 120 x module.m[*].a_b.c[*]\n"), "{text}");
        assert!(text.contains("  # a_b.gone will be destroyed\n"), "{text}");
        assert!(text.contains("  # a_b.lost must be replaced\n  # (destroys data"), "{text}");
        assert!(text.contains("- resource \"a_b\" \"gone\" {\n"), "{text}");
        assert!(text.contains("1 of these changes destroys data that cannot be made again.\n"));
        assert!(text.contains("--full shows every change"), "{text}");
        assert!(!text.contains("a_b.c[7] will be created"), "{text}");
    }

    #[test]
    fn drift_stands_beside_the_change_that_it_causes() {
        let text = super::super::text(&large(), RenderOptions::default());
        let line = "  ~ a_b.mended  # changed outside of artiform: size\n";
        assert!(text.contains(line), "{text}");
        assert!(text.contains("1 more object has changed outside of artiform"), "{text}");
        assert!(!text.contains("Note: Objects have changed"), "{text}");
    }

    #[test]
    fn full_shows_every_change_and_summary_groups_a_small_plan() {
        let full = RenderOptions { detail: Detail::Full, ..RenderOptions::default() };
        let text = super::super::text(&large(), full);
        assert!(text.contains("a_b.c[7] will be created"), "{text}");
        assert!(text.contains("Note: Objects have changed outside of artiform"), "{text}");
        let small = plan(vec![change("a_b.c", Action::Create)], Vec::new());
        let summary = RenderOptions { detail: Detail::Summary, ..RenderOptions::default() };
        let text = super::super::text(&small, summary);
        assert!(text.contains("  + 1 x a_b.c\n"), "{text}");
        assert!(super::super::text(&small, RenderOptions::default()).contains("will be created"));
    }

    #[test]
    fn many_resources_are_grouped_by_type() {
        let changes =
            (0..200).map(|i| change(&format!("a_b.c{i}"), Action::Create)).collect::<Vec<_>>();
        let text = super::super::text(&plan(changes, Vec::new()), RenderOptions::default());
        assert!(text.contains("  + 200 x a_b\n"), "{text}");
    }
}
