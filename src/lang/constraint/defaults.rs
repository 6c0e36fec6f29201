//! Defaults of optional attributes, wherever in a type they stand.

use std::collections::BTreeMap;

use crate::{Data, Name, Value};

/// A tree beside a type: at objects the defaults of attributes, and what lies below.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Defaults {
    pub(super) values: BTreeMap<Name, Value>,
    pub(super) attributes: BTreeMap<Name, Self>,
    pub(super) element: Option<Box<Self>>,
    pub(super) items: Vec<Self>,
}

impl Defaults {
    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty()
            && self.attributes.values().all(Self::is_empty)
            && self.element.as_ref().is_none_or(|element| element.is_empty())
            && self.items.iter().all(Self::is_empty)
    }

    /// Fills in defaults; collections come out as tuples and objects, which the conversion mends.
    pub(super) fn apply(&self, value: &Value) -> Value {
        if value.is_null() || value.is_unknown() || self.is_empty() {
            return value.clone();
        }
        let filled = match &value.data {
            Data::List(_, values) | Data::Set(_, values) | Data::Tuple(values) => {
                if values.is_empty() {
                    return value.clone();
                }
                let below = |i: usize| self.items.get(i).or(self.element.as_deref());
                let fill = |(i, value): (usize, &Value)| match below(i) {
                    Some(defaults) => defaults.apply(value),
                    None => value.clone(),
                };
                Value::tuple(values.iter().enumerate().map(fill).collect::<Vec<_>>())
            }
            Data::Map(_, values) | Data::Object(values) => {
                if values.is_empty() && self.values.is_empty() {
                    return value.clone();
                }
                self.apply_to_entries(values)
            }
            _ => value.clone(),
        };
        filled.with_marks(value.marks)
    }

    fn apply_to_entries(&self, values: &BTreeMap<Name, Value>) -> Value {
        let below = |name: &str| self.attributes.get(name).or(self.element.as_deref());
        let fill = |name: &Name, value: &Value| match below(name) {
            Some(defaults) => defaults.apply(value),
            None => value.clone(),
        };
        let mut filled: BTreeMap<Name, Value> =
            values.iter().map(|(name, value)| (name.clone(), fill(name, value))).collect();
        for (name, default) in &self.values {
            if filled.get(name).is_none_or(Value::is_null) {
                filled.insert(name.clone(), fill(name, default));
            }
        }
        Value::object(filled)
    }
}
