//! The configuration as plan JSON tells it: not evaluated, with what each expression refers to.

use std::collections::{BTreeMap, BTreeSet};

use config::{Config, Module, ModuleCall, Resource};
use lang::{Body, Expr, Traversal};
use provider::{Nesting, Registry, Schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use super::change::mode;
use super::{present, values};

mod expression;

pub use expression::Expression;

/// Provider configurations, and the tree of modules.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Configuration {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub provider_config: BTreeMap<String, ProviderConfig>,
    pub root_module: ConfigModule,
}

/// A provider configuration: a block, or what a resource implies.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProviderConfig {
    pub name: String,
    pub full_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_constraint: Option<String>,
    /// The module that has it; empty for the root module.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub module_address: String,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub expressions: Map<String, Json>,
}

/// What one module declares.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ConfigModule {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub outputs: BTreeMap<String, ConfigOutput>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<ConfigResource>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub module_calls: BTreeMap<String, ConfigCall>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, ConfigVariable>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ConfigOutput {
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sensitive: bool,
    pub expression: Expression,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ConfigResource {
    pub address: String,
    pub mode: String,
    #[serde(rename = "type")]
    pub type_name: String,
    pub name: String,
    /// The entry of `provider_config`.
    pub provider_config_key: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provisioners: Vec<ConfigProvisioner>,
    /// By attribute an [`Expression`], by block its expressions or a list of them.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub expressions: Map<String, Json>,
    pub schema_version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count_expression: Option<Expression>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_each_expression: Option<Expression>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ConfigProvisioner {
    #[serde(rename = "type")]
    pub type_name: String,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub expressions: Map<String, Json>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ConfigCall {
    pub source: String,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub expressions: Map<String, Json>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count_expression: Option<Expression>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_each_expression: Option<Expression>,
    pub module: ConfigModule,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ConfigVariable {
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub default: Option<Json>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sensitive: bool,
}

/// Writes a configuration.
pub(super) fn of(config: &Config, registry: &Registry) -> Configuration {
    let mut writer = Writer { registry, found: BTreeMap::new() };
    let root_module = writer.module(&config.root, &Keys::new());
    Configuration { provider_config: writer.found, root_module }
}

/// For each provider configuration that a module can use, its entry of `provider_config`.
type Keys = BTreeMap<String, String>;

struct Writer<'a> {
    registry: &'a Registry,
    found: BTreeMap<String, ProviderConfig>,
}

impl Writer<'_> {
    /// The provider configurations of a module: its blocks, what its caller has, or entries of its own.
    fn providers(&mut self, module: &Module, inherited: &Keys) -> Keys {
        let path: Vec<String> = module.path.iter().map(ToString::to_string).collect();
        let path = path.join(".");
        let own = |name: &str| if path.is_empty() { name.into() } else { format!("{path}:{name}") };
        let mut keys = Keys::new();
        for block in &module.providers {
            let schema = self.registry.provider(&block.name).map(|provider| provider.schema());
            let expressions = schema.map(|schema| expressions(&block.body, schema));
            let alias = block.alias.as_ref().map(ToString::to_string);
            let name = reference(&block.name, alias.as_deref());
            let provider = ProviderConfig {
                alias,
                expressions: expressions.unwrap_or_default(),
                ..self.provider(module, &block.name, &path)
            };
            self.found.insert(own(&name), provider);
            keys.insert(name.clone(), own(&name));
        }
        let used = module.resources.values().map(|resource| self.configuration_of(resource));
        let required = module.required_providers.keys().map(ToString::to_string);
        for name in used.chain(required).collect::<BTreeSet<String>>() {
            if keys.contains_key(&name) {
                continue;
            }
            let key = inherited.get(&name).cloned().unwrap_or_else(|| own(&name));
            let plain = name.split('.').next().unwrap_or(&name);
            let provider = self.provider(module, plain, &path);
            self.found.entry(key.clone()).or_insert(provider);
            keys.insert(name, key);
        }
        keys
    }

    fn provider(&self, module: &Module, name: &str, path: &str) -> ProviderConfig {
        let required = module.required_providers.get(name);
        let version = required.and_then(|required| required.version.as_ref());
        ProviderConfig {
            name: name.to_owned(),
            full_name: self.registry.provider_address(name),
            version_constraint: version.map(ToString::to_string),
            module_address: path.to_owned(),
            ..ProviderConfig::default()
        }
    }

    /// The provider configuration of a resource, as its module names it.
    fn configuration_of(&self, resource: &Resource) -> String {
        let managed = self.registry.resource_type(&resource.type_name).map(|(p, _)| p);
        let read = self.registry.data_source(&resource.type_name).map(|(p, _)| p);
        let owner = match resource.mode {
            lang::ResourceMode::Managed => managed,
            lang::ResourceMode::Data => read,
        };
        let named = resource.provider.as_ref();
        let name = named.map(|provider| provider.name.to_string());
        let name = name.or_else(|| owner.map(|provider| provider.name().to_owned()));
        let name = name.unwrap_or_else(|| resource.provider_name().to_string());
        let alias = named.and_then(|provider| provider.alias.as_deref());
        reference(&name, alias)
    }

    fn module(&mut self, module: &Module, inherited: &Keys) -> ConfigModule {
        let keys = self.providers(module, inherited);
        let scoped = module.checks.iter().filter_map(|check| check.data.as_ref());
        let all = module.resources.values().chain(scoped);
        let mut resources: Vec<ConfigResource> =
            all.map(|resource| self.resource(resource, &keys)).collect();
        // Managed resources first, then data sources, each sorted by address.
        resources.sort_by(|a, b| (&b.mode, &a.address).cmp(&(&a.mode, &b.address)));
        let calls = module.calls.iter().map(|(key, call)| {
            let name = if key.topology { key.to_string() } else { key.name.to_string() };
            (name, self.call(call, &keys))
        });
        ConfigModule {
            outputs: module.outputs.iter().map(|(n, o)| (n.to_string(), output(o))).collect(),
            resources,
            module_calls: calls.collect(),
            variables: module.variables.iter().map(|(n, v)| (n.to_string(), variable(v))).collect(),
        }
    }

    fn resource(&self, resource: &Resource, keys: &Keys) -> ConfigResource {
        let managed = self.registry.resource_type(&resource.type_name).map(|(_, t)| t.schema());
        let read = self.registry.data_source(&resource.type_name).map(|(_, s)| s.schema());
        let schema = match resource.mode {
            lang::ResourceMode::Managed => managed,
            lang::ResourceMode::Data => read,
        };
        let provider = self.configuration_of(resource);
        let mut expressions =
            schema.map(|schema| expressions(&resource.body, schema)).unwrap_or_default();
        if let Some(region) = &resource.region {
            expressions.insert("region".into(), json!(Expression::of(region)));
        }
        ConfigResource {
            address: resource.key().to_string(),
            mode: mode(resource.mode).into(),
            type_name: resource.type_name.to_string(),
            name: resource.name.to_string(),
            provider_config_key: keys.get(&provider).cloned().unwrap_or(provider),
            provisioners: resource.provisioners.iter().map(|p| self.provisioner(p)).collect(),
            expressions,
            schema_version: schema.map_or(0, |schema| schema.version.into()),
            count_expression: repetition(resource.count.as_ref()),
            for_each_expression: repetition(resource.for_each.as_ref()),
            depends_on: depends_on(&resource.depends_on),
        }
    }

    fn provisioner(&self, block: &config::Provisioner) -> ConfigProvisioner {
        let found = self.registry.provisioner(&block.type_name);
        let expressions = found.map(|known| expressions(&block.body, known.schema()));
        ConfigProvisioner {
            type_name: block.type_name.to_string(),
            expressions: expressions.unwrap_or_default(),
        }
    }

    fn call(&mut self, call: &ModuleCall, keys: &Keys) -> ConfigCall {
        let inputs = call.inputs.iter();
        let mut inherited = keys.clone();
        for (inner, outer) in &call.providers {
            let key = keys.get(&outer.to_string()).cloned();
            inherited.extend(key.map(|key| (inner.to_string(), key)));
        }
        ConfigCall {
            source: call.source.to_string(),
            expressions: inputs
                .map(|(name, input)| (name.to_string(), json!(Expression::of(&input.value))))
                .collect(),
            count_expression: repetition(call.count.as_ref()),
            for_each_expression: repetition(call.for_each.as_ref()),
            module: self.module(&call.module, &inherited),
            depends_on: depends_on(&call.depends_on),
        }
    }
}

/// `aws` or `aws.west`
fn reference(name: &str, alias: Option<&str>) -> String {
    alias.map_or(name.to_owned(), |alias| format!("{name}.{alias}"))
}

/// Nothing where nothing can be said of it.
fn repetition(expr: Option<&Expr>) -> Option<Expression> {
    expr.map(Expression::of).filter(|expression| *expression != Expression::default())
}

fn depends_on(traversals: &[Traversal]) -> Vec<String> {
    traversals
        .iter()
        .filter_map(|traversal| expression::names(traversal).into_iter().next())
        .collect()
}

fn output(output: &config::Output) -> ConfigOutput {
    ConfigOutput {
        sensitive: output.sensitive,
        expression: Expression::of(&output.value),
        depends_on: depends_on(&output.depends_on),
        description: output.description.as_ref().map(ToString::to_string),
    }
}

fn variable(variable: &config::Variable) -> ConfigVariable {
    let default = variable.default_value.as_ref();
    ConfigVariable {
        default: default.and_then(|value| values::known(value, crate::Secrets::Hidden)),
        description: variable.description.as_ref().map(ToString::to_string),
        sensitive: variable.sensitive,
    }
}

/// The expressions of a body, by what its schema knows.
fn expressions(body: &Body, schema: &Schema) -> Map<String, Json> {
    let mut found = Map::new();
    for (name, attribute) in &body.attributes {
        if schema.attributes.contains_key(name) {
            found.insert(name.to_string(), json!(Expression::of(&attribute.value)));
        }
    }
    for (name, nested) in &schema.blocks {
        let blocks: Vec<_> = body.blocks.iter().filter(|block| block.kind == *name).collect();
        let inner = |block: &&lang::Block| Json::Object(expressions(&block.body, &nested.schema));
        match (nested.nesting, blocks.first()) {
            (_, None) => {}
            (Nesting::Single, Some(block)) => {
                found.insert(name.to_string(), inner(block));
            }
            (Nesting::List | Nesting::Set, _) => {
                found.insert(name.to_string(), blocks.iter().map(inner).collect());
            }
            (Nesting::Map, _) => {
                let label = |block: &&lang::Block| block.labels.first().map(|l| l.text.to_string());
                let named = blocks.iter().filter_map(|block| Some((label(block)?, inner(block))));
                found.insert(name.to_string(), Json::Object(named.collect()));
            }
        }
    }
    found
}
