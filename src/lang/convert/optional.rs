//! Which attributes of the objects inside a type may be left out.

use std::collections::{BTreeMap, BTreeSet};

use crate::Name;

/// A tree beside a type: at objects the names that may be missing, and what lies below.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Optional {
    pub names: BTreeSet<Name>,
    pub attributes: BTreeMap<Name, Self>,
    /// Of a list, set or map: what its element may leave out.
    pub element: Option<Box<Self>>,
    /// Of a tuple: what each element may leave out.
    pub items: Vec<Self>,
}

static NONE: Optional = Optional {
    names: BTreeSet::new(),
    attributes: BTreeMap::new(),
    element: None,
    items: Vec::new(),
};

impl Optional {
    /// Nothing may be left out.
    pub const NONE: &'static Self = &NONE;

    pub fn is_optional(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    pub(super) fn attribute(&self, name: &str) -> &Self {
        self.attributes.get(name).unwrap_or(Self::NONE)
    }

    pub(super) fn element(&self) -> &Self {
        self.element.as_deref().unwrap_or(Self::NONE)
    }

    pub(super) fn item(&self, index: usize) -> &Self {
        self.items.get(index).unwrap_or(Self::NONE)
    }
}
