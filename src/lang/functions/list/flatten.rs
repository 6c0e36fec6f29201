//! `flatten`: sequences inside sequences become one.

use super::super::{Call, Function, FunctionError, Parameter, Returns};
use crate::{Marks, Type, Value};

pub(in crate::functions) static FLATTEN: Function = Function::new(
    "flatten",
    &[Parameter::any("list").with_marks()],
    Returns::Rule(returns),
    flatten,
    "Replaces elements that are sequences by their own elements, however deep.",
);

fn returns(arguments: &[Value]) -> Result<Type, FunctionError> {
    let list = &arguments[0];
    if !list.is_wholly_known() {
        return Ok(Type::Dynamic);
    }
    if !super::super::arguments::is_sequence(&list.type_of()) {
        return Err(FunctionError::failed("can only flatten lists, sets and tuples"));
    }
    let mut flat = Flat::default();
    flat.take(list);
    Ok(Type::tuple(flat.values.iter().map(Value::type_of).collect::<Vec<_>>()))
}

fn flatten(call: &Call<'_>) -> Result<Value, FunctionError> {
    let list = &call.arguments[0];
    if list.elements().is_none() {
        return Err(FunctionError::failed("can only flatten lists, sets and tuples"));
    }
    let mut flat = Flat::default();
    flat.take(list);
    let value =
        if flat.undecided { Value::unknown(Type::Dynamic) } else { Value::tuple(flat.values) };
    Ok(value.with_marks(flat.marks))
}

/// What was met so far.
#[derive(Default)]
struct Flat {
    values: Vec<Value>,
    marks: Marks,
    /// Something unknown may turn out to be a sequence of any length.
    undecided: bool,
}

impl Flat {
    fn take(&mut self, sequence: &Value) {
        self.marks = self.marks | sequence.marks;
        for value in sequence.elements().unwrap_or_default() {
            let nested = super::super::arguments::is_sequence(&value.type_of()) && !value.is_null();
            if nested && value.is_known() {
                self.take(value);
            } else if value.is_unknown() && (nested || value.is_dynamic()) {
                self.undecided = true;
                self.marks = self.marks | value.marks;
            } else {
                self.values.push(value.clone());
            }
        }
    }
}
