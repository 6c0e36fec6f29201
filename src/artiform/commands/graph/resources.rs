//! Which resource needs which, found through locals, variables, outputs and whole modules.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use config::{CheckRule, Module, Referent, Resource};
use lang::{Expr, ResourceMode, Step, Traversal};

/// A resource of a module, all its instances together. Data sources come before what is managed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Node {
    /// The calls that lead to the module: `module.a`, `module.b`.
    pub module: Vec<String>,
    managed: bool,
    /// The address inside of the module.
    pub name: String,
}

impl Node {
    pub(super) fn address(&self) -> String {
        let path: String = self.module.iter().map(|call| format!("{call}.")).collect();
        path + &self.name
    }
}

/// For each resource those that it needs at once: what another needed one needs is left out.
pub(super) type Edges = BTreeMap<Node, BTreeSet<Node>>;

pub(super) fn edges(root: &Module) -> Edges {
    let mut needs = Needs::default();
    needs.module(root);
    let direct: Vec<(usize, BTreeSet<usize>)> =
        needs.resources.keys().map(|i| (*i, needs.resources_of(*i))).collect();
    let direct: HashMap<usize, BTreeSet<usize>> = direct.into_iter().collect();
    let node = |i: &usize| needs.resources.get(i).cloned();
    let reduced = direct.iter().filter_map(|(from, targets)| {
        let kept = targets.iter().filter(|target| !follows(**target, targets, &direct));
        Some((node(from)?, kept.filter_map(node).collect()))
    });
    reduced.collect()
}

/// Tells whether a target is needed by another of the targets already.
fn follows(
    target: usize,
    targets: &BTreeSet<usize>,
    direct: &HashMap<usize, BTreeSet<usize>>,
) -> bool {
    let mut stack: Vec<usize> = targets.iter().copied().filter(|other| *other != target).collect();
    let mut seen = HashSet::new();
    while let Some(at) = stack.pop() {
        for next in direct.get(&at).into_iter().flatten() {
            if *next == target {
                return true;
            }
            if seen.insert(*next) {
                stack.push(*next);
            }
        }
    }
    false
}

/// What every declaration needs, by number; declarations are named by their addresses.
#[derive(Default)]
struct Needs {
    numbers: HashMap<String, usize>,
    needs: Vec<Vec<usize>>,
    resources: BTreeMap<usize, Node>,
}

impl Needs {
    fn number(&mut self, name: String) -> usize {
        let next = self.needs.len();
        let number = *self.numbers.entry(name).or_insert(next);
        if number == next {
            self.needs.push(Vec::new());
        }
        number
    }

