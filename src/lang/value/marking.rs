//! Taking marks off a value and putting them back where they were.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Data, Marks, Value};
use crate::{Key, Path, PathStep};

impl Value {
    /// The value without its own marks, and those; what is inside keeps its own.
    pub fn unmark(mut self) -> (Self, Marks) {
        let marks = std::mem::take(&mut self.marks);
        (self, marks)
    }

    /// The value without any marks, also inside, and all of them together.
    #[must_use]
    pub fn unmark_deep(&self) -> (Self, Marks) {
        let marks = self.deep_marks();
        let plain =
            if marks.is_empty() { self.clone() } else { self.map_deep(&mut |v| v.without_marks()) };
        (plain, marks)
    }

    /// The value without its own marks.
    #[must_use]
    pub fn without_marks(self) -> Self {
        self.unmark().0
    }

    /// The value without one kind of mark, also inside.
    #[must_use]
    pub fn without_mark_deep(&self, mark: Marks) -> Self {
        self.map_deep(&mut |mut value| {
            value.marks = value.marks.without(mark);
            value
        })
    }

    /// Rebuilds the value from the inside out; `change` sees children before their parents.
    #[must_use]
    pub fn map_deep(&self, change: &mut dyn FnMut(Self) -> Self) -> Self {
        let data = match &self.data {
            Data::List(ty, values) => Data::List(ty.clone(), map_all(values, change)),
            Data::Set(ty, values) => Data::Set(ty.clone(), map_all(values, change)),
            Data::Tuple(values) => Data::Tuple(map_all(values, change)),
            Data::Map(ty, values) => Data::Map(ty.clone(), map_entries(values, change)),
            Data::Object(values) => Data::Object(map_entries(values, change)),
            other => other.clone(),
        };
        change(Self { data, marks: self.marks })
    }

    /// Every place that carries marks of its own, outermost first.
    pub fn marked_paths(&self) -> Vec<(Path, Marks)> {
        let mut found = Vec::new();
        collect_marks(self, &Path::root(), &mut found);
        found
    }

    /// Puts marks on places inside; a place that does not exist or lies in a set marks what holds it.
    #[must_use]
    pub fn with_marked_paths(&self, paths: &[(Path, Marks)]) -> Self {
        paths.iter().fold(self.clone(), |value, (path, marks)| mark_at(&value, &path.0, *marks))
    }
}

type Entries = Arc<BTreeMap<crate::Name, Value>>;

fn map_all(values: &[Value], change: &mut dyn FnMut(Value) -> Value) -> Arc<[Value]> {
    values.iter().map(|value| value.map_deep(change)).collect()
}

fn map_entries(values: &Entries, change: &mut dyn FnMut(Value) -> Value) -> Entries {
    Arc::new(values.iter().map(|(name, value)| (name.clone(), value.map_deep(change))).collect())
}

fn collect_marks(value: &Value, path: &Path, found: &mut Vec<(Path, Marks)>) {
    if !value.marks.is_empty() {
        found.push((path.clone(), value.marks));
    }
    if value.deep_marks().is_empty() {
        return;
    }
    match &value.data {
        Data::List(_, values) | Data::Tuple(values) | Data::Set(_, values) => {
            for (key, value) in (0i64..).zip(values.iter()) {
                collect_marks(value, &path.then(PathStep::Index(Key::Int(key))), found);
            }
        }
        Data::Map(_, values) => {
            for (name, value) in values.iter() {
                let key = Key::String(name.clone());
                collect_marks(value, &path.then(PathStep::Index(key)), found);
            }
        }
        Data::Object(values) => {
            for (name, value) in values.iter() {
                collect_marks(value, &path.then(PathStep::Attribute(name.clone())), found);
            }
        }
        _ => {}
    }
}

fn mark_at(value: &Value, path: &[PathStep], marks: Marks) -> Value {
    let Some((step, rest)) = path.split_first() else { return value.clone().with_marks(marks) };
    let changed = match (&value.data, step) {
        (Data::List(ty, values), PathStep::Index(Key::Int(index))) => {
            mark_element(values, *index, rest, marks).map(|values| Data::List(ty.clone(), values))
        }
        (Data::Tuple(values), PathStep::Index(Key::Int(index))) => {
            mark_element(values, *index, rest, marks).map(Data::Tuple)
        }
        (Data::Map(ty, values), PathStep::Attribute(name) | PathStep::Index(Key::String(name))) => {
            mark_entry(values, name, rest, marks).map(|values| Data::Map(ty.clone(), values))
        }
        (Data::Object(values), PathStep::Attribute(name) | PathStep::Index(Key::String(name))) => {
            mark_entry(values, name, rest, marks).map(Data::Object)
        }
        _ => None,
    };
    match changed {
        Some(data) => Value { data, marks: value.marks },
        None => value.clone().with_marks(marks),
    }
}

fn mark_element(
    values: &[Value],
    index: i64,
    rest: &[PathStep],
    marks: Marks,
) -> Option<Arc<[Value]>> {
    let index = usize::try_from(index).ok().filter(|index| *index < values.len())?;
    let mut values = values.to_vec();
    values[index] = mark_at(&values[index], rest, marks);
    Some(values.into())
}

fn mark_entry(values: &Entries, name: &str, rest: &[PathStep], marks: Marks) -> Option<Entries> {
    let (name, value) = values.get_key_value(name)?;
    let mut changed = (**values).clone();
    changed.insert(name.clone(), mark_at(value, rest, marks));
    Some(Arc::new(changed))
}
