//! `expect_failures`: which failures were expected, and which of them did not come.

use config::{Config, Referent, RunBlock};
use diagnostics::{Diagnostic, Diagnostics, Severity, Span};
use lang::{Name, Step, Traversal};

/// The objects whose conditions are expected to fail.
pub struct Expected {
    objects: Vec<Object>,
    /// The data sources of all checks: they fail without stopping anything, but the test.
    data_of_checks: Vec<Span>,
}

struct Object {
    /// What the reference names: `var.size`.
    name: String,
    /// Where it stands in the list.
    span: Span,
    /// The places that its failures point at.
    places: Vec<Span>,
    /// The data source of a check, whose mistakes count as the check's failures.
    data: Option<Span>,
    /// The instance that is meant, where one is named.
    address: Option<String>,
    /// A check fails without stopping anything.
    is_check: bool,
    failed: bool,
}

impl Expected {
    /// Finds the objects in the run's module; one that it does not declare never fails.
    pub fn new(
        run: &RunBlock,
        config: &Config,
        places_of_values: &std::collections::HashMap<Name, Span>,
    ) -> (Self, Diagnostics) {
        let mut diagnostics = Diagnostics::new();
        let mut objects: Vec<Object> = Vec::new();
        for traversal in &run.expect_failures {
            let object = object(traversal, config, places_of_values).map_err(|mistake| *mistake);
            let Some(object) = diagnostics.absorb(object) else { continue };
            if !objects.iter().any(|other| other.name == object.name) {
                objects.push(object);
            }
        }
        let mut data_of_checks = Vec::new();
        data_in_checks(&config.root, &mut data_of_checks);
        (Self { objects, data_of_checks }, diagnostics)
    }

    /// Says of expected failures that they have made the apply impossible that was to follow the plan, and
    /// leaves out what checks found, which apply judges again.
    pub fn explain(&self, found: Diagnostics) -> Diagnostics {
        let mut rest = Vec::new();
        for diagnostic in found.into_iter().filter(|found| !self.is_of_check(found)) {
            let expected = |object: &&Object| !object.is_check && object.is_met(&diagnostic);
            if let Some(object) = self.objects.iter().find(expected)
                && diagnostic.is_error()
            {
                let detail = format!(
                    "A custom condition within {} failed during the planning stage and prevented the requested apply operation. While this was an expected failure, the apply operation could not be executed and so the overall test case will be marked as a failure and the original diagnostic included in the test report.",
                    diagnostic.address.as_deref().unwrap_or(&object.name)
                );
                let warning = Diagnostic::warning("Expected failure while planning", detail);
                // As Terraform, which knows the place of outputs alone.
                let place = object.name.starts_with("output.").then_some(object.span);
                rest.push(warning.at_or(place));
            }
            rest.push(diagnostic);
        }
        rest.into()
    }

    /// Takes the expected failures out; of the rest, failed checks are errors.
    pub fn filter(&mut self, found: Diagnostics) -> Diagnostics {
        let mut rest = Vec::new();
        for mut diagnostic in found {
            let is_check = self.is_of_check(&diagnostic);
            let counts = diagnostic.is_error() || is_check;
            let met = self.objects.iter_mut().find(|object| counts && object.is_met(&diagnostic));
            if let Some(object) = met {
                object.failed = true;
                continue;
            }
            if is_check {
                diagnostic.severity = Severity::Error;
            }
            rest.push(diagnostic);
        }
        rest.into()
    }

    /// Tells whether it is about an assertion of a check, or about what a check reads.
    fn is_of_check(&self, found: &Diagnostic) -> bool {
        let is_inside = |place: &Span| found.subject.is_some_and(|subject| place.overlaps(subject));
        engine::is_of_check(found) || self.data_of_checks.iter().any(is_inside)
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
        let is_here = |subject: Span| {
            self.places.contains(&subject) || self.data.is_some_and(|data| data.overlaps(subject))
        };
        let here = diagnostic.subject.is_some_and(is_here);
        let instance = self.address.as_ref().is_none_or(|address| {
            diagnostic.address.as_ref().is_none_or(|failed| failed == address)
        });
        here && instance
    }
}

fn object(
    traversal: &Traversal,
    config: &Config,
    places_of_values: &std::collections::HashMap<Name, Span>,
) -> Result<Object, Box<Diagnostic>> {
    let root = &config.root;
    let conditions = |rules: &[config::CheckRule]| -> Vec<Span> {
        rules.iter().map(|rule| rule.condition.span).collect()
    };
    let named = |places: Vec<Span>, is_check: bool, steps: usize| {
        let (name, span) = (written(traversal, steps), config::named_span(traversal, steps));
        Object { name, span, places, data: None, address: None, is_check, failed: false }
    };
    if let ("output" | "check", Some(Step::Attribute(name, _))) =
        (&*traversal.root, traversal.steps.first())
    {
        if &*traversal.root == "output" {
            let output = root.outputs.get(name);
            let places = output.map(|output| conditions(&output.preconditions));
            return Ok(named(places.unwrap_or_default(), false, 1));
        }
        let check = root.checks.iter().find(|check| check.name == *name);
        let places = check.map(|check| conditions(&check.assertions));
        let data = check.and_then(|check| check.data.as_ref()).map(|data| data.span);
        return Ok(Object { data, ..named(places.unwrap_or_default(), true, 1) });
    }
    match config::referent(traversal)? {
        (Referent::Variable(name), steps) => {
            let mut places = Vec::new();
            if let Some(variable) = root.variables.get(&name) {
                places.extend(conditions(&variable.validations));
                places.push(variable.header_span);
                places.extend(places_of_values.get(&name).copied());
            }
            Ok(named(places, false, steps))
        }
        (Referent::Resource(key), steps) => {
            let mut places = Vec::new();
            if let Some(resource) = root.resources.get(&key) {
                places.extend(conditions(&resource.lifecycle.preconditions));
                places.extend(conditions(&resource.lifecycle.postconditions));
            }
            let is_keyed = matches!(traversal.steps.get(steps), Some(Step::Index(..)));
            let object = named(places, false, steps + usize::from(is_keyed));
            let address = is_keyed.then(|| object.name.clone());
            Ok(Object { address, ..object })
        }
        (referent, steps) => {
            let steps = if matches!(referent, Referent::Each | Referent::Count | Referent::Path) {
                1
            } else {
                steps
            };
            let detail = format!(
                "You cannot expect failures from {}. You can only expect failures from checkable objects such as input variables, output values, check blocks, managed resources and data sources.",
                written(traversal, steps)
            );
            let diagnostic = Diagnostic::error("Invalid `expect_failures` reference", detail);
            Err(Box::new(diagnostic.at(config::named_span(traversal, steps))))
        }
    }
}

fn data_in_checks(module: &config::Module, places: &mut Vec<Span>) {
    places.extend(module.checks.iter().filter_map(|check| Some(check.data.as_ref()?.span)));
    module.calls.values().for_each(|call| data_in_checks(&call.module, places));
}

/// The start of a reference as it would be written.
fn written(traversal: &Traversal, steps: usize) -> String {
    let mut text = traversal.root.to_string();
    for step in traversal.steps.iter().take(steps) {
        match step {
            Step::Attribute(name, _) => text.push_str(&format!(".{name}")),
            Step::Index(key, _) => match config::literal_key(key) {
                Some(key) => text.push_str(&format!("[{key}]")),
                None => text.push_str("[...]"),
            },
        }
    }
    text
}
