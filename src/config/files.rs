//! The door to files: which ones belong to a module, and their text.

use std::path::{Component, Path, PathBuf};

use diagnostics::Diagnostic;

/// A file of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ModuleFile {
    pub path: PathBuf,
    pub json: bool,
    /// `override.tf` or `*_override.tf`: merged over what the other files declare.
    pub overrides: bool,
}

/// Lists the configuration files of a folder, sorted by name.
pub(crate) fn module_files(folder: &Path) -> std::io::Result<Vec<ModuleFile>> {
    let mut files = Vec::new();
    for name in names(folder)? {
        let json = name.ends_with(".tf.json") || name.ends_with(".hcl.json");
        let stem = [".tf.json", ".hcl.json", ".tf", ".hcl"]
            .iter()
            .find_map(|extension| name.strip_suffix(extension));
        let Some(stem) = stem.filter(|_| !is_other_language(&name)) else { continue };
        let overrides = stem == "override" || stem.ends_with("_override");
        files.push(ModuleFile { path: join(folder, &name), json, overrides });
    }
    Ok(files)
}

/// Files that end like ours and are something else: tests, lock files and variable values.
fn is_other_language(name: &str) -> bool {
    let endings = [".tftest.hcl", ".tfquery.hcl", ".terraform.lock.hcl", ".pkr.hcl"];
    name.starts_with('.') || endings.iter().any(|ending| name.ends_with(ending))
}

/// Lists the files of values that are read without being named, the strongest last.
pub(crate) fn automatic_value_files(folder: &Path) -> Vec<PathBuf> {
    let names = names(folder).unwrap_or_default();
    let fixed =
        ["terraform.tfvars", "terraform.tfvars.json", "artiform.tfvars", "artiform.tfvars.json"];
    let is_auto =
        |name: &&String| name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json");
    let present = fixed.iter().filter(|name| names.iter().any(|n| n == *name)).copied();
    let automatic = names.iter().filter(is_auto).map(String::as_str);
    present.chain(automatic).map(|name| join(folder, name)).collect()
}

/// The files of a folder whose names end so, by name.
pub(crate) fn files_ending(folder: &Path, end: &str) -> std::io::Result<Vec<PathBuf>> {
    let names = names(folder)?.into_iter().filter(|name| name.ends_with(end));
    Ok(names.map(|name| join(folder, &name)).collect())
}

/// The names of the files in a folder, sorted, without those that start with a dot.
fn names(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let editor_backup = name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'));
        if !name.starts_with('.') && !editor_backup && !entry.path().is_dir() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// The names of the folders in a folder, sorted.
pub(crate) fn folder_names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Reads a file of text; the diagnostic says which file and why not.
pub(crate) fn read_text(path: &Path) -> Result<String, Box<Diagnostic>> {
    let shown = path.display();
    let bytes = std::fs::read(path).map_err(|error| {
        let detail = format!("The file {shown} could not be read: {error}.");
        Box::new(Diagnostic::error("Failed to read file", detail))
    })?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..valid].iter().filter(|byte| **byte == b'\n').count() + 1;
        let detail = format!(
            "The file {shown} is not valid UTF-8: line {line} holds bytes that are no character. \
             Save the file in the encoding UTF-8."
        );
        Box::new(Diagnostic::error("Invalid character encoding", detail))
    })?;
    // Some editors put a byte order mark before the text; it carries no meaning in UTF-8.
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// The absolute path without symbolic links, or the path itself where it does not exist.
pub(crate) fn real_path(path: &Path) -> PathBuf {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}

pub(crate) fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

/// Joins and tidies: `./a/../b` is `b`, as people would type it.
pub(crate) fn join(folder: &Path, relative: &str) -> PathBuf {
    let joined = folder.join(relative);
    let tidy = normalise(&joined);
    // After a symbolic link `..` does not lead back, so the tidy path may be another place.
    let same = real_path(&tidy) == real_path(&joined);
    if same || !joined.exists() { tidy } else { joined }
}

fn normalise(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                let last = out.components().next_back();
                match last {
                    Some(Component::Normal(_)) => {
                        out.pop();
                    }
                    Some(Component::RootDir | Component::Prefix(_)) => {}
                    _ => out.push(".."),
                }
            }
            other => out.push(other),
        }
    }
    if out.as_os_str().is_empty() { PathBuf::from(".") } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_tidied_as_people_type_them() {
        assert_eq!(normalise(Path::new("./a/../b/./c")), Path::new("b/c"));
        assert_eq!(normalise(Path::new("../../x")), Path::new("../../x"));
        assert_eq!(normalise(Path::new("a/..")), Path::new("."));
        assert_eq!(normalise(Path::new("/a/../../b")), Path::new("/b"));
    }
}
