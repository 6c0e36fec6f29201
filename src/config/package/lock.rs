//! The lock file `.artiform.lock.hcl`: which content every package has.
//!
//! ```text
//! module "git::https://example.com/network.git?ref=v1.2.0" {
//!   checksum = "sha256:..."
//!   commit   = "..."           # of a git repository
//! }
//! ```

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use diagnostics::{Diagnostic, Diagnostics, SourceMap};

use crate::constant;

/// What the file begins with.
const HEADER: &str =
    "# This file is maintained by \"artiform init\". Manual edits may be lost in future updates.\n";

/// The packages of a stack by address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LockFile {
    pub packages: BTreeMap<String, Locked>,
}

/// What a package was when it was installed first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locked {
    pub checksum: String,
    /// The commit that a git reference meant.
    pub commit: Option<String>,
}

impl LockFile {
    fn path(stack: &Path) -> PathBuf {
        stack.join(".artiform.lock.hcl")
    }

    /// Reads the lock file of the stack in a folder; without one nothing is locked.
    ///
    /// # Errors
    /// It is no lock file: what it locks is not known, and is not guessed.
    pub fn read(stack: &Path, sources: &mut SourceMap) -> Result<Self, Diagnostics> {
        let path = Self::path(stack);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => {
                let detail = format!("The file {} could not be read: {error}.", path.display());
                return Err(Diagnostic::error("Failed to read lock file", detail).into());
            }
        };
        let file = sources.add(path.to_string_lossy(), text.as_str());
        let (body, mut found) = lang::parse::file(&text, file);
        let mut packages = BTreeMap::new();
        for block in &body.blocks {
            let text = |name: &str| {
                let attribute = block.body.attributes.get(name)?;
                constant::text(&attribute.value).map(|text| text.to_string())
            };
            match (&*block.kind, block.labels.as_slice(), text("checksum")) {
                ("module", [label], Some(checksum)) => {
                    let locked = Locked { checksum, commit: text("commit") };
                    packages.insert(label.text.to_string(), locked);
                }
                _ => {
                    let detail = "A lock file holds module blocks with a label and a checksum.";
                    let diagnostic = Diagnostic::error("Invalid lock file", detail);
                    found.push(diagnostic.at(block.header_span));
                }
            }
        }
        if found.has_errors() { Err(found) } else { Ok(Self { packages }) }
    }

    /// Writes the lock file; without packages there is none.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self, stack: &Path) -> io::Result<()> {
        let path = Self::path(stack);
        if self.packages.is_empty() {
            return match std::fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        }
        let mut text = HEADER.to_owned();
        for (address, locked) in &self.packages {
            let address = escaped(address);
            text.push_str(&format!("\nmodule \"{address}\" {{\n"));
            text.push_str(&format!("  checksum = \"{}\"\n", locked.checksum));
            if let Some(commit) = &locked.commit {
                text.push_str(&format!("  commit   = \"{commit}\"\n"));
            }
            text.push_str("}\n");
        }
        let unfinished = path.with_extension("new");
        std::fs::write(&unfinished, text)?;
        std::fs::rename(&unfinished, &path)
    }
}

/// A text as it stands between quotes.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace("${", "$${").replace("%{", "%%{")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let read = || LockFile::read(folder.path(), &mut SourceMap::new()).unwrap();
        assert_eq!(read(), LockFile::default());
        let mut lock = LockFile::default();
        let commit = Some("abc".to_owned());
        let locked = Locked { checksum: "sha256:1".into(), commit };
        lock.packages.insert("git::file:///r?ref=\"x\"".into(), locked);
        let locked = Locked { checksum: "sha256:2".into(), commit: None };
        lock.packages.insert("https://example.com/a.zip".into(), locked);
        lock.write(folder.path()).unwrap();
        assert_eq!(read(), lock);
        LockFile::default().write(folder.path()).unwrap();
        assert_eq!(read(), LockFile::default());
    }

    #[test]
    fn a_damaged_lock_file_is_a_mistake() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(LockFile::path(folder.path()), "module \"a\" {\n}\n").unwrap();
        assert!(LockFile::read(folder.path(), &mut SourceMap::new()).is_err());
    }
}
