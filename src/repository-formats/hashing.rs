//! Checksums over bytes and readers, for the checks that uploads carry with them.

use crate::ReadSeek;
use repository::{ChecksumAlgorithm, Checksums, HexSum};
use sha2::Digest as _;
use std::io::{self, Read, SeekFrom};

/// The sha256 of bytes, in hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&sha2::Sha256::digest(bytes))
}

/// A checksum of rendered bytes, in hexadecimal.
pub fn hex_of(algorithm: ChecksumAlgorithm, bytes: &[u8]) -> String {
    match algorithm {
        ChecksumAlgorithm::Md5 => hex(&md5::Md5::digest(bytes)),
        ChecksumAlgorithm::Sha1 => hex(&sha1::Sha1::digest(bytes)),
        ChecksumAlgorithm::Sha256 => sha256_hex(bytes),
        ChecksumAlgorithm::Sha512 => hex(&sha2::Sha512::digest(bytes)),
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// All checksums of the whole content, read from its start.
pub fn checksums_of(content: &mut dyn ReadSeek) -> io::Result<Checksums> {
    content.seek(SeekFrom::Start(0))?;
    let (mut sha256, mut sha1) = (sha2::Sha256::new(), sha1::Sha1::new());
    let mut md5 = md5::Md5::new();
    let size = for_each_block(content, |block| {
        sha256.update(block);
        sha1.update(block);
        md5.update(block);
    })?;
    Ok(Checksums {
        sha256: HexSum::from_bytes(sha256.finalize().into()),
        sha1: HexSum::from_bytes(sha1.finalize().into()),
        md5: HexSum::from_bytes(md5.finalize().into()),
        size,
    })
}

/// Hands the content out in blocks of bounded size; gives its length in bytes.
pub fn for_each_block(
    content: &mut (impl Read + ?Sized),
    mut take: impl FnMut(&[u8]),
) -> io::Result<u64> {
    let mut block = vec![0; 64 * 1024];
    let mut size = 0;
    loop {
        let length = match content.read(&mut block) {
            Ok(0) => return Ok(size),
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        take(&block[..length]);
        size += length as u64;
    }
}
