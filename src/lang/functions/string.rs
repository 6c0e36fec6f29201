//! Functions on strings that no pattern is needed for.

use super::arguments::{text, text_list};
use super::{Call, Function, FunctionError, Parameter, Returns, Shape};
use crate::graphemes::graphemes;
use crate::{Data, Value};

mod letter_case;

const STRING: Returns = Returns::Always(Shape::String);
const BOOL: Returns = Returns::Always(Shape::Bool);
const STR: &[Parameter] = &[Parameter::string("str")];

pub(super) static CHOMP: Function = Function::new(
    "chomp",
    STR,
    STRING,
    |call| Ok(text(call.text(0).trim_end_matches(['\r', '\n']))),
    "Removes newline characters at the end of a string.",
);

pub(super) static ENDSWITH: Function = Function::new(
    "endswith",
    &[Parameter::string("str"), Parameter::string("suffix")],
    BOOL,
    |call| Ok(Value::bool(call.text(0).ends_with(call.text(1)))),
    "Tells whether a string ends with another.",
);

pub(super) static INDENT: Function = Function::new(
    "indent",
    &[Parameter::number("spaces"), Parameter::string("str")],
    STRING,
    indent,
    "Adds spaces at the beginning of all but the first line of a string.",
);

pub(super) static JOIN: Function = Function::new(
    "join",
    &[Parameter::string("separator")],
    STRING,
    join,
    "Concatenates the elements of lists with a separator between them.",
)
.and_any_number_of(Parameter::new("lists", Shape::ListOfString));

pub(super) static LOWER: Function = Function::new(
    "lower",
    STR,
    STRING,
    |call| Ok(text(call.text(0).chars().map(letter_case::lower).collect::<String>())),
    "Makes all letters small.",
);

pub(super) static SPLIT: Function = Function::new(
    "split",
    &[Parameter::string("separator"), Parameter::string("str")],
    Returns::Always(Shape::ListOfString),
    |call| Ok(split(call.text(0), call.text(1))),
    "Divides a string at every occurrence of a separator.",
);

pub(super) static STARTSWITH: Function = Function::new(
    "startswith",
    &[Parameter::string("str").or_unknown(), Parameter::string("prefix")],
    BOOL,
    starts_with,
    "Tells whether a string starts with another.",
);

pub(super) static STRCONTAINS: Function = Function::new(
    "strcontains",
    &[Parameter::string("str"), Parameter::string("substr")],
    BOOL,
    |call| Ok(Value::bool(call.text(0).contains(call.text(1)))),
    "Tells whether a string is part of another.",
);

pub(super) static STRREV: Function = Function::new(
    "strrev",
    STR,
    STRING,
    |call| Ok(text(graphemes(call.text(0)).rev().collect::<String>())),
    "Reverses the characters of a string.",
);

pub(super) static SUBSTR: Function = Function::new(
    "substr",
    &[Parameter::string("str"), Parameter::number("offset"), Parameter::number("length")],
    STRING,
    substr,
    "Takes a part of a string by offset and length, counted in characters as people see them.",
);

pub(super) static TITLE: Function = Function::new(
    "title",
    STR,
    STRING,
    |call| Ok(text(letter_case::title(call.text(0)))),
    "Makes the first letter of each word a capital.",
);

pub(super) static TRIM: Function = Function::new(
    "trim",
    &[Parameter::string("str"), Parameter::string("cutset")],
    STRING,
    |call| Ok(text(call.text(0).trim_matches(|character| call.text(1).contains(character)))),
    "Removes the given characters from the start and end of a string.",
);

pub(super) static TRIMPREFIX: Function = Function::new(
    "trimprefix",
    &[Parameter::string("str"), Parameter::string("prefix")],
    STRING,
    |call| Ok(text(call.text(0).strip_prefix(call.text(1)).unwrap_or(call.text(0)))),
    "Removes a prefix, if it is there.",
);

