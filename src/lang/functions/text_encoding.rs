//! Text in other encodings than UTF-8, named as IANA names them, in Base64.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::arguments::{quoted, text};
use super::{Call, Function, FunctionError, Parameter, Returns, Shape};
use crate::Value;

mod charset;
mod code_pages;

use charset::Charset;

const STRING: Returns = Returns::Always(Shape::String);

pub(super) static TEXTDECODEBASE64: Function = Function::new(
    "textdecodebase64",
    &[Parameter::string("source"), Parameter::string("encoding")],
    STRING,
    decode,
    "Decodes Base64 to text in a given encoding.",
);

pub(super) static TEXTENCODEBASE64: Function = Function::new(
    "textencodebase64",
    &[Parameter::string("string"), Parameter::string("encoding")],
    STRING,
    encode,
    "Writes text in a given encoding, as Base64.",
);

fn charset(call: &Call<'_>) -> Result<&'static Charset, FunctionError> {
    charset::lookup(call.text(1)).ok_or_else(|| {
        let name = quoted(call.text(1));
        FunctionError::argument(
            1,
            format!(
                "{name} is not a supported IANA encoding name or alias in this Terraform version"
            ),
        )
    })
}

fn encode(call: &Call<'_>) -> Result<Value, FunctionError> {
    let charset = charset(call)?;
    let bytes = charset.encode(call.text(0)).ok_or_else(|| {
        let name = charset.name;
        let why =
            format!("the given string contains characters that cannot be represented in {name}");
        FunctionError::argument(0, why)
    })?;
    Ok(text(BASE64_STANDARD.encode(bytes)))
}

fn decode(call: &Call<'_>) -> Result<Value, FunctionError> {
    let charset = charset(call)?;
    let bytes = super::encoding::decode(call.text(0)).map_err(|offset| {
        let why = format!("the given value is has an invalid base64 symbol at offset {offset}");
        FunctionError::argument(0, why)
    })?;
    let decoded = charset.decode(&bytes).filter(|text| !text.contains('\u{fffd}'));
    decoded.map(text).ok_or_else(|| {
        let name = charset.name;
        let why = format!("the given string contains symbols that are not defined for {name}");
        FunctionError::argument(0, why)
    })
}
