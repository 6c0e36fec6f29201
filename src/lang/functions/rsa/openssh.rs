//! Private keys in the form of OpenSSH, without passphrase.

use ::rsa::{BigUint, RsaPrivateKey};

const MAGIC: &[u8] = b"openssh-key-v1\0";
const BROKEN: &str = "invalid private key: ssh: invalid openssh private key format";

/// Reads the first key; no message shows any of it.
pub(super) fn read(bytes: &[u8]) -> Result<RsaPrivateKey, String> {
    let mut outer = Reader { rest: bytes.strip_prefix(MAGIC).ok_or(BROKEN)? };
    if outer.string()? != b"none" {
        return Err("invalid private key: ssh: this private key is passphrase protected".to_owned());
    }
    // The key derivation and its options, then how many keys there are and the public one.
    outer.string()?;
    outer.string()?;
    outer.number()?;
    outer.string()?;
    let mut inner = Reader { rest: outer.string()? };
    if inner.number()? != inner.number()? {
        return Err(BROKEN.to_owned());
    }
    if inner.string()? != b"ssh-rsa" {
        return Err("invalid private key type: an RSA key is required".to_owned());
    }
    let modulus = inner.integer()?;
    let public = inner.integer()?;
    let private = inner.integer()?;
    inner.integer()?;
    let primes = vec![inner.integer()?, inner.integer()?];
    RsaPrivateKey::from_components(modulus, public, private, primes).map_err(|_| BROKEN.to_owned())
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(BROKEN)?;
        self.rest = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u32, String> {
        let bytes = self.take(4)?;
        Ok(bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
    }

    fn string(&mut self) -> Result<&'a [u8], String> {
        let length = usize::try_from(self.number()?).map_err(|_| BROKEN)?;
        self.take(length)
    }

    fn integer(&mut self) -> Result<BigUint, String> {
        Ok(BigUint::from_bytes_be(self.string()?))
    }
}