pub(super) static TRIMSPACE: Function = Function::new(
    "trimspace",
    STR,
    STRING,
    |call| Ok(text(call.text(0).trim())),
    "Removes space characters from the start and end of a string.",
);

pub(super) static TRIMSUFFIX: Function = Function::new(
    "trimsuffix",
    &[Parameter::string("str"), Parameter::string("suffix")],
    STRING,
    |call| Ok(text(call.text(0).strip_suffix(call.text(1)).unwrap_or(call.text(0)))),
    "Removes a suffix, if it is there.",
);

pub(super) static UPPER: Function = Function::new(
    "upper",
    STR,
    STRING,
    |call| Ok(text(call.text(0).chars().map(letter_case::upper).collect::<String>())),
    "Makes all letters capitals.",
);

/// The greatest indentation, so that a mistyped number does not take all memory.
const INDENT_MAX: i64 = 10_000;

fn indent(call: &Call<'_>) -> Result<Value, FunctionError> {
    let spaces = call.int(0)?;
    let width = usize::try_from(spaces).ok().filter(|_| spaces <= INDENT_MAX).ok_or_else(|| {
        FunctionError::argument(0, format!("must be between 0 and {INDENT_MAX} inclusive"))
    })?;
    Ok(text(call.text(1).replace('\n', &format!("\n{}", " ".repeat(width)))))
}

fn join(call: &Call<'_>) -> Result<Value, FunctionError> {
    let lists = &call.arguments[1..];
    if lists.is_empty() {
        return Err(FunctionError::failed("at least one list is required"));
    }
    if !lists.iter().all(Value::is_wholly_known) {
        return call.unknown();
    }
    let mut parts = Vec::new();
    for (list, values) in lists.iter().enumerate() {
        for (element, value) in values.elements().unwrap_or_default().iter().enumerate() {
            let part = value.as_str().ok_or_else(|| null_element(list, element, lists.len()))?;
            parts.push(part);
        }
    }
    Ok(text(parts.join(call.text(0))))
}

fn null_element(list: usize, element: usize, lists: usize) -> FunctionError {
    let message = if lists > 1 {
        let list = list + 1;
        format!("element {element} of list {list} is null; cannot concatenate null values")
    } else {
        format!("element {element} is null; cannot concatenate null values")
    };
    FunctionError::argument(list + 1, message)
}

fn split(separator: &str, whole: &str) -> Value {
    if separator.is_empty() {
        return text_list(whole.chars().map(String::from));
    }
    text_list(whole.split(separator))
}

fn starts_with(call: &Call<'_>) -> Result<Value, FunctionError> {
    let prefix = call.text(1);
    let Data::Unknown(_, refinement) = &call.arguments[0].data else {
        return Ok(Value::bool(call.text(0).starts_with(prefix)));
    };
    let known = refinement.as_ref().and_then(|known| known.prefix.as_deref()).unwrap_or_default();
    if known.starts_with(prefix) {
        return Ok(Value::bool(true));
    }
    if !known.is_empty() && known.len() >= prefix.len() {
        return Ok(Value::bool(false));
    }
    call.unknown()
}

fn substr(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (offset, length) = (call.int(1)?, call.int(2)?);
    if offset >= 0 && length == 0 {
        return Ok(text(""));
    }
    let graphemes: Vec<_> = graphemes(call.text(0)).collect();
    let start = if offset < 0 {
        // An offset from the end that lies before the start begins at the start.
        graphemes.len().saturating_sub(usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX))
    } else {
        usize::try_from(offset).unwrap_or(usize::MAX).min(graphemes.len())
    };
    let rest = &graphemes[start..];
    // Zero asks for everything here, as Terraform has it for offsets from the end.
    let take = usize::try_from(length).ok().filter(|take| *take > 0).unwrap_or(rest.len());
    Ok(text(rest[..take.min(rest.len())].concat()))
}
