//! Workspaces: several states of one stack, of which one is selected.
//!
//! ```text
//! stacks/prod/.artiform/workspace     the selected one's name; not there: default
//! state/prod/                         the state of default
//! state/prod@blue/                    the state of blue, beside it
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::context::Failure;

/// The workspace that is always there.
pub const DEFAULT: &str = "default";

/// Environment variables that select a workspace, the strongest first.
const VARIABLES: [&str; 2] = ["ARTIFORM_WORKSPACE", "TF_WORKSPACE"];

/// The selected workspace, and the environment variable that selects it, if one does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    pub name: String,
    pub variable: Option<&'static str>,
}

/// Finds the selected workspace of the stack in a folder.
///
/// # Errors
/// Its name is not allowed.
pub fn current(
    folder: &Path,
    environment: &BTreeMap<String, String>,
) -> Result<Workspace, Box<Failure>> {
    let given = |name: &&&str| environment.get(**name).is_some_and(|value| !value.is_empty());
    let variable = VARIABLES.iter().find(given).copied();
    let name = match variable {
        Some(variable) => environment[variable].clone(),
        None => recorded(folder).unwrap_or_else(|| DEFAULT.to_owned()),
    };
    check_name(&name)?;
    Ok(Workspace { name, variable })
}

fn recorded(folder: &Path) -> Option<String> {
    let text = std::fs::read_to_string(file(folder)).ok()?;
    Some(text.trim().to_owned()).filter(|name| !name.is_empty())
}

fn file(folder: &Path) -> PathBuf {
    folder.join(".artiform").join("workspace")
}

/// Selects a workspace for the commands that follow.
pub fn select(folder: &Path, name: &str) -> Result<(), Box<Failure>> {
    let file = file(folder);
    let write = || {
        std::fs::create_dir_all(file.parent().unwrap_or(folder))?;
        std::fs::write(&file, name)
    };
    write().map_err(|error: std::io::Error| {
        let detail = format!("The file {} could not be written: {error}.", file.display());
        Failure::error("Failed to select workspace", detail)
    })
}

/// Refuses names that could not be part of a path or a URL.
pub fn check_name(name: &str) -> Result<(), Box<Failure>> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~');
    if !name.is_empty() && name != "." && name != ".." && name.chars().all(is_plain) {
        return Ok(());
    }
    let detail = format!(
        "The workspace name \"{name}\" is not allowed. The name must contain only URL safe characters, and no path separators."
    );
    Err(Failure::error("Invalid workspace name", detail))
}

/// The folder of a workspace's state; `base` is that of the default one.
pub fn state_folder(base: &Path, name: &str) -> PathBuf {
    if name == DEFAULT {
        return base.to_path_buf();
    }
    let mut own = base.file_name().unwrap_or_default().to_owned();
    own.push(format!("@{name}"));
    base.with_file_name(own)
}

/// The workspaces that have a state beside `base`, sorted, the default one first.
pub fn all(base: &Path) -> Vec<String> {
    let prefix = format!("{}@", base.file_name().unwrap_or_default().to_string_lossy());
    let parent = base.parent().unwrap_or(base);
    let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
    let named = entries.filter(|entry| entry.path().is_dir()).filter_map(|entry| {
        let name = entry.file_name().to_string_lossy().strip_prefix(&prefix)?.to_owned();
        check_name(&name).is_ok().then_some(name)
    });
    let mut names: Vec<String> = named.collect();
    names.sort();
    names.insert(0, DEFAULT.to_owned());
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_wins_over_what_was_selected() {
        let folder = tempfile::tempdir().unwrap();
        let none = BTreeMap::new();
        assert_eq!(current(folder.path(), &none).unwrap().name, DEFAULT);
        select(folder.path(), "blue").unwrap();
        assert_eq!(current(folder.path(), &none).unwrap().name, "blue");
        let given = BTreeMap::from([("TF_WORKSPACE".to_owned(), "green".to_owned())]);
        let found = current(folder.path(), &given).unwrap();
        assert_eq!((found.name.as_str(), found.variable), ("green", Some("TF_WORKSPACE")));
    }

    #[test]
    fn a_name_never_leads_out_of_the_folder_of_states() {
        for name in ["", ".", "..", "a/b", "a\\b", "a b", "ä"] {
            assert!(check_name(name).is_err(), "{name:?}");
        }
        assert!(check_name("feature-1.2_x~").is_ok());
    }

    #[test]
    fn states_of_workspaces_lie_beside_the_default_one() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().join("prod");
        assert_eq!(state_folder(&base, DEFAULT), base);
        for name in ["b", "a"] {
            std::fs::create_dir_all(state_folder(&base, name)).unwrap();
        }
        std::fs::create_dir_all(folder.path().join("other@c")).unwrap();
        assert_eq!(all(&base), ["default", "a", "b"]);
    }
}
