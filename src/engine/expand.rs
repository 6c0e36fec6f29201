//! `count` and `for_each` to instances.

use diagnostics::{Diagnostic, Diagnostics};
use lang::convert::convert;
use lang::eval::Cause;
use lang::{Data, Expr, Marks, Name, Scope, Type, Value, display, eval};

use crate::tables::Expansion;

/// Evaluates `count` or `for_each`. With `lenient`, what is not known gives [`Expansion::Unknown`].
pub(crate) fn expand(
    count: Option<&Expr>,
    for_each: Option<&Expr>,
    scope: &dyn Scope,
    lenient: bool,
) -> Result<Expansion, Diagnostics> {
    let (expr, expansion) = match (count, for_each) {
        (Some(count), _) => (count, expand_count(count, scope, lenient)),
        (None, Some(for_each)) => (for_each, expand_for_each(for_each, scope, lenient)),
        (None, None) => return Ok(Expansion::Single),
    };
    expansion.map_err(|found| with_values(found, expr, scope))
}

/// Says beside a mistake about the whole expression which values it was made of.
fn with_values(found: Diagnostics, expr: &Expr, scope: &dyn Scope) -> Diagnostics {
    let told = |mut diagnostic: Diagnostic| {
        if diagnostic.values.is_empty() && diagnostic.subject == Some(expr.span) {
            diagnostic.values = eval::involved_values(expr, scope, Cause::Hidden);
        }
        diagnostic
    };
    found.into_iter().map(told).collect::<Vec<_>>().into()
}

fn expand_count(expr: &Expr, scope: &dyn Scope, lenient: bool) -> Result<Expansion, Diagnostics> {
    let invalid = |detail: &str| -> Diagnostics {
        Diagnostic::error("Invalid count argument", detail).at(expr.span).into()
    };
    let value = eval::evaluate(expr, scope)?;
    // A sensitive number is allowed: how many instances there are gives nothing else away.
    if value.marks.contains(Marks::EPHEMERAL) {
        return Err(invalid(
            "The given \"count\" is derived from an ephemeral value, which means that artiform cannot persist it between plan/apply rounds. Use only non-ephemeral values to specify the number of resource instances.",
        ));
    }
    if value.is_null() {
        return Err(invalid("The given \"count\" argument value is null. An integer is required."));
    }
    let number = convert(&value, &Type::Number).map_err(|e| {
        let detail = format!("Invalid expression value: {}.", e.message);
        Diagnostic::error("Incorrect value type", detail).at(expr.span)
    })?;
    if number.is_unknown() {
        return if lenient { Ok(Expansion::Unknown) } else { Err(unknown_count(expr)) };
    }
    match number.as_i64() {
        Some(count) if count >= 0 => Ok(Expansion::Count(usize::try_from(count).unwrap_or(0))),
        Some(_) => Err(invalid(
            "The given \"count\" argument value is unsuitable: must be greater than or equal to zero.",
        )),
        None => Err(invalid(
            "The given \"count\" argument value is unsuitable: value must be a whole number, between -9223372036854775808 and 9223372036854775807.",
        )),
    }
}

fn unknown_count(expr: &Expr) -> Diagnostics {
    Diagnostic::error(
        "Invalid count argument",
        "The \"count\" value depends on resource attributes that cannot be determined until apply, so it cannot be predicted how many instances will be created.",
    )
    .at(expr.span)
    .hint("use a value that is known before apply, such as a variable or the length of a list that is written down")
    .hint("or apply first only what the count depends on, with -target")
    .into()
}

fn expand_for_each(
    expr: &Expr,
    scope: &dyn Scope,
    lenient: bool,
) -> Result<Expansion, Diagnostics> {
    let invalid = |detail: String| -> Diagnostics {
        Diagnostic::error("Invalid for_each argument", detail).at(expr.span).into()
    };
    let value = eval::evaluate(expr, scope)?;
    if value.marks.contains(Marks::EPHEMERAL) {
        return Err(invalid("The given \"for_each\" value is derived from an ephemeral value, which means that artiform cannot persist it between plan/apply rounds. Use only non-ephemeral values to specify a resource's instance keys.".into()));
    }
    if value.is_sensitive() {
        return Err(invalid("Sensitive values, or values derived from sensitive values, cannot be used as for_each arguments. If used, the sensitive value could be exposed as a resource instance key.".into()));
    }
    let items: Vec<(Name, Value)> = match &value.data {
        Data::Map(_, entries) | Data::Object(entries) => {
            entries.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
        }
        Data::Set(element, values) => {
            if values.iter().any(Value::is_unknown) {
                return unknown_for_each(expr, lenient);
            }
            let strings = values.iter().map(|v| v.as_str().map(|s| (Name::from(s), v.clone())));
            strings.collect::<Option<_>>().ok_or_else(|| wrong_set(element, values, expr))?
        }
        Data::Unknown(..) if !may_be_iterated(&value.type_of()) => {
            return Err(invalid(wrong_type(&value)));
        }
        Data::Unknown(..) => return unknown_for_each(expr, lenient),
        Data::Null(_) => {
            return Err(invalid("The given \"for_each\" argument value is unsuitable: the given \"for_each\" argument value is null. A map, or set of strings is allowed.".into()));
        }
        _ => return Err(invalid(wrong_type(&value))),
    };
    Ok(Expansion::ForEach(items.into()))
}

/// Tells whether a value of the type can be a `for_each`, once it is known.
fn may_be_iterated(ty: &Type) -> bool {
    matches!(ty, Type::Dynamic | Type::Map(_) | Type::Object(_) | Type::Set(_))
}

fn unknown_for_each(expr: &Expr, lenient: bool) -> Result<Expansion, Diagnostics> {
    if lenient {
        return Ok(Expansion::Unknown);
    }
    Err(Diagnostic::error(
        "Invalid for_each argument",
        "The \"for_each\" value includes keys derived from resource attributes that cannot be determined until apply, so the full set of keys that will identify the instances of this resource cannot be determined.",
    )
    .at(expr.span)
    .hint("use a map whose keys are written down and put the values that only apply knows into its values")
    .hint("or apply first only what the keys depend on, with -target")
    .into())
}

fn wrong_set(element: &Type, values: &[Value], expr: &Expr) -> Diagnostic {
    let reason = if *element == Type::String && values.iter().any(Value::is_null) {
        "\"for_each\" sets must not contain null values".to_owned()
    } else {
        format!(
            "\"for_each\" supports maps and sets of strings, but you have provided a set containing type {}",
            display::friendly_type(element)
        )
    };
    let detail = format!("The given \"for_each\" argument value is unsuitable: {reason}.");
    Diagnostic::error("Invalid for_each set argument", detail).at(expr.span)
}

fn wrong_type(value: &Value) -> String {
    format!(
        "The given \"for_each\" argument value is unsuitable: the \"for_each\" argument must be a map, or set of strings, and you have provided a value of type {}.",
        display::friendly_type(&value.type_of())
    )
}
