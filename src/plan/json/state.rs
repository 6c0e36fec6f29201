//! A state as `show -json` writes it, and the state that a plan starts from.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use lang::{ResourceAddress, ResourceMode, Value};
use provider::Registry;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use state::{InstanceState, Snapshot, Status};

use super::values::{self, OutputValue, ResourceValues, StateValues};
use super::{Check, View, checks};
use crate::{Plan, PlanMode, Secrets};

/// The version of the format.
const FORMAT_VERSION: &str = "1.0";

/// A state; without anything in it there are no values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StateDocument {
    pub format_version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terraform_version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<StateValues>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
}

impl StateDocument {
    fn new(values: StateValues, checks: Vec<Check>) -> Self {
        Self {
            format_version: FORMAT_VERSION.into(),
            terraform_version: Some(lang::TERRAFORM_VERSION.into()),
            values: Some(values),
            checks,
        }
    }
}

/// Reads the recorded attributes of an object, marked where they are secret.
pub type Reader<'a> = &'a dyn Fn(&InstanceState) -> Value;

/// Writes everything that is recorded, secrets too: who may read the state may read them.
pub fn document(snapshot: &Snapshot, read: Reader<'_>, registry: &Registry) -> StateDocument {
    if snapshot.is_empty() {
        let format_version = FORMAT_VERSION.into();
        let checks = Vec::new();
        return StateDocument { format_version, terraform_version: None, values: None, checks };
    }
    let checks: Vec<Check> = snapshot
        .check_results
        .iter()
        .filter_map(|check| serde_json::from_value(check.clone()).ok())
        .collect();
    let outputs = snapshot.outputs.iter().map(|(name, output)| {
        let shown = OutputValue {
            sensitive: output.sensitive,
            value: Some(output.value.clone()),
            value_type: Some(output.value_type.clone()),
        };
        (name.clone(), shown)
    });
    let behind = Behind::of(snapshot);
    let view = View { registry, secrets: Secrets::Shown };
    let resources = snapshot.instances.values().flat_map(|instance| instance.objects());
    let resources = resources.filter_map(|(instance, deposed)| {
        let address: ResourceAddress = instance.address.parse().ok()?;
        let value = read(&instance);
        let shown = ResourceValues::new(&address, &instance.provider, &value, view);
        let depends_on = match address.mode {
            ResourceMode::Managed => behind.all(&instance.dependencies),
            // It has no life of its own to wait with.
            ResourceMode::Data => Vec::new(),
        };
        let tainted = instance.is_tainted();
        let schema_version = instance.schema_version;
        let deposed_key = deposed;
        let shown = ResourceValues { depends_on, tainted, schema_version, deposed_key, ..shown };
        Some((address, shown))
    });
    let root_module = values::tree(resources);
    StateDocument::new(StateValues { outputs: outputs.collect(), root_module }, checks)
}

/// The state that a plan starts from, as reading found it; none where there is nothing yet.
pub(super) fn prior(
    plan: &Plan,
    planned: &HashMap<String, Vec<String>>,
    view: View<'_>,
) -> Option<StateDocument> {
    let behind = Behind::of(&plan.prior);
    let configured = Behind::new(planned.iter().map(|(address, on)| (&**address, &**on)));
    let resources = plan.changes.iter().chain(&plan.left_out).filter_map(|change| {
        let value = change.before.as_ref()?;
        let recorded = change.previous_address.as_ref().unwrap_or(&change.address).to_string();
        let instance = plan.prior.instances.get(&recorded);
        let address = &change.address;
        let shown = ResourceValues::new(address, &change.provider, value, view);
        let deposed = change.deposed.clone();
        let tainted = instance.is_some_and(|instance| match &deposed {
            None => instance.is_tainted(),
            Some(key) => {
                instance.deposed.iter().any(|d| d.key == *key && d.status == Status::Tainted)
            }
        });
        let recorded = instance.map(|instance| instance.dependencies.as_slice());
        // Reading adds what the configuration refers to by now, and where nothing changes only that counts.
        let now = planned.get(&address.to_string()).filter(|_| change.deposed.is_none());
        let now = now.filter(|_| change.importing.is_none());
        let decided = plan.mode != PlanMode::RefreshOnly;
        let stays = now.is_some() && decided && change.action == crate::Action::NoOp;
        let recorded = recorded.filter(|_| !stays).unwrap_or_default();
        let mut depends_on = behind.all(recorded);
        depends_on.extend(now.into_iter().flat_map(|now| configured.all(now)));
        depends_on.sort_unstable();
        depends_on.dedup();
        if address.mode == ResourceMode::Data {
            depends_on.clear();
        }
        let shown = ResourceValues { tainted, depends_on, deposed_key: deposed, ..shown };
        Some((address.clone(), shown))
    });
    let root_module = values::tree(resources);
    let outputs = prior_outputs(plan, view.secrets);
    let is_empty = outputs.is_empty() && root_module == values::ModuleValues::default();
    if is_empty && plan.prior.is_empty() {
        return None;
    }
    Some(StateDocument::new(StateValues { outputs, root_module }, Vec::new()))
}

