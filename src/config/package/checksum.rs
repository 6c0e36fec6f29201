//! The checksum of a folder: of the names and contents of everything in it.

use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};

/// `sha256:` and 64 hexadecimal digits.
///
/// Files count by relative path and content, links by where they lead. Times, owners and modes do not count.
///
/// # Errors
/// Something in the folder cannot be read.
pub fn checksum(folder: &Path) -> io::Result<String> {
    let mut found = Vec::new();
    let mut open = vec![(folder.to_path_buf(), String::new())];
    while let Some((folder, prefix)) = open.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let kind = entry.file_type()?;
            if kind.is_dir() {
                open.push((entry.path(), name + "/"));
            } else if kind.is_symlink() {
                let target = std::fs::read_link(entry.path())?;
                found.push((name, Sha256::digest(target.to_string_lossy().as_bytes()), 'l'));
            } else {
                found.push((name, Sha256::digest(std::fs::read(entry.path())?), 'f'));
            }
        }
    }
    found.sort();
    let mut whole = Sha256::new();
    for (name, content, kind) in found {
        // Lengths first, so that no two folders are written the same.
        whole.update(format!("{kind}{}:{name}", name.len()).as_bytes());
        whole.update(content);
    }
    let digits: String = whole.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("sha256:{digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_contents_count() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
            checksum(folder.path()).unwrap()
        };
        let one = write("a/b.tf", "x");
        assert_eq!(write("a/b.tf", "x"), one);
        let other = write("a/b.tf", "y");
        assert_ne!(other, one);
        assert_ne!(write("a/c.tf", ""), other);
    }
}
