//! Reads the state of Terraform and OpenTofu (version 4) into ours.
//!
//! Types, names and attributes stay as they are. Terraform lists for each instance all resources behind
//! it; here only the direct ones are kept, and as instances: those of the same module instance where the
//! reference stays inside a module, else all of the resource.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Deserialize;
use serde_json::Value;

use crate::{
    Deposed, InstanceState, Mode, OutputState, PathStep, SensitivePath, StateError, Status,
};

/// The only version that is read; older ones are upgraded by any Terraform since 0.12.
const VERSION: u64 = 4;

/// What a Terraform state holds, in our words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TerraformImport {
    /// The lineage that it had there.
    pub lineage: String,
    /// The serial that it had there.
    pub serial: u64,
    /// Instances, sorted by address.
    pub instances: Vec<InstanceState>,
    /// Outputs of the root module.
    pub outputs: BTreeMap<String, OutputState>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    serial: u64,
    lineage: String,
    #[serde(default)]
    outputs: BTreeMap<String, OutputState>,
    #[serde(default)]
    resources: Vec<Resource>,
}

#[derive(Deserialize)]
struct Resource {
    #[serde(default)]
    module: String,
    mode: Mode,
    #[serde(rename = "type")]
    type_name: String,
    name: String,
    provider: String,
    #[serde(default)]
    instances: Vec<Instance>,
}

#[derive(Deserialize)]
struct Instance {
    index_key: Option<Value>,
    #[serde(default)]
    status: String,
    deposed: Option<String>,
    #[serde(default)]
    schema_version: u64,
    #[serde(default)]
    attributes: Value,
    #[serde(default)]
    sensitive_attributes: Vec<Vec<Step>>,
    private: Option<String>,
    #[serde(default)]
    dependencies: Vec<String>,
    #[serde(default)]
    create_before_destroy: bool,
}

#[derive(Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
enum Step {
    GetAttr(String),
    Index(Key),
}

#[derive(Deserialize)]
struct Key {
    value: Value,
}

/// Reads a version 4 state file.
///
/// # Errors
/// [`StateError::TerraformState`] when it is not JSON, of another version, or lacks what it must have.
pub fn import_terraform(bytes: &[u8]) -> Result<TerraformImport, StateError> {
    let whole: Value = serde_json::from_slice(bytes)
        .map_err(|error| refuse(&format!("it is not JSON: {error}")))?;
    match whole.get("version").and_then(Value::as_u64) {
        Some(VERSION) => {}
        Some(other) => {
            return Err(refuse(&format!(
                "it has version {other}, and only version {VERSION} is read; `terraform apply -refresh-only` of a \
                 current version upgrades older ones"
            )));
        }
        None => return Err(refuse("it has no \"version\"")),
    }
    let file: File = serde_json::from_value(whole).map_err(|error| refuse(&error.to_string()))?;
    Ok(TerraformImport {
        instances: import_instances(&file.resources)?,
        lineage: file.lineage,
        serial: file.serial,
        outputs: file.outputs,
    })
}

fn refuse(reason: &str) -> StateError {
    StateError::TerraformState { reason: reason.trim_end_matches('.').into() }
}

fn import_instances(resources: &[Resource]) -> Result<Vec<InstanceState>, StateError> {
    let graph = Graph::new(resources);
    let mut instances: BTreeMap<String, InstanceState> = BTreeMap::new();
    for resource in resources {
        for instance in &resource.instances {
            let address =
                format!("{}{}", resource.address(), key_text(instance.index_key.as_ref())?);
            let imported = instances
                .entry(address)
                .or_insert_with_key(|address| resource.instance(address, instance));
            let dependencies = graph.direct(resource, instance);
            match &instance.deposed {
                Some(key) => imported.deposed.push(instance.deposed_object(key, dependencies)),
                None if imported.has_current() => {
                    return Err(refuse(&format!("\"{}\" is in it twice", imported.address)));
                }
                None => instance.fill(imported, dependencies),
            }
        }
    }
    Ok(instances.into_values().collect())
}

impl Resource {
    /// The address with the module instance, without the key.
    fn address(&self) -> String {
        let module = if self.module.is_empty() { "" } else { "." };
        format!("{}{module}{}", self.module, self.local_address())
    }

    fn local_address(&self) -> String {
        let data = if self.mode == Mode::Data { "data." } else { "" };
        format!("{data}{}.{}", self.type_name, self.name)
    }

    /// The address without any key, as Terraform writes dependencies.
    fn config_address(&self) -> String {
        let module = without_keys(&self.module);
        let dot = if module.is_empty() { "" } else { "." };
        format!("{module}{dot}{}", self.local_address())
    }

    /// What all objects of the instance share.
    fn instance(&self, address: &str, instance: &Instance) -> InstanceState {
        InstanceState {
            address: address.into(),
            mode: self.mode,
            type_name: self.type_name.clone(),
            name: self.name.clone(),
            module: self.module.clone(),
            index: instance.index_key.clone(),
            provider: provider_name(&self.provider),
            ..InstanceState::default()
        }
    }
}

impl Instance {
    fn fill(&self, imported: &mut InstanceState, dependencies: Vec<String>) {
        imported.schema_version = self.schema_version;
        imported.status = self.status();
        imported.region =
            self.attributes.get("region").and_then(Value::as_str).map(ToOwned::to_owned);
        imported.attributes = self.attributes();
        imported.sensitive = self.sensitive();
        imported.dependencies = dependencies;
        imported.create_before_destroy = self.create_before_destroy;
        imported.private = self.private.clone().map(Value::String);
    }

