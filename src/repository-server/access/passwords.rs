//! Passwords: hashed by argon2id, checked a few at a time, and remembered for a while so that a
//! client which sends one with every request does not cost a hash each time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use repository::Redacted;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

/// Hashes at the same time: each takes 19 MiB and a core for some ten milliseconds.
const HASHES_MAX: usize = 2;
/// How long a password that was right is believed.
const REMEMBERED: Duration = Duration::from_secs(300);
/// Passwords that are remembered.
const REMEMBERED_MAX: usize = 10_000;

/// A password could not be hashed or checked.
#[derive(Debug, thiserror::Error)]
#[error("a password could not be hashed: {0}")]
pub(crate) struct PasswordError(String);

/// Hashes and checks passwords.
pub(crate) struct Passwords {
    slots: Semaphore,
    /// Makes what is remembered worthless outside this process.
    pepper: [u8; 32],
    remembered: Mutex<HashMap<[u8; 32], Instant>>,
}

impl Default for Passwords {
    fn default() -> Self {
        let mut pepper = [0; 32];
        // Without randomness the memory is keyed less well, but it never leaves the process.
        let _ = getrandom::fill(&mut pepper);
        Self { slots: Semaphore::new(HASHES_MAX), pepper, remembered: Mutex::default() }
    }
}

impl Passwords {
    /// The hash of a password, in PHC form.
    pub(crate) async fn hash(&self, password: &Redacted<String>) -> Result<String, PasswordError> {
        let _slot = self.slots.acquire().await.map_err(|error| PasswordError(error.to_string()))?;
        let password = password.clone();
        let hashing = tokio::task::spawn_blocking(move || {
            Argon2::default()
                .hash_password(password.reveal().as_bytes())
                .map(|hash| hash.to_string())
                .map_err(|error| PasswordError(error.to_string()))
        });
        hashing.await.map_err(|error| PasswordError(error.to_string()))?
    }

    /// Whether the password is that of the hash. Without a hash it never is, but takes as long.
    pub(crate) async fn verify(&self, password: &str, hash: Option<&str>) -> bool {
        let known = hash.map(|hash| self.fingerprint(password, hash));
        if known.is_some_and(|known| self.remembers(&known)) {
            return true;
        }
        let Ok(_slot) = self.slots.acquire().await else { return false };
        let hash = hash.unwrap_or(NOBODY).to_owned();
        let password = password.to_owned();
        let checking = tokio::task::spawn_blocking(move || {
            PasswordHash::new(&hash).is_ok_and(|parsed| {
                Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok()
            })
        });
        let right = checking.await.unwrap_or(false) && known.is_some();
        if let Some(known) = known.filter(|_| right) {
            self.remember(known);
        }
        right
    }

    // The hash is part of it, so a changed password is forgotten at once.
    fn fingerprint(&self, password: &str, hash: &str) -> [u8; 32] {
        let mut sum = Sha256::new();
        sum.update(self.pepper);
        sum.update(hash.as_bytes());
        sum.update([0]);
        sum.update(password.as_bytes());
        sum.finalize().into()
    }

    fn remembers(&self, known: &[u8; 32]) -> bool {
        let remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.get(known).is_some_and(|since| since.elapsed() < REMEMBERED)
    }

    fn remember(&self, known: [u8; 32]) {
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= REMEMBERED_MAX {
            remembered.clear();
        }
        remembered.insert(known, Instant::now());
    }
}

/// A hash of no password that anybody has, so that an unknown user takes as long as a known one.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$YXJ0aWZvcm0tbm9ib2R5$\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_right_password_is_right_and_no_other() {
        let passwords = Passwords::default();
        let hash = passwords.hash(&Redacted::new("s3cret".to_owned())).await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        for _ in 0..2 {
            assert!(passwords.verify("s3cret", Some(&hash)).await);
            assert!(!passwords.verify("S3cret", Some(&hash)).await);
            assert!(!passwords.verify("s3cret", None).await);
        }
        assert!(PasswordHash::new(NOBODY).is_ok(), "checking nobody costs a real check");
    }
}
