//! Which attributes of which resources what changes refers to, through variables, locals and outputs.

use std::collections::BTreeSet;

use config::{CallKey, Referent, referent};
use lang::{Expr, Key, Name, Path, PathStep, Step, Traversal};
use plan::{Action, PlanMode};

use crate::options::Planned;
use crate::tables::Ordinal;
use crate::tree::{ModuleId, NodeId, NodeKind};
use crate::walk::{PlannedInstance, Run, to_u32};

impl Planned {
    /// The attributes that changed instances and outputs refer to, by the address of the resource or
    /// instance as the reference names it. Sorted; instances of one block count once.
    pub fn relevant_attributes(&self) -> Vec<(String, Path)> {
        let run = &self.run;
        let mut search = Search { run, seen: BTreeSet::new(), found: BTreeSet::new() };
        let changes = &self.plan.outputs;
        let destroying = self.plan.mode == PlanMode::Destroy;
        let mut blocks = BTreeSet::new();
        for instance in run.instances.iter().filter(|instance| run.plans(instance)) {
            if instance.change.action != Action::NoOp
                && let Some((node, ordinal)) = run.declared_at(instance)
                && blocks.insert((node, ordinal))
            {
                search.resource(node, ordinal);
            }
        }
        for (module, table) in run.tables.modules.iter().enumerate() {
            for (name, node) in &run.tree.modules[module].outputs {
                let root = table.instances.iter().any(|instance| instance.address.0.is_empty());
                // What modules put out is recorded nowhere, so it is always new.
                let is_visited = run.selection.visits(*node) && !run.is_blocked(*node);
                let is_new = (!root && !destroying && is_visited)
                    || changes.get(name).is_some_and(|c| c.action != Action::NoOp);
                if is_new {
                    (0..to_u32(table.instances.len())).for_each(|i| search.value(*node, i));
                }
            }
        }
        search.found.into_iter().collect()
    }
}

impl Run {
    /// The block of a planned instance and its module instance, as far as the configuration has it.
    fn declared_at(&self, instance: &PlannedInstance) -> Option<(NodeId, Ordinal)> {
        if let Some((node, ordinal, _)) = instance.spot {
            return Some((node, ordinal));
        }
        let address = &instance.change.address;
        let node = self.find_resource(address)?;
        Some((node, self.ordinal_of(node, &address.module)?))
    }
}

struct Search<'a> {
    run: &'a Run,
    /// Values that were followed already.
    seen: BTreeSet<(NodeId, Ordinal)>,
    found: BTreeSet<(String, Path)>,
}

impl Search<'_> {
    /// Only the provider's part of a block counts, not its lifecycle, and the repetition where it is named.
    fn resource(&mut self, node: NodeId, ordinal: Ordinal) {
        let run = self.run;
        let node = run.tree.get(node);
        let NodeKind::Resource(key) = &node.kind else { return };
        let Some(resource) = run.tree.module(node.module).config.resources.get(key) else { return };
        let mut repeats = false;
        resource.body.for_each_expression(&mut |expr| {
            repeats |= names_repetition(expr);
            self.expression(expr, node.module, ordinal);
        });
        let repetition = resource.count.iter().chain(&resource.for_each).filter(|_| repeats);
        repetition.for_each(|expr| self.expression(expr, node.module, ordinal));
    }

    fn value(&mut self, node: NodeId, ordinal: Ordinal) {
        if !self.seen.insert((node, ordinal)) {
            return;
        }
        let run = self.run;
        let of = run.tree.get(node);
        let config = &run.tree.module(of.module).config;
        match &of.kind {
            NodeKind::Local(name) => {
                self.expression(&config.locals[name].value, of.module, ordinal);
            }
            NodeKind::Output(name) => {
                self.expression(&config.outputs[name].value, of.module, ordinal);
            }
            NodeKind::Variable(name) => {
                let Some((parent, call)) = run.tree.call_of(of.module) else { return };
                if let Some(input) = call.inputs.get(name) {
                    let caller = run.tables.instance(of.module, ordinal).parent;
                    self.expression(&input.value, parent, caller);
                    let repeats = names_repetition(&input.value);
                    let repetition = call.count.iter().chain(&call.for_each);
                    repetition
                        .filter(|_| repeats)
                        .for_each(|expr| self.expression(expr, parent, caller));
                }
            }
            _ => {}
        }
    }

    fn expression(&mut self, expr: &Expr, module: ModuleId, ordinal: Ordinal) {
        expr.for_each_reference(&mut |traversal| self.reference(traversal, module, ordinal));
    }

    fn reference(&mut self, traversal: &Traversal, module: ModuleId, ordinal: Ordinal) {
        let Ok((referent, used)) = referent(traversal) else { return };
        let home = self.run.tree.module(module);
        let rest: Vec<PathStep> = traversal.steps[used..].iter().map_while(literal).collect();
        match referent {
            Referent::Variable(name) => self.follow(home.variables.get(&name), ordinal),
            Referent::Local(name) => self.follow(home.locals.get(&name), ordinal),
            Referent::Resource(key) => {
                let (index, path) = match rest.split_first() {
                    Some((PathStep::Index(index), path)) => (Some(index.clone()), path),
                    _ => (None, rest.as_slice()),
                };
                let address = self.run.tables.address(module, ordinal, &key, index);
                self.found.insert((address.to_string(), Path(path.to_vec())));
            }
            Referent::Module(key) => self.call(&key, &rest, (module, ordinal)),
            _ => {}
        }
    }

    fn follow(&mut self, node: Option<&NodeId>, ordinal: Ordinal) {
        if let Some(node) = node {
            self.value(*node, ordinal);
        }
    }

    /// An output of one instance of a module, or all that are meant.
    fn call(&mut self, key: &CallKey, rest: &[PathStep], (module, ordinal): (ModuleId, Ordinal)) {
        let run = self.run;
        let Some(child) = run.tree.module(module).children.get(key) else { return };
        let expansion = run.tables.module(*child).expansions.get(ordinal as usize);
        let Some((expansion, start)) = expansion else { return };
        let (wanted, rest) = match rest.split_first() {
            Some((PathStep::Index(index), rest)) => (Some(index), rest),
            _ => (None, rest),
        };
        let output: Option<&Name> = match rest.first() {
            Some(PathStep::Attribute(name)) => Some(name),
            _ => None,
        };
        for i in 0..expansion.len() {
            let key: Option<Key> = expansion.key(i);
            if wanted.is_some() && wanted != key.as_ref() {
                continue;
            }
            for (name, node) in &run.tree.module(*child).outputs {
                if output.is_none_or(|output| output == name) {
                    self.value(*node, start + to_u32(i));
                }
            }
        }
    }
}

/// Tells whether an expression refers to `each` or `count`, and so to what they are taken from.
fn names_repetition(expr: &Expr) -> bool {
    let mut found = false;
    expr.for_each_reference(&mut |reference| {
        found |= matches!(&*reference.root, "each" | "count");
    });
    found
}

fn literal(step: &Step) -> Option<PathStep> {
    match step {
        Step::Attribute(name, _) => Some(PathStep::Attribute(name.clone())),
        Step::Index(key, _) => config::literal_key(key).map(PathStep::Index),
    }
}