    /// Adds the declarations of a module and of those that it calls; gives their numbers.
    fn module(&mut self, module: &Module) -> Vec<usize> {
        let calls: Vec<String> = module.path.iter().map(ToString::to_string).collect();
        let path: String = calls.iter().map(|call| format!("{call}.")).collect();
        let mut within = Vec::new();
        for (key, resource) in &module.resources {
            let number = self.declare((&path, &key.to_string()), module, &mut within, |walk| {
                resource_needs(resource, walk);
            });
            let managed = key.mode == ResourceMode::Managed;
            let node = Node { module: calls.clone(), managed, name: key.to_string() };
            self.resources.insert(number, node);
        }
        for (name, local) in &module.locals {
            let needs = |walk: &mut Walk<'_>| walk.expression(&local.value);
            self.declare((&path, &format!("local.{name}")), module, &mut within, needs);
        }
        for (name, output) in &module.outputs {
            let needs = |walk: &mut Walk<'_>| {
                walk.expression(&output.value);
                walk.traversals(&output.depends_on);
                walk.rules(&output.preconditions);
            };
            self.declare((&path, &format!("output.{name}")), module, &mut within, needs);
        }
        for (key, call) in &module.calls {
            let inner = format!("{path}{key}.");
            for (name, input) in &call.inputs {
                let needs = |walk: &mut Walk<'_>| walk.expression(&input.value);
                let name = format!("{key}.var.{name}");
                let number = self.declare((&path, &name), module, &mut within, needs);
                let expanded = self.number(format!("{inner}expand"));
                self.needs[number].push(expanded);
            }
            let needs = |walk: &mut Walk<'_>| {
                [&call.count, &call.for_each]
                    .into_iter()
                    .flatten()
                    .for_each(|e| walk.expression(e));
                walk.traversals(&call.depends_on);
            };
            self.declare((&path, &format!("{key}.expand")), module, &mut within, needs);
            let inside = self.module(&call.module);
            let whole = self.number(format!("{inner}close"));
            self.needs[whole].extend(&inside);
            within.extend(inside);
        }
        within
    }

    /// Adds one declaration, which needs its module to be expanded and what `needs` finds.
    fn declare(
        &mut self,
        (path, name): (&str, &str),
        module: &Module,
        within: &mut Vec<usize>,
        needs: impl FnOnce(&mut Walk<'_>),
    ) -> usize {
        let mut walk = Walk { module, path, found: vec![format!("{path}expand")] };
        needs(&mut walk);
        let found: Vec<usize> = walk.found.into_iter().map(|name| self.number(name)).collect();
        let number = self.number(format!("{path}{name}"));
        self.needs[number].extend(found);
        within.push(number);
        number
    }

    /// The resources that come next on every way from a declaration.
    fn resources_of(&self, from: usize) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let mut seen = HashSet::from([from]);
        let mut stack = self.needs[from].clone();
        while let Some(at) = stack.pop() {
            if !seen.insert(at) {
                continue;
            }
            if self.resources.contains_key(&at) {
                found.insert(at);
            } else {
                stack.extend(&self.needs[at]);
            }
        }
        found
    }
}

fn resource_needs(resource: &Resource, walk: &mut Walk<'_>) {
    let own = [&resource.count, &resource.for_each, &resource.region];
    own.into_iter().flatten().for_each(|expr| walk.expression(expr));
    resource.body.for_each_expression(&mut |expr| walk.expression(expr));
    walk.traversals(&resource.depends_on);
    let lifecycle = &resource.lifecycle;
    lifecycle.replace_triggered_by.iter().for_each(|expr| walk.expression(expr));
    walk.rules(&lifecycle.preconditions);
    walk.rules(&lifecycle.postconditions);
}

/// Collects the names of what the expressions of a module refer to.
struct Walk<'a> {
    module: &'a Module,
    path: &'a str,
    found: Vec<String>,
}

impl Walk<'_> {
    fn expression(&mut self, expr: &Expr) {
        expr.for_each_reference(&mut |traversal| self.traversal(traversal));
    }

    fn traversals(&mut self, list: &[Traversal]) {
        list.iter().for_each(|traversal| self.traversal(traversal));
    }

    fn rules(&mut self, rules: &[CheckRule]) {
        for rule in rules {
            self.expression(&rule.condition);
            self.expression(&rule.error_message);
        }
    }

    fn traversal(&mut self, traversal: &Traversal) {
        let Ok((referent, used)) = config::referent(traversal) else { return };
        let name = match referent {
            Referent::Resource(key) => key.to_string(),
            Referent::Local(name) => format!("local.{name}"),
            Referent::Variable(name) => format!("var.{name}"),
            Referent::Module(key) => {
                let outputs = self.module.calls.get(&key).map(|call| &call.module.outputs);
                let steps = traversal.steps.get(used..).unwrap_or_default();
                let output = steps.iter().find_map(|step| match step {
                    Step::Attribute(name, _) => Some(name),
                    Step::Index(..) => None,
                });
                match output.filter(|name| outputs.is_some_and(|all| all.contains_key(*name))) {
                    Some(output) => format!("{key}.output.{output}"),
                    None => format!("{key}.close"),
                }
            }
            _ => return,
        };
        self.found.push(format!("{}{name}", self.path));
    }
}
