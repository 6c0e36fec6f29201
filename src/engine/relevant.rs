//! Which attributes of which resources what changes refers to, through variables, locals and outputs.

use std::collections::BTreeSet;

use config::{CallKey, Referent, referent};
use lang::{
    Expr, ModuleAddress, ModuleStep, Name, Path, PathStep, ResourceAddress, Step, Traversal,
};
use plan::{Action, PlanMode};

use crate::options::Planned;
use crate::tables::Ordinal;
use crate::tree::{ModuleId, NodeId, NodeKind};
use crate::walk::Run;

impl Planned {
    /// The attributes that changed instances and outputs refer to, by the address of the resource or
    /// instance as the reference names it. Sorted; instances of one block count once.
    pub fn relevant_attributes(&self) -> Vec<(String, Path)> {
        let run = &self.run;
        let mut search =
            Search { run, seen: BTreeSet::new(), looked: BTreeSet::new(), found: BTreeSet::new() };
        let changes = &self.plan.outputs;
        let destroying = self.plan.mode == PlanMode::Destroy;
        let mut blocks = BTreeSet::new();
        for instance in run.instances.iter().filter(|instance| run.plans(instance)) {
            if instance.change.action != Action::NoOp
                && let Some(node) = run.find_resource(&instance.change.address)
                && blocks.insert((node, &instance.change.address.module))
            {
                search.resource(node, &instance.change.address.module, None);
            }
        }
        for (check, change) in &run.scoped_reads {
            search.scoped(*check, &change.address.module);
        }
        for (module, table) in run.tables.modules.iter().enumerate() {
            for (name, node) in &run.tree.modules[module].outputs {
                for (ordinal, instance) in table.instances.iter().enumerate() {
                    let is_new = if instance.address.0.is_empty() {
                        changes.get(name).is_some_and(|c| c.action != Action::NoOp)
                    } else {
                        !destroying && run.puts_out(*node, crate::walk::to_u32(ordinal))
                    };
                    if is_new {
                        search.value(*node, &instance.address);
                    }
                }
            }
        }
        search.found.into_iter().collect()
    }
}

impl Run {
    /// Whether a module instance puts out a value. Since that is recorded nowhere, it is always new.
    fn puts_out(&self, output: NodeId, ordinal: Ordinal) -> bool {
        let value = self.tables.value(output, ordinal);
        let is_visited = self.selection.visits(output) && !self.is_blocked(output);
        is_visited && value.is_some_and(|value| !value.is_null())
    }
}

struct Search<'a> {
    run: &'a Run,
    /// Values that were followed already.
    seen: BTreeSet<(NodeId, ModuleAddress)>,
    /// Blocks that were looked into, as a whole or at what sets one attribute.
    looked: BTreeSet<(NodeId, ModuleAddress, Option<Name>)>,
    found: BTreeSet<(String, Path)>,
}

/// Where an expression stands: in a module, of which this instance is meant. A step without a key, of a
/// module that is repeated, means all instances, as in Terraform.
type Home<'a> = (ModuleId, &'a ModuleAddress);

