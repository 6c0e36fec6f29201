//! Seals with AES-256-GCM under a key that Argon2id derives from a passphrase.
//!
//! ```text
//! sealed bytes, all numbers big-endian
//!   4  "AFSE"
//!   1  version of this header: 1
//!   4  Argon2id memory in KiB
//!   4  Argon2id passes
//!   4  Argon2id lanes
//!  16  salt
//!  12  nonce, random for each sealing
//!   n  ciphertext, as long as the plaintext
//!  16  authentication tag
//! ```
//! Everything up to the salt is authenticated together with the context.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::{Cipher, SealContext, StateError};

const MAGIC: &[u8; 4] = b"AFSE";
const VERSION: u8 = 1;
const SALT_LENGTH: usize = 16;
const HEADER_LENGTH: usize = 4 + 1 + 12 + SALT_LENGTH;

/// The least length of a passphrase in bytes, as OpenTofu has it.
pub const PASSPHRASE_LENGTH_MIN: usize = 16;

/// Limits for headers that come from a file: no file may ask for unbounded memory or time.
const MEMORY_KIB_MAX: u32 = 1024 * 1024;
const PASSES_MAX: u32 = 64;
const LANES_MAX: u32 = 64;

/// How dear one guess of the passphrase is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// The second choice of RFC 9106: 64 MiB, three passes, four lanes.
const COST: Cost = Cost { memory_kib: 64 * 1024, passes: 3, lanes: 4 };

type Salt = [u8; SALT_LENGTH];

/// Derives each key once and keeps it, so that sealing thousands of records costs one derivation.
pub struct PassphraseCipher {
    passphrase: String,
    cost: Cost,
    keys: Mutex<HashMap<(Cost, Salt), LessSafeKey>>,
    own_salt: Mutex<Option<Salt>>,
}

impl fmt::Debug for PassphraseCipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PassphraseCipher(passphrase not shown)")
    }
}

impl PassphraseCipher {
    /// Uses a passphrase of at least [`PASSPHRASE_LENGTH_MIN`] bytes.
    ///
    /// # Errors
    /// [`StateError::Cipher`] when it is shorter.
    pub fn new(passphrase: impl Into<String>) -> Result<Self, StateError> {
        let passphrase = passphrase.into();
        if passphrase.len() < PASSPHRASE_LENGTH_MIN {
            return Err(refuse(&format!(
                "The passphrase for the state is shorter than {PASSPHRASE_LENGTH_MIN} bytes"
            )));
        }
        let keys = Mutex::default();
        Ok(Self { passphrase, cost: COST, keys, own_salt: Mutex::default() })
    }

    /// As cheap as Argon2 allows, for tests that seal many times.
    #[cfg(test)]
    pub(crate) fn cheap(passphrase: &str) -> Self {
        Self {
            passphrase: passphrase.into(),
            cost: Cost { memory_kib: 8, passes: 1, lanes: 1 },
            keys: Mutex::default(),
            own_salt: Mutex::default(),
        }
    }

    /// The salt of this process: that of the first sealed bytes opened with today's cost, else random.
    fn salt(&self) -> Result<Salt, StateError> {
        let mut own = self.own_salt.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(salt) = *own {
            return Ok(salt);
        }
        let salt = random()?;
        *own = Some(salt);
        Ok(salt)
    }

    fn adopt_salt(&self, cost: Cost, salt: Salt) {
        if cost == self.cost {
            self.own_salt.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(salt);
        }
    }

    fn with_key<T>(
        &self,
        cost: Cost,
        salt: Salt,
        action: impl FnOnce(&LessSafeKey) -> Result<T, StateError>,
    ) -> Result<T, StateError> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = keys.get(&(cost, salt)) {
            return action(key);
        }
        let key = derive(&self.passphrase, cost, salt)?;
        action(keys.entry((cost, salt)).or_insert(key))
    }
}

impl Cipher for PassphraseCipher {
    fn method(&self) -> &'static str {
        "passphrase"
    }

    fn seal(&self, context: &SealContext<'_>, plain: &[u8]) -> Result<Vec<u8>, StateError> {
        let salt = self.salt()?;
        let header = write_header(self.cost, salt);
        let nonce: [u8; NONCE_LEN] = random()?;
        let mut body = plain.to_vec();
        let aad = Aad::from(authenticated(&header, context));
        self.with_key(self.cost, salt, |key| {
            key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut body)
                .map_err(|_| refuse("The state could not be encrypted"))
        })?;
        let mut sealed = header.to_vec();
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&body);
        Ok(sealed)
    }

    fn open(&self, context: &SealContext<'_>, sealed: &[u8]) -> Result<Vec<u8>, StateError> {
        let (cost, salt) = read_header(sealed)?;
        let (header, rest) = sealed.split_at(HEADER_LENGTH);
        let short = || refuse("The encrypted state is too short");
        let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or_else(short)?;
        let mut body = body.to_vec();
        let aad = Aad::from(authenticated(header, context));
        let length = self.with_key(cost, salt, |key| {
            key.open_in_place(Nonce::assume_unique_for_key(*nonce), aad, &mut body)
                .map(|plain| plain.len())
                .map_err(|_| {
                    refuse(
                        "The state could not be decrypted: the passphrase is another one, or the file was changed",
                    )
                })
        })?;
        body.truncate(length);
        self.adopt_salt(cost, salt);
        Ok(body)
    }
}

