//! Plans and state as other programs read them: Terraform's JSON, field by field.
//!
//! [`document`] writes a plan and [`state::document`] a state; the types of this module are the format, so
//! what was written can be read back. Fields stand in Terraform's order, and what Terraform leaves out when
//! it is empty is left out here. One thing differs on purpose: a secret is null, and marked as sensitive,
//! unless [`Secrets::Shown`] asks for it.

use std::collections::{BTreeMap, HashMap};

use config::Config;
use provider::Registry;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::{Action, Plan, PlanMode, Secrets};

mod change;
pub mod checks;
pub mod configuration;
pub mod state;
pub mod values;

pub use change::{Change, Importing, ResourceChange};
pub use checks::Check;
pub use configuration::Configuration;
pub use state::StateDocument;
pub use values::StateValues;

/// The version of the format.
const FORMAT_VERSION: &str = "1.2";

/// A plan as `show -json PLAN` writes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanDocument {
    pub format_version: String,
    pub terraform_version: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, VariableValue>,
    pub planned_values: StateValues,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resource_drift: Vec<ResourceChange>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resource_changes: Vec<ResourceChange>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub output_changes: BTreeMap<String, Change>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prior_state: Option<StateDocument>,
    pub configuration: Configuration,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relevant_attributes: Vec<RelevantAttribute>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    pub timestamp: String,
    /// Apply has something to do and may do it.
    pub applyable: bool,
    /// Nothing is left for another plan.
    pub complete: bool,
    pub errored: bool,
}

/// The value of a variable of the root module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VariableValue {
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub value: Option<Json>,
}

/// An attribute that something which changes refers to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RelevantAttribute {
    pub resource: String,
    pub attribute: Vec<Json>,
}

/// What a plan was made from, and what only the one who made it knows of it.
pub struct Origin<'a> {
    pub config: &'a Config,
    pub registry: &'a Registry,
    /// The attributes that what changes refers to, by the address of their resource.
    pub relevant: Vec<(String, lang::Path)>,
    /// What each instance depends on by the configuration that was planned, by its address.
    pub dependencies: HashMap<String, Vec<String>>,
    pub secrets: Secrets,
}

/// What values are written with.
#[derive(Clone, Copy)]
struct View<'a> {
    registry: &'a Registry,
    secrets: Secrets,
}

/// Writes a plan.
pub fn document(plan: &Plan, origin: &Origin<'_>) -> PlanDocument {
    let view = View { registry: origin.registry, secrets: origin.secrets };
    // What is destroyed has moved before: a plan to destroy does not tell of moves.
    let moves = plan.mode != PlanMode::Destroy;
    let of_resource = |change: &crate::ResourceChange| {
        let shown = ResourceChange::new(change, view);
        let previous_address = shown.previous_address.filter(|_| moves);
        ResourceChange { previous_address, ..shown }
    };
    let variable = |value| VariableValue { value: values::known(value, view.secrets) };
    let pending = plan.changes.iter().any(|change| change.action == Action::ReadAgain);
    PlanDocument {
        format_version: FORMAT_VERSION.into(),
        terraform_version: lang::TERRAFORM_VERSION.into(),
        variables: plan.variables.iter().map(|(n, v)| (n.to_string(), variable(v))).collect(),
        planned_values: values::planned(plan, view),
        resource_drift: plan.drift.iter().map(of_resource).collect(),
        resource_changes: values::listed(plan).map(of_resource).collect(),
        output_changes: change::outputs(plan, view.secrets),
        prior_state: state::prior(plan, &origin.dependencies, view),
        configuration: configuration::of(origin.config, origin.registry),
        relevant_attributes: origin.relevant.iter().map(RelevantAttribute::new).collect(),
        checks: checks::grouped(&plan.checks),
        timestamp: plan.timestamp.clone(),
        applyable: plan.has_changes() && !plan.errored,
        complete: !pending && !plan.is_partial && !plan.errored,
        errored: plan.errored,
    }
}

impl RelevantAttribute {
    fn new((address, path): &(String, lang::Path)) -> Self {
        Self { resource: address.clone(), attribute: values::path(path) }
    }
}

/// Reads a field that is there as such, so that null and absence differ.
pub(crate) fn present<'de, D>(deserializer: D) -> Result<Option<Json>, D::Error>
where
    D: serde::Deserializer<'de>,
{
    Json::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests;
