//! Provider configurations that only apply can know: connected when what they refer to is made.

use lang::Value;
use provider::{Stack, decode};

use crate::apply::{Completion, Executor, Work};
use crate::tree::{NodeId, NodeKind, Tree};
use crate::walk::Run;

/// Why what goes over such a connection is not read while planning.
const WHY: &str = "its provider's configuration is known only after apply";

impl Run {
    /// Puts a connection off. What is recorded over it keeps its values.
    pub(crate) fn defer_provider(&mut self, name: &str) {
        for instance in self.prior.instances.values_mut() {
            if instance.state.provider == name && instance.current.is_some() {
                instance.unread = Some(WHY.to_owned());
            }
        }
        self.deferred_providers.insert(name.to_owned());
    }

    /// The name of a provider block's configuration: `aws`, or `aws.west` with an alias.
    pub(crate) fn provider_configuration(&self, index: usize) -> String {
        let block = &self.tree.module(Tree::ROOT).config.providers[index];
        match &block.alias {
            Some(alias) => format!("{}.{alias}", block.name),
            None => block.name.to_string(),
        }
    }

    /// The provider block whose connection was put off, if it is one.
    fn deferred_block(&self, node: NodeId) -> Option<usize> {
        let NodeKind::Provider(index) = self.tree.get(node).kind else { return None };
        self.deferred_providers.contains(&self.provider_configuration(index)).then_some(index)
    }
}

impl Executor {
    /// Opens a connection now that its configuration is known. False: the node is no such provider.
    pub(crate) fn start_provider(&mut self, step: usize, node: NodeId) -> bool {
        let Some(index) = self.run.deferred_block(node) else { return false };
        let block = self.run.tree.module(Tree::ROOT).config.providers[index].clone();
        let Some(provider) = self.run.registry.provider(&block.name).cloned() else { return false };
        let decoded =
            decode::decode(&block.body, provider.schema(), &self.run.scope(node, 0, None));
        let config: Value = match decoded {
            Ok(config) => config,
            Err(found) => {
                self.fail(step, found);
                return true;
            }
        };
        let (name, stack) = (self.run.provider_configuration(index), self.run.stack.clone());
        let folder = self.run.surroundings.folder.clone();
        let limit = Some(self.run.limits.of(&name, None));
        let connecting = async move {
            let stack = Stack { name: &stack, folder: &folder };
            Completion::Connected(name, provider.configure(&config, stack).await)
        };
        self.spawn(step, Work { limit, beginning: None, operation: Box::pin(connecting) });
        true
    }
}
