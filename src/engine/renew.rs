//! `for_each` values that the plan did not know: apply evaluates them again when what they refer to is made.

use lang::Value;

use crate::expand::expand;
use crate::tables::{Expansion, Ordinal, Repetition};
use crate::tree::{ModuleId, NodeId, NodeKind};
use crate::walk::{Run, to_u32};

impl Run {
    /// Gives the instances of a resource the `each.value` that is known by now.
    pub(crate) fn renew_resource(&mut self, node: NodeId, ordinal: Ordinal) {
        let declared = self.tree.get(node).clone();
        let NodeKind::Resource(key) = &declared.kind else { return };
        let Some(table) = self.tables.resource(node, ordinal) else { return };
        if !self.applying || !is_open(&table.expansion) {
            return;
        }
        let config = self.tree.module(declared.module).config.clone();
        let for_each = config.resources.get(key).and_then(|resource| resource.for_each.as_ref());
        let renewed = expand(None, for_each, &self.scope(node, ordinal, None), false);
        let Some(renewed) = self.diagnostics.absorb(renewed) else { return };
        if let Some(table) = self.tables.resource_mut(node, ordinal)
            && same_keys(&table.expansion, &renewed)
        {
            table.expansion = renewed;
        }
    }

    /// Gives the instances of a module call the `each.value` that is known by now.
    pub(crate) fn renew_call(&mut self, module: ModuleId, ordinal: Ordinal) {
        let instance = self.tables.instance(module, ordinal);
        let open = matches!(&instance.repetition, Repetition::Each(_, v) if !v.is_wholly_known());
        if !self.applying || !open {
            return;
        }
        let parent_ordinal = instance.parent;
        let tree = self.tree.clone();
        let Some((parent, call)) = tree.call_of(module) else { return };
        let Some((_, key)) = &tree.module(module).parent else { return };
        let Some(node) = tree.module(parent).calls.get(key) else { return };
        let scope = self.scope(*node, parent_ordinal, None);
        let renewed = expand(None, call.for_each.as_ref(), &scope, false);
        let Some(renewed) = self.diagnostics.absorb(renewed) else { return };
        self.tables.renew_call(module, parent_ordinal, &renewed);
    }
}

impl crate::tables::Tables {
    fn renew_call(&mut self, module: ModuleId, parent: Ordinal, renewed: &Expansion) {
        let table = &mut self.modules[module.0 as usize];
        let Some((expansion, start)) = table.expansions.get_mut(parent as usize) else { return };
        if !same_keys(expansion, renewed) {
            return;
        }
        for i in 0..renewed.len() {
            if let Some(instance) = table.instances.get_mut((*start + to_u32(i)) as usize) {
                instance.repetition = renewed.repetition(i);
            }
        }
        *expansion = renewed.clone();
    }
}

/// Whether some value of a `for_each` was not known.
fn is_open(expansion: &Expansion) -> bool {
    match expansion {
        Expansion::ForEach(items) => items.iter().any(|(_, value)| !Value::is_wholly_known(value)),
        _ => false,
    }
}

fn same_keys(old: &Expansion, new: &Expansion) -> bool {
    match (old, new) {
        (Expansion::ForEach(old), Expansion::ForEach(new)) => {
            old.len() == new.len() && old.iter().zip(new.iter()).all(|((a, _), (b, _))| a == b)
        }
        _ => false,
    }
}
