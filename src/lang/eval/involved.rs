//! The values that a message is about, such as `var.port is 80`; never those that are sensitive.

use super::Evaluator;
use crate::display::{friendly_type, go_quoted};
use crate::expr::Traversal;
use crate::{Data, Expr, ExprKind, Marks, Step, Value};

/// More than this many are no help.
const VALUES_MAX: usize = 8;

impl Evaluator<'_> {
    /// One line for each reference in the expression.
    pub(super) fn involved_values(&self, expr: &Expr) -> Vec<String> {
        let mut lines = Vec::new();
        expr.for_each_reference(&mut |traversal| {
            if lines.len() < VALUES_MAX {
                let line = self.involved_reference(traversal).filter(|line| !lines.contains(line));
                lines.extend(line);
            }
        });
        for (name, value) in self.bound.iter().rev().filter(|(name, _)| &**name != Expr::SPLAT_ITEM)
        {
            if lines.len() < VALUES_MAX && mentions(expr, name) {
                lines.push(format!("{name} {}", describe(value)));
            }
        }
        lines
    }

    /// The line of the longest start of a reference that has a value and whose keys are literal.
    pub(super) fn involved_reference(&self, traversal: &Traversal) -> Option<String> {
        let literal = |step: &Step| match step {
            Step::Attribute(..) => Some(None),
            Step::Index(key, _) => match &key.kind {
                ExprKind::Literal(value) => Some(Some(value.clone())),
                _ => None,
            },
        };
        let keys: Vec<Option<Value>> = traversal.steps.iter().map_while(literal).collect();
        for length in (0..=keys.len()).rev() {
            let mut start = traversal.clone();
            start.steps.truncate(length);
            if let Ok(value) = self.resolve(&start, &keys[..length]) {
                return Some(format!("{} {}", written(&start), describe(&value)));
            }
        }
        None
    }
}

fn mentions(expr: &Expr, name: &str) -> bool {
    match &expr.kind {
        ExprKind::Bound(bound) => &**bound == name,
        ExprKind::Wrap(inner) | ExprKind::Parentheses(inner) | ExprKind::Unary(_, inner) => {
            mentions(inner, name)
        }
        ExprKind::Step(inner, _) => mentions(inner, name),
        ExprKind::Binary(_, sides) => sides.iter().any(|side| mentions(side, name)),
        ExprKind::Call(call) => call.arguments.iter().any(|argument| mentions(argument, name)),
        ExprKind::Tuple(items) => items.iter().any(|item| mentions(item, name)),
        _ => false,
    }
}

/// The reference as it would be written.
fn written(traversal: &Traversal) -> String {
    let mut text = traversal.root.to_string();
    for step in &traversal.steps {
        match step {
            Step::Attribute(name, _) => {
                text.push('.');
                text.push_str(name);
            }
            Step::Index(key, _) => match &key.kind {
                ExprKind::Literal(Value { data: Data::String(key), .. }) => {
                    text.push_str(&format!("[{}]", go_quoted(key)));
                }
                ExprKind::Literal(Value { data: Data::Number(key), .. }) => {
                    text.push_str(&format!("[{key}]"));
                }
                _ => text.push_str("[...]"),
            },
        }
    }
    text
}

/// What a value is, in a few words after a name.
pub(super) fn describe(value: &Value) -> String {
    if value.is_sensitive() {
        return "has a sensitive value".into();
    }
    if value.marks.contains(Marks::EPHEMERAL) {
        return "has an ephemeral value".into();
    }
    let count = |n: usize, one: &str| match n {
        1 => format!("with 1 {one}"),
        n => format!("with {n} {one}s"),
    };
    match &value.data {
        Data::Null(_) => "is null".into(),
        Data::Unknown(crate::Type::Dynamic, _) => "will be known only after apply".into(),
        Data::Unknown(ty, _) => format!("is a {}, known only after apply", friendly_type(ty)),
        Data::Bool(value) => format!("is {value}"),
        Data::Number(number) => format!("is {number}"),
        Data::String(text) if text.chars().count() > 200 => "is a long string".into(),
        Data::String(text) => format!("is {}", go_quoted(text)),
        Data::List(_, values) | Data::Set(_, values) if values.is_empty() => {
            format!("is empty {}", friendly_type(&value.type_of()))
        }
        Data::Tuple(values) if values.is_empty() => "is empty tuple".into(),
        Data::List(_, values) | Data::Set(_, values) | Data::Tuple(values) => {
            format!("is {} {}", friendly_type(&value.type_of()), count(values.len(), "element"))
        }
        Data::Map(_, values) if values.is_empty() => {
            format!("is empty {}", friendly_type(&value.type_of()))
        }
        Data::Object(values) if values.is_empty() => "is object with no attributes".into(),
        Data::Map(_, values) => {
            format!("is {} {}", friendly_type(&value.type_of()), count(values.len(), "element"))
        }
        Data::Object(values) => match values.len() {
            1 => format!(
                "is object with 1 attribute {}",
                values.keys().map(|k| go_quoted(k)).collect::<String>()
            ),
            n => format!("is object {}", count(n, "attribute")),
        },
    }
}
