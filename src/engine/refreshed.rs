//! What a plan that only refreshes sees of a resource: the instances that are recorded, as they are now.
//!
//! What the configuration would make of them, or add to them, is for the next plan to say.

use config::Resource;
use lang::{Key, Name, ResourceAddress, Type, Value};
use plan::PlanMode;

use crate::instance::{Block, BlockKind};
use crate::tables::{Expansion, Ordinal, Repetition, ResourceTable};
use crate::tree::NodeId;
use crate::walk::{Run, to_u32};

impl Run {
    /// Whether resources are what is recorded of them, whatever their blocks say.
    pub(crate) fn only_refreshes(&self) -> bool {
        self.options.mode == PlanMode::RefreshOnly && !self.checking
    }

    /// Whether targets name others of a resource's instances: those that they do not name are what is recorded.
    pub(crate) fn leaves_alone(
        &self,
        block: &Block,
        node: NodeId,
        address: &ResourceAddress,
    ) -> bool {
        let is_managed = matches!(block.kind, BlockKind::Managed(_));
        is_managed
            && self.options.mode == PlanMode::Normal
            && !self.selection.may_target(node, address)
    }

    /// The table of a resource of which only what is recorded is seen.
    pub(crate) fn recorded_table(
        &self,
        resource: &ResourceAddress,
        configured: Expansion,
    ) -> ResourceTable {
        let name = resource.to_string();
        let prefix = format!("{name}[");
        let recorded = self.prior.instances.range(prefix.clone()..);
        let recorded = recorded.take_while(|(address, _)| address.starts_with(&prefix));
        let keys = recorded.filter_map(|(address, _)| address.parse::<ResourceAddress>().ok()?.key);
        let seen = match &configured {
            Expansion::Single | Expansion::Unknown => configured.clone(),
            Expansion::Count(_) => {
                let numbers = keys.filter_map(|key| match key {
                    Key::Int(index) => usize::try_from(index).ok(),
                    Key::String(_) => None,
                });
                Expansion::Count(numbers.max().map_or(0, |last| last + 1))
            }
            Expansion::ForEach(items) => {
                let mut names: Vec<Name> = keys
                    .filter_map(|key| match key {
                        Key::String(name) => Some(name),
                        Key::Int(_) => None,
                    })
                    .collect();
                names.sort_unstable();
                let value = |name: &Name| {
                    let found = items.binary_search_by(|(own, _)| own.cmp(name)).ok();
                    let value = found.map(|at| items[at].1.clone());
                    value.unwrap_or_else(|| Value::unknown(Type::Dynamic))
                };
                Expansion::ForEach(names.into_iter().map(|n| (n.clone(), value(&n))).collect())
            }
        };
        ResourceTable::recorded(seen, configured)
    }

    /// Looks at the instances that are recorded, and judges those that are not as far as that can be.
    pub(crate) async fn visit_recorded(
        &mut self,
        resource: &Resource,
        block: &Block,
        (node, ordinal): (NodeId, Ordinal),
    ) {
        let Some(table) = self.tables.resource(node, ordinal) else { return };
        let (seen, configured) = (table.expansion.clone(), table.declared().clone());
        for index in 0..seen.len() {
            if configured.place(seen.key(index).as_ref()).is_some() {
                self.visit_instance(resource, block, (node, ordinal, to_u32(index))).await;
            } else {
                self.see(block, (node, ordinal), index);
            }
        }
        for index in 0..configured.len() {
            let key = configured.key(index);
            if seen.place(key.as_ref()).is_none() {
                let repetition = configured.repetition(index);
                self.judge_absent(resource, block, (node, ordinal, key, repetition));
            }
        }
    }

    /// Puts what is there in the place of what would be planned; what is not there is unknown.
    pub(crate) fn see(&mut self, block: &Block, (node, ordinal): (NodeId, Ordinal), index: usize) {
        let Some(table) = self.tables.resource(node, ordinal) else { return };
        let key = table.expansion.key(index);
        let value = self.recorded_value(node, ordinal, key);
        let value = value.unwrap_or_else(|| Value::unknown(block.schema().object_type()));
        if let Some(table) = self.tables.resource_mut(node, ordinal) {
            table.set(index, value);
        }
    }

    fn recorded_value(&self, node: NodeId, ordinal: Ordinal, key: Option<Key>) -> Option<Value> {
        let address = self.address_of(node, ordinal, key)?.to_string();
        self.prior.instances.get(&address)?.current.clone()
    }

    /// The address of an instance of a resource.
    pub(crate) fn address_of(
        &self,
        node: NodeId,
        ordinal: Ordinal,
        key: Option<Key>,
    ) -> Option<ResourceAddress> {
        let declared = self.tree.get(node);
        let crate::tree::NodeKind::Resource(resource) = &declared.kind else { return None };
        Some(self.tables.address(declared.module, ordinal, resource, key))
    }

    fn judge_absent(
        &mut self,
        resource: &Resource,
        block: &Block,
        (node, ordinal, key, repetition): (NodeId, Ordinal, Option<Key>, Repetition),
    ) {
        let Some(address) = self.address_of(node, ordinal, key) else { return };
        let name = address.to_string();
        self.declared.insert(name.clone());
        if !matches!(block.kind, BlockKind::Managed(_)) {
            return;
        }
        let null = Value::null(Type::Dynamic);
        let own = (node, ordinal, Some((&repetition, &null)));
        let rules = &resource.lifecycle.preconditions;
        self.check_rules(rules, own, (&name, "resource", "Resource precondition failed"));
    }
}
