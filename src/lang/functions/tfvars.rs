//! The functions of Terraform's own provider, `provider::terraform::NAME`: values as configuration is written.

use diagnostics::{Diagnostics, FileId, SourceFile};

use super::arguments::{quoted, text};
use super::{Call, Function, FunctionError, Parameter, Returns, Shape};
use crate::scope::EmptyScope;
use crate::{Data, Name, Type, Value, display, eval, format, parse};

/// By what name messages call the text that is decoded.
const SOURCE: &str = "<decode_tfvars argument>";

/// What a value that is laid out alone is the value of.
const ALONE: &str = "x = ";

pub(super) static DECODE_TFVARS: Function = Function::new(
    "decode_tfvars",
    &[Parameter::string("src")],
    Returns::Rule(|arguments| match arguments[0].as_str() {
        Some(source) => decoded(source).map(|value| value.type_of()),
        None => Ok(Type::Dynamic),
    }),
    |call| decoded(call.text(0)),
    "Reads the values of a .tfvars file.",
);

pub(super) static ENCODE_EXPR: Function = Function::new(
    "encode_expr",
    &[Parameter::any("value")],
    Returns::Always(Shape::String),
    |call| encode_expr(&call.arguments[0]),
    "Writes a value as an expression.",
);

pub(super) static ENCODE_TFVARS: Function = Function::new(
    "encode_tfvars",
    &[Parameter::any("value")],
    Returns::Always(Shape::String),
    encode_tfvars,
    "Writes an object as a .tfvars file.",
);

fn encode_expr(value: &Value) -> Result<Value, FunctionError> {
    let laid_out = laid_out(&format!("{ALONE}{}\n", written(value)))?;
    Ok(text(laid_out.trim_start_matches(ALONE).trim_end()))
}

fn encode_tfvars(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (Data::Object(entries) | Data::Map(_, entries)) = &call.arguments[0].data else {
        return Err(FunctionError::failed(
            "invalid value to encode: must be an object whose attribute names will become the encoded variable names",
        ));
    };
    let mut source = String::new();
    for (name, value) in entries.iter() {
        if parse::identifier(name).is_none() {
            return Err(FunctionError::failed(format!(
                "invalid variable name {}: must be a valid identifier, per Terraform's rules for input variable declarations",
                quoted(name)
            )));
        }
        source.push_str(&format!("{name} = {}\n", written(value)));
    }
    laid_out(&source).map(text)
}

fn laid_out(source: &str) -> Result<String, FunctionError> {
    format::format(source).map_err(|error| FunctionError::failed(error.to_string()))
}

/// A value as an expression: objects over lines, all else in one.
fn written(value: &Value) -> String {
    let entries = |entries: &std::collections::BTreeMap<Name, Value>| {
        if entries.is_empty() {
            return "{}".to_owned();
        }
        let lines = entries.iter().map(|(name, value)| {
            let key = parse::identifier(name)
                .map_or_else(|| display::quoted(name), |name| name.to_string());
            format!("{key} = {}\n", written(value))
        });
        format!("{{\n{}}}", lines.collect::<String>())
    };
    let elements = |elements: &[Value]| {
        let all: Vec<String> = elements.iter().map(written).collect();
        format!("[{}]", all.join(", "))
    };
    match &value.data {
        Data::Bool(value) => value.to_string(),
        Data::Number(value) => value.to_string(),
        Data::String(text) => display::quoted(text),
        Data::List(_, values) | Data::Set(_, values) | Data::Tuple(values) => elements(values),
        Data::Map(_, values) | Data::Object(values) => entries(values),
        Data::Null(_) | Data::Unknown(..) => "null".to_owned(),
    }
}

fn decoded(source: &str) -> Result<Value, FunctionError> {
    let file = SourceFile::new(SOURCE, source);
    let failed = |what: &str, mistakes: &Diagnostics| {
        FunctionError::failed(format!("{what}: {}", told(mistakes, &file)))
    };
    let (body, mistakes) = parse::file(source, FileId(0));
    if mistakes.has_errors() {
        return Err(failed("invalid tfvars syntax", &mistakes));
    }
    if !body.blocks.is_empty() {
        let unexpected = body.blocks.iter().map(|block| {
            let summary = format!("Unexpected {:?} block", &*block.kind);
            diagnostics::Diagnostic::error(summary, "Blocks are not allowed here.")
                .at(block.kind_span)
        });
        return Err(failed("invalid tfvars content", &unexpected.collect::<Vec<_>>().into()));
    }
    let mut values = Vec::new();
    for (name, attribute) in &body.attributes {
        let forbidden: Diagnostics = eval::forbidden(&attribute.value).into();
        let value = if forbidden.has_errors() {
            Err(forbidden)
        } else {
            eval::evaluate(&attribute.value, &EmptyScope::new())
        };
        let what = || format!("invalid expression for variable {}", quoted(name));
        let value = value.map_err(|mistakes| failed(&what(), &mistakes))?;
        values.push((name.clone(), value));
    }
    Ok(Value::object(values))
}

/// The first mistake with its place, and how many there are besides.
fn told(mistakes: &Diagnostics, file: &SourceFile) -> String {
    let Some(first) = mistakes.iter().next() else { return String::new() };
    let place = first.subject.map_or(String::new(), |span| {
        let (start, end) = (file.position(span.start as usize), file.position(span.end as usize));
        let end_line =
            if start.line == end.line { String::new() } else { format!("{},", end.line) };
        format!("{SOURCE}:{},{}-{end_line}{}: ", start.line, start.column, end.column)
    });
    let more = match mistakes.len() - 1 {
        0 => String::new(),
        more => format!(", and {more} other diagnostic(s)"),
    };
    format!("{place}{}; {}{more}", first.summary, first.detail)
}
