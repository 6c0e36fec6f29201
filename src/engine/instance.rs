//! What happens to one instance: configuration against what is there.

use std::sync::Arc;

use config::{IgnoreChanges, Resource};
use diagnostics::{Diagnostic, Diagnostics, Span, did_you_mean};
use lang::{Attribute, Body, Data, Key, Marks, Path, PathStep, Value};
use plan::{Action, Reason};
use provider::{
    Connection, DataSource, Finding, PlanRequest, Registry, ResourceType, Schema, change, decode,
};

use crate::record;

/// A resource or data block with its type found.
#[derive(Clone)]
pub(crate) struct Block {
    pub kind: BlockKind,
    /// The provider configuration: `aws` or `aws.west`.
    pub provider: String,
    /// The body, with `region` put back where the type has that attribute.
    pub body: Arc<Body>,
}

#[derive(Clone)]
pub(crate) enum BlockKind {
    Managed(Arc<dyn ResourceType>),
    Data(Arc<dyn DataSource>),
}

impl Block {
    /// Finds the type of a block.
    ///
    /// # Errors
    /// The type does not exist in this build.
    pub(crate) fn new(resource: &Resource, registry: &Registry) -> Result<Self, Box<Diagnostic>> {
        let name = &resource.type_name;
        let (provider, kind) = if resource.mode == lang::ResourceMode::Managed {
            let found = registry.resource_type(name);
            found.map(|(provider, t)| (provider, BlockKind::Managed(t.clone())))
        } else {
            let found = registry.data_source(name);
            found.map(|(provider, s)| (provider, BlockKind::Data(s.clone())))
        }
        .ok_or_else(|| Box::new(unknown_type(resource, registry)))?;
        let alias = resource.provider.as_ref().and_then(|p| p.alias.as_ref());
        let provider = match alias {
            Some(alias) => format!("{}.{alias}", provider.name()),
            None => provider.name().to_owned(),
        };
        let body = with_region(resource, kind.schema());
        Ok(Self { kind, provider, body })
    }

    pub(crate) fn schema(&self) -> &Schema {
        self.kind.schema()
    }

    /// Finds the place of each finding in the block.
    pub(crate) fn place(&self, findings: Vec<Finding>, address: &str, block: Span) -> Diagnostics {
        let placed = findings.into_iter().map(|finding| {
            let span = decode::locate(&self.body, &finding.path).unwrap_or(block);
            finding.diagnostic.at_or(Some(span)).on(address)
        });
        placed.collect::<Vec<_>>().into()
    }
}

impl BlockKind {
    fn schema(&self) -> &Schema {
        match self {
            Self::Managed(resource_type) => resource_type.schema(),
            Self::Data(source) => source.schema(),
        }
    }
}

fn with_region(resource: &Resource, schema: &Schema) -> Arc<Body> {
    let mut body = resource.body.clone();
    if let Some(region) = &resource.region
        && schema.attributes.get("region").is_some_and(provider::Attribute::is_configurable)
    {
        let attribute = Attribute {
            name: "region".into(),
            name_span: region.span,
            value: region.clone(),
            span: region.span,
        };
        Arc::make_mut(&mut body).attributes.insert("region".into(), attribute);
    }
    body
}

fn unknown_type(resource: &Resource, registry: &Registry) -> Diagnostic {
    let name = &resource.type_name;
    let (what, known) = match resource.mode {
        lang::ResourceMode::Managed => ("resource type", registry.resource_type_names()),
        lang::ResourceMode::Data => ("data source", registry.data_source_names()),
    };
    let provider = name.split('_').next().unwrap_or(name);
    let detail = match registry.provider(provider) {
        Some(_) => format!("The provider \"{provider}\" does not support {what} \"{name}\"."),
        None => format!("This build of artiform has no provider for the {what} \"{name}\"."),
    };
    let mut diagnostic =
        Diagnostic::error(format!("Invalid {what}"), detail).at(resource.type_span);
    if let Some(near) = did_you_mean(name, known) {
        diagnostic = diagnostic.hint(format!("did you mean \"{near}\"?"));
    }
    build_hint(diagnostic, name, registry)
}

/// Says how to get a build that has the type, where this one lacks its provider.
pub(crate) fn build_hint(
    diagnostic: Diagnostic,
    type_name: &str,
    registry: &Registry,
) -> Diagnostic {
    if !type_name.starts_with("aws_") || registry.provider("aws").is_some() {
        return diagnostic;
    }
    diagnostic.hint("this build was made without the cargo feature \"aws\"; build one that has it:\n    cargo build --release --package artiform")
}

/// What decides about an instance besides configuration and what is there.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Circumstances {
    pub tainted: bool,
    pub requested: bool,
    pub triggered: bool,
    /// What it lives on is replaced, so that it has to be made anew.
    pub host_replaced: bool,
    pub create_before_destroy: bool,
}

/// What happens to an instance.
#[derive(Clone, Debug)]
pub(crate) struct Decision {
    pub action: Action,
    pub reason: Option<Reason>,
    pub planned: Value,
    pub replace_paths: Vec<Path>,
}

