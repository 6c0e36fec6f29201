//! What names mean in a test file: the run's module, and the outputs of runs before.

use config::{Config, Referent};
use diagnostics::Diagnostic;
use engine::RootScope;
use indexmap::IndexMap;
use lang::functions::FunctionContext;
use lang::{Name, Resolved, Scope, Step, Traversal, Value};

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

/// What is said of an output that the run's module does not have; NAME is its name.
const NO_OUTPUT: (&str, &str) = (
    "Reference to undeclared output value",
    "An output value with the name \"NAME\" has not been declared.",
);

/// What is said of a variable that is not there; NAME is its name.
const NO_VARIABLE: (&str, &str) = (
    "Reference to unavailable variable",
    "The input variable \"NAME\" is not available to the current run block. You can only reference variables defined at the file or global levels.",
);

/// What is said of a variable that neither module nor test have; NAME is its name.
const UNDECLARED: (&str, &str) = (
    "Reference to undeclared input variable",
    "An input variable with the name \"NAME\" has not been declared. This variable can be declared with a variable \"NAME\" {} block.",
);

/// The scope of assertions, with a module, and of variables, without.
pub struct TestScope<'a> {
    pub module: Option<(RootScope<'a>, &'a Config)>,
    /// What `var` means besides the variables of the module.
    pub variables: &'a IndexMap<Name, Value>,
    /// The outputs of the runs so far.
    pub runs: &'a IndexMap<Name, Value>,
    /// The runs that come later, and this one.
    pub ahead: &'a [Name],
    pub functions: FunctionContext,
}

impl TestScope<'_> {
    fn lookup(
        &self,
        values: &IndexMap<Name, Value>,
        traversal: &Traversal,
        (summary, detail): (&str, &str),
    ) -> Result<Resolved, Box<Diagnostic>> {
        let name = named(traversal);
        match name.and_then(|name| values.get(name)) {
            Some(value) => Ok(Resolved { value: value.clone(), steps: 1 }),
            None => Err(missing(traversal, (summary, detail))),
        }
    }

    fn run(&self, traversal: &Traversal) -> Result<Resolved, Box<Diagnostic>> {
        let is_ahead = |name: &Name| self.ahead.contains(name);
        let said = if named(traversal).is_some_and(is_ahead) { RUN_AHEAD } else { NO_RUN };
        self.lookup(self.runs, traversal, said)
    }
}

/// The name after the root.
fn named(traversal: &Traversal) -> Option<&Name> {
    match traversal.steps.first() {
        Some(Step::Attribute(name, _)) => Some(name),
        _ => None,
    }
}

fn missing(traversal: &Traversal, (summary, detail): (&str, &str)) -> Box<Diagnostic> {
    let name = named(traversal).map_or("", |name| name);
    let diagnostic = Diagnostic::error(summary, detail.replace("NAME", name));
    Box::new(diagnostic.at(traversal.span))
}

/// What an assertion refers to must be in the module: it was not checked together with it.
fn check_declared(traversal: &Traversal, config: &Config) -> Result<(), Box<Diagnostic>> {
    let (referent, _) = config::referent(traversal)?;
    let root = &config.root;
    let (kind, name) = match &referent {
        Referent::Resource(key) if !root.resources.contains_key(key) => {
            ("resource", key.to_string())
        }
        Referent::Module(key) if !root.calls.contains_key(key) => ("module", key.to_string()),
        Referent::Local(name) if !root.locals.contains_key(name) => {
            ("local value", name.to_string())
        }
        _ => return Ok(()),
    };
    let summary = format!("Reference to undeclared {kind}");
    let detail = format!("{name} has not been declared in the module that this run tests.");
    Err(Box::new(Diagnostic::error(summary, detail).at(traversal.span)))
}

impl Scope for TestScope<'_> {
    fn resolve(
        &self,
        traversal: &Traversal,
        keys: &[Option<Value>],
    ) -> Result<Resolved, Box<Diagnostic>> {
        match (&*traversal.root, &self.module) {
            ("run", _) => self.run(traversal),
            ("output", Some((module, config))) => match named(traversal) {
                Some(name) if !config.root.outputs.contains_key(name) => {
                    Err(missing(traversal, NO_OUTPUT))
                }
                _ => Ok(Resolved { value: module.outputs(), steps: 0 }),
            },
            ("var", None) => self.lookup(self.variables, traversal, NO_VARIABLE),
            ("var", Some((module, config))) => match named(traversal) {
                Some(name) if !config.root.variables.contains_key(name) => {
                    self.lookup(self.variables, traversal, UNDECLARED)
                }
                _ => module.resolve(traversal, keys),
            },
            (_, Some((module, config))) => {
                check_declared(traversal, config)?;
                module.resolve(traversal, keys)
            }
            (_, None) => {
                let detail = "Variables of a test may refer to var and to run alone.";
                let diagnostic = Diagnostic::error("Invalid reference", detail);
                Err(Box::new(diagnostic.at(traversal.span)))
            }
        }
    }

    fn functions(&self) -> &FunctionContext {
        &self.functions
    }
}
