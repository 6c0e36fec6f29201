//! Unpacks archives that nobody has vouched for: nothing is written outside of the folder, and no archive
//! fills the disk.

use std::fs;
use std::io::{self, Cursor, Read};
use std::path::{Component, Path, PathBuf};

use config::package::ArchiveKind;

use super::Refusal;

/// How much an archive may become.
#[derive(Clone, Copy)]
struct Limits {
    entries: usize,
    bytes: u64,
}

const LIMITS: Limits = Limits { entries: 100_000, bytes: 1 << 30 };

/// Unpacks an archive into `folder`, which is made.
pub(super) fn unpack(bytes: &[u8], kind: ArchiveKind, folder: &Path) -> Result<(), Refusal> {
    let mut target = Target { folder, limits: LIMITS, entries: 0, bytes: 0 };
    fs::create_dir_all(folder).map_err(|error| Refusal::io("made", folder, &error))?;
    match kind {
        ArchiveKind::Zip => unzip(bytes, &mut target),
        ArchiveKind::Tar => untar(bytes, &mut target),
        ArchiveKind::TarGz => untar(flate2::read::GzDecoder::new(bytes), &mut target),
    }
}

/// Where entries go, and how much has come so far.
struct Target<'a> {
    folder: &'a Path,
    limits: Limits,
    entries: usize,
    bytes: u64,
}

impl Target<'_> {
    /// The place of an entry; refused where it leads out of the folder.
    fn place(&mut self, name: &Path) -> Result<PathBuf, Refusal> {
        self.entries += 1;
        if self.entries > self.limits.entries {
            let why = format!("the archive has more than {} entries", self.limits.entries);
            return Err(Refusal::new(why));
        }
        let mut place = self.folder.to_path_buf();
        for component in name.components() {
            match component {
                Component::Normal(part) => place.push(part),
                Component::CurDir => {}
                _ => {
                    let why = format!("the archive's entry {} leads out of it", name.display());
                    return Err(Refusal::new(why));
                }
            }
        }
        Ok(place)
    }

    fn folder(&mut self, name: &Path) -> Result<(), Refusal> {
        let place = self.place(name)?;
        fs::create_dir_all(&place).map_err(|error| Refusal::io("made", &place, &error))
    }

    /// Writes a file; what it really holds counts, not what the archive says of it.
    fn file(&mut self, name: &Path, content: &mut dyn Read) -> Result<(), Refusal> {
        let place = self.place(name)?;
        let parent = place.parent().unwrap_or(self.folder);
        fs::create_dir_all(parent).map_err(|error| Refusal::io("made", parent, &error))?;
        let mut file =
            fs::File::create(&place).map_err(|error| Refusal::io("written", &place, &error))?;
        let left = self.limits.bytes - self.bytes;
        let written = io::copy(&mut content.take(left + 1), &mut file);
        let written = written.map_err(|error| Refusal::io("unpacked", &place, &error))?;
        self.bytes += written;
        if written > left {
            let why = format!("the archive unpacks to more than {} bytes", self.limits.bytes);
            return Err(Refusal::new(why));
        }
        Ok(())
    }
}

fn unreadable(error: &dyn std::fmt::Display) -> Refusal {
    Refusal::new(format!("the archive cannot be read: {error}"))
}

fn no_file(name: &Path) -> Refusal {
    let name = name.display();
    Refusal::new(format!("the archive's entry {name} is neither a file nor a folder"))
}

fn unzip(bytes: &[u8], target: &mut Target<'_>) -> Result<(), Refusal> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| unreadable(&e))?;
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(|error| unreadable(&error))?;
        let name = entry.name().map_err(|error| unreadable(&error))?.replace('\\', "/");
        let name = PathBuf::from(name);
        if entry.is_dir() {
            target.folder(&name)?;
        } else if entry.is_file() {
            target.file(&name, &mut entry)?;
        } else {
            return Err(no_file(&name));
        }
    }
    Ok(())
}

