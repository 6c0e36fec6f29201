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
    match (count, for_each) {
        (Some(count), _) => expand_count(count, scope, lenient),
        (None, Some(for_each)) => expand_for_each(for_each, scope, lenient)
            .map_err(|found| with_values(found, for_each, scope)),
        (None, None) => Ok(Expansion::Single),
    }
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
        "The \"count\" value depends on resource attributes that cannot be determined until apply, so artiform cannot predict how many instances will be created. To work around this, use the -target argument to first apply only the resources that the count depends on.",
    )
    .at(expr.span)
    .hint("use a value that is known before apply, such as a variable or the length of a list that is written down")
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
                return unknown_for_each(&value.type_of(), expr, lenient);
            }
            let strings = values.iter().map(|v| v.as_str().map(|s| (Name::from(s), v.clone())));
            strings.collect::<Option<_>>().ok_or_else(|| wrong_set(element, values, expr))?
        }
        Data::Unknown(..) if !may_be_iterated(&value.type_of()) => {
            return Err(invalid(wrong_type(&value)));
        }
        Data::Unknown(..) => return unknown_for_each(&value.type_of(), expr, lenient),
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

fn unknown_for_each(ty: &Type, expr: &Expr, lenient: bool) -> Result<Expansion, Diagnostics> {
    if lenient {
        return Ok(Expansion::Unknown);
    }
    let what = match ty {
        Type::Set(_) => "set includes values",
        _ => "map includes keys",
    };
    Err(Diagnostic::error(
        "Invalid for_each argument",
        format!(
            "The \"for_each\" {what} derived from resource attributes that cannot be determined until apply, and so artiform cannot determine the full set of keys that will identify the instances of this resource.\n\nWhen working with unknown values in for_each, it's better to use a map value where the keys are defined statically in your configuration and where only the values contain apply-time results.\n\nAlternatively, you could use the -target planning option to first apply only the resources that the for_each value depends on, and then apply a second time to fully converge."
        ),
    )
    .at(expr.span)
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
