//! How state is sealed at rest. A new kind of key is one new file in `cipher/` and one line here.

use std::fmt::Debug;

use crate::StateError;

pub mod passphrase;

/// Seals and opens bytes. Implementations keep their own versioned header inside the sealed bytes.
pub trait Cipher: Debug + Send + Sync {
    /// The method's name as it stands in the state file: `passphrase`.
    fn method(&self) -> &'static str;

    /// Encrypts and authenticates `plain` together with its context.
    ///
    /// # Errors
    /// [`StateError::Cipher`].
    fn seal(&self, context: &SealContext<'_>, plain: &[u8]) -> Result<Vec<u8>, StateError>;

    /// Undoes [`Cipher::seal`].
    ///
    /// # Errors
    /// [`StateError::Cipher`] when the key, the context or the bytes are not those of the sealing.
    fn open(&self, context: &SealContext<'_>, sealed: &[u8]) -> Result<Vec<u8>, StateError>;
}

/// What sealed bytes are bound to, so that they cannot be put in another place.
#[derive(Clone, Copy, Debug)]
pub struct SealContext<'a> {
    /// `snapshot` or `journal`.
    pub kind: &'a str,
    /// The lineage of the state.
    pub lineage: &'a str,
    /// The serial of the snapshot, or the sequence number of the record.
    pub number: u64,
}

impl SealContext<'_> {
    /// The context as additional authenticated data.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        format!("artiform\0{}\0{}\0{}", self.kind, self.lineage, self.number).into_bytes()
    }
}
