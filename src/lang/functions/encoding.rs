//! Base64 and URL encoding of text.

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

pub(super) static URLENCODE: Function = Function::new(
    "urlencode",
    STR,
    STRING,
    |call| Ok(text(url_encode(call.text(0)))),
    "Encodes text for the query of a URL.",
);

/// Decodes Base64, in which line breaks may stand anywhere; an error is the offset of the mistake.
pub(super) fn decode(encoded: &str) -> Result<Vec<u8>, usize> {
    let mut symbols =
        encoded.bytes().enumerate().filter(|(_, byte)| !matches!(byte, b'\r' | b'\n')).peekable();
    let mut bytes = Vec::with_capacity(encoded.len() / 4 * 3);
    while symbols.peek().is_some() {
        let mut quantum = 0_u32;
        let mut count = 0;
        while count < 4 {
            let (offset, symbol) = symbols.next().ok_or(encoded.len() - count)?;
            match sextet(symbol) {
                Some(value) => quantum = quantum << 6 | value,
                None if symbol == b'=' && count >= 2 => {
                    padding(&mut symbols, count, offset, encoded.len())?;
                    break;
                }
                None => return Err(offset),
            }
            count += 1;
        }
        let triple = quantum << (6 * (4 - count));
        bytes.extend_from_slice(&triple.to_be_bytes()[1..count]);
    }
    Ok(bytes)
}

fn sextet(symbol: u8) -> Option<u32> {
    Some(match symbol {
        b'A'..=b'Z' => u32::from(symbol - b'A'),
        b'a'..=b'z' => u32::from(symbol - b'a') + 26,
        b'0'..=b'9' => u32::from(symbol - b'0') + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

/// After the first `=` there is a second one if only two symbols came before, and then nothing.
fn padding(
    symbols: &mut impl Iterator<Item = (usize, u8)>,
    count: usize,
    offset: usize,
    length: usize,
) -> Result<(), usize> {
    if count == 2 {
        match symbols.next() {
            Some((_, b'=')) => {}
            Some(_) => return Err(offset),
            None => return Err(length),
        }
    }
    symbols.next().map_or(Ok(()), |(offset, _)| Err(offset))
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
