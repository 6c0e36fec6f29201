//! A test file: variables, providers, stand-ins, and run blocks in order.

mod reader;

use config::{CheckRule, ProviderBlock};
use diagnostics::{Diagnostics, FileId, Span};
use indexmap::IndexMap;
use lang::{Attribute, Expr, Name, Value};
use plan::PlanMode;

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
    /// The source of another module that is run in the place of the stack.
    pub module: Option<(String, Span)>,
    pub asserts: Vec<CheckRule>,
    pub expect_failures: Vec<Expr>,
    pub options: RunOptions,
    pub overrides: Vec<Override>,
    /// `{ inside = outside }`
    pub providers: Vec<(String, String)>,
    /// Runs of one key share a state.
    pub state_key: Option<String>,
    pub header_span: Span,
}

/// `plan_options { ... }`
#[derive(Clone, Debug)]
pub struct RunOptions {
    pub mode: PlanMode,
    pub refresh: bool,
    pub replace: Vec<String>,
    pub targets: Vec<String>,
}

impl Default for RunOptions {
    fn default() -> Self {
        let (replace, targets) = (Vec::new(), Vec::new());
        Self { mode: PlanMode::Normal, refresh: true, replace, targets }
    }
}

/// `mock_provider "NAME" { ... }`
#[derive(Clone, Debug)]
pub struct MockProvider {
    pub name: Name,
    pub alias: Option<Name>,
    /// A folder of `*.tfmock.hcl` files with more of the same.
    pub source: Option<(String, Span)>,
    pub resources: IndexMap<Name, Value>,
    pub data: IndexMap<Name, Value>,
    pub overrides: Vec<Override>,
    /// What is made up is known when planning.
    pub during_plan: bool,
}

/// `override_resource`, `override_data` or `override_module`.
#[derive(Clone, Debug)]
pub struct Override {
    pub kind: OverrideKind,
    /// The address as it is written.
    pub target: Expr,
    /// An object of values or outputs.
    pub values: Value,
    pub during_plan: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverrideKind {
    Resource,
    Data,
    Module,
}

impl TestFile {
    /// Reads a test file; `json` tells its syntax.
    pub fn parse(text: &str, file: FileId, json: bool) -> (Self, Diagnostics) {
        let parse = if json { lang::parse::json_file } else { lang::parse::file };
        let (body, diagnostics) = parse(text, file);
        let mut reader = reader::Reader { diagnostics, json };
        let test = reader.file(body);
        (test, reader.diagnostics)
    }

    /// Reads a file of stand-ins (`*.tfmock.hcl`) into a mock provider.
    pub fn parse_mocks(text: &str, file: FileId, mock: &mut MockProvider) -> Diagnostics {
        let (body, diagnostics) = lang::parse::file(text, file);
        let mut reader = reader::Reader { diagnostics, json: false };
        reader.mocks(body, mock);
        reader.diagnostics
    }
}