fn refuse(reason: &str) -> StateError {
    StateError::Cipher { reason: reason.into() }
}

fn random<const N: usize>() -> Result<[u8; N], StateError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| refuse(&format!("The system gave no random bytes ({error})")))?;
    Ok(bytes)
}

fn derive(passphrase: &str, cost: Cost, salt: Salt) -> Result<LessSafeKey, StateError> {
    let fail = |_| refuse("The key could not be derived from the passphrase");
    let parameters =
        argon2::Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).map_err(fail)?;
    let argon2 =
        argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, parameters);
    let mut key = [0; 32];
    argon2.hash_password_into(passphrase.as_bytes(), &salt, &mut key).map_err(fail)?;
    let unbound = UnboundKey::new(&AES_256_GCM, &key)
        .map_err(|_| refuse("The key could not be derived from the passphrase"))?;
    Ok(LessSafeKey::new(unbound))
}

fn authenticated(header: &[u8], context: &SealContext<'_>) -> Vec<u8> {
    [header, &context.to_bytes()].concat()
}

fn write_header(cost: Cost, salt: Salt) -> [u8; HEADER_LENGTH] {
    let mut header = [0; HEADER_LENGTH];
    header[..4].copy_from_slice(MAGIC);
    header[4] = VERSION;
    header[5..9].copy_from_slice(&cost.memory_kib.to_be_bytes());
    header[9..13].copy_from_slice(&cost.passes.to_be_bytes());
    header[13..17].copy_from_slice(&cost.lanes.to_be_bytes());
    header[17..].copy_from_slice(&salt);
    header
}

fn read_header(sealed: &[u8]) -> Result<(Cost, Salt), StateError> {
    let header = sealed
        .first_chunk::<HEADER_LENGTH>()
        .filter(|header| header.starts_with(MAGIC))
        .ok_or_else(|| refuse("The state was not encrypted with a passphrase"))?;
    if header[4] != VERSION {
        return Err(StateError::NewerFormat {
            what: "The encryption of the state".into(),
            found: header[4].into(),
            supported: VERSION.into(),
        });
    }
    let number = |at: usize| {
        u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
    };
    let cost = Cost { memory_kib: number(5), passes: number(9), lanes: number(13) };
    if cost.memory_kib > MEMORY_KIB_MAX || cost.passes > PASSES_MAX || cost.lanes > LANES_MAX {
        return Err(refuse("The encryption header of the state asks for too much memory or time"));
    }
    let mut salt = [0; SALT_LENGTH];
    salt.copy_from_slice(&header[17..]);
    Ok((cost, salt))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTEXT: SealContext<'static> =
        SealContext { kind: "snapshot", lineage: "l-1", number: 7 };

    #[test]
    fn opens_what_it_sealed() {
        let cipher = PassphraseCipher::cheap("correct horse battery");
        let sealed = cipher.seal(&CONTEXT, b"secret value").unwrap();
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
        let other = PassphraseCipher::cheap("correct horse battery");
        assert_eq!(other.open(&CONTEXT, &sealed).unwrap(), b"secret value");
        assert_eq!(other.salt().unwrap(), cipher.salt().unwrap(), "keeps the salt of the state");
    }

    #[test]
    fn refuses_other_passphrase_and_other_place() {
        let cipher = PassphraseCipher::cheap("correct horse battery");
        let sealed = cipher.seal(&CONTEXT, b"secret value").unwrap();
        let other = PassphraseCipher::cheap("wrong horse battery");
        assert!(matches!(other.open(&CONTEXT, &sealed), Err(StateError::Cipher { .. })));
        for context in [
            SealContext { kind: "journal", ..CONTEXT },
            SealContext { lineage: "l-2", ..CONTEXT },
            SealContext { number: 8, ..CONTEXT },
        ] {
            assert!(cipher.open(&context, &sealed).is_err(), "{context:?}");
        }
    }

    #[test]
    fn every_flipped_byte_is_refused() {
        let cipher = PassphraseCipher::cheap("correct horse battery");
        let sealed = cipher.seal(&CONTEXT, b"secret value").unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(cipher.open(&CONTEXT, &changed).is_err(), "byte {at}");
            assert!(cipher.open(&CONTEXT, &sealed[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn debug_hides_the_passphrase() {
        let cipher = PassphraseCipher::new("a passphrase that is long").unwrap();
        assert!(!format!("{cipher:?}").contains("long"));
        assert!(PassphraseCipher::new("short").is_err());
    }
}
