//! Everything that is read before the first run starts: the stack, and its test files.

use std::path::Path;

use config::{Loaded, TestFile};
use diagnostics::{Diagnostics, SourceMap};

use super::{TestPath, discover};
use crate::context::Failure;

/// The test files of a stack, and the stack itself.
pub struct Suite {
    pub files: Vec<(TestPath, TestFile)>,
    /// The texts of the test files.
    pub sources: SourceMap,
    pub stack: Loaded,
    /// What was found that stops nothing.
    pub warnings: Diagnostics,
}

impl Suite {
    /// Reads stack and test files.
    ///
    /// # Errors
    /// Something cannot be read, or a file holds what the language does not have.
    pub fn load(
        folder: &Path,
        test_directory: &Path,
        filters: &[String],
    ) -> Result<Self, Box<Failure>> {
        let (paths, warning) = discover(folder, test_directory, filters)?;
        let mut sources = SourceMap::new();
        let mut found = Diagnostics::new();
        found.extend(warning);
        let mut files = Vec::new();
        for path in paths {
            let text = std::fs::read_to_string(&path.path).map_err(|error| {
                let detail =
                    format!("The file {} could not be read: {error}.", path.path.display());
                Failure::error("Failed to read test file", detail)
            })?;
            let id = sources.add(path.name.as_str(), text);
            let (file, diagnostics) = TestFile::read(id, folder, &mut sources);
            found.extend(diagnostics);
            files.push((path, file));
        }
        let stack = config::load_beside(folder, sources.clone());
        found.extend(stack.while_reading.clone());
        if found.has_errors() {
            return Err(Failure::new(found.sorted(), &stack.config.sources));
        }
        Ok(Self { files, sources, stack, warnings: found })
    }
}
