//! Conversions by name, and the name of a type.

use super::arguments::text;
use super::{Call, Function, FunctionError, Parameter, Returns, Shape};
use crate::convert::{Optional, can_convert, convert};
use crate::display::{console_type, constraint_name, friendly_type};
use crate::{Marks, Type, Value};

const V: &[Parameter] = &[Parameter::any("v").or_null().or_dynamic().with_marks()];

pub(super) static TOBOOL: Function = Function::new(
    "tobool",
    V,
    Returns::Rule(|arguments| possible(arguments, &Type::Bool)),
    |call| to(call, &Type::Bool),
    "Converts to bool.",
)
.declared(Shape::Bool)
.maybe_null();

pub(super) static TOLIST: Function = Function::new(
    "tolist",
    V,
    Returns::Rule(|arguments| collection(arguments, Type::list)),
    |call| to(call, &Type::list(Type::Dynamic)),
    "Converts to a list.",
)
.declared(Shape::ListOfAny)
.maybe_null();

pub(super) static TOMAP: Function = Function::new(
    "tomap",
    V,
    Returns::Rule(|arguments| collection(arguments, Type::map)),
    |call| to(call, &Type::map(Type::Dynamic)),
    "Converts to a map.",
)
.declared(Shape::MapOfAny)
.maybe_null();

pub(super) static TONUMBER: Function = Function::new(
    "tonumber",
    V,
    Returns::Rule(|arguments| possible(arguments, &Type::Number)),
    |call| to(call, &Type::Number),
    "Converts to number.",
)
.declared(Shape::Number)
.maybe_null();

pub(super) static TOSET: Function = Function::new(
    "toset",
    V,
    Returns::Rule(|arguments| collection(arguments, Type::set)),
    |call| to(call, &Type::set(Type::Dynamic)),
    "Converts to a set.",
)
.declared(Shape::SetOfAny)
.maybe_null();

pub(super) static TOSTRING: Function = Function::new(
    "tostring",
    V,
    Returns::Rule(|arguments| possible(arguments, &Type::String)),
    |call| to(call, &Type::String),
    "Converts to string.",
)
.declared(Shape::String)
.maybe_null();

pub(super) static TYPE: Function = Function {
    console_only: true,
    ..Function::new(
        "type",
        &[Parameter::any("value").or_null().or_unknown().or_dynamic()],
        Returns::Always(Shape::String),
        |call| Ok(text(console_type(&call.arguments[0].type_of()))),
        "Writes the type of a value; works only in the console.",
    )
};

/// The exact type where conversion succeeds; whatever it is, a body that fails says why.
fn collection(arguments: &[Value], make: fn(Type) -> Type) -> Result<Type, FunctionError> {
    let wanted = possible(arguments, &make(Type::Dynamic))?;
    Ok(convert(&arguments[0], &wanted).map_or(wanted, |value| value.type_of()))
}

/// The type, where a value of the argument's type may convert to it: that is known before the value is.
fn possible(arguments: &[Value], wanted: &Type) -> Result<Type, FunctionError> {
    let value = &arguments[0];
    let given = value.type_of();
    let never = given != *wanted && !can_convert(&given, wanted, Optional::NONE, true);
    if value.is_unknown() && never {
        return Err(FunctionError::argument(0, refusal(value, wanted)));
    }
    Ok(wanted.clone())
}

fn to(call: &Call<'_>, wanted: &Type) -> Result<Value, FunctionError> {
    let value = &call.arguments[0];
    convert(value, wanted).map_err(|_| FunctionError::argument(0, refusal(value, wanted)))
}

fn refusal(value: &Value, wanted: &Type) -> String {
    let (plain, marks) = value.unmark_deep();
    let given = plain.type_of();
    let names = |this: &str| {
        format!("cannot convert {this}{} to {}", friendly_type(&given), constraint_name(wanted))
    };
    // Types that never convert are told apart without looking at the value, so nothing is hidden.
    if !can_convert(&given, wanted, Optional::NONE, true) {
        return names("");
    }
    if marks.contains(Marks::EPHEMERAL) {
        return names("this ephemeral ");
    }
    if marks.contains(Marks::SENSITIVE) {
        return names("this sensitive ");
    }
    let shown = plain.as_str().map_or_else(|| "string".to_owned(), super::arguments::quoted);
    match (&given, wanted) {
        (Type::String, Type::Bool) => format!(
            "cannot convert {shown} to bool; only the strings \"true\" or \"false\" are allowed"
        ),
        (Type::String, Type::Number) => format!(
            "cannot convert {shown} to number; given string must be a decimal representation of a \
             number"
        ),
        _ => names(""),
    }
}
