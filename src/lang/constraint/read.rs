//! Reading a type expression.

use diagnostics::{Diagnostic, Span};

use super::Constraint;
use super::defaults::Defaults;
use crate::convert::Optional;
use crate::display::go_quoted;
use crate::expr::Call;
use crate::scope::EmptyScope;
use crate::{Data, Expr, ExprKind, Name, Type, Value};

type Outcome<T> = Result<T, Box<Diagnostic>>;

fn mistake<T>(detail: impl Into<String>, at: &Expr) -> Outcome<T> {
    mistake_at(detail, at.span)
}

fn mistake_at<T>(detail: impl Into<String>, at: Span) -> Outcome<T> {
    Err(Box::new(Diagnostic::error("Invalid type specification", detail).at(at)))
}

/// The brackets of a call with what stands in them.
fn brackets(call: &Call, expr: &Expr) -> Span {
    Span { start: call.name_span.end, ..expr.span }
}

/// A whole type; `list`, `set` and `map` by themselves, and names in quotes, are older forms.
pub(super) fn top(expr: &Expr) -> Outcome<Constraint> {
    let collection = match keyword(expr) {
        Some("list") => Type::list(Type::Dynamic),
        Some("map") => Type::map(Type::Dynamic),
        _ => {
            return match &expr.kind {
                ExprKind::Literal(Value { data: Data::String(name), .. }) => quoted(name, expr),
                _ => constraint(expr),
            };
        }
    };
    Ok(Constraint::of(collection))
}

fn quoted(name: &str, expr: &Expr) -> Outcome<Constraint> {
    let detail = match name {
        "string" => {
            "Terraform 0.11 and earlier required type constraints to be given in quotes, but that form is now deprecated and will be removed in a future version of Terraform. Remove the quotes around \"string\"."
        }
        "list" => {
            "Terraform 0.11 and earlier required type constraints to be given in quotes, but that form is now deprecated and will be removed in a future version of Terraform. Remove the quotes around \"list\" and write list(string) instead to explicitly indicate that the list elements are strings."
        }
        "map" => {
            "Terraform 0.11 and earlier required type constraints to be given in quotes, but that form is now deprecated and will be removed in a future version of Terraform. Remove the quotes around \"map\" and write map(string) instead to explicitly indicate that the map elements are strings."
        }
        _ => {
            let detail = "To provide a full type expression, remove the surrounding quotes and give the type expression directly.";
            let summary = "Invalid legacy variable type hint";
            return Err(Box::new(Diagnostic::error(summary, detail).at(expr.span)));
        }
    };
    Err(Box::new(Diagnostic::error("Invalid quoted type constraints", detail).at(expr.span)))
}

/// The single name that an expression is, if it is one.
fn keyword(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Reference(reference) if reference.steps.is_empty() => Some(&reference.root),
        _ => None,
    }
}

fn constraint(expr: &Expr) -> Outcome<Constraint> {
    if let Some(name) = keyword(expr) {
        return match name {
            "any" => Ok(Constraint::any()),
            "bool" => Ok(Constraint::of(Type::Bool)),
            "number" => Ok(Constraint::of(Type::Number)),
            "string" => Ok(Constraint::of(Type::String)),
            "list" | "set" | "map" | "object" | "tuple" => mistake(needs(name), expr),
            "optional" => mistake(only_in_objects(), expr),
            _ => mistake(
                format!("The keyword {} is not a valid type specification.", go_quoted(name)),
                expr,
            ),
        };
    }
    match &expr.kind {
        ExprKind::Call(call) => constructor(call, expr),
        _ => mistake(
            "A type specification is either a primitive type keyword (bool, number, string) or a complex type constructor call, like list(string).",
            expr,
        ),
    }
}

fn only_in_objects() -> &'static str {
    "Keyword \"optional\" is valid only as a modifier for object type attributes."
}

fn needs(name: &str) -> String {
    let what = match name {
        "object" => "the attribute types and values as a map",
        "tuple" => "the element types as a list",
        _ => "the element type",
    };
    format!("The {name} type constructor requires one argument specifying {what}.")
}

fn constructor(call: &Call, expr: &Expr) -> Outcome<Constraint> {
    let name = &*call.name;
    match name {
        "list" | "set" | "map" | "object" | "tuple" => {}
        "bool" | "number" | "string" | "any" => {
            let kind = if name == "any" { "Type constraint" } else { "Primitive type" };
            let detail = format!("{kind} keyword {} does not expect arguments.", go_quoted(name));
            return mistake_at(detail, brackets(call, expr));
        }
        "optional" => return mistake_at(only_in_objects(), call.name_span),
        _ => {
            let detail = format!("Keyword {} is not a valid type constructor.", go_quoted(name));
            return mistake(detail, expr);
        }
    }
    let [argument] = call.arguments.as_slice() else {
        let surplus = call.arguments.get(1).zip(call.arguments.last());
        let at = surplus.map(|(first, last)| first.span.to(last.span));
        return mistake_at(needs(name), at.unwrap_or_else(|| brackets(call, expr)));
    };
    match name {
        "list" => collection(argument, Type::list),
        "set" => collection(argument, Type::set),
        "map" => collection(argument, Type::map),
        "tuple" => tuple(argument),
        _ => object(argument),
    }
}

