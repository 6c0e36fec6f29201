//! A test file (`*.tftest.hcl`): variables, providers, stand-ins, and run blocks in order.

use std::path::Path;
use std::sync::Arc;

use diagnostics::{Diagnostic, Diagnostics, FileId, SourceMap, Span};
use indexmap::IndexMap;
use lang::{Attribute, Body, Name, Traversal, Value};

use crate::decode::Decoder;
use crate::{CheckRule, MovedEndpoint, ProviderBlock, ProviderRef, files};

/// Everything that a test file says.
#[derive(Clone, Debug, Default)]
pub struct TestFile {
    pub variables: IndexMap<Name, Attribute>,
    pub providers: Vec<ProviderBlock>,
    pub mocks: Vec<MockProvider>,
    pub overrides: Vec<Override>,
    pub runs: Vec<RunBlock>,
}

/// `run "NAME" { ... }`
#[derive(Clone, Debug)]
pub struct RunBlock {
    pub name: Name,
    /// Otherwise only planned.
    pub applies: bool,
    pub variables: IndexMap<Name, Attribute>,
    /// Another module that is run in the place of the stack.
    pub module: Option<RunModule>,
    pub asserts: Vec<CheckRule>,
    pub expect_failures: Vec<Arc<Traversal>>,
    pub options: RunOptions,
    pub overrides: Vec<Override>,
    /// The provider of the module, and the one of the test that it is.
    pub providers: IndexMap<ProviderRef, ProviderRef>,
    /// Runs of one key share a state.
    pub state_key: Option<Name>,
    pub header_span: Span,
}

/// `module { source = "./setup" }`
#[derive(Clone, Debug)]
pub struct RunModule {
    /// A folder, relative to the stack's.
    pub source: Name,
    pub header_span: Span,
    /// The whole argument `source`.
    pub source_span: Span,
}

/// `plan_options { ... }`
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Nothing is changed, only what is recorded.
    pub refresh_only: bool,
    pub refresh: bool,
    pub replace: Vec<MovedEndpoint>,
    pub targets: Vec<MovedEndpoint>,
}

impl Default for RunOptions {
    fn default() -> Self {
        let (replace, targets) = (Vec::new(), Vec::new());
        Self { refresh_only: false, refresh: true, replace, targets }
    }
}

/// `mock_provider "NAME" { ... }`
#[derive(Clone, Debug)]
pub struct MockProvider {
    pub name: Name,
    pub alias: Option<Name>,
    /// A folder of `*.tfmock.hcl` files with more of the same, and the header of the block.
    pub source: Option<(Name, Span)>,
    pub name_span: Span,
    /// What `mock_resource` and `mock_data` say, by kind and type.
    pub defaults: Vec<MockDefaults>,
    pub overrides: Vec<Override>,
    /// What is made up is known when planning.
    pub during_plan: bool,
}

/// `mock_resource "TYPE" { ... }` or `mock_data "TYPE" { ... }`
#[derive(Clone, Debug)]
pub struct MockDefaults {
    pub data: bool,
    pub type_name: Name,
    /// An object.
    pub values: Value,
    pub during_plan: Option<bool>,
    pub header_span: Span,
}

/// `override_resource`, `override_data` or `override_module`.
#[derive(Clone, Debug)]
pub struct Override {
    pub kind: OverrideKind,
    pub target: MovedEndpoint,
    /// An object of values or outputs.
    pub values: Value,
    pub during_plan: Option<bool>,
    pub header_span: Span,
    /// The whole argument `target`.
    pub target_span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverrideKind {
    Resource,
    Data,
    Module,
}

impl OverrideKind {
    /// By the name of its block.
    pub(crate) fn of(block: &str) -> Option<Self> {
        match block {
            "override_resource" => Some(Self::Resource),
            "override_data" => Some(Self::Data),
            "override_module" => Some(Self::Module),
            _ => None,
        }
    }
}

impl TestFile {
    /// Reads a test file whose text is among the sources, with the files that its mock providers name;
    /// folders are relative to the stack's.
    pub fn read(file: FileId, stack: &Path, sources: &mut SourceMap) -> (Self, Diagnostics) {
        let (body, mut diagnostics) = body(file, sources);
        let mut decoder = Decoder::new(sources, &mut diagnostics, true);
        let mut test = decoder.test_file(body, stack);
        for mock in &mut test.mocks {
            mock.read_source(stack, sources, &mut diagnostics);
        }
        (test, diagnostics.sorted())
    }
}

impl MockProvider {
    /// Adds what the files of its folder say where it says nothing itself.
    fn read_source(&mut self, stack: &Path, sources: &mut SourceMap, found: &mut Diagnostics) {
        let Some((source, span)) = self.source.clone() else { return };
        let Ok(paths) = files::files_ending(&stack.join(&*source), ".tfmock.hcl") else {
            let detail = format!("Mock data directory {source} does not exist or cannot be read.");
            found.push(Diagnostic::error("Failed to read mock data directory", detail).at(span));
            return;
        };
        for path in paths {
            let text = match files::read_text(&path) {
                Ok(text) => text,
                Err(mistake) => {
                    found.push(*mistake);
                    continue;
                }
            };
            let id = sources.add(path.to_string_lossy(), text);
            let (body, diagnostics) = body(id, sources);
            found.extend(diagnostics);
            Decoder::new(sources, found, true).mocks(body, self);
        }
    }
}

fn body(file: FileId, sources: &SourceMap) -> (Body, Diagnostics) {
    let source = sources.file(file);
    let text = source.map_or("", |source| &*source.text);
    let is_json = source.is_some_and(|source| source.path.ends_with(".json"));
    let parse = if is_json { lang::parse::json_file } else { lang::parse::file };
    parse(text, file)
}
