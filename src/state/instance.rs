//! One instance of a resource or data source as it was last applied, and one output value.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Whether artiform manages the thing or only reads it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// A `resource`: created, changed and deleted by apply.
    #[default]
    Managed,
    /// A `data` source: only read.
    Data,
}

/// How far the thing got.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Made and configured.
    #[default]
    Ready,
    /// Made, but to be replaced by the next apply.
    Tainted,
    /// Created but not configured: a composite create that has done only these of its steps.
    Configuring {
        /// Names of the steps that are done, in the order in which they were done.
        done: Vec<String>,
    },
}

/// One step of a path into `attributes`: a name (attribute or map key) or a position in a list.
///
/// Elements of a set have no address; mark the whole set. On disk a path reads `["tags", "Name"]`
/// or `["rule", 0, "secret"]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PathStep {
    /// A position in a list or tuple, from 0.
    Index(u64),
    /// An attribute of an object or a key of a map.
    Name(String),
}

/// A path into `attributes` that leads to a sensitive value. The empty path is the whole object.
pub type SensitivePath = Vec<PathStep>;

/// What is known of one instance.
///
/// Fields that have their usual value (empty, false, `managed`, `ready`, zero) are not written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct InstanceState {
    /// The whole address, as `module.site["eu"].aws_lb.web[0]`. It is the instance's key in the snapshot.
    pub address: String,
    /// Resource or data source.
    #[serde(default, skip_serializing_if = "is_default")]
    pub mode: Mode,
    /// The type, as `aws_lb`.
    #[serde(rename = "type")]
    pub type_name: String,
    /// The name in the configuration, as `web`.
    pub name: String,
    /// The module instance, as `module.site["eu"]`; empty for the root module.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub module: String,
    /// The key from `count` (a number) or `for_each` (a string).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<Value>,
    /// The provider's name, with the alias after a full stop: `aws` or `aws.west`.
    pub provider: String,
    /// The region in which the thing lives, for types that have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The version of the type's schema with which the attributes were written.
    #[serde(default, skip_serializing_if = "is_default")]
    pub schema_version: u64,
    /// How many objects of this instance were replaced before this one: generated names differ by it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub generation: u64,
    /// The address at which the object was made, where it has moved since: its generated names derive from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_at: Option<String>,
    /// Ready, tainted or only half configured.
    #[serde(default, skip_serializing_if = "is_default")]
    pub status: Status,
    /// All attributes, a JSON object; `null` when only deposed objects are left.
    #[serde(default)]
    pub attributes: Value,
    /// Where in `attributes` sensitive values are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sensitive: Vec<SensitivePath>,
    /// Addresses of the instances that this one refers to. Direct ones only, sorted by the writer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<String>,
    /// The replacement is made before this one is destroyed.
    #[serde(default, skip_serializing_if = "is_default")]
    pub create_before_destroy: bool,
    /// Refuses to be destroyed, even when its block is gone.
    #[serde(default, skip_serializing_if = "is_default")]
    pub prevent_destroy: bool,
    /// What to do instead of a plain delete: `retain` or `snapshot`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_destroy: Option<String>,
    /// Whatever the provider wants to keep beside the attributes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private: Option<Value>,
    /// Objects that were replaced and still wait to be deleted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deposed: Vec<Deposed>,
}

impl InstanceState {
    /// Whether there is a current object, not only deposed ones.
    #[must_use]
    pub fn has_current(&self) -> bool {
        !self.attributes.is_null()
    }

    /// Whether the next apply must replace the object.
    #[must_use]
    pub fn is_tainted(&self) -> bool {
        self.status == Status::Tainted
    }

    /// The current object and then the deposed ones with their keys, each as if it were the current one.
    #[must_use]
    pub fn objects(&self) -> Vec<(Self, Option<String>)> {
        let current = self.has_current().then(|| (self.clone(), None));
        let deposed = self.deposed.iter().map(|object| {
            let alone = Self {
                attributes: object.attributes.clone(),
                sensitive: object.sensitive.clone(),
                schema_version: object.schema_version,
                status: object.status.clone(),
                dependencies: object.dependencies.clone(),
                private: object.private.clone(),
                ..self.clone()
            };
            (alone, Some(object.key.clone()))
        });
        current.into_iter().chain(deposed).collect()
    }

    /// Moves the current object among the deposed ones under `key`, leaving no current object.
    ///
    /// Does nothing when there is no current object.
    pub fn depose(&mut self, key: impl Into<String>) {
        if !self.has_current() {
            return;
        }
        self.deposed.push(Deposed {
            key: key.into(),
            attributes: self.attributes.take(),
            sensitive: std::mem::take(&mut self.sensitive),
            schema_version: self.schema_version,
            generation: self.generation,
            made_at: self.made_at.take(),
            status: std::mem::take(&mut self.status),
            dependencies: self.dependencies.clone(),
            private: self.private.take(),
        });
    }
}

/// An object that was replaced and is not deleted yet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Deposed {
    /// Eight hexadecimal digits that tell it from the instance's other deposed objects.
    pub key: String,
    /// All attributes, a JSON object.
    pub attributes: Value,
    /// Where in `attributes` sensitive values are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sensitive: Vec<SensitivePath>,
    /// The version of the type's schema with which the attributes were written.
    #[serde(default, skip_serializing_if = "is_default")]
    pub schema_version: u64,
    /// Its generation as the current object.
    #[serde(default, skip_serializing_if = "is_default")]
    pub generation: u64,
    /// The address at which it was made, where it has moved since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_at: Option<String>,
    /// The status that it had as the current object.
    #[serde(default, skip_serializing_if = "is_default")]
    pub status: Status,
    /// Addresses of the instances that it refers to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<String>,
    /// Whatever the provider wants to keep beside the attributes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private: Option<Value>,
}

/// An output of the root module.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OutputState {
    /// The value as JSON.
    pub value: Value,
    /// The type as Terraform writes it in JSON: `"string"` or `["map", "number"]`.
    #[serde(rename = "type")]
    pub value_type: Value,
    /// Shown only on request.
    #[serde(default, skip_serializing_if = "is_default")]
    pub sensitive: bool,
}

/// Whether a field has its usual value and need not be written.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
