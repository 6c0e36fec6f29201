//! Why a thing changes or is unknown in a plan: the chain from the root causes to the thing itself.

use diagnostics::{Diagnostic, Span, nearest_address};
use plan::{Action, Reason, ResourceChange};

use crate::options::{Planned, Selector};
use crate::selection::Pattern;
use crate::tree::NodeKind;
use crate::walk::{Run, to_u32};

mod causes;
mod ties;
mod trail;

use trail::Trail;

/// Why one thing is as the plan has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    pub address: String,
    /// Root causes first; the last one is the thing itself. Empty when it stays as it is and is known.
    pub links: Vec<Link>,
}

/// One thing on the way, and what makes it change or unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// `terraform_data.a[0]`, `local.names`, `module.m.output.url`
    pub address: String,
    pub outcome: Outcome,
    pub causes: Vec<Cause>,
}

/// What becomes of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// What apply does to an instance.
    Action(Action),
    /// A value that only apply will know.
    Unknown,
    /// A value that is known, and another one than before.
    Changed,
}

/// One reason, and where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The attribute or nested block that it concerns.
    pub attribute: Option<String>,
    pub why: Why,
    /// The reference, the expression or the block.
    pub place: Option<Span>,
}

/// Reasons, as facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It refers to something that changes or is unknown, which is an earlier link.
    Reference {
        to: String,
    },
    /// `depends_on` or `replace_triggered_by` names something that changes.
    Named {
        to: String,
    },
    /// More instances of a resource are referred to than are told one by one.
    More {
        count: usize,
    },
    /// The configuration says something else than what was applied; `inputs` are the variables and data
    /// sources that it takes from.
    Configuration {
        inputs: Vec<String>,
    },
    /// It was changed outside of artiform, and is put right.
    Drift,
    /// It was deleted outside of artiform.
    Missing,
    /// It is in the configuration and was never made.
    New,
    /// The provider decides these attributes during apply.
    Provider {
        attributes: Vec<String>,
    },
    /// A function gives a result during apply only.
    ApplyTime,
    /// What it lives on is made anew.
    HostReplaced {
        to: String,
    },
    Moved {
        from: String,
    },
    Imported {
        id: String,
    },
    /// What it lives on is down.
    Unread {
        why: String,
    },
    /// The plan is one to destroy everything.
    DestroyPlan,
    /// The plan's own reason: tainted, requested, no longer declared.
    Reason(Reason),
}

/// Explains everything that an address names: an instance, a resource, a module, or a glob of them, or
/// an `output.x`, `local.x` or `var.x`. Of several instances, those that change.
///
/// # Errors
/// The address names nothing in the plan.
pub fn explain(planned: &Planned, address: &str) -> Result<Vec<Explanation>, Box<Diagnostic>> {
    let run = &planned.run;
    let named = things(run, address);
    if named.is_empty() {
        return unchanged(run, address);
    }
    Ok(named.into_iter().map(|(name, thing)| Trail::new(run).explain(name, thing)).collect())
}

/// A thing of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Thing {
    /// By place in the plan's instances.
    Instance(usize),
    Value(crate::tree::NodeId, crate::tables::Ordinal),
}

/// The changing instances and the values that an address names.
fn things(run: &Run, address: &str) -> Vec<(String, Thing)> {
    let pattern = Pattern::new(&Selector(address.to_owned()));
    let named = |change: &ResourceChange| change.is_change() && pattern.matches(&change.address);
    let mut found: Vec<(String, Thing)> = run
        .instances
        .iter()
        .enumerate()
        .filter(|(_, instance)| named(&instance.change))
        .map(|(i, instance)| (instance.address.clone(), Thing::Instance(i)))
        .collect();
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    let is_value = |kind: &NodeKind| {
        matches!(kind, NodeKind::Variable(_) | NodeKind::Local(_) | NodeKind::Output(_))
    };
    for node in run.tree.node_ids() {
        if !is_value(&run.tree.get(node).kind) {
            continue;
        }
        let ordinals = run.tables.module(run.tree.get(node).module).instances.len();
        for ordinal in 0..to_u32(ordinals) {
            if trail::value_name(run, node, ordinal) == address {
                found.push((address.to_owned(), Thing::Value(node, ordinal)));
            }
        }
    }
    found
}

fn unchanged(run: &Run, address: &str) -> Result<Vec<Explanation>, Box<Diagnostic>> {
    let pattern = Pattern::new(&Selector(address.to_owned()));
    let mut known: Vec<&str> = run.declared.iter().map(String::as_str).collect();
    known.extend(run.by_address.keys().map(String::as_str));
    if known.iter().any(|name| name.parse().is_ok_and(|name| pattern.matches(&name))) {
        return Ok(vec![Explanation { address: address.to_owned(), links: Vec::new() }]);
    }
    let detail = format!(
        "Neither the configuration nor the state has \"{address}\". Explained are resources, modules, and values such as output.url, local.names and var.port."
    );
    let diagnostic = Diagnostic::error("Address matches nothing", detail);
    Err(Box::new(match nearest_address(address, known) {
        Some(near) => diagnostic.hint(format!("did you mean {near}?")),
        None => diagnostic.hint("`artiform plan --summary` lists what changes"),
    }))
}
