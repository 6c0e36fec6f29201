//! `source.*.each` and `source[*].each`.

use super::Evaluator;
use crate::value::Refinement;
use crate::{Data, Expr, ExprKind, Step, Type, Value};

/// The parts of a splat.
#[derive(Clone, Copy)]
struct Splat<'e> {
    each: &'e [Step],
    nested: Option<&'e Expr>,
    whole: &'e Expr,
}

impl Evaluator<'_> {
    pub(super) fn splat(&mut self, expr: &Expr) -> Value {
        let ExprKind::Splat { source, each, nested, .. } = &expr.kind else {
            return Self::unknown();
        };
        let splat = Splat { each, nested: nested.as_deref(), whole: expr };
        let before = self.found.len();
        let value = self.value(source);
        if self.found.len() > before {
            return Self::unknown();
        }
        let is_sequence = is_sequence(&value);
        if value.is_null() {
            if !is_sequence {
                return Value::tuple([]).with_marks(value.marks);
            }
            let detail =
                "Splat expressions (with the * symbol) cannot be applied to null sequences.";
            self.error("Splat of null value", detail, source.span, source);
            return Self::unknown();
        }
        if value.is_dynamic() {
            return Self::unknown().with_marks(value.marks);
        }
        let marks = value.marks;
        if is_sequence {
            return self.splat_sequence(&value, splat).with_marks(marks);
        }
        // A single value counts as a list of one, unless it may still turn out to be null.
        let may_be_null = value.is_unknown() && !value.is_definitely_not_null();
        let item = self.splat_item(value.without_marks(), splat);
        let result = match self.found.len() > before {
            true => Value::unknown(Type::tuple([item.type_of()])),
            false if may_be_null => Self::unknown(),
            false => Value::tuple([item]),
        };
        result.with_marks(marks)
    }

    fn splat_sequence(&mut self, value: &Value, splat: Splat<'_>) -> Value {
        if let Data::Unknown(ty, known) = &value.data {
            return self.splat_unknown(ty, known.as_deref(), splat);
        }
        let before = self.found.len();
        let elements = value.elements().unwrap_or(&[]);
        let mut items = Vec::with_capacity(elements.len());
        for element in elements {
            items.push(self.splat_item(element.clone(), splat));
            if self.found.len() >= before + super::MISTAKES_MAX {
                break;
            }
        }
        let failed = self.found.len() > before;
        match &value.data {
            Data::Tuple(_) if failed => {
                Value::unknown(Type::tuple(items.iter().map(Value::type_of).collect::<Vec<_>>()))
            }
            Data::Tuple(_) => Value::tuple(items),
            Data::List(element, _) | Data::Set(element, _) if failed => {
                Value::unknown(Type::list(self.item_type(element, splat)))
            }
            Data::List(element, _) | Data::Set(element, _) => self.list(items, element, splat),
            _ => Self::unknown(),
        }
    }

    /// The type that the steps give for an element of this type; mistakes in them were told already.
    fn item_type(&mut self, element: &Type, splat: Splat<'_>) -> Type {
        let before = self.found.len();
        let item = self.splat_item(Value::unknown(element.clone()), splat);
        self.found.truncate(before);
        item.type_of()
    }

    /// The results on a list or set are a list, so they must have one type.
    fn list(&mut self, items: Vec<Value>, element: &Type, splat: Splat<'_>) -> Value {
        if items.is_empty() {
            let item = self.splat_item(Value::unknown(element.clone()), splat);
            return Value::list(item.type_of(), items);
        }
        let types = items.iter().map(Value::type_of);
        let ty = types.clone().find(|ty| *ty != Type::Dynamic).unwrap_or(Type::Dynamic);
        if types.into_iter().any(|other| other != ty && other != Type::Dynamic) {
            let detail = "The second level of splat expression produced elements of different types, so it isn't possible to construct a valid list to represent the top-level result.\n\nConsider using a for expression instead, to produce a tuple-typed result which can therefore have non-homogenous element types.";
            self.error("Invalid nested splat expressions", detail, splat.whole.span, splat.whole);
            return Self::unknown();
        }
        Value::list(ty, items)
    }

    fn splat_unknown(&mut self, ty: &Type, known: Option<&Refinement>, splat: Splat<'_>) -> Value {
        let mut item_type = |ty: &Type| {
            let item = Value::unknown(ty.clone());
            self.splat_item(item, splat).type_of()
        };
        match ty {
            Type::List(element) | Type::Set(element) => {
                let length = known.map_or((None, None), |known| known.length);
                let known = Refinement { not_null: true, length, ..Refinement::default() };
                Value::unknown_refined(Type::list(item_type(element)), known)
            }
            Type::Tuple(items) => {
                let items: Vec<Type> = items.iter().map(item_type).collect();
                Value::unknown_not_null(Type::tuple(items))
            }
            _ => Self::unknown(),
        }
    }

    fn splat_item(&mut self, item: Value, splat: Splat<'_>) -> Value {
        let mut value = item;
        for step in splat.each {
            match self.step(&value, step) {
                Ok(next) => value = next,
                Err(diagnostic) => {
                    // What it is an item of is not what is wrong.
                    self.found.push(*diagnostic);
                    return Self::unknown();
                }
            }
        }
        let Some(nested) = splat.nested else { return value };
        self.bound.push((Expr::SPLAT_ITEM.into(), value));
        let result = self.value(nested);
        self.bound.pop();
        result
    }
}

fn is_sequence(value: &Value) -> bool {
    match &value.data {
        Data::List(..) | Data::Set(..) | Data::Tuple(_) => true,
        Data::Null(ty) | Data::Unknown(ty, _) => {
            matches!(ty, Type::List(_) | Type::Set(_) | Type::Tuple(_))
        }
        _ => false,
    }
}
