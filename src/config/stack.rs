//! The stack as a whole: its tree of modules, its own settings and its regions.

use std::path::PathBuf;
use std::sync::Arc;

use diagnostics::{SourceMap, Span};
use indexmap::IndexMap;
use lang::{Attribute, Body, Name};

use crate::Module;

/// Everything that a stack's folder says.
#[derive(Clone, Debug)]
pub struct Config {
    /// The module of the stack's own folder.
    pub root: Arc<Module>,
    pub stack: Stack,
    /// The declared regions in source order.
    pub regions: IndexMap<Name, RegionBlock>,
    /// Every file that was read, also those that topologies generated.
    pub sources: SourceMap,
    /// The folder as it was given.
    pub folder: PathBuf,
    /// The blocks in which mistakes were found when they were read: what seems to be wrong there may only follow.
    pub damaged: Vec<Span>,
}

/// The block `stack` (or `terraform`): settings of the stack itself.
#[derive(Clone, Debug, Default)]
pub struct Stack {
    /// The given name; without one the folder's name is used, see [`Config::name`].
    pub name: Option<Name>,
    /// The version constraint on artiform that `stack` gives, checked at load.
    pub required_version: Option<Name>,
    pub backend: Option<Backend>,
    /// The body of the block `encryption`.
    pub encryption: Option<Body>,
    /// The first `stack` or `terraform` block.
    pub span: Option<Span>,
}

/// Where state is kept: `backend "s3" { ... }`.
#[derive(Clone, Debug)]
pub struct Backend {
    pub kind: Name,
    pub kind_span: Span,
    pub body: Body,
    pub header_span: Span,
}

/// `region "us-east-1" { ... }`: a region of the stack, with attributes of its own.
#[derive(Clone, Debug)]
pub struct RegionBlock {
    pub name: Name,
    pub attributes: IndexMap<Name, Attribute>,
    pub header_span: Span,
    pub span: Span,
}

impl Config {
    /// Tells whether a place is in a block that could not be read whole.
    pub fn is_damaged(&self, place: Span) -> bool {
        self.damaged.iter().any(|span| span.overlaps(place))
    }

    /// Tells whether what could not be read may declare the name: then it is no mistake to use it.
    pub(crate) fn may_declare(&self, module: &Module, name: &str) -> bool {
        let text = |span: &Span| {
            let text = &self.sources.file(span.file)?.text;
            // What is amiss may be what comes before the name.
            let rest = text.get(span.end as usize..)?;
            let end = span.end as usize + rest.find('\n').unwrap_or(rest.len());
            text.get(span.start as usize..end)
        };
        let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        let has_word = |text: &str| {
            text.match_indices(name).any(|(at, _)| {
                !text[..at].ends_with(part) && !text[at + name.len()..].starts_with(part)
            })
        };
        module.incomplete || self.damaged.iter().filter_map(text).any(has_word)
    }

    /// The name of the stack: as given, else the last part of the folder's real path, else `stack`.
    pub fn name(&self) -> Name {
        let folder_name = || {
            let real = crate::files::real_path(&self.folder);
            real.file_name().map_or_else(|| "stack".into(), |n| n.to_string_lossy().into())
        };
        self.stack.name.clone().unwrap_or_else(folder_name)
    }
}
