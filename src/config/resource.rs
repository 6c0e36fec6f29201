//! Resources and data sources: their meta-arguments, and the body that a provider's schema describes.

use std::sync::Arc;

use diagnostics::Span;
use lang::{Block, Body, Expr, Name, Path, ResourceMode, Traversal};

use crate::{CheckRule, ProviderRef, Provisioner};

/// The key of a resource in its module.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceKey {
    pub mode: ResourceMode,
    pub type_name: Name,
    pub name: Name,
}

/// `resource "TYPE" "NAME" { ... }` or `data "TYPE" "NAME" { ... }`
#[derive(Clone, Debug)]
pub struct Resource {
    pub mode: ResourceMode,
    pub type_name: Name,
    pub type_span: Span,
    pub name: Name,
    pub count: Option<Expr>,
    pub for_each: Option<Expr>,
    pub depends_on: Vec<Traversal>,
    pub provider: Option<ProviderRef>,
    /// Where it lives. Also an ordinary attribute of many types, but never in `body`.
    pub region: Option<Expr>,
    pub lifecycle: Lifecycle,
    /// The block `timeouts`.
    pub timeouts: Option<Block>,
    /// What runs after creation and before destruction, in this order.
    pub provisioners: Vec<Provisioner>,
    /// Everything else, with nested and `dynamic` blocks.
    pub body: Arc<Body>,
    /// What a diagnostic about the resource underlines; of a lowered one the user's own block.
    pub header_span: Span,
    pub span: Span,
}

/// The block `lifecycle`; of data sources only the conditions can be set.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    /// This and the next two may refer to variables and locals.
    pub create_before_destroy: Option<Expr>,
    /// `delete`, `retain` or `snapshot`.
    pub on_destroy: Option<Expr>,
    pub prevent_destroy: Option<Expr>,
    pub ignore_changes: IgnoreChanges,
    /// References to resources, their instances or attributes.
    pub replace_triggered_by: Vec<Expr>,
    pub preconditions: Vec<CheckRule>,
    pub postconditions: Vec<CheckRule>,
}

/// Which attributes keep their recorded values whatever the configuration says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum IgnoreChanges {
    #[default]
    Nothing,
    All,
    /// Each with the place where it is written.
    Paths(Vec<(Path, Span)>),
}

impl Resource {
    pub fn key(&self) -> ResourceKey {
        ResourceKey { mode: self.mode, type_name: self.type_name.clone(), name: self.name.clone() }
    }

    /// The provider configuration it uses: as given, else the first word of its type.
    pub fn provider_name(&self) -> Name {
        let first_word = || self.type_name.split('_').next().unwrap_or(&self.type_name).into();
        self.provider.as_ref().map_or_else(first_word, |provider| provider.name.clone())
    }
}

impl std::fmt::Display for ResourceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let data = if self.mode == ResourceMode::Data { "data." } else { "" };
        write!(f, "{data}{}.{}", self.type_name, self.name)
    }
}
