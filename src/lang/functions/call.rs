//! Calling a function: arity, conversion, null, unknown and marks, before and after the body.

use std::sync::Arc;

use diagnostics::Span;

use super::arguments::redacted;
use super::{Call, Function, FunctionContext, FunctionError, Parameter, Returns};
use crate::convert::convert;
use crate::value::Refinement;
use crate::{Data, Expr, Marks, Type, Value, expr};

/// A call with too few or too many arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArityError {
    /// How many are asked for at least, and the parameter that the first missing one is for.
    TooFew { expected: usize, variadic: bool, missing: &'static str },
    /// How many are taken at most.
    TooMany { expected: usize },
}

impl ArityError {
    /// The summary and the detail of the diagnostic, for a call written as `name`.
    pub fn diagnostic(&self, name: &str) -> (&'static str, String) {
        match self {
            Self::TooFew { expected, variadic, missing } => (
                "Not enough function arguments",
                format!(
                    "Function \"{name}\" expects {}{expected} argument(s). Missing value for \
                     \"{missing}\".",
                    if *variadic { "at least " } else { "" },
                ),
            ),
            Self::TooMany { expected } => (
                "Too many function arguments",
                format!("Function \"{name}\" expects only {expected} argument(s)."),
            ),
        }
    }

    /// Where it shows: at the closing bracket, or at the first argument that is too much.
    pub fn place(&self, call: &expr::Call, whole: &Expr) -> Span {
        let closing = Span { start: whole.span.end - 1, ..whole.span };
        let Self::TooMany { expected } = self else { return closing };
        let last = call.arguments.len().saturating_sub(1);
        match call.arguments.get((*expected).min(last)) {
            Some(expanded) if call.expand_final && *expected >= last => expanded.span,
            Some(argument) => argument.start_span(),
            None => closing,
        }
    }
}

/// Checks how many arguments a call has.
pub fn arity(function: &Function, count: usize) -> Result<(), ArityError> {
    let expected = function.parameters.len();
    if count < expected {
        let missing = function.parameters[count].name;
        return Err(ArityError::TooFew {
            expected,
            variadic: function.variadic.is_some(),
            missing,
        });
    }
    if count > expected && function.variadic.is_none() {
        return Err(ArityError::TooMany { expected });
    }
    Ok(())
}

/// Calls a function.
///
/// Arguments are converted to the parameters' types; unknown ones make the result unknown, of a type
/// that is as exact as can be told; marks go to the result unless the function handles them itself.
pub fn call(
    function: &Function,
    arguments: &[Value],
    context: &FunctionContext,
) -> Result<Value, FunctionError> {
    if let Err(error) = arity(function, arguments.len()) {
        return Err(FunctionError::failed(wrong_count(&error, arguments.len())));
    }
    let arguments = convert_all(function, arguments)?;
    let (plain, marks) = strip(function, &arguments);
    answer(function, &plain, context)
        .map(|value| value.with_marks(marks))
        .map_err(|error| conceal(error, &arguments, marks))
}

fn wrong_count(error: &ArityError, given: usize) -> String {
    match error {
        ArityError::TooFew { expected, variadic: true, .. } => {
            format!("wrong number of arguments (at least {expected} required; {given} given)")
        }
        ArityError::TooFew { expected, .. } | ArityError::TooMany { expected } => {
            format!("wrong number of arguments ({expected} required; {given} given)")
        }
    }
}

fn each<'a>(
    function: &'a Function,
    arguments: &'a [Value],
) -> impl Iterator<Item = (usize, &'a Parameter, &'a Value)> {
    arguments.iter().enumerate().filter_map(|(index, value)| {
        function.parameter(index).map(|parameter| (index, parameter, value))
    })
}

fn convert_all(function: &Function, arguments: &[Value]) -> Result<Vec<Value>, FunctionError> {
    each(function, arguments)
        .map(|(index, parameter, value)| match parameter.shape.ty() {
            Type::Dynamic => Ok(value.clone()),
            ty => {
                convert(value, &ty).map_err(|error| FunctionError::argument(index, error.message))
            }
        })
        .collect()
}

fn strip(function: &Function, arguments: &[Value]) -> (Vec<Value>, Marks) {
    let mut all = Marks::NONE;
    let plain = each(function, arguments)
        .map(|(_, parameter, value)| {
            if parameter.allow_marked {
                // The body, which would carry the marks to the result, is not asked about what is unknown.
                if value.is_unknown() && !parameter.allow_unknown {
                    all = all | value.marks;
                }
                return value.clone();
            }
            let (value, marks) = value.unmark_deep();
            all = all | marks;
            value
        })
        .collect();
    (plain, all)
}

fn answer(
    function: &Function,
    arguments: &[Value],
    context: &FunctionContext,
) -> Result<Value, FunctionError> {
    let mut unknown = false;
    let mut dynamic = false;
    for (index, parameter, value) in each(function, arguments) {
        if value.is_null() && !parameter.allow_null {
            return Err(FunctionError::argument(index, "argument must not be null"));
        }
        dynamic |= value.is_dynamic() && !parameter.allow_dynamic;
        unknown |= value.is_unknown() && !parameter.allow_unknown;
    }
    if dynamic {
        return Ok(Value::unknown(Type::Dynamic));
    }
    let returns = match function.returns {
        Returns::Always(shape) => shape.ty(),
        Returns::Rule(rule) => rule(arguments)?,
    };
    let result = if unknown {
        Value::unknown(returns)
    } else {
        (function.body)(&Call { arguments, returns: &returns, context })?
    };
    Ok(if function.never_null { refine(result) } else { result })
}

/// Says of an unknown result that it will not be null.
fn refine(mut value: Value) -> Value {
    if let Data::Unknown(ty, refinement) = &mut value.data
        && *ty != Type::Dynamic
        && refinement.as_ref().is_none_or(|refinement| !refinement.not_null)
    {
        let known = refinement.as_deref().cloned().unwrap_or_default();
        *refinement = Some(Arc::new(Refinement { not_null: true, ..known }));
    }
    value
}

/// Takes the text of sensitive arguments out of a message.
fn conceal(mut error: FunctionError, arguments: &[Value], marks: Marks) -> FunctionError {
    let Some(stand_in) = redacted(marks) else { return error };
    let secrets = arguments.iter().filter(|value| !value.deep_marks().is_empty());
    for text in secrets.filter_map(Value::as_str).filter(|text| !text.is_empty()) {
        error.message = error.message.replace(&super::arguments::quoted(text), stand_in);
        if text.len() > 2 {
            error.message = error.message.replace(text, stand_in);
        }
    }
    error
}