fn collection(argument: &Expr, wrap: fn(Type) -> Type) -> Outcome<Constraint> {
    let Constraint { ty, optional, defaults } = constraint(argument)?;
    Ok(Constraint {
        ty: wrap(ty),
        optional: Optional { element: Some(Box::new(optional)), ..Optional::default() },
        defaults: Defaults { element: Some(Box::new(defaults)), ..Defaults::default() },
    })
}

fn tuple(argument: &Expr) -> Outcome<Constraint> {
    let ExprKind::Tuple(items) = &argument.kind else {
        return mistake("Tuple type constructor requires a list of element types.", argument);
    };
    let (mut types, mut optional, mut defaults) = (Vec::new(), Vec::new(), Vec::new());
    for item in items.iter() {
        let item = constraint(item)?;
        types.push(item.ty);
        optional.push(item.optional);
        defaults.push(item.defaults);
    }
    Ok(Constraint {
        ty: Type::tuple(types),
        optional: Optional { items: optional, ..Optional::default() },
        defaults: Defaults { items: defaults, ..Defaults::default() },
    })
}

fn object(argument: &Expr) -> Outcome<Constraint> {
    let ExprKind::Object(items) = &argument.kind else {
        let detail = "Object type constructor requires a map whose keys are attribute names and whose values are the corresponding attribute types.";
        return mistake(detail, argument);
    };
    let mut types = Vec::new();
    let (mut optional, mut defaults) = (Optional::default(), Defaults::default());
    for (key, value) in items.iter() {
        let ExprKind::Literal(Value { data: Data::String(name), .. }) = &key.kind else {
            return mistake("Object constructor map keys must be attribute names.", key);
        };
        // A name in quotes has two bytes more than its text.
        if (key.span.end - key.span.start) as usize == name.len() + 2 {
            return mistake("Object constructor map keys must be attribute names.", key);
        }
        if optional.attributes.contains_key(name) {
            return mistake("Object constructor map keys must be unique.", key);
        }
        let attribute = match &value.kind {
            ExprKind::Call(call) if &*call.name == "optional" => {
                optional.names.insert(name.clone());
                let (attribute, default) = optional_attribute(call, value)?;
                defaults.values.extend(default.map(|default| (name.clone(), default)));
                attribute
            }
            _ => constraint(value)?,
        };
        let name: Name = name.clone();
        optional.attributes.insert(name.clone(), attribute.optional);
        defaults.attributes.insert(name.clone(), attribute.defaults);
        types.push((name, attribute.ty));
    }
    Ok(Constraint { ty: Type::object(types), optional, defaults })
}

/// `optional(TYPE)` or `optional(TYPE, DEFAULT)`.
fn optional_attribute(call: &Call, expr: &Expr) -> Outcome<(Constraint, Option<Value>)> {
    match call.arguments.as_slice() {
        [] => mistake_at(
            "Optional attribute modifier requires the attribute type as its argument.",
            brackets(call, expr),
        ),
        [ty] => Ok((constraint(ty)?, None)),
        [ty, default] => {
            let ty = constraint(ty)?;
            let value = constant(default)?;
            if let Err(error) = ty.apply(&value) {
                let detail = format!(
                    "This default value is not compatible with the attribute's type constraint: {error}."
                );
                let summary = "Invalid default value for optional attribute";
                return Err(Box::new(Diagnostic::error(summary, detail).at(default.span)));
            }
            // It is kept as written: nested defaults are filled in together with it.
            let default = (!value.is_null()).then_some(value);
            Ok((ty, default))
        }
        _ => mistake_at(
            "Optional attribute modifier expects at most two arguments: the attribute type, and a default value.",
            brackets(call, expr),
        ),
    }
}

fn constant(expr: &Expr) -> Outcome<Value> {
    if let Some(first) = crate::eval::forbidden(expr).into_iter().next() {
        return Err(Box::new(first));
    }
    crate::eval::evaluate(expr, &EmptyScope::new()).map_err(|found| {
        let fallback = Diagnostic::error("Invalid default value for optional attribute", "");
        Box::new(found.into_iter().next().unwrap_or(fallback).at_or(Some(expr.span)))
    })
}
