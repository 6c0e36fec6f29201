//! One pass over the bytes that yields every checksum the repository keeps.

use md5::Md5;
use repository::{Checksums, HexSum};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

/// Computes sha256, sha1 and md5 together; state is cheap to clone.
#[derive(Clone, Default)]
pub struct ChecksumHasher {
    sha256: Sha256,
    sha1: Sha1,
    md5: Md5,
    size: u64,
}

impl ChecksumHasher {
    /// Starts with no bytes seen.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        self.sha1.update(bytes);
        self.md5.update(bytes);
        self.size += bytes.len() as u64;
    }

    /// Number of bytes seen so far.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The checksums of everything seen, with their size.
    #[must_use]
    pub fn finish(self) -> Checksums {
        Checksums {
            sha256: HexSum::from_bytes(self.sha256.finalize().into()),
            sha1: HexSum::from_bytes(self.sha1.finalize().into()),
            md5: HexSum::from_bytes(self.md5.finalize().into()),
            size: self.size,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_input_has_the_published_checksums() {
        let checksums = ChecksumHasher::new().finish();
        assert_eq!(
            checksums.sha256.to_string(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        assert_eq!(checksums.sha1.to_string(), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
        assert_eq!(checksums.md5.to_string(), "d41d8cd98f00b204e9800998ecf8427e");
    }

    #[test]
    fn pieces_hash_like_the_whole() {
        let mut pieces = ChecksumHasher::new();
        pieces.update(b"hello ");
        pieces.update(b"world");
        let mut whole = ChecksumHasher::new();
        whole.update(b"hello world");
        assert_eq!(pieces.size(), 11);
        assert_eq!(pieces.finish().sha256, whole.finish().sha256);
    }
}
