//! Where a stack's state lies, from whichever folder it is called.
//!
//! ```text
//! project/
//!   stacks/prod/          the stack's folder: its real path is where the search starts
//!   state/prod/           its state, by the stack's name
//! ```

use std::path::{Path, PathBuf};

/// The folder of the state of the stack `name` whose configuration is in `folder`.
///
/// It is `state/<name>` of the nearest folder, the stack's own first, that holds `stacks` or `state`; where
/// there is none, of the stack's own folder.
pub fn state_folder(folder: &Path, name: &str) -> PathBuf {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let real = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
    let is_home = |folder: &&Path| folder.join("stacks").is_dir() || folder.join("state").is_dir();
    let home = real.ancestors().find(is_home).unwrap_or(&real);
    home.join("state").join(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(folders: &[&str]) -> tempfile::TempDir {
        let project = tempfile::tempdir().unwrap();
        for folder in folders {
            std::fs::create_dir_all(project.path().join(folder)).unwrap();
        }
        project
    }

    #[test]
    fn state_lies_beside_the_stacks() {
        let project = project(&["stacks/prod/modules"]);
        let root = project.path().canonicalize().unwrap();
        for folder in ["stacks/prod", "stacks/../stacks/prod", "stacks/prod/modules/.."] {
            let found = state_folder(&project.path().join(folder), "prod");
            assert_eq!(found, root.join("state/prod"), "{folder}");
        }
    }

    #[test]
    fn a_lone_stack_keeps_its_own_state() {
        let project = project(&["one"]);
        let root = project.path().canonicalize().unwrap();
        assert_eq!(state_folder(&root.join("one"), "one"), root.join("one/state/one"));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_stack_finds_the_state_of_the_stack() {
        let project = project(&["stacks/prod", "elsewhere"]);
        let root = project.path().canonicalize().unwrap();
        let link = root.join("elsewhere/link");
        std::os::unix::fs::symlink(root.join("stacks/prod"), &link).unwrap();
        assert_eq!(state_folder(&link, "prod"), root.join("state/prod"));
    }
}
