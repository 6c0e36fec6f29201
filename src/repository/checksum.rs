//! Checksums as fixed-size values: sha256 is the identity of content, sha1 and md5 are columns.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A checksum of `N` bytes, written as lower-case hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HexSum<const N: usize>([u8; N]);

/// The sha256 of content: its identity.
pub type Digest = HexSum<32>;
/// The sha1 of content, which older clients ask for.
pub type Sha1Sum = HexSum<20>;
/// The md5 of content, which older clients ask for.
pub type Md5Sum = HexSum<16>;

/// A text that is no checksum of the expected length.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The checksum {text:?} is not {digits} hexadecimal digits.")]
pub struct HexError {
    text: String,
    digits: usize,
}

impl<const N: usize> HexSum<N> {
    /// Takes the raw bytes.
    pub const fn from_bytes(bytes: [u8; N]) -> Self {
        Self(bytes)
    }

    /// Takes raw bytes of any length; none unless there are exactly `N`.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Reads hexadecimal digits of either case.
    pub fn parse(text: &str) -> Result<Self, HexError> {
        let refused = || HexError { text: text.chars().take(140).collect(), digits: N * 2 };
        let digits = text.as_bytes();
        if digits.len() != N * 2 {
            return Err(refused());
        }
        let mut bytes = [0; N];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let high = char::from(pair[0]).to_digit(16).ok_or_else(refused)?;
            let low = char::from(pair[1]).to_digit(16).ok_or_else(refused)?;
            *byte = u8::try_from(high << 4 | low).map_err(|_| refused())?;
        }
        Ok(Self(bytes))
    }

    /// The raw bytes.
    pub const fn as_bytes(&self) -> &[u8; N] {
        &self.0
    }

    /// The lower-case hexadecimal digits.
    pub fn to_hex(&self) -> String {
        self.to_string()
    }
}

impl<const N: usize> fmt::Display for HexSum<N> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl<const N: usize> fmt::Debug for HexSum<N> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")
    }
}

impl<const N: usize> FromStr for HexSum<N> {
    type Err = HexError;
    fn from_str(text: &str) -> Result<Self, HexError> {
        Self::parse(text)
    }
}

impl<const N: usize> TryFrom<String> for HexSum<N> {
    type Error = HexError;
    fn try_from(text: String) -> Result<Self, HexError> {
        Self::parse(&text)
    }
}

impl<const N: usize> From<HexSum<N>> for String {
    fn from(sum: HexSum<N>) -> Self {
        sum.to_string()
    }
}

/// What is known of a blob: three checksums of the same bytes, and how many bytes there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Checksums {
    /// The identity of the content.
    pub sha256: Digest,
    /// For clients that verify sha1.
    pub sha1: Sha1Sum,
    /// For clients that verify md5.
    pub md5: Md5Sum,
    /// Length of the content in bytes.
    pub size: u64,
}

impl Checksums {
    /// The checksum of one kind as hexadecimal; none for sha512, which is not kept.
    pub fn get(&self, algorithm: ChecksumAlgorithm) -> Option<String> {
        match algorithm {
            ChecksumAlgorithm::Md5 => Some(self.md5.to_hex()),
            ChecksumAlgorithm::Sha1 => Some(self.sha1.to_hex()),
            ChecksumAlgorithm::Sha256 => Some(self.sha256.to_hex()),
            ChecksumAlgorithm::Sha512 => None,
        }
    }
}

/// The checksums that clients ask for beside a file, as `file.sha1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChecksumAlgorithm {
    Md5,
    Sha1,
    Sha256,
    Sha512,
}

impl ChecksumAlgorithm {
    /// Every algorithm, shortest first.
    pub const ALL: [Self; 4] = [Self::Md5, Self::Sha1, Self::Sha256, Self::Sha512];

    /// The extension that asks for it, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    /// Splits `a.jar.sha1` into `a.jar` and the algorithm; none for other names.
    pub fn split_file_name(name: &str) -> Option<(&str, Self)> {
        let (stem, extension) = name.rsplit_once('.')?;
        let algorithm = Self::ALL.into_iter().find(|known| known.extension() == extension)?;
        (!stem.is_empty() && !stem.ends_with('/')).then_some((stem, algorithm))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_round_trips_in_lower_case() {
        let text = "0123456789ABCDEF0123456789abcdef";
        assert_eq!(Md5Sum::parse(text).unwrap().to_hex(), text.to_lowercase());
        assert_eq!(serde_json::to_string(&Md5Sum::parse(text).unwrap()).unwrap().len(), 34);
    }

    #[test]
    fn wrong_lengths_and_digits_are_refused() {
        for text in
            ["", "00", "zz23456789abcdef0123456789abcdef", "é123456789abcdef0123456789abcde"]
        {
            assert!(Md5Sum::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn checksum_files_are_recognised() {
        assert_eq!(
            ChecksumAlgorithm::split_file_name("a/b.jar.sha1"),
            Some(("a/b.jar", ChecksumAlgorithm::Sha1))
        );
        for name in ["a.jar", ".sha1", "a/.md5", "sha1"] {
            assert_eq!(ChecksumAlgorithm::split_file_name(name), None, "{name}");
        }
    }
}
