//! Finds test files: in the stack's folder, and in its test folder.

use std::path::{Component, Path, PathBuf};

use diagnostics::Diagnostic;

use crate::context::Failure;

/// The ends of the names of test files.
const ENDS: [&str; 2] = [".tftest.hcl", ".tftest.json"];

/// A test file as it is named to people, and where it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TestPath {
    /// Relative to the stack's folder: `tests/main.tftest.hcl`.
    pub name: String,
    pub path: PathBuf,
}

/// All test files of a stack by name, those that the filters name where there are filters, and a warning of
/// a test folder that was asked for and is not there.
///
/// # Errors
/// A folder cannot be read, or the test folder is outside of the stack.
pub fn discover(
    stack: &Path,
    test_folder: &Path,
    filters: &[String],
) -> Result<(Vec<TestPath>, Option<Diagnostic>), Box<Failure>> {
    let is_inside = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    if !test_folder.components().all(is_inside) {
        let detail = "The testing directory must be a relative path pointing to a directory local to the configuration directory.";
        return Err(Failure::error("Invalid testing directory", detail));
    }
    let mut found = within(stack, Path::new(""))?;
    let mut warning = None;
    if stack.join(test_folder).is_dir() {
        found.extend(within(stack, test_folder)?);
    } else if test_folder != Path::new(super::options::TEST_DIRECTORY) {
        let detail = format!("Requested test directory {} does not exist.", test_folder.display());
        warning = Some(Diagnostic::warning("Test directory does not exist", detail));
    }
    found.sort();
    found.dedup();
    // As in Terraform, a filter that names nothing is passed over.
    found.retain(|file| filters.is_empty() || filters.contains(&file.name));
    Ok((found, warning))
}

fn within(stack: &Path, folder: &Path) -> Result<Vec<TestPath>, Box<Failure>> {
    let place = stack.join(folder);
    let failed = |error: std::io::Error| {
        let detail = format!("The folder {} could not be read: {error}.", place.display());
        Failure::error("Failed to read test files", detail)
    };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&place).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let is_test = |name: &str| ENDS.iter().any(|end| name.ends_with(end));
        let Some(file) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if is_test(file) && path.is_file() {
            found.push(TestPath { name: folder.join(file).display().to_string(), path });
        }
    }
    Ok(found)
}
