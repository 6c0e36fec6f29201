//! Object constructors and `for` expressions.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::Evaluator;
use crate::convert::convert;
use crate::display::go_quoted;
use crate::expr::For;
use crate::{Expr, ExprKind, Marks, Name, Type, Value};

impl Evaluator<'_> {
    pub(super) fn object(&mut self, items: &[(Expr, Expr)]) -> Value {
        let mut values = BTreeMap::new();
        let mut marks = Marks::NONE;
        let mut known = true;
        for (key_expr, value_expr) in items {
            let key = self.key(key_expr, value_expr);
            let value = self.value(value_expr);
            match key {
                Some((Some(name), key_marks)) => {
                    marks = marks | key_marks;
                    values.insert(name, value);
                }
                Some((None, key_marks)) => {
                    marks = marks | key_marks;
                    known = false;
                }
                None => known = false,
            }
        }
        if known { Value::object(values).with_marks(marks) } else { Self::unknown() }
    }

    /// A key's text, none while unknown, and its marks; `None` where it is a mistake.
    fn key(&mut self, expr: &Expr, value: &Expr) -> Option<(Option<Name>, Marks)> {
        if let ExprKind::Literal(Value { data: crate::Data::String(name), .. }) = &expr.kind {
            return Some((Some(name.clone()), Marks::NONE));
        }
        let before = self.found.len();
        let key = self.value(expr);
        if self.found.len() > before {
            return None;
        }
        if matches!(&expr.kind, ExprKind::Reference(reference) if !reference.steps.is_empty()) {
            let detail = "If this expression is intended to be a reference, wrap it in parentheses. If it's instead intended as a literal name containing periods, wrap it in quotes to create a string literal.";
            self.error("Ambiguous attribute key", detail, expr.span, expr);
            return None;
        }
        if key.is_null() {
            self.error("Null value as key", "Can't use a null value as a key.", value.span, expr);
            return None;
        }
        match convert(&key, &Type::String) {
            Ok(key) => Some((key.as_str().map(Name::from), key.marks)),
            Err(error) => {
                let detail = format!("Can't use this value as a key: {error}.");
                self.error("Incorrect key type", detail, expr.span, expr);
                None
            }
        }
    }

    pub(super) fn for_expression(&mut self, each: &For, whole: &Expr) -> Value {
        let Some(collection) = self.collection(&each.collection) else { return Self::unknown() };
        let mut marks = collection.marks;
        if let Some(condition) = &each.condition {
            match self.check_condition(each, condition) {
                Some(condition_marks) if collection.is_unknown() => marks = marks | condition_marks,
                Some(_) => {}
                None => return Self::unknown(),
            }
        }
        if collection.is_unknown() {
            return Self::unknown().with_marks(marks);
        }
        let mut results = Results { marks, known: true, ..Results::default() };
        let before = self.found.len();
        self.for_each(&collection, each.key.as_ref(), &each.value, &mut |evaluator| {
            evaluator.iteration(each, &mut results);
            evaluator.found.len() < before + super::MISTAKES_MAX
        });
        let _ = whole;
        results.finish(each)
    }

    /// Looks at the condition once without knowing the element, so that its mistakes come once.
    fn check_condition(&mut self, each: &For, condition: &Expr) -> Option<Marks> {
        let before = (self.bound.len(), self.found.len());
        for name in each.key.iter().chain([&each.value]) {
            self.bound.push((name.clone(), Self::unknown()));
        }
        let value = self.value(condition);
        self.bound.truncate(before.0);
        if value.is_null() {
            let detail = "The value of the 'if' clause must not be null.";
            self.error("Condition is null", detail, condition.span, condition);
            return None;
        }
        if let Err(error) = convert(&value, &Type::Bool) {
            let detail = format!("The 'if' clause value is invalid: {error}.");
            self.error("Invalid 'for' condition", detail, condition.span, condition);
            return None;
        }
        (self.found.len() == before.1).then_some(value.marks)
    }

    fn iteration(&mut self, each: &For, results: &mut Results) {
        if let Some(condition) = &each.condition {
            match self.included(condition, results) {
                Some(true) => {}
                Some(false) => return,
                None => {
                    results.known = false;
                    return;
                }
            }
        }
        let Some(key_expr) = &each.key_result else {
            results.tuple.push(self.value(&each.value_result));
            return;
        };
        let Some(key) = self.result_key(key_expr, results) else {
            results.known = false;
            return;
        };
        let value = self.value(&each.value_result);
        if each.group {
            results.groups.entry(key).or_default().push(value);
            return;
        }
        match results.object.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(value);
            }
            Entry::Occupied(entry) => {
                let key = entry.key().clone();
                self.duplicate(key_expr, &key, results.marks);
            }
        }
    }

    /// Whether the element is taken, `None` while that is not known or where it is a mistake.
    fn included(&mut self, condition: &Expr, results: &mut Results) -> Option<bool> {
        let value = self.value(condition);
        let why = if value.is_null() {
            "The value of the 'if' clause must not be null.".into()
        } else {
            results.marks = results.marks | value.marks;
            match convert(&value, &Type::Bool) {
                Ok(value) => return value.as_bool(),
                Err(error) => format!("The 'if' clause value is invalid: {error}."),
            }
        };
        // What is wrong with the condition is wrong with it for every element.
        if results.known {
            self.error("Invalid 'for' condition", why, condition.span, condition);
        }
        None
    }

    fn result_key(&mut self, expr: &Expr, results: &mut Results) -> Option<Name> {
        let before = self.found.len();
        let key = self.value(expr);
        if self.found.len() > before {
            return None;
        }
        let why = if key.is_null() {
            "Key expression in 'for' expression must not produce a null value.".into()
        } else {
            results.marks = results.marks | key.marks;
            match convert(&key, &Type::String) {
                Ok(key) => return key.as_str().map(Name::from),
                Err(error) => format!("The key expression produced an invalid result: {error}."),
            }
        };
        if results.known {
            self.error("Invalid object key", why, expr.span, expr);
        }
        None
    }

    fn duplicate(&mut self, expr: &Expr, key: &str, marks: Marks) {
        let shown = if marks.is_empty() { go_quoted(key) } else { "(sensitive value)".into() };
        let detail = format!(
            "Two different items produced the key {shown} in this 'for' expression. If duplicates are expected, use the ellipsis (...) after the value expression to enable grouping by key."
        );
        self.error("Duplicate object key", detail, expr.span, expr);
    }
}

/// What the iterations of a `for` gave so far.
#[derive(Default)]
struct Results {
    tuple: Vec<Value>,
    object: BTreeMap<Name, Value>,
    groups: BTreeMap<Name, Vec<Value>>,
    marks: Marks,
    known: bool,
}

impl Results {
    fn finish(self, each: &For) -> Value {
        let value = match (self.known, each.key_result.is_some(), each.group) {
            (false, ..) => Evaluator::unknown(),
            (true, false, _) => Value::tuple(self.tuple),
            (true, true, false) => Value::object(self.object),
            (true, true, true) => {
                let groups = self.groups.into_iter();
                Value::object(groups.map(|(key, values)| (key, Value::tuple(values))))
            }
        };
        value.with_marks(self.marks)
    }
}
