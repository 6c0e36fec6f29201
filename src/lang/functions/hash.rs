//! Hashes of text and of files.

use std::io::ErrorKind;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::Digest;

use super::arguments::text;
use super::filesystem::{clean, open, reason};
use super::{Call, Function, FunctionError, Parameter, Returns, Shape};
use crate::Value;

const STRING: Returns = Returns::Always(Shape::String);
const STR: &[Parameter] = &[Parameter::string("str")];
const PATH: &[Parameter] = &[Parameter::string("path")];

const fn of_text(name: &'static str, body: super::Body, description: &'static str) -> Function {
    Function::new(name, STR, STRING, body, description)
}

const fn of_file(name: &'static str, body: super::Body, description: &'static str) -> Function {
    Function::new(name, PATH, STRING, body, description)
}

pub(super) static BASE64SHA256: Function = of_text(
    "base64sha256",
    |call| Ok(base64(&sha256(call.text(0).as_bytes()))),
    "Returns the SHA-256 hash of a string in Base64.",
);

pub(super) static BASE64SHA512: Function = of_text(
    "base64sha512",
    |call| Ok(base64(&sha512(call.text(0).as_bytes()))),
    "Returns the SHA-512 hash of a string in Base64.",
);

pub(super) static MD5: Function = of_text(
    "md5",
    |call| Ok(hex(&md5(call.text(0).as_bytes()))),
    "Returns the MD5 hash of a string in hexadecimal digits.",
);

pub(super) static SHA1: Function = of_text(
    "sha1",
    |call| Ok(hex(&sha1(call.text(0).as_bytes()))),
    "Returns the SHA-1 hash of a string in hexadecimal digits.",
);

pub(super) static SHA256: Function = of_text(
    "sha256",
    |call| Ok(hex(&sha256(call.text(0).as_bytes()))),
    "Returns the SHA-256 hash of a string in hexadecimal digits.",
);

pub(super) static SHA512: Function = of_text(
    "sha512",
    |call| Ok(hex(&sha512(call.text(0).as_bytes()))),
    "Returns the SHA-512 hash of a string in hexadecimal digits.",
);

pub(super) static FILEBASE64SHA256: Function = of_file(
    "filebase64sha256",
    |call| of(call, sha256, base64),
    "Returns the SHA-256 hash of a file in Base64.",
);

pub(super) static FILEBASE64SHA512: Function = of_file(
    "filebase64sha512",
    |call| of(call, sha512, base64),
    "Returns the SHA-512 hash of a file in Base64.",
);

pub(super) static FILEMD5: Function = of_file(
    "filemd5",
    |call| of(call, md5, hex),
    "Returns the MD5 hash of a file in hexadecimal digits.",
);

pub(super) static FILESHA1: Function = of_file(
    "filesha1",
    |call| of(call, sha1, hex),
    "Returns the SHA-1 hash of a file in hexadecimal digits.",
);

pub(super) static FILESHA256: Function = of_file(
    "filesha256",
    |call| of(call, sha256, hex),
    "Returns the SHA-256 hash of a file in hexadecimal digits.",
);

pub(super) static FILESHA512: Function = of_file(
    "filesha512",
    |call| of(call, sha512, hex),
    "Returns the SHA-512 hash of a file in hexadecimal digits.",
);

fn of(
    call: &Call<'_>,
    hash: fn(&[u8]) -> Vec<u8>,
    write: fn(&[u8]) -> Value,
) -> Result<Value, FunctionError> {
    let path = call.text(0);
    let bytes = open(call.context, path).map_err(|error| {
        let action = if error.kind() == ErrorKind::IsADirectory { "read" } else { "open" };
        let (path, why) = (clean(path), reason(&error));
        FunctionError::failed(format!("{action} {path}: {why}"))
    })?;
    Ok(write(&hash(&bytes)))
}

fn hex(bytes: &[u8]) -> Value {
    text(::hex::encode(bytes))
}

fn base64(bytes: &[u8]) -> Value {
    text(BASE64_STANDARD.encode(bytes))
}

fn md5(bytes: &[u8]) -> Vec<u8> {
    ::md5::Md5::digest(bytes).to_vec()
}

fn sha1(bytes: &[u8]) -> Vec<u8> {
    ::sha1::Sha1::digest(bytes).to_vec()
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    sha2::Sha256::digest(bytes).to_vec()
}

fn sha512(bytes: &[u8]) -> Vec<u8> {
    sha2::Sha512::digest(bytes).to_vec()
}
