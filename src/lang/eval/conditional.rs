//! `condition ? then : otherwise`, and the one type that both arms have.

use diagnostics::Diagnostic;

use super::Evaluator;
use crate::convert::{convert, unify};
use crate::display::{friendly_type, go_quoted};
use crate::value::Refinement;
use crate::{Data, Expr, Number, Type, Value};

const INCONSISTENT: &str = "Inconsistent conditional result types";

/// An arm: its value, its mistakes, which count only if it is chosen, and its expression.
struct Arm<'e> {
    value: Value,
    found: Vec<Diagnostic>,
    expr: &'e Expr,
    name: &'static str,
}

impl Evaluator<'_> {
    pub(super) fn conditional(&mut self, parts: &[Expr; 3], whole: &Expr) -> Value {
        let [condition, then, otherwise] = parts;
        let mut arm = |expr, name| {
            let (value, found) = self.apart(expr);
            Arm { value, found, expr, name }
        };
        let (then, otherwise) = (arm(then, "true"), arm(otherwise, "false"));
        let Some(ty) = common_type(&then.value, &otherwise.value) else {
            let why = mismatch(&then.value.type_of(), &otherwise.value.type_of());
            let detail =
                format!("The true and false result expressions must have consistent types. {why}.");
            let span = then.expr.span.to(otherwise.expr.span);
            self.error(INCONSISTENT, detail, span, whole);
            return Self::unknown();
        };
        let Some(condition) = self.condition(condition) else { return Value::unknown(ty) };
        let marks = condition.marks | then.value.marks | otherwise.value.marks;
        let result = match condition.as_bool() {
            None => undecided(&then.value, &otherwise.value, ty),
            Some(true) => self.chosen(then, &ty),
            Some(false) => self.chosen(otherwise, &ty),
        };
        result.with_marks(marks)
    }

    /// The condition as a boolean, perhaps unknown; `None` where it is a mistake.
    pub(super) fn condition(&mut self, expr: &Expr) -> Option<Value> {
        let value = self.value(expr);
        if value.is_null() {
            let detail = "The condition value is null. Conditions must either be true or false.";
            self.error("Null condition", detail, expr.span, expr);
            return None;
        }
        if value.is_unknown() {
            return Some(value);
        }
        convert(&value, &Type::Bool)
            .map_err(|_| {
                let detail = "The condition expression must be of type bool.";
                self.error("Incorrect condition type", detail, expr.span, expr);
            })
            .ok()
    }

    fn chosen(&mut self, arm: Arm<'_>, ty: &Type) -> Value {
        self.found.extend(arm.found);
        if *ty == Type::Dynamic {
            return arm.value;
        }
        match convert(&arm.value, ty) {
            Ok(value) => value,
            Err(error) => {
                let detail = format!("The {} result value has the wrong type: {error}.", arm.name);
                self.error(INCONSISTENT, detail, arm.expr.span, arm.expr);
                Value::unknown(ty.clone())
            }
        }
    }
}

/// The type of the result; an arm that is a bare null takes the other's, `Dynamic` keeps each as it is.
fn common_type(then: &Value, otherwise: &Value) -> Option<Type> {
    let bare_null =
        |value: &Value| matches!(value.data, Data::Null(Type::Dynamic)) && value.marks.is_empty();
    let (a, b) = (then.type_of(), otherwise.type_of());
    match () {
        () if a == b => Some(a),
        () if bare_null(then) => Some(b),
        () if bare_null(otherwise) => Some(a),
        () if a == Type::Dynamic || b == Type::Dynamic => Some(Type::Dynamic),
        () => unify(&[a, b]),
    }
}

/// What is known of the result while the condition is not.
fn undecided(then: &Value, otherwise: &Value, ty: Type) -> Value {
    if then.is_null() && otherwise.is_null() {
        return Value::null(ty);
    }
    let not_null = then.is_definitely_not_null() && otherwise.is_definitely_not_null();
    let mut known = Refinement { not_null, ..Refinement::default() };
    let same_type = then.type_of() == otherwise.type_of();
    if same_type && ty == Type::Number {
        let ((a, b), (c, d)) = (bounds(then), bounds(otherwise));
        known.bounds = (a.zip(c).map(|(a, c)| a.min(c)), b.zip(d).map(|(b, d)| b.max(d)));
    }
    if same_type && ty.is_collection() {
        let ((a, b), (c, d)) = (lengths(then), lengths(otherwise));
        known.length = (a.zip(c).map(|(a, c)| a.min(c)), b.zip(d).map(|(b, d)| b.max(d)));
    }
    Value::unknown_refined(ty, known)
}

fn bounds(value: &Value) -> (Option<Number>, Option<Number>) {
    match value.as_number() {
        Some(number) => (Some(number.clone()), Some(number.clone())),
        None => value.refinement().map_or((None, None), |known| known.bounds.clone()),
    }
}

fn lengths(value: &Value) -> (Option<u64>, Option<u64>) {
    match value.length().and_then(|length| u64::try_from(length).ok()) {
        Some(length) => (Some(length), Some(length)),
        None => value.refinement().map_or((None, None), |known| known.length),
    }
}

/// Says where two types part.
fn mismatch(then: &Type, otherwise: &Type) -> String {
    match (then, otherwise) {
        (Type::Object(a), Type::Object(b)) => {
            for (name, a) in a.iter() {
                let quoted = go_quoted(name);
                match b.get(name) {
                    None => {
                        return format!(
                            "The 'true' value includes object attribute {quoted}, which is absent in the 'false' value"
                        );
                    }
                    Some(b) if a != b => {
                        let inner = mismatch(a, b);
                        return format!("Type mismatch for object attribute {quoted}: {inner}");
                    }
                    Some(_) => {}
                }
            }
            if let Some(name) = b.keys().find(|name| !a.contains_key(*name)) {
                return format!(
                    "The 'false' value includes object attribute {}, which is absent in the 'true' value",
                    go_quoted(name)
                );
            }
        }
        (Type::Tuple(a), Type::Tuple(b)) => {
            if a.len() != b.len() {
                return format!(
                    "The 'true' tuple has length {}, but the 'false' tuple has length {}",
                    a.len(),
                    b.len()
                );
            }
            if let Some((i, (a, b))) = a.iter().zip(b.iter()).enumerate().find(|(_, (a, b))| a != b)
            {
                return format!("Type mismatch for tuple element {i}: {}", mismatch(a, b));
            }
        }
        (Type::List(a), Type::List(b)) => return elements("list", a, b, then, otherwise),
        (Type::Set(a), Type::Set(b)) => return elements("set", a, b, then, otherwise),
        (Type::Map(a), Type::Map(b)) => return elements("map", a, b, then, otherwise),
        _ => {}
    }
    both_names(then, otherwise)
}

fn elements(kind: &str, a: &Type, b: &Type, then: &Type, otherwise: &Type) -> String {
    match (a, b) {
        (Type::Object(_), Type::Object(_)) | (Type::Tuple(_), Type::Tuple(_)) => {
            format!("Mismatched {kind} element types: {}", mismatch(a, b))
        }
        _ => both_names(then, otherwise),
    }
}

fn both_names(then: &Type, otherwise: &Type) -> String {
    let (then, otherwise) = (friendly_type(then), friendly_type(otherwise));
    if then == otherwise {
        return "At least one deeply-nested attribute or element is not compatible across both the 'true' and the 'false' value".into();
    }
    format!("The 'true' value is {then}, but the 'false' value is {otherwise}")
}
