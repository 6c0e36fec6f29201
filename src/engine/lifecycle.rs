//! The lifecycle arguments that a plan evaluates: they may refer to variables, and some outlive their block.

use config::{IgnoreChanges, Resource};
use diagnostics::{Diagnostic, Diagnostics};
use lang::convert::convert;
use lang::{Expr, PathStep, ResourceAddress, Type, eval};
use provider::{ResourceType, Schema};
use state::InstanceState;

use crate::scope::ModuleScope;
use crate::walk::Run;

/// What becomes of the thing when its instance is destroyed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum OnDestroy {
    #[default]
    Delete,
    /// It leaves the state and lives on.
    Retain,
    /// It is deleted, and a snapshot of its data is left behind.
    Snapshot,
}

impl OnDestroy {
    fn parse(word: &str) -> Option<Self> {
        match word {
            "delete" => Some(Self::Delete),
            "retain" => Some(Self::Retain),
            "snapshot" => Some(Self::Snapshot),
            _ => None,
        }
    }

    /// The word that the state keeps; what is usual is not written.
    pub(crate) fn recorded(self) -> Option<String> {
        match self {
            Self::Delete => None,
            Self::Retain => Some("retain".into()),
            Self::Snapshot => Some("snapshot".into()),
        }
    }

    /// As the state keeps it; a word that this version does not know is not taken for a deletion.
    pub(crate) fn of(state: &InstanceState) -> Self {
        let word = state.on_destroy.as_deref();
        word.map_or(Self::Delete, |word| Self::parse(word).unwrap_or(Self::Retain))
    }
}

/// Checks that what `ignore_changes` names is there, and the configuration's to set.
pub(crate) fn ignored(resource: &Resource, schema: &Schema) -> Diagnostics {
    let IgnoreChanges::Paths(paths) = &resource.lifecycle.ignore_changes else {
        return Diagnostics::new();
    };
    let mut found = Diagnostics::new();
    for (path, span) in paths {
        let Some(PathStep::Attribute(name)) = path.0.first() else { continue };
        match schema.attributes.get(name) {
            None if schema.blocks.contains_key(name) => {}
            None => {
                let detail = format!(
                    "This object has no argument, nested block, or exported attribute named \"{name}\"."
                );
                found.push(Diagnostic::error("Unsupported attribute", detail).at(*span));
            }
            Some(attribute) if !attribute.is_configurable() => {
                let detail = format!(
                    "Adding an attribute name to ignore_changes tells artiform to ignore future changes to the argument in configuration after the object has been created, retaining the value originally configured.\n\nThe attribute {name} is decided by the provider alone and therefore there can be no configured value to compare with. Including this attribute in ignore_changes has no effect. Remove the attribute from ignore_changes to quiet this warning."
                );
                let warning = Diagnostic::warning("Redundant ignore_changes element", detail);
                found.push(warning.at(resource.type_span));
            }
            Some(_) => {}
        }
    }
    found
}

/// Evaluates `on_destroy` of a block.
pub(crate) fn on_destroy(
    resource: &Resource,
    scope: &ModuleScope<'_>,
    resource_type: &dyn ResourceType,
) -> Result<OnDestroy, Diagnostics> {
    let Some(expr) = &resource.lifecycle.on_destroy else {
        return Ok(OnDestroy::Delete);
    };
    let invalid = |detail: String| -> Diagnostics {
        Diagnostic::error("Invalid on_destroy argument", detail).at(expr.span).into()
    };
    let value = eval::evaluate(expr, scope)?;
    if value.is_null() {
        return Ok(OnDestroy::Delete);
    }
    let text = convert(&value, &Type::String).ok();
    let word = text.as_ref().and_then(|text| text.as_str());
    let Some(chosen) = word.and_then(OnDestroy::parse) else {
        return Err(invalid(
            "The on_destroy argument needs \"delete\", \"retain\" or \"snapshot\", known before apply.".into(),
        ));
    };
    if chosen == OnDestroy::Snapshot && !resource_type.can_snapshot() {
        let name = resource_type.name();
        return Err(invalid(format!(
            "Things of the type {name} cannot leave a snapshot behind. Choose \"retain\" to keep the thing itself, or \"delete\"."
        )));
    }
    Ok(chosen)
}

/// Evaluates a lifecycle argument that is true or false; none where it is not set.
pub(crate) fn flag(
    name: &str,
    expr: Option<&Expr>,
    scope: &ModuleScope<'_>,
) -> Result<Option<bool>, Diagnostics> {
    let Some(expr) = expr else { return Ok(None) };
    let value = eval::evaluate(expr, scope)?;
    if value.is_null() {
        return Ok(None);
    }
    let known = convert(&value, &Type::Bool).ok().and_then(|value| value.as_bool());
    known.map(Some).ok_or_else(|| {
        let detail = format!("The {name} argument needs true or false, known before apply.");
        Diagnostic::error(format!("Invalid {name} argument"), detail).at(expr.span).into()
    })
}

impl Run {
    /// The block that still declares a recorded instance, and the scope in which it stands.
    pub(crate) fn block_of(
        &self,
        address: &ResourceAddress,
    ) -> Option<(&Resource, ModuleScope<'_>)> {
        let node = self.find_resource(address)?;
        let ordinal = self.ordinal_of(&address.module)?;
        let declared = self.tree.get(node);
        let crate::tree::NodeKind::Resource(key) = &declared.kind else { return None };
        let resource = self.tree.module(declared.module).config.resources.get(key)?;
        Some((resource, self.scope(node, ordinal, None)))
    }

    /// Whether the block that still declares it prevents destruction, when everything is destroyed.
    pub(crate) fn still_protects(&self, address: &ResourceAddress) -> bool {
        self.block_of(address).is_some_and(|(resource, scope)| {
            let expr = resource.lifecycle.prevent_destroy.as_ref();
            flag("prevent_destroy", expr, &scope).ok().flatten() == Some(true)
        })
    }

    /// What becomes of a recorded thing: as its block says where it has one, else as was last applied.
    pub(crate) fn fate_of(&self, address: &ResourceAddress, state: &InstanceState) -> OnDestroy {
        let found = self.registry.resource_type(&state.type_name);
        let current = self
            .block_of(address)
            .zip(found)
            .and_then(|((resource, scope), (_, ty))| on_destroy(resource, &scope, &**ty).ok());
        current.unwrap_or_else(|| OnDestroy::of(state))
    }
}

/// The refusal to replace what is to be retained.
pub(crate) fn cannot_replace(address: &str) -> Diagnostic {
    Diagnostic::error(
        "Instance cannot be replaced",
        format!(
            "{address} has lifecycle.on_destroy = \"retain\", and the plan calls for it to be replaced, which would destroy it."
        ),
    )
    .on(address)
    .hint("take back the change that forces the replacement, or set on_destroy = \"delete\"")
    .hint(format!("to keep the old one and make another: artiform state rm '{address}'"))
}
