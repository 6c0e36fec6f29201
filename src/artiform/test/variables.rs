//! What the variables of a run mean: by its own block, by the file's, or by what is given to all tests.

use std::cell::RefCell;
use std::collections::HashSet;

use config::{Config, RunBlock, TestFile};
use diagnostics::{Diagnostic, Diagnostics, Span};
use indexmap::IndexMap;
use lang::functions::FunctionContext;
use lang::{Attribute, Expr, Name, Scope, Step, Value};

use super::scope::{Stage, VariableScope};

/// Values with the places where they stand.
pub type Written = IndexMap<Name, (Value, Span)>;

/// Evaluates variables for one run; those of the file are evaluated when they are needed, and once.
pub struct Variables<'a> {
    pub file: &'a TestFile,
    /// What environment, files and command line give.
    pub globals: &'a IndexMap<Name, Value>,
    /// The outputs of the runs so far, and the names of the runs from this one on.
    pub runs: &'a IndexMap<Name, Value>,
    pub ahead: &'a [Name],
    pub functions: FunctionContext,
    /// The file's variables so far; nothing of one that could not be evaluated.
    pub evaluated: RefCell<IndexMap<Name, Option<(Value, Span)>>>,
    pub found: RefCell<Diagnostics>,
}

impl Variables<'_> {
    /// The values that the test gives to the variables of a run's module, and to those that its assertions
    /// refer to.
    pub fn of_run(&self, run: &RunBlock, config: &Config) -> Written {
        let relevant: HashSet<Name> =
            config.root.variables.keys().cloned().chain(referred(run)).collect();
        let mut values = Written::new();
        for (name, attribute) in &run.variables {
            let value = self.of_run_block(attribute);
            if !relevant.contains(name) {
                self.found.borrow_mut().push(undeclared(run, name, attribute.value.span));
            } else if let Some(value) = value {
                values.insert(name.clone(), (value, attribute.value.span));
            }
        }
        for name in relevant.iter().filter(|name| !run.variables.contains_key(*name)) {
            values.extend(self.of_file(name).map(|value| (name.clone(), value)));
        }
        values
    }

    fn of_run_block(&self, attribute: &Attribute) -> Option<Value> {
        let mut known = IndexMap::new();
        variables_in(&attribute.value, &mut |name| {
            let value = self.of_file(name).map(|(value, _)| value);
            let value = value.or_else(|| self.globals.get(name).cloned());
            known.extend(value.map(|value| (name.clone(), value)));
        });
        self.evaluate(&attribute.value, Stage::Run, &known)
    }

    fn of_file(&self, name: &Name) -> Option<(Value, Span)> {
        let attribute = self.file.variables.get(name)?;
        if let Some(known) = self.evaluated.borrow().get(name) {
            return known.clone();
        }
        let value = self.evaluate(&attribute.value, Stage::File, self.globals);
        let value = value.map(|value| (value, attribute.value.span));
        self.evaluated.borrow_mut().insert(name.clone(), value.clone());
        value
    }

    fn evaluate(
        &self,
        expr: &Expr,
        stage: Stage,
        variables: &IndexMap<Name, Value>,
    ) -> Option<Value> {
        let (runs, ahead, functions) = (self.runs, self.ahead, self.functions.clone());
        let scope = VariableScope { stage, variables, runs, ahead, functions };
        let mut found = self.unknown_outputs(expr, &scope);
        let value = if found.has_errors() {
            None
        } else {
            found.absorb(lang::eval::evaluate(expr, &scope))
        };
        // The values of a test are no help: it says them itself.
        let bare = found.into_iter().map(|mistake| Diagnostic { values: Vec::new(), ..mistake });
        self.found.borrow_mut().extend(bare);
        value
    }

    /// What a plan left open cannot be given to another run.
    fn unknown_outputs(&self, expr: &Expr, scope: &dyn Scope) -> Diagnostics {
        let mut found = Diagnostics::new();
        expr.for_each_reference(&mut |traversal| {
            let (Some(run), "run") = (super::scope::named(traversal), &*traversal.root) else {
                return;
            };
            let reference = Expr::new(lang::ExprKind::Reference(traversal.clone().into()), expr.span);
            let value = lang::eval::evaluate(&reference, scope);
            if self.runs.contains_key(run) && value.is_ok_and(|value| !value.is_wholly_known()) {
                let rest = traversal.steps.iter().skip(1).map_while(|step| match step {
                    Step::Attribute(name, _) => Some(format!(".{name}")),
                    Step::Index(..) => None,
                });
                let detail = format!(
                    "The value for run.{run}{} is unknown. Run block \"{run}\" is executing a \"plan\" operation, and the specified output value is only known after apply.",
                    rest.collect::<String>()
                );
                let unknown = Diagnostic::error("Reference to unknown value", detail);
                found.push(unknown.at(config::named_span(traversal, 1)));
            }
        });
        found
    }
}

/// Calls `visit` for every variable that a test file refers to, with a place where it does.
pub fn referred_in(file: &TestFile, visit: &mut dyn FnMut(&Name, Span)) {
    let in_runs = file.runs.iter().flat_map(|run| run.variables.values());
    for attribute in file.variables.values().chain(in_runs) {
        variables_in(&attribute.value, &mut |name| visit(name, attribute.value.span));
    }
    for rule in file.runs.iter().flat_map(|run| &run.asserts) {
        for expr in [&rule.condition, &rule.error_message] {
            variables_in(expr, &mut |name| visit(name, expr.span));
        }
    }
}

/// The variables that the assertions of a run refer to.
fn referred(run: &RunBlock) -> HashSet<Name> {
    let mut names = HashSet::new();
    for rule in &run.asserts {
        variables_in(&rule.condition, &mut |name| _ = names.insert(name.clone()));
        variables_in(&rule.error_message, &mut |name| _ = names.insert(name.clone()));
    }
    names
}

fn variables_in(expr: &Expr, visit: &mut dyn FnMut(&Name)) {
    expr.for_each_reference(&mut |traversal| {
        if let ("var", Some(name)) = (&*traversal.root, super::scope::named(traversal)) {
            visit(name);
        }
    });
}

fn undeclared(run: &RunBlock, name: &Name, place: Span) -> Diagnostic {
    let detail = format!(
        "The module under test does not declare a variable named \"{name}\", but it is declared in run block \"{}\".",
        run.name
    );
    Diagnostic::warning("Value for undeclared variable", detail).at(place)
}
