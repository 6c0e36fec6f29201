//! Base64 and URL encoding of text.

use std::io::Write;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::arguments::{shown, text};
use super::{Call, Function, FunctionError, Parameter, Returns, Shape};
use crate::Value;

const STRING: Returns = Returns::Always(Shape::String);
const STR: &[Parameter] = &[Parameter::string("str")];

pub(super) static BASE64DECODE: Function = Function::new(
    "base64decode",
    &[Parameter::string("str").with_marks()],
    STRING,
    base64_decode,
    "Decodes Base64 to text in UTF-8.",
);

pub(super) static BASE64ENCODE: Function = Function::new(
    "base64encode",
    STR,
    STRING,
    |call| Ok(text(BASE64_STANDARD.encode(call.text(0)))),
    "Encodes text as Base64.",
);

pub(super) static BASE64GZIP: Function = Function::new(
    "base64gzip",
    STR,
    STRING,
    base64_gzip,
    "Compresses text with gzip and encodes the result as Base64.",
);

pub(super) static URLENCODE: Function = Function::new(
    "urlencode",
    STR,
    STRING,
    |call| Ok(text(url_encode(call.text(0)))),
    "Encodes text for the query of a URL.",
);

/// Decodes Base64, in which line breaks may stand anywhere; an error is the offset of the mistake.
pub(super) fn decode(encoded: &str) -> Result<Vec<u8>, usize> {
    let mut offsets = Vec::new();
    let mut symbols = Vec::new();
    for (offset, byte) in encoded.bytes().enumerate() {
        if !matches!(byte, b'\r' | b'\n') {
            offsets.push(offset);
            symbols.push(byte);
        }
    }
    let at = |index: usize| offsets.get(index).copied().unwrap_or(encoded.len());
    BASE64_STANDARD.decode(&symbols).map_err(|error| match error {
        base64::DecodeError::InvalidByte(index, _)
        | base64::DecodeError::InvalidLastSymbol(index, _) => at(index),
        base64::DecodeError::InvalidLength(_) | base64::DecodeError::InvalidPadding => {
            at(symbols.len() / 4 * 4)
        }
    })
}

fn base64_decode(call: &Call<'_>) -> Result<Value, FunctionError> {
    let marks = call.arguments[0].marks;
    let bytes = decode(call.text(0)).map_err(|_| {
        let given = shown(call.text(0), marks);
        FunctionError::failed(format!("failed to decode base64 data {given}"))
    })?;
    let decoded = String::from_utf8(bytes).map_err(|_| {
        FunctionError::failed("the result of decoding the provided string is not valid UTF-8")
    })?;
    Ok(text(decoded).with_marks(marks))
}

fn base64_gzip(call: &Call<'_>) -> Result<Value, FunctionError> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    let bytes = gzip
        .write_all(call.text(0).as_bytes())
        .and_then(|()| gzip.finish())
        .map_err(|error| FunctionError::failed(format!("failed to compress: {error}")))?;
    Ok(text(BASE64_STANDARD.encode(bytes)))
}

fn url_encode(plain: &str) -> String {
    let mut out = String::with_capacity(plain.len());
    for byte in plain.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
