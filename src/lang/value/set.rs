//! Sets: which elements are the same, and the order that people see them in.

use std::cmp::Ordering;
use std::fmt::Write;

use super::{Data, Marks, Value};
use crate::{Type, display, operate};

impl Value {
    /// A set of elements that have the type `element` already: sorted as Terraform sorts, without
    /// repeats. Marks of elements move to the set, since its shape tells what they are.
    pub fn set(element: Type, values: impl IntoIterator<Item = Self>) -> Self {
        let mut marks = Marks::NONE;
        let mut keyed: Vec<(String, Self)> = values
            .into_iter()
            .map(|value| {
                let (value, inner) = value.unmark_deep();
                marks = marks | inner;
                (sort_key(&value), value)
            })
            .collect();
        keyed.sort_by(|(a_key, a), (b_key, b)| order(a, b).then_with(|| a_key.cmp(b_key)));
        let mut kept: Vec<(String, Self)> = Vec::with_capacity(keyed.len());
        for (key, value) in keyed {
            let repeated = if is_ordered(&value) {
                kept.last().is_some_and(|(_, last)| is_same(last, &value))
            } else {
                let mut alike = kept.iter().rev().take_while(|(other, _)| *other == key);
                alike.any(|(_, other)| is_same(other, &value))
            };
            if !repeated {
                kept.push((key, value));
            }
        }
        let values: Vec<Self> = kept.into_iter().map(|(_, value)| value).collect();
        Self::from(Data::Set(element, values.into())).with_marks(marks)
    }

    /// Tells whether a set (or the elements of a list) holds a value, apart from marks.
    pub fn holds(&self, element: &Self) -> bool {
        self.elements().is_some_and(|elements| elements.iter().any(|other| is_same(other, element)))
    }
}

fn is_same(a: &Value, b: &Value) -> bool {
    matches!(operate::equal(a, b).data, Data::Bool(true))
}

/// Null comes last, before it the unknown; booleans, numbers and strings in their own order.
fn order(a: &Value, b: &Value) -> Ordering {
    let rank = |value: &Value| (value.is_null(), value.is_unknown());
    rank(a).cmp(&rank(b)).then_with(|| match (&a.data, &b.data) {
        (Data::Bool(a), Data::Bool(b)) => a.cmp(b),
        (Data::Number(a), Data::Number(b)) => a.cmp(b),
        (Data::String(a), Data::String(b)) => a.cmp(b),
        _ => Ordering::Equal,
    })
}

/// A text that is equal for equal values and orders composite values as Terraform does.
fn sort_key(value: &Value) -> String {
    let mut key = String::new();
    if !is_ordered(value) {
        append_key(value, &mut key);
    }
    key
}

/// Booleans, numbers and strings have an order of their own, in which equal ones are neighbours.
fn is_ordered(value: &Value) -> bool {
    matches!(value.data, Data::Bool(_) | Data::Number(_) | Data::String(_))
}

fn append_key(value: &Value, key: &mut String) {
    match &value.data {
        Data::Unknown(..) => key.push('?'),
        Data::Null(_) => key.push('~'),
        Data::Number(number) => key.push_str(&number.to_general(10)),
        Data::Bool(value) => key.push(if *value { 'T' } else { 'F' }),
        Data::String(text) => key.push_str(&display::go_quoted(text)),
        Data::List(_, values) | Data::Set(_, values) => append_all(('[', ']'), values.iter(), key),
        Data::Tuple(values) => append_all(('<', '>'), values.iter(), key),
        Data::Object(values) => append_all(('<', '>'), values.values(), key),
        Data::Map(_, values) => {
            key.push('{');
            for (name, value) in values.iter() {
                let _ = write!(key, "{}:", display::go_quoted(name));
                append_key(value, key);
                key.push(';');
            }
            key.push('}');
        }
    }
}

fn append_all<'a>(
    (open, close): (char, char),
    values: impl IntoIterator<Item = &'a Value>,
    key: &mut String,
) {
    key.push(open);
    for value in values {
        append_key(value, key);
        key.push(';');
    }
    key.push(close);
}