impl Search<'_> {
    /// Only the provider's part of a block counts, not its lifecycle, and the repetition where it is named.
    /// With an attribute only what that is set to counts.
    fn resource(&mut self, node: NodeId, instance: &ModuleAddress, attribute: Option<&Name>) {
        if !self.looked.insert((node, instance.clone(), attribute.cloned())) {
            return;
        }
        let run = self.run;
        let node = run.tree.get(node);
        let NodeKind::Resource(key) = &node.kind else { return };
        let Some(resource) = run.tree.module(node.module).config.resources.get(key) else { return };
        let home = (node.module, instance);
        let mut repeats = false;
        let mut visit = |expr: &Expr| {
            repeats |= names_repetition(expr);
            self.expression(expr, home);
        };
        match attribute {
            None => resource.body.for_each_expression(&mut visit),
            Some(name) => {
                resource.body.attributes.get(name).iter().for_each(|set| visit(&set.value));
                let blocks = resource.body.blocks.iter().filter(|block| block.kind == *name);
                blocks.for_each(|block| block.body.for_each_expression(&mut visit));
            }
        }
        let repetition = resource.count.iter().chain(&resource.for_each).filter(|_| repeats);
        repetition.for_each(|expr| self.expression(expr, home));
    }

    /// What the data source of a check refers to.
    fn scoped(&mut self, check: NodeId, instance: &ModuleAddress) {
        let run = self.run;
        let node = run.tree.get(check);
        let NodeKind::Check(index) = node.kind else { return };
        let data = run.tree.module(node.module).config.checks[index].data.iter();
        data.for_each(|data| {
            data.body
                .for_each_expression(&mut |expr| self.expression(expr, (node.module, instance)));
        });
    }

    fn value(&mut self, node: NodeId, instance: &ModuleAddress) {
        if !self.seen.insert((node, instance.clone())) {
            return;
        }
        let run = self.run;
        let of = run.tree.get(node);
        let config = &run.tree.module(of.module).config;
        let home = (of.module, instance);
        match &of.kind {
            NodeKind::Local(name) => self.expression(&config.locals[name].value, home),
            NodeKind::Output(name) => self.expression(&config.outputs[name].value, home),
            NodeKind::Variable(name) => {
                let Some((parent, call)) = run.tree.call_of(of.module) else { return };
                let caller =
                    ModuleAddress(instance.0.split_last().map_or(&[][..], |s| s.1).to_vec());
                if let Some(input) = call.inputs.get(name) {
                    self.expression(&input.value, (parent, &caller));
                    let repeats = names_repetition(&input.value);
                    let repetition = call.count.iter().chain(&call.for_each);
                    repetition
                        .filter(|_| repeats)
                        .for_each(|expr| self.expression(expr, (parent, &caller)));
                }
            }
            _ => {}
        }
    }

    fn expression(&mut self, expr: &Expr, home: Home<'_>) {
        expr.for_each_reference(&mut |traversal| self.reference(traversal, home));
    }

    fn reference(&mut self, traversal: &Traversal, (module, instance): Home<'_>) {
        let Ok((referent, used)) = referent(traversal) else { return };
        let home = self.run.tree.module(module);
        let rest: Vec<PathStep> = traversal.steps[used..].iter().map_while(literal).collect();
        match referent {
            Referent::Variable(name) => self.follow(home.variables.get(&name), instance),
            Referent::Local(name) => self.follow(home.locals.get(&name), instance),
            Referent::Resource(resource) => {
                let (key, path) = match rest.split_first() {
                    Some((PathStep::Index(index), path)) => (Some(index.clone()), path),
                    _ => (None, rest.as_slice()),
                };
                let node = home.resources.get(&resource).copied();
                let address = ResourceAddress {
                    module: instance.clone(),
                    mode: resource.mode,
                    type_name: resource.type_name,
                    name: resource.name,
                    key,
                };
                self.found.insert((address.to_string(), Path(path.to_vec())));
                // What the attribute is set to counts as well.
                if let Some(node) = node {
                    let attribute = path.first().and_then(|step| match step {
                        PathStep::Attribute(name) => Some(name),
                        PathStep::Index(_) => None,
                    });
                    self.resource(node, instance, attribute);
                }
            }
            Referent::Module(key) => self.call(&key, &rest, (module, instance)),
            _ => {}
        }
    }

    fn follow(&mut self, node: Option<&NodeId>, instance: &ModuleAddress) {
        if let Some(node) = node {
            self.value(*node, instance);
        }
    }

    /// An output of a module, or all that are meant.
    fn call(&mut self, call: &CallKey, rest: &[PathStep], (module, instance): Home<'_>) {
        let run = self.run;
        let Some(child) = run.tree.module(module).children.get(call) else { return };
        let (key, rest) = match rest.split_first() {
            Some((PathStep::Index(index), rest)) => (Some(index.clone()), rest),
            _ => (None, rest),
        };
        let output: Option<&Name> = match rest.first() {
            Some(PathStep::Attribute(name)) => Some(name),
            _ => None,
        };
        let mut called = instance.clone();
        called.0.push(ModuleStep { topology: call.topology, name: call.name.clone(), key });
        for (name, node) in &run.tree.module(*child).outputs {
            if output.is_none_or(|output| output == name) {
                self.value(*node, &called);
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
