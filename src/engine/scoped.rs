//! `check` blocks: a data source that is read for them alone, and assertions that warn and stop nothing.

use config::{Check, Resource};
use diagnostics::{Diagnostic, Diagnostics, Severity};
use lang::{ResourceAddress, Type, Value};
use plan::{Action, CheckStatus, Reason, ResourceChange};
use provider::{OperationError, change, decode};

use crate::instance::{Block, BlockKind};
use crate::record;
use crate::rules::{self, Verdict};
use crate::tables::Ordinal;
use crate::tree::NodeId;
use crate::walk::Run;

impl Run {
    /// Reads the data source of a check where that can be done, then evaluates the assertions.
    pub(crate) async fn visit_check(&mut self, node: NodeId, ordinal: Ordinal, check: &Check) {
        let direct = crate::dependency::direct(self.place(node, ordinal, None));
        self.dependencies.of_values.insert((node, ordinal), direct);
        let address = self.named(node, ordinal, &format!("check.{}", check.name));
        let before = std::mem::take(&mut self.diagnostics);
        let read = self.read_scoped(node, ordinal, check).await;
        let failed = self.diagnostics.has_errors();
        if let Some(value) = read {
            let key = check.data.as_ref().map(config::Resource::key);
            self.scoped.extend(key.map(|key| ((node, ordinal), (key, value))));
        }
        if failed {
            let found = self.diagnostics.iter().find(|d| d.is_error());
            let problem = found.map(|d| format!("{}: {}", d.summary, d.detail));
            let diagnostics = Diagnostics::new();
            let outcome = Verdict { status: CheckStatus::Fail, problem, diagnostics };
            self.judgements.note(&address, &outcome);
        } else {
            let own = (node, ordinal, None);
            self.check_rules(&check.assertions, own, (&address, "check", rules::FAILED));
        }
        let found = std::mem::replace(&mut self.diagnostics, before);
        if self.checking {
            // A block that cannot be read at all is a mistake, not a failed check.
            return self.diagnostics.extend(found);
        }
        // Only a condition that cannot be evaluated at all is a mistake.
        self.diagnostics.extend(found.into_iter().map(|diagnostic| {
            let warns = failed || rules::is_of_check(&diagnostic);
            let severity = if warns { Severity::Warning } else { diagnostic.severity };
            Diagnostic { severity, ..diagnostic }
        }));
    }

    /// The value of the scoped data source; unknown where apply reads it, none where it failed.
    async fn read_scoped(
        &mut self,
        node: NodeId,
        ordinal: Ordinal,
        check: &Check,
    ) -> Option<Value> {
        let resource = check.data.as_ref()?;
        let block = Block::new(resource, &self.registry).map_err(|d| *d);
        let block = self.diagnostics.absorb(block)?;
        let scope = self.scope(node, ordinal, None);
        let decoded = decode::decode(&block.body, block.schema(), &scope);
        let config = self.diagnostics.absorb(decoded)?;
        let BlockKind::Data(source) = &block.kind else { return None };
        let named = crate::dependency::explicit(self.place(node, ordinal, None));
        let pending = !self.applying && named.into_iter().any(|d| self.dependencies.is_pending(d));
        let connection = self.connections.get(&block.provider).cloned();
        let known = config.is_wholly_known();
        let proposed = change::propose(block.schema(), None, &config);
        if self.checking || pending || !known {
            let reason = if known {
                Reason::ReadBecauseDependencyPending
            } else {
                Reason::ReadBecauseConfigUnknown
            };
            self.plan_scoped((node, ordinal), resource, &block, (reason, proposed.clone()));
            return Some(proposed);
        }
        let Some(connection) = connection else {
            return Some(Value::unknown(Type::Dynamic));
        };
        self.prior.reads += 1;
        let placed = |error: OperationError| {
            let span = decode::locate(&block.body, &error.path).unwrap_or(resource.header_span);
            error.diagnostic.at_or(Some(span))
        };
        let limit = self.limit_of_data(&block.provider, &config);
        let value = limit.run(source.read(&connection, &config)).await.map_err(placed);
        let value = self.diagnostics.absorb(value);
        let after = value.clone().unwrap_or(proposed);
        let reason = Reason::ReadBecauseCheckNested;
        self.plan_scoped((node, ordinal), resource, &block, (reason, after));
        // What could not be read is recorded without what reading would have told.
        self.note_scoped((node, ordinal), resource, &block, value.as_ref().unwrap_or(&config));
        value
    }

    /// What apply reads for the check once more, when all else is done.
    fn plan_scoped(
        &mut self,
        (node, ordinal): (NodeId, Ordinal),
        resource: &Resource,
        block: &Block,
        (reason, after): (Reason, Value),
    ) {
        if self.checking || self.applying {
            return;
        }
        let address = self.scoped_address(node, ordinal, resource);
        self.declared.insert(address.to_string());
        if self.only_refreshes() {
            return;
        }
        let mut change = ResourceChange::no_op(address, block.provider.clone());
        change.action = Action::Read;
        change.reason = Some(reason);
        change.after = Some(after);
        self.scoped_reads.push((node, change));
    }

    /// Keeps what was read for the state.
    fn note_scoped(
        &mut self,
        (node, ordinal): (NodeId, Ordinal),
        resource: &Resource,
        block: &Block,
        value: &Value,
    ) {
        let address = self.scoped_address(node, ordinal, resource);
        let mut state = record::instance(&address, &block.provider, block.schema());
        (state.attributes, state.sensitive) = record::write(block.schema(), value);
        self.data.push((state, value.clone()));
    }

    fn scoped_address(
        &self,
        node: NodeId,
        ordinal: Ordinal,
        resource: &Resource,
    ) -> ResourceAddress {
        self.tables.address(self.tree.get(node).module, ordinal, &resource.key(), None)
    }
}
