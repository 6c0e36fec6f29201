//! `rsadecrypt`: text that was encrypted for the owner of a key.

use ::rsa::pkcs1::DecodeRsaPrivateKey;
use ::rsa::pkcs8::DecodePrivateKey;
use ::rsa::{Pkcs1v15Encrypt, RsaPrivateKey};

use super::arguments::{quoted, text};
use super::{Call, Function, FunctionError, Parameter, Returns, Shape};
use crate::Value;

mod openssh;

pub(super) static RSADECRYPT: Function = Function::new(
    "rsadecrypt",
    &[Parameter::string("ciphertext"), Parameter::string("privatekey")],
    Returns::Always(Shape::String),
    decrypt,
    "Decrypts text that was encrypted with an RSA key and PKCS #1 v1.5 padding.",
);

fn decrypt(call: &Call<'_>) -> Result<Value, FunctionError> {
    let encrypted = super::encoding::decode(call.text(0)).map_err(|_| {
        let given = quoted(call.text(0));
        let why = format!("failed to decode input {given}: cipher text must be base64-encoded");
        FunctionError::argument(0, why)
    })?;
    let key = private_key(call.text(1)).map_err(|why| FunctionError::argument(1, why))?;
    let plain = key
        .decrypt(Pkcs1v15Encrypt, &encrypted)
        .map_err(|_| FunctionError::failed("failed to decrypt: crypto/rsa: decryption error"))?;
    Ok(text(String::from_utf8_lossy(&plain)))
}

const NO_KEY: &str = "invalid private key: ssh: no key found";
const BAD_DATA: &str = "invalid ASN1 data in the given private key";

/// Reads a key from PEM; no message shows any of it.
fn private_key(pem: &str) -> Result<RsaPrivateKey, String> {
    let (kind, body) = block(pem).ok_or(NO_KEY)?;
    if body.contains("ENCRYPTED") || kind.contains("ENCRYPTED") {
        return Err("invalid private key: ssh: this private key is passphrase protected".to_owned());
    }
    let der = super::encoding::decode(body.trim()).map_err(|_| NO_KEY)?;
    match kind {
        "RSA PRIVATE KEY" => RsaPrivateKey::from_pkcs1_der(&der).map_err(|_| BAD_DATA.to_owned()),
        "PRIVATE KEY" => RsaPrivateKey::from_pkcs8_der(&der).map_err(|_| BAD_DATA.to_owned()),
        "OPENSSH PRIVATE KEY" => openssh::read(&der),
        "EC PRIVATE KEY" | "DSA PRIVATE KEY" => {
            Err("invalid private key type: an RSA key is required".to_owned())
        }
        other => Err(format!("invalid private key: ssh: unsupported key type {}", quoted(other))),
    }
}

/// The kind of the first PEM block, and what stands between its first line and its last.
fn block(pem: &str) -> Option<(&str, &str)> {
    let (_, rest) = pem.split_once("-----BEGIN ")?;
    let (kind, rest) = rest.split_once("-----")?;
    let (body, _) = rest.split_once(&format!("-----END {kind}-----"))?;
    Some((kind, body))
}
