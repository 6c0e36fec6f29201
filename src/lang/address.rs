//! Addresses: how resources and modules are named, in configuration, state and on the command line.

use std::cmp::Ordering;
use std::fmt;

use crate::Name;

mod parse;

pub use parse::AddressError;

/// The instance key of `count` or `for_each`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    Int(i64),
    String(Name),
}

/// One step of a module address: `module.NAME[KEY]`, or `topology.NAME`, which is lowered into a module.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModuleStep {
    /// `true` for `topology.NAME`.
    pub topology: bool,
    pub name: Name,
    pub key: Option<Key>,
}

/// The place of a module instance below the root; empty is the root.
///
/// Sorted as plans list them: a module comes before all that are deeper than it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ModuleAddress(pub Vec<ModuleStep>);

impl Ord for ModuleAddress {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for ModuleAddress {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Sorted as plans list them: what is read comes before what is managed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ResourceMode {
    Data,
    Managed,
}

/// A resource instance (or, with `key` none, a resource or its only instance).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceAddress {
    pub module: ModuleAddress,
    pub mode: ResourceMode,
    pub type_name: Name,
    pub name: Name,
    pub key: Option<Key>,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(index) => write!(f, "{index}"),
            Self::String(text) => write!(f, "{}", crate::display::quoted(text)),
        }
    }
}

impl fmt::Display for ModuleStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", if self.topology { "topology" } else { "module" }, self.name)?;
        self.key.iter().try_for_each(|key| write!(f, "[{key}]"))
    }
}

impl fmt::Display for ModuleAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, step) in self.0.iter().enumerate() {
            write!(f, "{}{step}", if i == 0 { "" } else { "." })?;
        }
        Ok(())
    }
}

impl fmt::Display for ResourceAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.module.0.is_empty() {
            write!(f, "{}.", self.module)?;
        }
        if self.mode == ResourceMode::Data {
            write!(f, "data.")?;
        }
        write!(f, "{}.{}", self.type_name, self.name)?;
        self.key.iter().try_for_each(|key| write!(f, "[{key}]"))
    }
}
