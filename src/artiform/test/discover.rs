//! Finds test files: in the stack's folder, and in its test folder.

use std::path::{Path, PathBuf};

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

/// All test files of a stack by name; with filters, those that are named.
///
/// # Errors
/// A folder cannot be read, or a filter names no test file.
pub fn discover(
    stack: &Path,
    test_folder: &Path,
    filters: &[String],
) -> Result<Vec<TestPath>, Box<Failure>> {
    let mut found = within(stack, Path::new(""))?;
    if stack.join(test_folder).is_dir() {
        found.extend(within(stack, test_folder)?);
    }
    found.sort();
    found.dedup();
    if filters.is_empty() {
        return Ok(found);
    }
    let named = |filter: &String| filter.trim_start_matches("./").to_owned();
    let wanted: Vec<String> = filters.iter().map(named).collect();
    if let Some(stray) = wanted.iter().find(|name| !found.iter().any(|file| file.name == **name)) {
        let names: Vec<&str> = found.iter().map(|file| file.name.as_str()).collect();
        let detail = format!(
            "The filter \"{stray}\" names no test file. There are: {}.",
            if names.is_empty() { "none".to_owned() } else { names.join(", ") }
        );
        return Err(Failure::error("Unknown test files", detail));
    }
    found.retain(|file| wanted.contains(&file.name));
    Ok(found)
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
