//! How conditions turned out, by the block that has them and by its instances.

use std::collections::BTreeMap;

use lang::{Key, ModuleAddress, ResourceAddress};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use super::change::mode;
use super::values;
use crate::{CheckResult, CheckStatus};

/// A block with conditions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// `kind`, `name`, `to_display`; `module`, `mode` and `type` where they apply.
    pub address: Map<String, Json>,
    pub status: CheckStatus,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instances: Vec<CheckInstance>,
}

/// One instance of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckInstance {
    /// `to_display`; `module` and `instance_key` where they apply.
    pub address: Map<String, Json>,
    pub status: CheckStatus,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    pub message: String,
}

/// Groups results by block, sorted by address.
pub(super) fn grouped(results: &[CheckResult]) -> Vec<Check> {
    let mut checks: BTreeMap<String, Check> = BTreeMap::new();
    for result in results.iter().filter(|result| !result.of_block) {
        let Some(place) = Place::of(result) else { continue };
        let block = place.block();
        let check = checks.entry(block.display()).or_insert_with(|| Check {
            address: block.address(result.kind),
            status: CheckStatus::Pass,
            instances: Vec::new(),
        });
        check.status = check.status.worse(result.status);
        check.instances.push(CheckInstance {
            address: place.instance(),
            status: result.status,
            problems: result.problems.iter().cloned().map(|message| Problem { message }).collect(),
        });
    }
    for result in results.iter().filter(|result| result.of_block) {
        let Some(block) = Place::of(result) else { continue };
        let (address, status) = (block.address(result.kind), result.status);
        let bare = Check { address, status, instances: Vec::new() };
        checks.entry(block.display()).or_insert(bare);
    }
    checks.into_values().collect()
}

/// What has conditions.
#[derive(Clone)]
enum Place {
    Resource(ResourceAddress),
    /// `check.NAME`, `output.NAME` or `var.NAME` in a module.
    Named {
        module: ModuleAddress,
        word: String,
        name: String,
    },
}

impl Place {
    fn of(result: &CheckResult) -> Option<Self> {
        if result.kind == "resource" {
            return result.address.parse().ok().map(Self::Resource);
        }
        let (before, name) = result.address.rsplit_once('.')?;
        let (module, word) = before.rsplit_once('.').unwrap_or(("", before));
        // A module is parsed as that of a resource, which there is none of.
        let module = match module {
            "" => ModuleAddress::default(),
            module => format!("{module}.any.one").parse::<ResourceAddress>().ok()?.module,
        };
        Some(Self::Named { module, word: word.into(), name: name.into() })
    }

    fn module(&self) -> &ModuleAddress {
        match self {
            Self::Resource(address) => &address.module,
            Self::Named { module, .. } => module,
        }
    }

    /// The same without any instance key.
    fn block(&self) -> Self {
        let mut block = self.clone();
        let module = match &mut block {
            Self::Resource(address) => {
                address.key = None;
                &mut address.module
            }
            Self::Named { module, .. } => module,
        };
        module.0.iter_mut().for_each(|step| step.key = None);
        block
    }

    fn key(&self) -> Option<&Key> {
        if let Self::Resource(address) = self { address.key.as_ref() } else { None }
    }

    fn display(&self) -> String {
        match self {
            Self::Resource(address) => address.to_string(),
            Self::Named { module, word, name } if module.0.is_empty() => format!("{word}.{name}"),
            Self::Named { module, word, name } => format!("{module}.{word}.{name}"),
        }
    }

    fn address(&self, kind: &str) -> Map<String, Json> {
        let mut address = self.instance();
        address.insert("kind".into(), json!(kind));
        match self {
            Self::Resource(resource) => {
                address.insert("mode".into(), json!(mode(resource.mode)));
                address.insert("type".into(), json!(&*resource.type_name));
                address.insert("name".into(), json!(&*resource.name));
            }
            Self::Named { name, .. } => {
                address.insert("name".into(), json!(name));
            }
        }
        address
    }

    fn instance(&self) -> Map<String, Json> {
        let mut address = Map::new();
        address.insert("to_display".into(), json!(self.display()));
        if !self.module().0.is_empty() {
            address.insert("module".into(), json!(self.module().to_string()));
        }
        if let Some(key) = self.key() {
            address.insert("instance_key".into(), values::key(key));
        }
        address
    }
}
