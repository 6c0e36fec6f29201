//! The values that a message is about, such as `var.port is 80`; never those that are sensitive.

use diagnostics::Involved;

use super::Evaluator;
use crate::display::{friendly_type, go_quoted};
use crate::expr::Traversal;
use crate::{Data, Expr, ExprKind, Marks, Name, Step, Type, Value};

/// So many digits of a number are told.
const DIGITS: usize = 10;

/// What a message complains of, by which it is decided what is said of values that cannot be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// That something is unknown, sensitive or ephemeral, so that it helps to know what is.
    Hidden,
    /// Something else; what cannot be shown would only lead astray.
    Other,
}

impl Evaluator<'_> {
    /// The references in an expression that have a value, in order of name.
    pub(super) fn involved_values(&self, expr: &Expr, cause: Cause) -> Vec<Involved> {
        let mut told = Vec::new();
        expr.for_each_reference(&mut |traversal| {
            told.extend(self.involved_reference(traversal, cause));
        });
        for (name, value) in self.bound.iter().filter(|(name, _)| &**name != Expr::SPLAT_ITEM) {
            if mentions(expr, name)
                && let Some(statement) = describe(value, cause)
            {
                told.push(Involved { name: name.to_string(), statement });
            }
        }
        in_order(told)
    }

    /// The same of a reference, with those that its keys are made of.
    pub(super) fn involved_in(&self, traversal: &Traversal) -> Vec<Involved> {
        let mut told: Vec<Involved> =
            self.involved_reference(traversal, Cause::Other).into_iter().collect();
        for step in &traversal.steps {
            if let Step::Index(key, _) = step {
                told.extend(self.involved_values(key, Cause::Other));
            }
        }
        in_order(told)
    }

    /// The longest start of a reference that has a value and whose keys are literal.
    fn involved_reference(&self, traversal: &Traversal, cause: Cause) -> Option<Involved> {
        let literal = |step: &Step| match step {
            Step::Attribute(..) => Some(None),
            Step::Index(key, _) => match &key.kind {
                ExprKind::Literal(value) => Some(Some(value.clone())),
                _ => None,
            },
        };
        let keys: Vec<Option<Value>> = traversal.steps.iter().map_while(literal).collect();
        for length in (1..=keys.len()).rev() {
            let mut start = traversal.clone();
            start.steps.truncate(length);
            if let Ok(value) = self.resolve(&start, &keys[..length]) {
                let statement = describe(&value, cause)?;
                return Some(Involved { name: written(&start), statement });
            }
        }
        None
    }
}

fn in_order(mut told: Vec<Involved>) -> Vec<Involved> {
    told.sort_by(|a, b| a.name.cmp(&b.name));
    told.dedup();
    told
}

fn mentions(expr: &Expr, name: &Name) -> bool {
    let mut found = matches!(&expr.kind, ExprKind::Bound(bound) if bound == name);
    expr.for_each_child(&mut |child| found = found || mentions(child, name));
    found
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
fn describe(value: &Value, cause: Cause) -> Option<String> {
    let about_hidden = cause == Cause::Hidden;
    if value.is_sensitive() {
        return about_hidden.then(|| "has a sensitive value".into());
    }
    if value.marks.contains(Marks::EPHEMERAL) {
        return about_hidden.then(|| "has an ephemeral value".into());
    }
    match &value.data {
        Data::Unknown(Type::Dynamic, _) => {
            about_hidden.then(|| "will be known only after apply".into())
        }
        Data::Unknown(ty, _) if about_hidden => {
            Some(format!("is a {}, known only after apply", friendly_type(ty)))
        }
        Data::Unknown(ty, _) => Some(format!("is a {}", friendly_type(ty))),
        _ => Some(format!("is {}", compact(value))),
    }
}

/// A known value, or how large it is.
fn compact(value: &Value) -> String {
    let ty = || friendly_type(&value.type_of());
    let sized = |count: usize| match count {
        0 => format!("empty {}", ty()),
        1 => format!("{} with 1 element", ty()),
        count => format!("{} with {count} elements", ty()),
    };
    match &value.data {
        Data::Null(_) => "null".into(),
        Data::Unknown(..) => "(not yet known)".into(),
        Data::Bool(value) => value.to_string(),
        Data::Number(number) => number.to_general(DIGITS),
        Data::String(text) => go_quoted(text),
        Data::List(_, values) | Data::Set(_, values) | Data::Tuple(values) => sized(values.len()),
        Data::Map(_, values) => sized(values.len()),
        Data::Object(values) => match values.len() {
            0 => "object with no attributes".into(),
            1 => {
                let only: String = values.keys().map(|key| go_quoted(key)).collect();
                format!("object with 1 attribute {only}")
            }
            count => format!("object with {count} attributes"),
        },
    }
}
