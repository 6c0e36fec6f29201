//! Topologies: repositories declared once, lowered into a module of ordinary resources.
//!
//! The lowering is text in our own language, read by the same parser as everything else. What a
//! person wrote into the block reaches it as the values of its variables, which are evaluated in
//! the module that holds the block. A topology of the regions `a` and `b` with one repository
//! `libs` lowers into
//!
//! ```text
//! artiform_local_repository.libs["a"]            read/write, key libs-a, on the server of a
//! artiform_local_repository.libs_replica["b/a"]  read-only, key libs-a, on the server of b
//! artiform_replication.libs["a/b"]               pushes libs-a from a to b
//! artiform_virtual_repository.libs["a"]          key libs, on the server of a
//! ```
//!
//! and the same with `a` and `b` swapped. In a star only the hub's server has all the replicas;
//! every other server has the hub's.

mod attach;
mod check;
mod read;
mod text;

use diagnostics::{Diagnostics, SourceMap, Span};
use indexmap::IndexMap;
use lang::{Attribute, Block, Name};

use crate::ModuleCall;

/// A block `topology`, as it was written.
#[derive(Clone, Debug)]
pub(crate) struct TopologyBlock {
    pub block: Block,
}

/// What a topology block says.
#[derive(Debug)]
struct Topology {
    name: Name,
    kind: Kind,
    /// A map from region to `{ url, token }`.
    servers: Option<Attribute>,
    /// The region at the middle of a star.
    hub: Option<Attribute>,
    /// In source order; names are unique among all of them.
    entries: IndexMap<Name, Entry>,
    header_span: Span,
}

/// How the regions' repositories reach each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Everyone sends to everyone.
    Mesh,
    /// Everyone sends to the hub, and the hub to everyone.
    Star,
}

/// One `repository`, `remote` or `virtual` of a topology.
#[derive(Debug)]
struct Entry {
    class: Class,
    name: Name,
    name_span: Span,
    /// Where it is; without it, everywhere.
    regions: Option<Attribute>,
    /// Of a virtual: entries of the topology.
    members: Vec<(Name, Span)>,
    /// Of a virtual: the member that takes what is deployed.
    deployment: Option<(Name, Span)>,
    /// `format` and everything that the resource itself has.
    attributes: IndexMap<Name, Attribute>,
    header_span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Repository,
    Remote,
    Virtual,
}

impl Class {
    fn word(self) -> &'static str {
        match self {
            Self::Repository => "repository",
            Self::Remote => "remote",
            Self::Virtual => "virtual",
        }
    }
}

/// Lowers a topology into the call of a module that exists only in memory.
pub(crate) fn lower(
    block: &TopologyBlock,
    sources: &mut SourceMap,
    diagnostics: &mut Diagnostics,
) -> ModuleCall {
    let before = diagnostics.iter().filter(|d| d.is_error()).count();
    let (topology, meta) = read::topology(&block.block, sources, diagnostics);
    check::topology(&topology, sources, diagnostics);
    let sound = diagnostics.iter().filter(|d| d.is_error()).count() == before;
    attach::call(&topology, meta, sound, sources)
}
