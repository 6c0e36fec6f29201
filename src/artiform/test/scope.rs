//! What names mean in a test file: the run's module, and the outputs of runs before.

use config::Config;
use diagnostics::{Diagnostic, Diagnostics, did_you_mean};
use engine::RootScope;
use indexmap::IndexMap;
use lang::functions::FunctionContext;
use lang::{Expr, Name, Resolved, Scope, Step, Traversal, Type, Value};

use crate::providers;
use crate::stack::attributes;

/// What is said of a run that is not there; NAME is its name.
const NO_RUN: (&str, &str) = (
    "Reference to unknown run block",
    "The run block \"NAME\" does not exist within this test file. You can only reference run blocks that are in the same test file and will execute before the current run block.",
);

/// What is said of a run that comes later; NAME is its name.
const RUN_AHEAD: (&str, &str) = (
    "Reference to unavailable run block",
    "The run block \"NAME\" has not executed yet. You can only reference run blocks that are in the same test file and will execute before the current run block.",
);

/// What is said of a run that an assertion looks ahead to; NAME is its name.
const RUN_UNEVALUATED: (&str, &str) = (
    "Reference to unevaluated run block",
    "The run \"NAME\" block has not yet been evaluated, so its results are not available here.",
);

/// What is said of an output that the run's module does not have; NAME is its name.
const NO_OUTPUT: (&str, &str) = (
    "Reference to undeclared output value",
    "An output value with the name \"NAME\" has not been declared.",
);

/// Whose variables are evaluated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Those of the test file, which know what is given to all tests.
    File,
    /// Those of a run block, which know the file's and the runs before.
    Run,
}

impl Stage {
    /// Why a variable cannot be referred to; NAME is its name.
    fn no_variable(self) -> (&'static str, &'static str) {
        let detail = match self {
            Self::File => {
                "The input variable \"NAME\" is not available to the current context. You can only reference global variables."
            }
            Self::Run => {
                "The input variable \"NAME\" is not available to the current run block. You can only reference variables defined at the file or global levels."
            }
        };
        ("Reference to unavailable variable", detail)
    }

    /// Why anything else cannot be referred to.
    fn no_reference(self, root: &str) -> &'static str {
        match self {
            Self::File if root == "run" => {
                "You can not reference run blocks from within the file variables block."
            }
            Self::File => {
                "You can only reference global variables within the test file variables block."
            }
            Self::Run => {
                "You can only reference earlier run blocks, file level, and global variables while defining variables from inside a run block."
            }
        }
    }
}

/// The scope of variables.
pub struct VariableScope<'a> {
    pub stage: Stage,
    pub variables: &'a IndexMap<Name, Value>,
    /// The outputs of the runs so far.
    pub runs: &'a IndexMap<Name, Value>,
    /// The runs that come later, and this one.
    pub ahead: &'a [Name],
    pub functions: FunctionContext,
}

impl Scope for VariableScope<'_> {
    fn resolve(
        &self,
        traversal: &Traversal,
        _keys: &[Option<Value>],
    ) -> Result<Resolved, Box<Diagnostic>> {
        match (&*traversal.root, self.stage) {
            ("run", Stage::Run) => run(traversal, self.runs, self.ahead),
            ("var", stage) => lookup(self.variables, traversal, stage.no_variable()),
            (root, stage) => {
                let steps = config::referent(traversal)?.1.max(1);
                let diagnostic = Diagnostic::error("Invalid reference", stage.no_reference(root));
                Err(Box::new(diagnostic.at(config::named_span(traversal, steps))))
            }
        }
    }

    fn functions(&self) -> &FunctionContext {
        &self.functions
    }
}

/// The scope of assertions: the run's module, and what only tests have.
pub struct TestScope<'a> {
    pub module: RootScope<'a>,
    pub config: &'a Config,
    /// What `var` means besides the variables of the module.
    pub variables: &'a IndexMap<Name, Value>,
    /// The outputs of the runs so far.
    pub runs: &'a IndexMap<Name, Value>,
    /// The runs that come later, and this one.
    pub ahead: &'a [Name],
    pub functions: FunctionContext,
}