fn untar(bytes: impl Read, target: &mut Target<'_>) -> Result<(), Refusal> {
    let mut archive = tar::Archive::new(bytes);
    for entry in archive.entries().map_err(|error| unreadable(&error))? {
        let mut entry = entry.map_err(|error| unreadable(&error))?;
        let kind = entry.header().entry_type();
        let name = entry.path().map_err(|error| unreadable(&error))?.into_owned();
        if kind.is_dir() {
            target.folder(&name)?;
        } else if kind.is_file() || kind.is_contiguous() {
            target.file(&name, &mut entry)?;
        } else if !kind.is_pax_global_extensions() {
            return Err(no_file(&name));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in entries {
            let options = zip::write::SimpleFileOptions::default();
            writer.start_file(*name, options).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    /// A tar archive whose entries have any name: the builder would refuse the wrong ones.
    fn tar_of(name: &str, kind: tar::EntryType, content: &[u8]) -> Vec<u8> {
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(kind);
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        let mut bytes = header.as_bytes().to_vec();
        bytes.extend_from_slice(content);
        bytes.resize(bytes.len().next_multiple_of(512) + 1024, 0);
        bytes
    }

    fn refused(bytes: &[u8], kind: ArchiveKind) -> String {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("in");
        let why = unpack(bytes, kind, &inner).err().map(|refusal| refusal.0).unwrap_or_default();
        let outside = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(outside, 1, "something was written outside");
        why
    }

    #[test]
    fn files_are_unpacked_with_their_folders() {
        let folder = tempfile::tempdir().unwrap();
        unpack(&zip_of(&[("a/b.tf", b"x")]), ArchiveKind::Zip, folder.path()).ok().unwrap();
        assert_eq!(fs::read(folder.path().join("a/b.tf")).unwrap(), b"x");
        let tar = tar_of("./c/d.tf", tar::EntryType::Regular, b"y");
        unpack(&tar, ArchiveKind::Tar, folder.path()).ok().unwrap();
        assert_eq!(fs::read(folder.path().join("c/d.tf")).unwrap(), b"y");
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(&tar_of("e.tf", tar::EntryType::Regular, b"z")).unwrap();
        unpack(&packed.finish().unwrap(), ArchiveKind::TarGz, folder.path()).ok().unwrap();
        assert_eq!(fs::read(folder.path().join("e.tf")).unwrap(), b"z");
    }

    #[test]
    fn nothing_leads_out_of_the_folder() {
        for name in ["../x", "a/../../x", "/x"] {
            let why = refused(&tar_of(name, tar::EntryType::Regular, b"x"), ArchiveKind::Tar);
            assert!(why.contains("leads out"), "{name}: {why}");
            let why = refused(&zip_of(&[(name, b"x")]), ArchiveKind::Zip);
            assert!(why.contains("leads out"), "{name}: {why}");
        }
        let why = refused(&zip_of(&[("..\\x", b"x")]), ArchiveKind::Zip);
        assert!(why.contains("leads out"), "{why}");
        for kind in [tar::EntryType::Symlink, tar::EntryType::Link, tar::EntryType::Char] {
            let why = refused(&tar_of("a", kind, b""), ArchiveKind::Tar);
            assert!(why.contains("neither a file nor a folder"), "{why}");
        }
    }

    #[test]
    fn an_archive_does_not_fill_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits { entries: 2, bytes: 1000 };
        let bomb = zip_of(&[("a", &[0; 600]), ("b", &[0; 600])]);
        let mut target = Target { folder: folder.path(), limits, entries: 0, bytes: 0 };
        let why = unzip(&bomb, &mut target).err().map(|refusal| refusal.0).unwrap_or_default();
        assert!(why.contains("more than 1000 bytes"), "{why}");
        let many = zip_of(&[("a", b""), ("b", b""), ("c", b"")]);
        let mut target = Target { folder: folder.path(), limits, entries: 0, bytes: 0 };
        let why = unzip(&many, &mut target).err().map(|refusal| refusal.0).unwrap_or_default();
        assert!(why.contains("more than 2 entries"), "{why}");
    }

    #[test]
    fn what_is_no_archive_is_refused() {
        assert!(refused(b"nothing", ArchiveKind::Zip).contains("cannot be read"));
        assert!(!refused(b"nothing", ArchiveKind::TarGz).is_empty());
    }
}
