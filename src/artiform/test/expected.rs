//! `expect_failures`: which failures were expected, and which of them did not come.

use config::{Config, Referent};
use diagnostics::{Diagnostic, Diagnostics, Severity, Span};
use lang::{Expr, ExprKind, Name, Step, Traversal};

/// The words of a check block that does not hold, which is a failure in a test.
const CHECK_FAILED: &str = "Check block assertion failed";

/// The objects whose conditions are expected to fail.
pub struct Expected {
    objects: Vec<Object>,
}

struct Object {
    /// As it is written: `var.size`.
    name: String,
    /// Where it stands in the list.
    span: Span,
    /// The places that its failures point at.
    places: Vec<Span>,
    /// The instance that is meant, where one is named.
    address: Option<String>,
    /// A check fails without stopping anything.
    is_check: bool,
    failed: bool,
}

impl Expected {
    /// Finds the objects in the run's module.
    pub fn new(
        list: &[Expr],
        config: &Config,
        source: impl Fn(Span) -> String,
    ) -> (Self, Diagnostics) {
        let mut diagnostics = Diagnostics::new();
        let mut objects = Vec::new();
        for expr in list {
            let name = source(expr.span);
            let found = match &expr.kind {
                ExprKind::Reference(traversal) => places(traversal, config),
                _ => None,
            };
            match found {
                Some((places, is_check)) => {
                    let address = name.ends_with(']').then(|| name.clone());
                    let span = expr.span;
                    objects.push(Object { name, span, places, address, is_check, failed: false });
                }
                None => {
                    let detail = format!(
                        "{name} is no variable, output, check or resource of this module that could fail."
                    );
                    let diagnostic =
                        Diagnostic::error("Invalid `expect_failures` reference", detail);
                    diagnostics.push(diagnostic.at(expr.span));
                }
            }
        }
        (Self { objects }, diagnostics)
    }

    /// Takes the expected failures out; of the rest, failed checks are errors. `applies` says that an
    /// apply was to follow, which an expected failure has made impossible.
    pub fn filter(&mut self, found: Diagnostics, applies: bool) -> Diagnostics {
        let mut rest = Vec::new();
        for mut diagnostic in found {
            let Some(object) = self.objects.iter_mut().find(|object| object.is_met(&diagnostic))
            else {
                if diagnostic.summary == CHECK_FAILED {
                    diagnostic.severity = Severity::Error;
                }
                rest.push(diagnostic);
                continue;
            };
            object.failed = true;
            if applies && !object.is_check && diagnostic.is_error() {
                let detail = format!(
                    "A custom condition within {} failed during the planning stage and prevented the requested apply operation. While this was an expected failure, the apply operation could not be executed and so the overall test case will be marked as a failure and the original diagnostic included in the test report.",
                    object.name
                );
                let stopped = Diagnostic::warning("Expected failure while planning", detail);
                rest.push(stopped.at(object.span));
                rest.push(diagnostic);
            }
        }
        rest.into()
    }

    /// The failures that did not come.
    pub fn missing(&self) -> Diagnostics {
        let missing = self.objects.iter().filter(|object| !object.failed).map(|object| {
            let detail = format!(
                "The checkable object, {}, was expected to report an error but did not.",
                object.name
            );
            Diagnostic::error("Missing expected failure", detail).at(object.span)
        });
        missing.collect::<Vec<_>>().into()
    }
}

impl Object {
    fn is_met(&self, diagnostic: &Diagnostic) -> bool {
        let here = diagnostic.subject.is_some_and(|subject| self.places.contains(&subject));
        let instance = self.address.as_ref().is_none_or(|address| {
            diagnostic.address.as_ref().is_none_or(|failed| failed == address)
        });
        here && instance
    }
}

/// The places that failures of an object point at, and whether it is a check.
fn places(traversal: &Traversal, config: &Config) -> Option<(Vec<Span>, bool)> {
    let root = &config.root;
    let name = match traversal.steps.first()? {
        Step::Attribute(name, _) => name.clone(),
        Step::Index(..) => return None,
    };
    let conditions = |rules: &[config::CheckRule]| -> Vec<Span> {
        rules.iter().map(|rule| rule.condition.span).collect()
    };
    match &*traversal.root {
        "output" => Some((conditions(&root.outputs.get(&name)?.preconditions), false)),
        "check" => {
            let named = |check: &&config::Check| check.name == name;
            Some((conditions(&root.checks.iter().find(named)?.assertions), true))
        }
        "var" => {
            let variable = root.variables.get(&Name::from(&*name))?;
            let mut places = conditions(&variable.validations);
            places.push(variable.header_span);
            Some((places, false))
        }
        _ => {
            let (referent, _) = config::referent(traversal).ok()?;
            let Referent::Resource(key) = referent else { return None };
            let lifecycle = &root.resources.get(&key)?.lifecycle;
            let mut places = conditions(&lifecycle.preconditions);
            places.extend(conditions(&lifecycle.postconditions));
            Some((places, false))
        }
    }
}