/// Outputs as they are recorded, and as they are now where planning knows that already.
fn prior_outputs(plan: &Plan, secrets: Secrets) -> BTreeMap<String, OutputValue> {
    let recorded = plan.prior.outputs.iter().map(|(name, output)| {
        let hides = output.sensitive && secrets == Secrets::Hidden;
        let value = if hides { Json::Null } else { output.value.clone() };
        let value_type = Some(output.value_type.clone());
        (name.clone(), OutputValue { sensitive: output.sensitive, value: Some(value), value_type })
    });
    let mut outputs: BTreeMap<String, OutputValue> = recorded.collect();
    for (name, change) in &plan.outputs {
        let Some(now) = change.after.as_ref().filter(|value| value.is_wholly_known()) else {
            continue;
        };
        // An output that is null is not recorded.
        if now.is_null() {
            outputs.remove(&**name);
        } else {
            outputs.insert(name.to_string(), OutputValue::new(now, now.is_sensitive(), secrets));
        }
    }
    outputs
}

/// For each block, by its address without instance keys, the blocks that it refers to.
struct Behind {
    direct: HashMap<String, BTreeSet<String>>,
}

impl Behind {
    fn of(snapshot: &Snapshot) -> Self {
        let instances = snapshot.instances.values();
        Self::new(instances.map(|instance| (&*instance.address, &*instance.dependencies)))
    }

    /// Of instances, each with the addresses that it depends on.
    fn new<'a>(instances: impl Iterator<Item = (&'a str, &'a [String])>) -> Self {
        let mut direct: HashMap<String, BTreeSet<String>> = HashMap::new();
        for (address, dependencies) in instances {
            let blocks = dependencies.iter().map(|address| block(address));
            direct.entry(block(address)).or_default().extend(blocks);
        }
        Self { direct }
    }

    /// Every block that addresses lead to, directly or through others, as Terraform records them.
    fn all(&self, addresses: &[String]) -> Vec<String> {
        let mut found = BTreeSet::new();
        let mut pending: Vec<String> = addresses.iter().map(|address| block(address)).collect();
        while let Some(next) = pending.pop() {
            let behind = self.direct.get(&next).into_iter().flatten();
            pending.extend(behind.filter(|block| !found.contains(*block)).cloned());
            found.insert(next);
        }
        found.into_iter().collect()
    }
}

/// The address of the block that an instance stems from.
fn block(address: &str) -> String {
    let Ok(mut address) = address.parse::<ResourceAddress>() else { return address.to_owned() };
    address.key = None;
    address.module.0.iter_mut().for_each(|step| step.key = None);
    address.to_string()
}

/// The key of the check results in a snapshot: their JSON.
pub fn recorded_checks(checks: &[crate::CheckResult]) -> Vec<Json> {
    checks::grouped(checks).into_iter().map(|check| json!(check)).collect()
}
