//! `concat`: sequences one after another.

use super::super::arguments::unmark;
use super::super::{Call, Function, FunctionError, Parameter, Returns};
use crate::convert::{convert, unify};
use crate::display::friendly_type;
use crate::{Marks, Type, Value};

pub(in crate::functions) static CONCAT: Function = Function::new(
    "concat",
    &[],
    Returns::Rule(returns),
    concat,
    "Puts lists or tuples one after another.",
)
.and_any_number_of(Parameter::any("seqs").with_marks());

/// Lists of types that unify give a list, everything else a tuple.
fn returns(arguments: &[Value]) -> Result<Type, FunctionError> {
    if arguments.is_empty() {
        return Err(FunctionError::failed("at least one argument is required"));
    }
    let types: Vec<_> = arguments.iter().map(Value::type_of).collect();
    if types.iter().all(|ty| matches!(ty, Type::List(_)))
        && let Some(common) = unify(&types)
    {
        return Ok(common);
    }
    let mut elements = Vec::new();
    for (index, (value, ty)) in arguments.iter().zip(&types).enumerate() {
        match (ty, value.elements()) {
            (Type::Tuple(types), _) => elements.extend(types.iter().cloned()),
            (Type::List(_), None) => return Ok(Type::Dynamic),
            (Type::List(element), Some(values)) => {
                elements.extend(values.iter().map(|_| element.as_ref().clone()));
            }
            (other, _) => {
                let name = friendly_type(other);
                let message = format!("all arguments must be lists or tuples; got {name}");
                return Err(FunctionError::argument(index, message));
            }
        }
    }
    Ok(Type::tuple(elements))
}

fn concat(call: &Call<'_>) -> Result<Value, FunctionError> {
    let mut marks = Marks::NONE;
    let mut values = Vec::new();
    for (index, sequence) in call.arguments.iter().enumerate() {
        let sequence = if let Type::List(_) = call.returns {
            convert(sequence, call.returns)
                .map_err(|error| FunctionError::argument(index, error.message))?
        } else {
            sequence.clone()
        };
        let (sequence, own) = unmark(&sequence);
        marks = marks | own;
        values.extend_from_slice(sequence.elements().unwrap_or_default());
    }
    let joined = match call.returns {
        Type::List(element) => Value::list(element.as_ref().clone(), values),
        _ => Value::tuple(values),
    };
    Ok(joined.with_marks(marks))
}
