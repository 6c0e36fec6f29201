//! `rsadecrypt`: text that was encrypted for the owner of a key.

use ::rsa::pkcs1::DecodeRsaPrivateKey;
use ::rsa::pkcs8::DecodePrivateKey;
use ::rsa::{Pkcs1v15Encrypt, RsaPrivateKey};

use super::arguments::{quoted, text};
use super::{Call, Function, FunctionError, Parameter, Returns, Shape};
use crate::Value;

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

/// Reads a key from PEM; no message shows any of it.
fn private_key(pem: &str) -> Result<RsaPrivateKey, String> {
    let kind = pem
        .split_once("-----BEGIN ")
        .and_then(|(_, rest)| rest.split_once("-----"))
        .map(|(kind, _)| kind)
        .filter(|kind| pem.contains(&format!("-----END {kind}-----")))
        .ok_or("invalid private key: ssh: no key found")?;
    let start = pem.find("-----BEGIN ").unwrap_or_default();
    let pem = pem[start..].trim();
    match kind {
        _ if pem.contains("ENCRYPTED") => {
            Err("invalid private key: ssh: this private key is passphrase protected".to_owned())
        }
        "RSA PRIVATE KEY" => RsaPrivateKey::from_pkcs1_pem(pem)
            .map_err(|_| "invalid ASN1 data in the given private key".to_owned()),
        "PRIVATE KEY" => RsaPrivateKey::from_pkcs8_pem(pem)
            .map_err(|_| "invalid ASN1 data in the given private key".to_owned()),
        other => Err(format!("invalid private key: ssh: unsupported key type {}", quoted(other))),
    }
}
