//! Which objects have conditions, and how these turned out in this run.

use std::collections::BTreeMap;

use config::CheckRule;
use diagnostics::{Diagnostic, Severity};
use plan::{CheckResult, CheckStatus};

use crate::rules::{self, Verdict};
use crate::tables::{Expansion, Ordinal, Repetition};
use crate::tree::{NodeId, NodeKind, Tree};
use crate::walk::{Run, to_u32};

/// How the conditions of objects turned out so far, by the object's address.
#[derive(Debug, Default)]
pub(crate) struct Judgements(BTreeMap<String, Judged>);

#[derive(Debug)]
struct Judged {
    status: CheckStatus,
    problems: Vec<String>,
    /// How many conditions were evaluated.
    conditions: usize,
}

impl Judgements {
    /// Keeps how a condition turned out, beside the others of the same object.
    pub(crate) fn note(&mut self, address: &str, outcome: &Verdict) {
        let judged = self.0.entry(address.to_owned()).or_insert_with(|| Judged {
            status: CheckStatus::Pass,
            problems: Vec::new(),
            conditions: 0,
        });
        judged.status = judged.status.worse(outcome.status);
        judged.problems.extend(outcome.problem.clone());
        judged.conditions += 1;
    }

    /// Forgets what is said of all other objects.
    pub(crate) fn retain(&mut self, keeps: impl Fn(&str) -> bool) {
        self.0.retain(|address, _| keeps(address));
    }
}

/// A declaration that has conditions.
struct Conditioned {
    kind: &'static str,
    /// The name inside its module, without instance keys.
    name: String,
    conditions: usize,
}

impl Run {
    /// Evaluates conditions and keeps how they turned out.
    pub(crate) fn check_rules(
        &mut self,
        rules: &[CheckRule],
        (node, ordinal, own): (NodeId, Ordinal, Option<(&Repetition, &lang::Value)>),
        (address, kind, summary): (&str, &'static str, &str),
    ) -> bool {
        let mut passed = true;
        for rule in rules {
            let mut scope = self.scope(node, ordinal, own.map(|(repetition, _)| repetition));
            scope.own = own.map(|(_, value)| value).filter(|value| !value.is_null());
            let outcome = rules::check(rule, &scope, summary);
            let waits = kind == "check" && outcome.status == CheckStatus::Unknown && !self.checking;
            let waits = waits.then(|| rules::not_known_yet(rule, &scope));
            self.diagnostics.extend(waits);
            // A plan that only refreshes stops for nothing that does not hold.
            let warns = outcome.problem.is_some() && self.only_refreshes();
            passed &= warns || !outcome.diagnostics.has_errors();
            self.judgements.note(address, &outcome);
            // Whether they hold is for those to say who know the values.
            if self.checking && outcome.problem.is_some() && kind != "output_value" {
                continue;
            }
            let named = outcome.diagnostics.into_iter();
            let named = named.map(|d| if kind == "resource" { d.on(address) } else { d });
            let named = named.map(|d| {
                let severity = if warns { Severity::Warning } else { d.severity };
                Diagnostic { severity, ..d }
            });
            self.diagnostics.extend(named.collect::<Vec<_>>());
        }
        passed
    }

    /// How all conditions turned out: object by object, and for each block that has some what is to be said of it
    /// when it has no objects.
    pub(crate) fn check_results(&self) -> Vec<CheckResult> {
        let mut results = Vec::new();
        for node in self.tree.node_ids() {
            let Some(block) = conditioned(&self.tree, node) else { continue };
            let objects = self.lists_objects(node).then(|| self.objects(node, &block)).flatten();
            let module = &self.tree.module(self.tree.get(node).module).config;
            let path: String = module.path.iter().map(|call| format!("{call}.")).collect();
            let status = objects.as_ref().map_or(CheckStatus::Unknown, |_| CheckStatus::Pass);
            let objects = objects.into_iter().flatten();
            results.extend(objects.map(|address| self.result_of(node, &block, address)));
            results.push(CheckResult {
                address: format!("{path}{}", block.name),
                kind: block.kind,
                status,
                problems: Vec::new(),
                of_block: true,
            });
        }
        results
    }

    /// Whether the run came as far as to know the objects of a block. What is about to go is held against nothing;
    /// only outputs of the root module go with everything.
    fn lists_objects(&self, node: NodeId) -> bool {
        let declared = self.tree.get(node);
        if self.is_destroying() {
            let of_root = declared.module == Tree::ROOT;
            let is_output = matches!(declared.kind, NodeKind::Output(_));
            return of_root && is_output && self.selection.is_everything();
        }
        let is_check = matches!(declared.kind, NodeKind::Check(_));
        // Apply knows all that the plan knew.
        self.selection.visits(node) && (is_check || self.applying || !self.is_behind(node))
    }

    /// The addresses of a block's objects; none where nobody can tell how many there are.
    fn objects(&self, node: NodeId, block: &Conditioned) -> Option<Vec<String>> {
        let declared = self.tree.get(node);
        let ordinals = 0..to_u32(self.tables.module(declared.module).instances.len());
        let NodeKind::Resource(key) = &declared.kind else {
            return Some(ordinals.map(|ordinal| self.named(node, ordinal, &block.name)).collect());
        };
        let mut found = Vec::new();
        for ordinal in ordinals {
            let expansion = self.tables.resource(node, ordinal)?.declared();
            if matches!(expansion, Expansion::Unknown) {
                return None;
            }
            found.extend((0..expansion.len()).map(|index| {
                let key_of = expansion.key(index);
                self.tables.address(declared.module, ordinal, key, key_of).to_string()
            }));
        }
        Some(found)
    }

    fn result_of(&self, node: NodeId, block: &Conditioned, address: String) -> CheckResult {
        let planned = self.by_address.get(&address).map(|i| &self.instances[*i]);
        let looked = !self.is_destroying()
            && !self.is_behind(node)
            && planned.is_none_or(|instance| instance.selected);
        let judged = self.judgements.0.get(&address).filter(|_| looked);
        let whole = judged.is_some_and(|judged| judged.conditions >= block.conditions);
        let least = if whole { CheckStatus::Pass } else { CheckStatus::Unknown };
        let mut problems = judged.map(|judged| judged.problems.clone()).unwrap_or_default();
        problems.sort_unstable();
        CheckResult {
            address,
            kind: block.kind,
            status: judged.map_or(least, |judged| judged.status.worse(least)),
            problems,
            of_block: false,
        }
    }
}

/// What a declaration has in conditions, if it has some.
fn conditioned(tree: &Tree, node: NodeId) -> Option<Conditioned> {
    let declared = tree.get(node);
    let module = &tree.module(declared.module).config;
    let (kind, name, conditions) = match &declared.kind {
        NodeKind::Variable(name) => {
            ("var", format!("var.{name}"), module.variables[name].validations.len())
        }
        NodeKind::Output(name) => {
            ("output_value", format!("output.{name}"), module.outputs[name].preconditions.len())
        }
        NodeKind::Resource(key) => {
            let lifecycle = &module.resources[key].lifecycle;
            let conditions = lifecycle.preconditions.len() + lifecycle.postconditions.len();
            ("resource", key.to_string(), conditions)
        }
        NodeKind::Check(index) => {
            let check = &module.checks[*index];
            ("check", format!("check.{}", check.name), check.assertions.len())
        }
        NodeKind::Local(_) | NodeKind::Call(_) | NodeKind::Provider(_) => return None,
    };
    let block = Conditioned { kind, name, conditions };
    (conditions > 0).then_some(block)
}