    fn deposed_object(&self, key: &str, dependencies: Vec<String>) -> Deposed {
        Deposed {
            generation: 0,
            made_at: None,
            key: key.into(),
            attributes: self.attributes(),
            sensitive: self.sensitive(),
            schema_version: self.schema_version,
            status: self.status(),
            dependencies,
            private: self.private.clone().map(Value::String),
        }
    }

    /// Never null, which would mean that there is no object.
    fn attributes(&self) -> Value {
        if self.attributes.is_null() {
            return Value::Object(serde_json::Map::new());
        }
        self.attributes.clone()
    }

    fn status(&self) -> Status {
        if self.status == "tainted" { Status::Tainted } else { Status::Ready }
    }

    fn sensitive(&self) -> Vec<SensitivePath> {
        self.sensitive_attributes.iter().map(|path| sensitive_path(path)).collect()
    }
}

/// A path, cut short where an element of a set is meant: all of the set is sensitive then.
fn sensitive_path(path: &[Step]) -> SensitivePath {
    let steps = path.iter().map(|step| match step {
        Step::GetAttr(name) => Some(PathStep::Name(name.clone())),
        Step::Index(Key { value: Value::String(key) }) => Some(PathStep::Name(key.clone())),
        Step::Index(Key { value: Value::Number(number) }) => number.as_u64().map(PathStep::Index),
        Step::Index(_) => None,
    });
    steps.map_while(|step| step).collect()
}

/// `aws` or `aws.west` of `module.m.provider["registry.example.com/hashicorp/aws"].west`.
fn provider_name(provider: &str) -> String {
    let quoted = provider.rsplit_once("provider[\"").map_or(provider, |(_, rest)| rest);
    let (source, alias) = quoted.split_once("\"]").unwrap_or((quoted, ""));
    let name = source.rsplit('/').next().unwrap_or(source);
    format!("{name}{alias}")
}

/// `[0]` or `["key"]`, quoted as in HCL.
fn key_text(key: Option<&Value>) -> Result<String, StateError> {
    match key {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::Number(number)) => Ok(format!("[{number}]")),
        Some(Value::String(text)) => Ok(format!("[{}]", quote(text))),
        Some(_) => Err(refuse("an \"index_key\" is neither a number nor a string")),
    }
}

fn quote(text: &str) -> String {
    let mut quoted = String::from('"');
    for (at, character) in text.char_indices() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '$' | '%' if text[at + 1..].starts_with('{') => quoted.extend([character, character]),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// `module.a.module.b` of `module.a["x]"].module.b[0]`.
fn without_keys(module: &str) -> String {
    let mut bare = String::new();
    let (mut inside, mut quoted, mut escaped) = (false, false, false);
    for character in module.chars() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '[' if !quoted => inside = true,
            ']' if !quoted => inside = false,
            other if !inside => bare.push(other),
            _ => {}
        }
    }
    bare
}

/// Which resource refers to which, by configuration address.
struct Graph<'a> {
    behind: HashMap<String, BTreeSet<&'a str>>,
    instances: HashMap<String, Vec<(&'a str, String)>>,
}

impl<'a> Graph<'a> {
    fn new(resources: &'a [Resource]) -> Self {
        let mut graph = Self { behind: HashMap::new(), instances: HashMap::new() };
        for resource in resources {
            let config = resource.config_address();
            let behind = graph.behind.entry(config.clone()).or_default();
            behind.extend(
                resource.instances.iter().flat_map(|i| &i.dependencies).map(String::as_str),
            );
            let keys: BTreeSet<String> = resource
                .instances
                .iter()
                .filter_map(|instance| key_text(instance.index_key.as_ref()).ok())
                .collect();
            let addresses = keys.into_iter().map(|key| format!("{}{key}", resource.address()));
            let known = graph.instances.entry(config).or_default();
            known.extend(addresses.map(|address| (resource.module.as_str(), address)));
        }
        graph
    }

    /// The instances of those dependencies that are behind no other dependency.
    fn direct(&self, resource: &Resource, instance: &Instance) -> Vec<String> {
        let all: BTreeSet<&str> = instance.dependencies.iter().map(String::as_str).collect();
        let own = resource.config_address();
        let is_behind = |one: &str| {
            all.iter().any(|other| {
                *other != one
                    && self.behind.get(*other).is_some_and(|behind| behind.contains(one))
                    // Two that are behind one another (an old state of a cycle) would both vanish.
                    && !self.behind.get(one).is_some_and(|behind| behind.contains(other))
            })
        };
        let direct = all.iter().filter(|one| **one != own && !is_behind(one));
        let instances: BTreeSet<String> =
            direct.flat_map(|one| self.instances_of(one, &resource.module)).collect();
        instances.into_iter().collect()
    }

    fn instances_of(&self, config: &str, module: &str) -> Vec<String> {
        let Some(all) = self.instances.get(config) else { return vec![config.to_owned()] };
        let near: Vec<String> = all
            .iter()
            .filter(|(of, _)| *of == module)
            .map(|(_, address)| address.clone())
            .collect();
        if near.is_empty() {
            all.iter().map(|(_, address)| address.clone()).collect()
        } else {
            near
        }
    }
}

#[cfg(test)]
mod tests;
