//! A plan as data: what happens to every instance and output.

use std::collections::BTreeMap;
use std::sync::Arc;

use lang::{Name, Path, ResourceAddress, Value};
use serde::{Deserialize, Serialize};
use state::Snapshot;

use crate::{Action, Reason};

/// What kind of plan it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanMode {
    #[default]
    Normal,
    Destroy,
    RefreshOnly,
}

/// Whether secrets are told where a plan or a state is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Secrets {
    #[default]
    Hidden,
    Shown,
}

/// Everything that apply would do.
#[derive(Clone, Debug)]
pub struct Plan {
    pub mode: PlanMode,
    /// When it was made, RFC 3339 in UTC.
    pub timestamp: String,
    /// The state that it starts from; a plan is stale when lineage or serial have moved on.
    pub prior: Arc<Snapshot>,
    /// Every managed instance and every data source that is read during apply, by address; no-ops too.
    pub changes: Vec<ResourceChange>,
    /// What reading found to differ from what was recorded.
    pub drift: Vec<ResourceChange>,
    /// The root module's outputs.
    pub outputs: BTreeMap<Name, OutputChange>,
    pub checks: Vec<CheckResult>,
    /// What is there and is no part of the plan: data sources as they were read, and what was not selected.
    pub left_out: Vec<ResourceChange>,
    /// Targets or exclusions leave something out, so that another plan is needed.
    pub is_partial: bool,
    /// The root module's variables.
    pub variables: BTreeMap<Name, Value>,
    /// Something could not be planned: it may be looked at and not be applied.
    pub errored: bool,
    /// How many provider calls it took to read everything.
    pub reads: usize,
}

/// What happens to one instance.
#[derive(Clone, Debug)]
pub struct ResourceChange {
    pub address: ResourceAddress,
    /// Where it was before a `moved` block or a change between `count` and `for_each`.
    pub previous_address: Option<ResourceAddress>,
    /// The key of the deposed object that is meant, if not the current one.
    pub deposed: Option<String>,
    /// The provider's name, such as `aws` or `aws.west`.
    pub provider: String,
    pub region: Option<String>,
    pub action: Action,
    pub reason: Option<Reason>,
    /// None where nothing is there.
    pub before: Option<Value>,
    /// None where nothing will be there; unknown where only apply will know; marked where sensitive.
    pub after: Option<Value>,
    /// The attributes because of which it is replaced.
    pub replace_paths: Vec<Path>,
    pub importing: Option<PlannedImport>,
    /// Why it could not be read: what it lives on is down.
    pub unread: Option<String>,
    /// The only cause of the change is that the world moved.
    pub caused_by_drift: bool,
    /// Its destruction destroys data that cannot be made again.
    pub destroys_data: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedImport {
    pub id: String,
    /// The block that was written for it, because it has none.
    pub generated_config: Option<String>,
}

/// What happens to one output.
#[derive(Clone, Debug)]
pub struct OutputChange {
    pub action: Action,
    pub before: Option<Value>,
    pub after: Option<Value>,
    pub sensitive: bool,
}

/// How the conditions of one object turned out.
#[derive(Clone, Debug)]
pub struct CheckResult {
    /// `check.health`, `output.url`, `aws_vpc.main`
    pub address: String,
    /// `resource`, `output_value`, `check` or `var`.
    pub kind: &'static str,
    pub status: CheckStatus,
    /// The messages of failed conditions.
    pub problems: Vec<String>,
    /// It stands for a whole block, which counts only where no instance of it was judged.
    pub of_block: bool,
}

/// How a condition turned out, the least bad first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    Pass,
    Unknown,
    Fail,
    Error,
}

impl CheckStatus {
    /// That of two conditions together.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        self.max(other)
    }
}

/// How many instances are added, changed and so on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub import: usize,
    pub add: usize,
    pub change: usize,
    pub destroy: usize,
    pub forget: usize,
    pub read_again: usize,
}

impl ResourceChange {
    /// A change that does nothing yet: the starting point of every other.
    pub fn no_op(address: ResourceAddress, provider: impl Into<String>) -> Self {
        Self {
            address,
            previous_address: None,
            deposed: None,
            provider: provider.into(),
            region: None,
            action: Action::NoOp,
            reason: None,
            before: None,
            after: None,
            replace_paths: Vec::new(),
            importing: None,
            unread: None,
            caused_by_drift: false,
            destroys_data: false,
        }
    }

    /// Tells whether apply has anything to do for it.
    pub fn is_change(&self) -> bool {
        self.action != Action::NoOp || self.previous_address.is_some() || self.importing.is_some()
    }
}

impl Plan {
    /// Counts as the last line of a plan does.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for change in &self.changes {
            summary.import += usize::from(change.importing.is_some());
            summary.add += usize::from(change.action.creates());
            summary.change += usize::from(change.action == Action::Update);
            summary.destroy += usize::from(change.action.destroys());
            summary.forget += usize::from(change.action == Action::Forget);
            summary.read_again += usize::from(change.action == Action::ReadAgain);
        }
        summary
    }

    /// Tells whether there is nothing in it, not even what stays as it is.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.outputs.is_empty()
    }

    /// What only refreshes takes no output away.
    fn changes_output(&self, output: &OutputChange) -> bool {
        let stays = self.mode == PlanMode::RefreshOnly && output.action == Action::Delete;
        output.action != Action::NoOp && !stays
    }

    /// Tells whether apply would change the world, the state or an output.
    pub fn has_changes(&self) -> bool {
        self.changes.iter().any(ResourceChange::is_change)
            || self.outputs.values().any(|output| self.changes_output(output))
            || (self.mode == PlanMode::RefreshOnly && !self.drift.is_empty())
    }
}
