//! Checks that need the whole tree and no values: references, module calls, provider configurations.

mod body;
mod calls;
mod expression;
mod providers;
mod provisioner;
mod refactor;
mod walk;

use std::collections::HashSet;
use std::path::Path;

use diagnostics::{Diagnostic, Diagnostics, Span};
use lang::{Expr, ExprKind, Name, ResourceMode};

use crate::reference::named_span;
use crate::{CheckRule, Config, Module, Referent, Resource};
use body::Surroundings;

pub use refactor::declares;

/// What is found amiss: at once, or, as in Terraform, only by who plans.
#[derive(Default)]
pub(crate) struct Findings {
    pub at_once: Diagnostics,
    pub when_planning: Diagnostics,
}

/// Checks every module of the tree; a folder that is called more than once is checked once.
pub(crate) fn config(config: &Config, findings: &mut Findings) {
    let mut seen = HashSet::new();
    module(config, &config.root, &mut seen, findings);
}

fn module<'a>(
    config: &'a Config,
    module: &'a Module,
    seen: &mut HashSet<&'a Path>,
    findings: &mut Findings,
) {
    let Findings { at_once, when_planning } = findings;
    let mut validator = Validator { config, module, diagnostics: at_once, when_planning };
    validator.calls();
    if !module.generated && seen.insert(&module.folder) {
        validator.self_references();
        validator.provider_references();
        validator.import_providers();
        validator.declarations();
        validator.refactorings();
    }
    for call in module.calls.values() {
        self::module(config, &call.module, seen, findings);
    }
}

/// Checks the references of an expression that a person wrote for the root module, as in a console.
pub fn expression(config: &Config, expr: &Expr) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let mut validator = Validator {
        config,
        module: &config.root,
        diagnostics: &mut diagnostics,
        when_planning: &mut Diagnostics::new(),
    };
    validator.expression(expr, &Surroundings { console: true, ..Surroundings::default() });
    diagnostics
}

/// Checks one module.
pub(crate) struct Validator<'a> {
    pub config: &'a Config,
    pub module: &'a Module,
    pub diagnostics: &'a mut Diagnostics,
    /// What hinders a plan and no validation.
    pub when_planning: &'a mut Diagnostics,
}

impl<'a> Validator<'a> {
    pub(crate) fn declarations(&mut self) {
        let plain = Surroundings::default();
        let module = self.module;
        if module.path.is_empty() {
            self.regions();
        }
        module.variables.values().for_each(|v| self.conditions(&v.validations, &plain));
        module.locals.values().for_each(|local| self.expression(&local.value, &plain));
        for output in module.outputs.values() {
            self.expression(&output.value, &plain);
            self.rules(&output.preconditions, &plain);
            self.depends_on(&output.depends_on, &plain);
            if output.ephemeral && module.path.is_empty() {
                let detail = "Ephemeral outputs are not allowed in context of a root module";
                self.report("Ephemeral output not allowed", detail, output.header_span);
            }
        }
        module.resources.values().for_each(|resource| self.resource(resource, &plain));
        for call in module.calls.values() {
            let inside = plain.repeated(call.count.is_some(), call.for_each.is_some());
            self.optional(&call.count, &plain);
            self.optional(&call.for_each, &plain);
            call.inputs.values().for_each(|input| self.expression(&input.value, &inside));
            self.depends_on(&call.depends_on, &plain);
            self.depends_on_itself(call);
        }
        module.providers.iter().for_each(|provider| self.body(&provider.body, &plain));
        for check in &module.checks {
            let inside = Surroundings { scoped: check.data.as_ref(), ..plain.clone() };
            check.data.iter().for_each(|data| self.resource(data, &plain));
            self.conditions(&check.assertions, &inside);
        }
    }

    /// What can be told of a declaration that speaks of itself by its words alone.
    fn self_references(&mut self) {
        for resource in self.module.resources.values() {
            let lifecycle = &resource.lifecycle;
            self.of_itself(resource, "precondition", &lifecycle.preconditions);
            self.of_itself(resource, "postcondition", &lifecycle.postconditions);
        }
    }

    fn regions(&mut self) {
        let plain = Surroundings { region_block: true, ..Surroundings::default() };
        let config = self.config;
        for region in config.regions.values() {
            region.attributes.values().for_each(|a| self.expression(&a.value, &plain));
        }
    }

    fn resource(&mut self, resource: &'a Resource, outside: &Surroundings<'a>) {
        let inside = outside.repeated(resource.count.is_some(), resource.for_each.is_some());
        self.optional(&resource.count, outside);
        self.optional(&resource.for_each, outside);
        self.optional(&resource.region, &inside);
        self.body(&resource.body, &inside);
        resource.timeouts.iter().for_each(|timeouts| self.body(&timeouts.body, &inside));
        self.provisioners(&resource.provisioners, &inside);
        self.depends_on(&resource.depends_on, outside);
        let lifecycle = &resource.lifecycle;
        self.optional(&lifecycle.create_before_destroy, &inside);
        self.optional(&lifecycle.on_destroy, &inside);
        self.optional(&lifecycle.prevent_destroy, &inside);
        lifecycle.replace_triggered_by.iter().for_each(|expr| self.expression(expr, &inside));
        self.rules(&lifecycle.preconditions, &inside);
        let after = Surroundings { myself: true, ..inside };
        self.rules(&lifecycle.postconditions, &after);
    }

    /// A condition speaks of its resource as `self`, and only where that is there already.
    fn of_itself(&mut self, resource: &Resource, kind: &str, rules: &[CheckRule]) {
        for expr in rules.iter().flat_map(|rule| [&rule.condition, &rule.error_message]) {
            if names_resource(expr, resource).is_some() {
                let detail =
                    format!("Configuration for {} may not refer to itself.", resource.key());
                self.report(&format!("Invalid reference in {kind}"), detail, expr.span);
            }
        }
    }

    /// Conditions of which names that mean nothing are told once.
    fn conditions(&mut self, rules: &'a [CheckRule], inside: &Surroundings<'a>) {
        for rule in rules {
            self.expression(&rule.condition, inside);
            self.expression(&rule.error_message, inside);
        }
    }

    fn rules(&mut self, rules: &'a [CheckRule], inside: &Surroundings<'a>) {
        rules.iter().for_each(|rule| self.rule(rule, inside));
    }

    fn optional(&mut self, expr: &'a Option<Expr>, inside: &Surroundings<'a>) {
        expr.iter().for_each(|expr| self.expression(expr, inside));
    }

    /// Reports an error.
    pub(crate) fn report(
        &mut self,
        summary: &str,
        detail: impl Into<String>,
        span: diagnostics::Span,
    ) {
        self.diagnostics.push(Diagnostic::error(summary, detail).at(span));
    }
}

/// Where an expression names the resource itself.
fn names_resource(expr: &Expr, resource: &Resource) -> Option<Span> {
    let mut found = None;
    expr.for_each_reference(&mut |traversal| {
        if let Ok((Referent::Resource(key), used)) = crate::referent(traversal)
            && key == resource.key()
        {
            found.get_or_insert(named_span(traversal, used));
        }
    });
    found
}

/// Names a kind of resource as messages do.
pub(crate) fn mode_word(mode: ResourceMode) -> &'static str {
    match mode {
        ResourceMode::Managed => "managed",
        ResourceMode::Data => "data",
    }
}

/// The word of an expression that is a single bare word.
pub(crate) fn bare_word(expr: &Expr) -> Option<&Name> {
    match &expr.kind {
        ExprKind::Reference(traversal) if traversal.steps.is_empty() => Some(&traversal.root),
        _ => None,
    }
}