/// Decides what happens to an instance.
pub(crate) fn decide(
    resource_type: &dyn ResourceType,
    request: &Request<'_>,
    circumstances: Circumstances,
) -> Result<Decision, Vec<Finding>> {
    let schema = resource_type.schema();
    let Some(prior) = request.prior else {
        let planned = plan_new(resource_type, request)?;
        return Ok(Decision {
            action: Action::Create,
            // It is told of what is created, too, and goes before all other reasons.
            reason: circumstances.triggered.then_some(Reason::ReplaceByTriggers),
            planned,
            replace_paths: Vec::new(),
        });
    };
    let proposed = change::propose(schema, Some(prior), request.config);
    let planned = resource_type.plan(&PlanRequest {
        address: request.address,
        prior: Some(prior),
        config: request.config,
        proposed: &proposed,
        name_seed: request.name_seed,
        connection: request.connection,
    })?;
    let reason = if circumstances.triggered {
        Some(Reason::ReplaceByTriggers)
    } else if circumstances.tainted {
        Some(Reason::ReplaceBecauseTainted)
    } else if circumstances.requested {
        Some(Reason::ReplaceByRequest)
    } else if !planned.replace.is_empty() {
        Some(Reason::ReplaceBecauseCannotUpdate)
    } else if circumstances.host_replaced {
        Some(Reason::ReplaceByTriggers)
    } else {
        None
    };
    if reason.is_some() {
        let action = if circumstances.create_before_destroy && !circumstances.host_replaced {
            Action::CreateThenDelete
        } else {
            Action::DeleteThenCreate
        };
        // What is made anew has nothing to keep, so that nothing is ignored.
        let anew = Request { config: request.whole_config, ..*request };
        let value = plan_new(resource_type, &anew)?;
        if action == Action::CreateThenDelete
            && let Some(finding) = resource_type.excludes(prior, &value)
        {
            return Err(vec![finding]);
        }
        // What is tainted goes whatever changed.
        let because = if circumstances.tainted { Vec::new() } else { planned.replace };
        return Ok(Decision { action, reason, planned: value, replace_paths: because });
    }
    let changed = !change::same_value(prior, &planned.value)
        || hides_otherwise(schema, request, &planned.value);
    let action = if changed { Action::Update } else { Action::NoOp };
    Ok(Decision { action, reason: None, planned: planned.value, replace_paths: Vec::new() })
}

/// Tells whether the block makes another part of what it sets sensitive than is recorded. The state is
/// what tells secrets from the rest, so that this alone is an update.
fn hides_otherwise(schema: &Schema, request: &Request<'_>, planned: &Value) -> bool {
    let Some(prior) = request.prior else { return false };
    let paths = |value: &Value| {
        let by_schema = schema.sensitive_paths(value);
        let marked = |value, path: &Path| record::mark_at(value, &path.0, Marks::SENSITIVE);
        let value = by_schema.iter().fold(value.clone(), marked);
        let set = |path: &Path| match path.0.first() {
            Some(PathStep::Attribute(name)) => {
                request.config.get(name).is_some_and(|value| !value.is_null())
            }
            _ => true,
        };
        let mut paths = record::marked_paths(&value, Marks::SENSITIVE);
        paths.retain(set);
        paths
    };
    let is_plain = |value: &Value| value.deep_marks().is_empty();
    !(is_plain(prior) && is_plain(planned)) && paths(prior) != paths(planned)
}

/// What a decision is made of.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    pub address: &'a str,
    pub prior: Option<&'a Value>,
    /// As its block says, with what is recorded where changes are to be ignored.
    pub config: &'a Value,
    /// As its block says.
    pub whole_config: &'a Value,
    pub name_seed: &'a str,
    pub connection: Option<&'a Connection>,
}

/// Plans as if nothing were there.
pub(crate) fn plan_new(
    resource_type: &dyn ResourceType,
    request: &Request<'_>,
) -> Result<Value, Vec<Finding>> {
    let proposed = change::propose(resource_type.schema(), None, request.config);
    let planned = resource_type.plan(&PlanRequest {
        address: request.address,
        prior: None,
        config: request.config,
        proposed: &proposed,
        name_seed: request.name_seed,
        connection: request.connection,
    })?;
    Ok(planned.value)
}

/// Puts the recorded values in the place of the configured ones where changes are to be ignored.
pub(crate) fn ignore_changes(ignore: &IgnoreChanges, prior: &Value, config: Value) -> Value {
    match ignore {
        IgnoreChanges::Nothing => config,
        IgnoreChanges::All => {
            let Data::Object(configured) = &config.data else { return config };
            let kept = configured.iter().map(|(name, value)| {
                // What the provider decides stays unset, so that it stays the provider's.
                let recorded = prior.get(name).filter(|_| !value.is_null());
                (name.clone(), recorded.unwrap_or(value).clone())
            });
            Value::object(kept).with_marks(config.marks)
        }
        IgnoreChanges::Paths(paths) => paths.iter().fold(config, |config, (path, _)| {
            let path = ignored(path, prior);
            match path.find(prior) {
                Some(recorded) => record::set_at(config, &path.0, recorded),
                None => record::remove_key(config, &path.0),
            }
        }),
    }
}

/// What a path keeps as it is: an object with all its attributes where the path names one in brackets.
fn ignored(path: &Path, prior: &Value) -> Path {
    if let Some((PathStep::Index(Key::String(_)), container)) = path.0.split_last() {
        let container = Path(container.to_vec());
        if container.find(prior).is_some_and(|value| matches!(value.data, Data::Object(_))) {
            return container;
        }
    }
    path.clone()
}
