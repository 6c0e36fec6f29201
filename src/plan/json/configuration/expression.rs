//! An expression as plan JSON tells it: its value where it is constant, else what it refers to.

use config::{Referent, referent};
use lang::scope::EmptyScope;
use lang::{Expr, ExprKind, Step, Traversal};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::super::present;

/// What can be said of an expression without evaluating what it refers to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Expression {
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub constant_value: Option<Json>,
    /// Each reference, followed by what it goes through: `a.b.id`, then `a.b`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
}

impl Expression {
    /// Looks at an expression.
    pub fn of(expr: &Expr) -> Self {
        let mut references = Vec::new();
        expr.for_each_reference(&mut |traversal| references.extend(names(traversal)));
        let constant_value = constant(expr);
        Self { constant_value, references }
    }
}

/// The value of an expression that refers to nothing; calls of functions are no constants. Of a conditional
/// only the side counts that is taken.
fn constant(expr: &Expr) -> Option<Json> {
    if let ExprKind::Conditional(parts) = &expr.kind {
        let [condition, then, otherwise] = &**parts;
        return constant(if constant(condition)?.as_bool()? { then } else { otherwise });
    }
    if has_call(expr) {
        return None;
    }
    let value = lang::eval::evaluate(expr, &EmptyScope::new()).ok()?;
    value.is_wholly_known().then(|| lang::json::to_json(&value))
}

fn has_call(expr: &Expr) -> bool {
    let mut found = matches!(expr.kind, ExprKind::Call(_));
    expr.for_each_child(&mut |child| found |= has_call(child));
    found
}

/// A reference with all its steps, with one less, and so on down to what it names; then what that is an
/// instance or output of.
pub(super) fn names(traversal: &Traversal) -> Vec<String> {
    let Ok((referent, used)) = referent(traversal) else { return Vec::new() };
    let mut rest: Vec<String> = traversal.steps[used..].iter().map_while(literal).collect();
    let mut take = |wanted: char| {
        let next = rest.first().filter(|step| step.starts_with(wanted)).cloned();
        next.inspect(|_| {
            rest.remove(0);
        })
    };
    let (subject, whole) = match referent {
        Referent::Variable(name) => (format!("var.{name}"), None),
        Referent::Local(name) => (format!("local.{name}"), None),
        Referent::Resource(key) => match take('[') {
            Some(index) => (format!("{key}{index}"), Some(key.to_string())),
            None => (key.to_string(), None),
        },
        Referent::Module(call) => {
            let key = take('[');
            let instance = format!("{call}{}", key.clone().unwrap_or_default());
            match take('.') {
                Some(output) => (format!("{instance}{output}"), Some(instance)),
                None => (instance, key.map(|_| call.to_string())),
            }
        }
        Referent::Self_ => ("self".to_owned(), None),
        _ => {
            let attribute = take('.').unwrap_or_default();
            (format!("{}{attribute}", traversal.root), None)
        }
    };
    let lengths = (0..=rest.len()).rev();
    let mut names: Vec<String> =
        lengths.map(|length| format!("{subject}{}", rest[..length].concat())).collect();
    names.extend(whole);
    names
}

/// A step as it is written; none from the first on that has to be evaluated.
fn literal(step: &Step) -> Option<String> {
    match step {
        Step::Attribute(name, _) => Some(format!(".{name}")),
        Step::Index(key, _) => config::literal_key(key).map(|key| format!("[{key}]")),
    }
}