fn lookup(
    values: &IndexMap<Name, Value>,
    traversal: &Traversal,
    (summary, detail): (&str, &str),
) -> Result<Resolved, Box<Diagnostic>> {
    match named(traversal).and_then(|name| values.get(name)) {
        Some(value) => Ok(Resolved { value: value.clone(), steps: 1 }),
        None => Err(missing(traversal, (summary, detail))),
    }
}

fn run(
    traversal: &Traversal,
    runs: &IndexMap<Name, Value>,
    ahead: &[Name],
) -> Result<Resolved, Box<Diagnostic>> {
    let is_ahead = |name: &Name| ahead.contains(name);
    let said = if named(traversal).is_some_and(is_ahead) { RUN_AHEAD } else { NO_RUN };
    lookup(runs, traversal, said)
}

/// The name after the root.
pub fn named(traversal: &Traversal) -> Option<&Name> {
    match traversal.steps.first() {
        Some(Step::Attribute(name, _)) => Some(name),
        _ => None,
    }
}

fn missing(traversal: &Traversal, (summary, detail): (&str, &str)) -> Box<Diagnostic> {
    let name = named(traversal).map_or("", |name| name);
    let diagnostic = Diagnostic::error(summary, detail.replace("NAME", name));
    Box::new(diagnostic.at(config::named_span(traversal, 1)))
}

impl TestScope<'_> {
    /// Reports what an expression refers to and the module does not have: nobody has checked it with the module.
    pub fn undeclared(&self, expr: &Expr) -> Diagnostics {
        let mut of_test = Vec::new();
        let mut undeclared = Diagnostics::new();
        expr.for_each_reference(&mut |traversal| {
            if &*traversal.root == "run" {
                undeclared.extend(self.undeclared_run(traversal));
            }
            let is_given =
                || named(traversal).is_some_and(|name| self.variables.contains_key(name));
            let is_of_test = match &*traversal.root {
                "output" | "run" => true,
                "var" => is_given(),
                _ => false,
            };
            of_test.extend(is_of_test.then_some(traversal.span));
        });
        let found = config::check_expression(self.config, expr).into_iter();
        let is_of_module = |found: &Diagnostic| {
            // Functions are told of when they are called, with the values that they are given.
            found.summary != "Call to unknown function"
                && found
                    .subject
                    .is_none_or(|place| !of_test.iter().any(|span| span.overlaps(place)))
        };
        undeclared.extend(found.filter(is_of_module));
        let registry = providers::registry();
        undeclared.extend(attributes::unsupported(self.config, &registry, expr));
        undeclared
    }
}

impl TestScope<'_> {
    fn undeclared_run(&self, traversal: &Traversal) -> Option<Diagnostic> {
        let name = named(traversal)?;
        let mut names = self.runs.keys().chain(self.ahead);
        if names.clone().any(|known| known == name) {
            return None;
        }
        let mut detail = format!("There is no run \"{name}\" declared in this test suite.");
        if let Some(near) = did_you_mean(name, names.by_ref().map(|known| &**known)) {
            detail.push_str(&format!(" Did you mean \"{near}\"?"));
        }
        let diagnostic = Diagnostic::error("Reference to undeclared run block", detail);
        Some(diagnostic.at(config::named_span(traversal, 1)))
    }
}

impl Scope for TestScope<'_> {
    fn resolve(
        &self,
        traversal: &Traversal,
        keys: &[Option<Value>],
    ) -> Result<Resolved, Box<Diagnostic>> {
        let name = named(traversal);
        match &*traversal.root {
            "run" => lookup(self.runs, traversal, RUN_UNEVALUATED),
            "output" => {
                let declared = |name: &&Name| self.config.root.outputs.contains_key(*name);
                let value = name.filter(declared).map(|name| {
                    self.module
                        .outputs()
                        .get(name)
                        .cloned()
                        .unwrap_or_else(|| Value::null(Type::Dynamic))
                });
                let value = value.ok_or_else(|| missing(traversal, NO_OUTPUT))?;
                Ok(Resolved { value, steps: 1 })
            }
            "var" if name.is_some_and(|name| self.variables.contains_key(name)) => {
                lookup(self.variables, traversal, NO_OUTPUT)
            }
            _ => self.module.resolve(traversal, keys),
        }
    }

    fn functions(&self) -> &FunctionContext {
        &self.functions
    }
}
