//! Everything that is read before the first run starts: the stack, its test files, and the modules that they run.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use config::{Loaded, Override, RunBlock, TestFile};
use diagnostics::{Diagnostics, SourceMap};
use indexmap::IndexMap;
use lang::Name;

use super::expected::Expected;
use super::{TestPath, discover, modules};
use crate::context::Failure;
use crate::validation;

/// The test files of a stack, and the stack itself.
pub struct Suite {
    pub files: Vec<(TestPath, TestFile)>,
    pub stack: Loaded,
    /// The modules that run blocks name, by their source.
    modules: IndexMap<Name, Loaded>,
    /// The texts of all of them.
    pub sources: SourceMap,
    /// What is wrong with the test files alone.
    pub found: Diagnostics,
}

impl Suite {
    /// Reads stack and test files, and refuses what the language does not have.
    ///
    /// # Errors
    /// Something cannot be read, or is not written as it must be.
    pub fn load(
        folder: &Path,
        test_directory: &Path,
        filters: &[String],
    ) -> Result<Self, Box<Failure>> {
        let mut suite = Self::read(folder, test_directory, filters)?;
        suite.found.extend(suite.stack.while_reading.clone());
        if suite.found.has_errors() {
            return Err(Failure::new(suite.found.sorted(), &suite.sources));
        }
        Ok(suite)
    }

    /// Reads stack and test files, whatever is wrong with them.
    ///
    /// # Errors
    /// Something cannot be read.
    pub fn read(
        folder: &Path,
        test_directory: &Path,
        filters: &[String],
    ) -> Result<Self, Box<Failure>> {
        let (paths, warning) = discover(folder, test_directory, filters)?;
        let stack = config::load(folder);
        let mut suite = Self {
            files: Vec::new(),
            sources: stack.config.sources.clone(),
            stack,
            modules: IndexMap::new(),
            found: Diagnostics::new(),
        };
        suite.found.extend(warning);
        for path in paths {
            suite.read_file(path, folder)?;
        }
        suite.read_modules(folder);
        Ok(suite)
    }

    fn read_file(&mut self, path: TestPath, stack: &Path) -> Result<(), Box<Failure>> {
        let text = std::fs::read_to_string(&path.path).map_err(|error| {
            let detail = format!("The file {} could not be read: {error}.", path.path.display());
            Failure::error("Failed to read test file", detail)
        })?;
        let id = self.sources.add(path.name.as_str(), text);
        let (file, diagnostics) = TestFile::read(id, stack, &mut self.sources);
        self.found.extend(diagnostics);
        self.files.push((path, file));
        Ok(())
    }

    fn read_modules(&mut self, stack: &Path) {
        let runs = self.files.iter().flat_map(|(_, file)| &file.runs);
        for module in runs.filter_map(|run| run.module.as_ref()) {
            if !self.modules.contains_key(&module.source) {
                let sources = std::mem::take(&mut self.sources);
                let loaded = config::load_beside(&stack.join(&*module.source), sources);
                self.sources = loaded.config.sources.clone();
                self.modules.insert(module.source.clone(), loaded);
            }
        }
        for loaded in self.modules.values_mut().chain([&mut self.stack]) {
            loaded.config.sources = self.sources.clone();
        }
    }

    /// The module that the run names, or the stack.
    pub fn loaded(&self, run: &RunBlock) -> &Loaded {
        let module = run.module.as_ref().and_then(|module| self.modules.get(&module.source));
        module.unwrap_or(&self.stack)
    }

    /// What can be said of test files without running them, and of the modules that only they use; what is
    /// wrong with the stack is not part of it.
    ///
    /// # Errors
    /// Nothing can be checked.
    pub fn validate(&self) -> Result<Diagnostics, Box<Failure>> {
        let mut all = self.found.clone();
        if all.has_errors() {
            return Ok(all);
        }
        for (path, file) in &self.files {
            all.extend(self.stray_overrides(path, file));
            all.extend(file.runs.iter().flat_map(|run| self.check_run(run)));
        }
        for module in self.modules.values() {
            let config = Arc::new(module.config.clone());
            all.extend(validation::completed(&config, module.diagnostics.clone())?);
        }
        Ok(all)
    }

    /// Warnings of stand-ins of a whole file for what neither the stack nor a module of a run declares.
    pub fn stray_overrides(&self, path: &TestPath, file: &TestFile) -> Diagnostics {
        let in_runs = file.runs.iter().map(|run| &self.loaded(run).config.root);
        let modules: Vec<_> = in_runs.chain([&self.stack.config.root]).cloned().collect();
        let in_mocks = file.mocks.iter().flat_map(|mock| &mock.overrides);
        // What a file of stand-ins holds may be meant for other stacks.
        let own = |one: &&Override| {
            let source = self.sources.file(one.header_span.file);
            source.is_some_and(|source| *source.path == *path.name)
        };
        modules::stray_overrides(file.overrides.iter().chain(in_mocks.filter(own)), &modules)
    }

    /// What a run names and its module does not have.
    pub fn check_run(&self, run: &RunBlock) -> Diagnostics {
        let config = &self.loaded(run).config;
        let (_, mut found) = Expected::new(run, config, &HashMap::new());
        let overrides = run.overrides.iter();
        found.extend(modules::stray_overrides(overrides, std::slice::from_ref(&config.root)));
        found
    }
}
