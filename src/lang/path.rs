//! Paths into a value: which attribute of which element.

use std::fmt;

use crate::{Key, Name, Value};

/// One step into a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PathStep {
    Attribute(Name),
    Index(Key),
}

/// A path from the root of a value; empty means the root itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Path(pub Vec<PathStep>);

impl Path {
    pub fn root() -> Self {
        Self::default()
    }

    pub fn attribute(name: impl Into<Name>) -> Self {
        Self(vec![PathStep::Attribute(name.into())])
    }

    #[must_use]
    pub fn then(&self, step: PathStep) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// Tells whether `self` is `other` or lies inside it.
    pub fn starts_with(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }

    /// Follows the path; attribute steps also read maps. Elements of sets cannot be reached.
    pub fn find<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        self.0.iter().try_fold(value, |value, step| match step {
            PathStep::Attribute(name) | PathStep::Index(Key::String(name)) => value.get(name),
            PathStep::Index(Key::Int(index)) => {
                value.elements().and_then(|elements| elements.get(usize::try_from(*index).ok()?))
            }
        })
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, step) in self.0.iter().enumerate() {
            match step {
                PathStep::Attribute(name) if i == 0 => write!(f, "{name}")?,
                PathStep::Attribute(name) => write!(f, ".{name}")?,
                PathStep::Index(key) => write!(f, "[{key}]")?,
            }
        }
        Ok(())
    }
}
