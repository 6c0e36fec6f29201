//! Iterating over a collection, for `for` expressions and directives.

use super::Evaluator;
use crate::display::friendly_type;
use crate::{Data, Expr, Name, Type, Value};

impl Evaluator<'_> {
    /// The collection of a `for`; `None` where it is a mistake, or where its type is not known yet.
    pub(super) fn collection(&mut self, expr: &Expr) -> Option<Value> {
        let value = self.value(expr);
        if value.is_null() {
            let detail = "A null value cannot be used as the collection in a 'for' expression.";
            self.error("Iteration over null value", detail, expr.span, expr);
            return None;
        }
        match value.type_of() {
            Type::Dynamic => None,
            ty if ty.is_primitive() => {
                let ty = friendly_type(&ty);
                let detail = format!(
                    "A value of type {ty} cannot be used as the collection in a 'for' expression."
                );
                self.error("Iteration over non-iterable value", detail, expr.span, expr);
                None
            }
            _ => Some(value),
        }
    }

    /// Runs `body` for every element with the names bound, until it says false.
    pub(super) fn for_each(
        &mut self,
        collection: &Value,
        key: Option<&Name>,
        value: &Name,
        body: &mut dyn FnMut(&mut Self) -> bool,
    ) {
        let before = self.bound.len();
        let mut iteration =
            |evaluator: &mut Self, key_value: &dyn Fn() -> Value, element: &Value| {
                if let Some(key) = key {
                    evaluator.bound.push((key.clone(), key_value()));
                }
                evaluator.bound.push((value.clone(), element.clone()));
                let go_on = body(evaluator);
                evaluator.bound.truncate(before);
                go_on
            };
        match &collection.data {
            Data::List(_, elements) | Data::Tuple(elements) => {
                for (i, element) in (0i64..).zip(elements.iter()) {
                    if !iteration(self, &|| Value::int(i), element) {
                        return;
                    }
                }
            }
            Data::Set(_, elements) => {
                for element in elements.iter() {
                    if !iteration(self, &|| element.clone(), element) {
                        return;
                    }
                }
            }
            Data::Map(_, entries) | Data::Object(entries) => {
                for (name, element) in entries.iter() {
                    if !iteration(self, &|| Value::string(name.clone()), element) {
                        return;
                    }
                }
            }
            _ => {}
        }
    }
}
