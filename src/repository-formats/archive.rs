//! Finding one small file inside an archive, with bounds on all that is read on the way.

use crate::ReadSeek;
use crate::error::FormatError;
use crate::mutation::limits::{ENTRIES_MAX, MANIFEST_BYTES_MAX, UNPACKED_BYTES_MAX};
use crate::mutation::read_bounded;
use std::io::{Read, SeekFrom};

/// Most bytes of a zip's central directory that are parsed.
const DIRECTORY_BYTES_MAX: u32 = 64 * 1024 * 1024;
/// Longest end of a zip that can hold its end record: 22 bytes and a comment of 65,535.
const ZIP_TAIL_BYTES: u64 = 22 + 65_535;

/// Why an archive gave no answer.
#[derive(Debug)]
pub enum ArchiveError {
    /// The bytes are no such archive, or are damaged.
    Damaged(String),
    /// A bound was reached.
    TooLarge(String),
}

impl From<ArchiveError> for FormatError {
    fn from(error: ArchiveError) -> Self {
        match error {
            ArchiveError::Damaged(reason) => {
                Self::invalid(format!("The archive could not be read: {reason}. Build it again."))
            }
            ArchiveError::TooLarge(reason) => Self::too_large(reason),
        }
    }
}

fn damaged(reason: impl ToString) -> ArchiveError {
    ArchiveError::Damaged(reason.to_string())
}

/// The first entry of a zip whose name `wanted` accepts. Only the central directory and that
/// entry are read.
pub fn find_in_zip(
    content: &mut dyn ReadSeek,
    wanted: impl Fn(&str) -> bool,
) -> Result<Option<Vec<u8>>, ArchiveError> {
    check_zip_directory(content)?;
    let mut archive = zip::ZipArchive::new(content).map_err(damaged)?;
    let mut names = archive.file_names().filter_map(Result::ok);
    let found = names.find(|name| wanted(name)).map(std::borrow::Cow::into_owned);
    drop(names);
    let Some(name) = found else { return Ok(None) };
    let mut entry = archive.by_name(&name).map_err(damaged)?;
    bounded(&mut entry, &name).map(Some)
}

/// Refuses a directory that would take much memory, before the zip crate builds it.
fn check_zip_directory(content: &mut dyn ReadSeek) -> Result<(), ArchiveError> {
    let length = content.seek(SeekFrom::End(0)).map_err(damaged)?;
    content.seek(SeekFrom::Start(length.saturating_sub(ZIP_TAIL_BYTES))).map_err(damaged)?;
    let mut tail = Vec::new();
    content.take(ZIP_TAIL_BYTES).read_to_end(&mut tail).map_err(damaged)?;
    let end = tail.windows(22).rposition(|window| window.starts_with(b"PK\x05\x06"));
    let Some(end) = end.map(|at| &tail[at..]) else {
        return Err(damaged("it has no end-of-directory record"));
    };
    let entries = u16::from_le_bytes([end[10], end[11]]);
    let bytes = u32::from_le_bytes([end[12], end[13], end[14], end[15]]);
    if entries == u16::MAX || bytes > DIRECTORY_BYTES_MAX {
        return Err(ArchiveError::TooLarge(
            "The archive has more entries than are looked at.".to_owned(),
        ));
    }
    Ok(())
}

/// The first entry of a gzipped tar, read from where `content` stands, whose path `wanted`
/// accepts.
pub fn find_in_tar_gz(
    content: &mut dyn Read,
    wanted: impl Fn(&str) -> bool,
) -> Result<Option<Vec<u8>>, ArchiveError> {
    let buffered = std::io::BufReader::with_capacity(64 * 1024, content);
    let unpacked = flate2::bufread::MultiGzDecoder::new(buffered);
    let mut archive = tar::Archive::new(unpacked.take(UNPACKED_BYTES_MAX));
    let mut bytes = 0_u64;
    for (count, entry) in archive.entries().map_err(damaged)?.enumerate() {
        let mut entry = entry.map_err(damaged)?;
        bytes = bytes.saturating_add(entry.size());
        if count >= ENTRIES_MAX || bytes > UNPACKED_BYTES_MAX {
            return Err(ArchiveError::TooLarge(format!(
                "The archive unpacks to more than {UNPACKED_BYTES_MAX} bytes or {ENTRIES_MAX} files."
            )));
        }
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if entry.header().entry_type().is_file() && wanted(&name) {
            return bounded(&mut entry, &name).map(Some);
        }
    }
    Ok(None)
}

fn bounded(entry: &mut impl Read, name: &str) -> Result<Vec<u8>, ArchiveError> {
    let name: String = name.chars().take(80).collect();
    read_bounded(entry, MANIFEST_BYTES_MAX, &format!("file \"{name}\" of the archive")).map_err(
        |error| match error.kind {
            crate::ErrorKind::TooLarge => ArchiveError::TooLarge(error.message),
            _ => damaged(format!("its file \"{name}\" is damaged")),
        },
    )
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::{Cursor, Write};

    /// A zip with these files.
    pub(crate) fn zip_of(files: &[(&str, &str)]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in files {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    /// A gzipped tar with these files.
    pub(crate) fn tar_gz_of(files: &[(&str, &str)]) -> Vec<u8> {
        let gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let mut builder = tar::Builder::new(gzip);
        for (name, text) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, name, text.as_bytes()).unwrap();
        }
        builder.into_inner().unwrap().finish().unwrap()
    }

    #[test]
    fn entries_are_found_in_both_kinds() {
        let files = [("a/x", "1"), ("a/y", "2")];
        let mut zip = Cursor::new(zip_of(&files));
        assert_eq!(find_in_zip(&mut zip, |name| name == "a/y").unwrap(), Some(b"2".to_vec()));
        assert_eq!(find_in_zip(&mut zip, |name| name == "b").unwrap(), None);
        let mut tar = Cursor::new(tar_gz_of(&files));
        assert_eq!(find_in_tar_gz(&mut tar, |name| name == "a/y").unwrap(), Some(b"2".to_vec()));
    }

    #[test]
    fn an_archive_bomb_is_refused_before_it_unpacks() {
        let large = " ".repeat(usize::try_from(MANIFEST_BYTES_MAX).unwrap() + 1);
        let bytes = zip_of(&[("m", &large)]);
        assert!(bytes.len() < 100_000);
        let found = find_in_zip(&mut Cursor::new(bytes), |name| name == "m");
        assert!(matches!(found, Err(ArchiveError::TooLarge(_))));
        let bytes = tar_gz_of(&[("m", &large)]);
        let found = find_in_tar_gz(&mut Cursor::new(bytes), |name| name == "m");
        assert!(matches!(found, Err(ArchiveError::TooLarge(_))));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), at in 0_usize..400) {
            let _ = find_in_zip(&mut Cursor::new(bytes.clone()), |_| true);
            let _ = find_in_tar_gz(&mut Cursor::new(bytes.clone()), |_| true);
            for mut good in [zip_of(&[("a", "1"), ("b", "2")]), tar_gz_of(&[("a", "1")])] {
                let place = at % good.len();
                good[place] ^= bytes.first().copied().unwrap_or(255);
                let _ = find_in_zip(&mut Cursor::new(good.clone()), |_| true);
                let _ = find_in_tar_gz(&mut Cursor::new(good), |_| true);
            }
        }
    }
}
