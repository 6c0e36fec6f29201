//! `check` blocks: a data source that is read for them alone, and assertions that warn and stop nothing.

use config::Check;
use diagnostics::{Diagnostic, Diagnostics, Severity};
use lang::{Type, Value};
use plan::CheckStatus;
use provider::{OperationError, change, decode};

use crate::instance::{Block, BlockKind};
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
            let problem = self.diagnostics.iter().find(|d| d.is_error()).map(|d| d.summary.clone());
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
        if self.checking || pending || !config.is_wholly_known() {
            return Some(change::propose(block.schema(), None, &config));
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
        self.diagnostics.absorb(value)
    }
}
