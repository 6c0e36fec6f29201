//! References in expressions: does what they name exist, and does it mean something there.

use diagnostics::{Diagnostic, Span, did_you_mean};
use lang::expr::Call;
use lang::functions;
use lang::{Expr, Name, ResourceMode, Step, Traversal};

use super::body::Surroundings;
use super::walk::{Met, Walk};
use super::{Validator, mode_word};
use crate::reference::named_span;
use crate::{CallKey, CheckRule, ModuleCall, Referent, Resource, ResourceKey, constant};

/// The source of Terraform's own provider.
const BUILTIN: &str = "terraform.io/builtin/terraform";

impl<'a> Validator<'a> {
    /// Checks every reference of an expression.
    pub(super) fn expression(&mut self, expr: &'a Expr, inside: &Surroundings<'a>) {
        let mut met = Vec::new();
        Walk { visit: &mut |traversal, caught| met.push((traversal, caught)), caught: false }
            .expr(expr);
        for (thing, caught) in met {
            let traversal = match thing {
                Met::Reference(traversal) => traversal,
                Met::Call(call, whole) => {
                    if !caught {
                        self.call(call, whole);
                    }
                    continue;
                }
            };
            let used = self.reference(traversal, inside);
            // `try` answers for what an object does not have, but not for unknown names and
            // missing instance keys.
            let names_resource =
                matches!(crate::referent(traversal), Ok((Referent::Resource(_), _)));
            if let Some(used) = used.filter(|_| !caught || names_resource) {
                self.steps_after(traversal, used, inside);
            }
        }
    }

    /// Checks a call of what only a provider has; all else is told by who evaluates it.
    fn call(&mut self, call: &Call, whole: &Expr) {
        if let Some((provider, function)) = functions::provided(&call.name) {
            self.provider_call((call, whole), provider, function);
        }
    }

    fn arity(&mut self, function: &functions::Function, call: &Call, whole: &Expr) {
        if call.expand_final {
            return;
        }
        if let Err(error) = functions::arity(function, call.arguments.len()) {
            let (summary, detail) = error.diagnostic(&call.name);
            let mut diagnostic =
                Diagnostic::error(summary, detail).at(error.place(call, whole)).within(whole.span);
            diagnostic.called = functions::called(&call.name).map(Box::new);
            self.diagnostics.push(diagnostic);
        }
    }

    /// Checks a call of a provider's function: the module says which provider is Terraform's own, the only
    /// one that has any.
    fn provider_call(&mut self, (call, whole): (&Call, &Expr), provider: &str, name: &str) {
        let required = self.module.required_providers.get(provider);
        let source = required.and_then(|required| required.source.as_deref());
        let is_builtin = source == Some(BUILTIN);
        match functions::lookup(&call.name) {
            Some(function) if is_builtin => self.arity(function, call, whole),
            None if !is_builtin => {}
            found => {
                let detail = if found.is_none() {
                    format!(
                        "The function \"{name}\" is not available from the provider \"{provider}\"."
                    )
                } else {
                    format!(
                        "There is no function named \"{}\". Ensure that provider name \"{provider}\" is declared in this module's required_providers block, and that this provider offers a function named \"{name}\".",
                        call.name
                    )
                };
                self.report("Unknown provider function", detail, call.name_span);
            }
        }
    }

    /// Checks the two expressions of a condition. What is wrong with a resource or module that is named keeps all names
    /// of the expression from meaning anything.
    pub(super) fn rule(&mut self, rule: &'a CheckRule, inside: &Surroundings<'a>) {
        for expr in [&rule.condition, &rule.error_message] {
            let before = std::mem::take(self.diagnostics);
            self.expression(expr, inside);
            let found = std::mem::replace(self.diagnostics, before);
            let is_static = |found: &Diagnostic| STATIC.contains(&&*found.summary);
            let all = found.iter().any(is_static);
            let myself = !inside.myself && !inside.console;
            self.diagnostics.extend(found.into_iter().filter(|one| !all || is_static(one)));
            let meaningless = |traversal: &Traversal| {
                all || (myself && &*traversal.root == "self") || crate::referent(traversal).is_err()
            };
            self.diagnostics.extend(unknown_variables(expr, &meaningless));
        }
    }

    /// Checks the name of a reference; gives the number of steps of the name if it exists.
    pub(super) fn reference(
        &mut self,
        traversal: &Traversal,
        inside: &Surroundings<'a>,
    ) -> Option<usize> {
        if inside.iterators.contains(&traversal.root) {
            return None;
        }
        let (referent, used) = match crate::referent(traversal) {
            Ok(found) => found,
            Err(diagnostic) => {
                self.diagnostics.push(*diagnostic);
                return None;
            }
        };
        let mistake = match &referent {
            Referent::Variable(name) => self.undeclared_variable(name),
            Referent::Local(name) => self.undeclared_local(name),
            Referent::Module(key) => self.undeclared_module(key),
            Referent::Resource(key) => self.undeclared_resource(key, inside),
            Referent::Region if inside.region_block => Some(of_itself()),
            other => out_of_place(other, traversal, inside),
        };
        match mistake {
            Some(mistake) => {
                let span = match referent {
                    Referent::Self_ => traversal.root_span,
                    Referent::Module(_) => traversal.span,
                    _ => named_span(traversal, used.max(1)),
                };
                self.diagnostics.push(mistake.at_or(Some(span)));
                None
            }
            None => Some(used),
        }
    }

    fn undeclared_variable(&self, name: &Name) -> Option<Diagnostic> {
        let variables = &self.module.variables;
        if variables.contains_key(name) || self.config.may_declare(self.module, name) {
            return None;
        }
        let more = match did_you_mean(name, variables.keys().map(|name| &**name)) {
            Some(near) => format!("Did you mean \"{near}\"?"),
            None => format!("This variable can be declared with a variable \"{name}\" {{}} block."),
        };
        let detail =
            format!("An input variable with the name \"{name}\" has not been declared. {more}");
        Some(Diagnostic::error("Reference to undeclared input variable", detail))
    }

    fn undeclared_local(&self, name: &Name) -> Option<Diagnostic> {
        let locals = &self.module.locals;
        if locals.contains_key(name) || self.config.may_declare(self.module, name) {
            return None;
        }
        let mut detail = format!("A local value with the name \"{name}\" has not been declared.");
        if let Some(near) = did_you_mean(name, locals.keys().map(|name| &**name)) {
            detail.push_str(&format!(" Did you mean \"{near}\"?"));
        }
        Some(Diagnostic::error("Reference to undeclared local value", detail))
    }

    fn undeclared_module(&self, key: &CallKey) -> Option<Diagnostic> {
        let calls = &self.module.calls;
        if calls.contains_key(key) || self.config.may_declare(self.module, &key.name) {
            return None;
        }
        let (summary, what) = if key.topology {
            ("Reference to undeclared topology", "topology")
        } else {
            ("Reference to undeclared module", "module call")
        };
        let place = self.module.display_name();
        let mut detail = format!("No {what} named \"{}\" is declared in {place}.", key.name);
        let names = calls.keys().filter(|other| other.topology == key.topology);
        if let Some(near) = did_you_mean(&key.name, names.map(|other| &*other.name)) {
            detail.push_str(&format!(" Did you mean \"{near}\"?"));
        }
        Some(Diagnostic::error(summary, detail))
    }

    fn undeclared_resource(
        &self,
        key: &ResourceKey,
        inside: &Surroundings<'a>,
    ) -> Option<Diagnostic> {
        let resources = &self.module.resources;
        let scoped = inside.scoped.is_some_and(|data| data.key() == *key);
        let unread = self.config.may_declare(self.module, &key.name);
        if resources.contains_key(key) || scoped || unread {
            return None;
        }
        let detail = format!(
            "A {} resource \"{}\" \"{}\" has not been declared in {}.",
            mode_word(key.mode),
            key.type_name,
            key.name,
            self.module.display_name()
        );
        let mut diagnostic = Diagnostic::error("Reference to undeclared resource", detail);
        if let Some(near) = self.near_resource(key) {
            diagnostic = diagnostic.hint(format!("did you mean {near}?"));
        }
        Some(diagnostic)
    }

    /// What was probably meant: the other mode, a root word, another name or another type.
    fn near_resource(&self, key: &ResourceKey) -> Option<String> {
        let resources = &self.module.resources;
        let other = match key.mode {
            ResourceMode::Managed => ResourceMode::Data,
            ResourceMode::Data => ResourceMode::Managed,
        };
        let swapped = ResourceKey { mode: other, ..key.clone() };
        if resources.contains_key(&swapped) {
            return Some(swapped.to_string());
        }
        let alike = resources.keys().filter(|other| other.mode == key.mode);
        let of_type = alike.clone().filter(|other| other.type_name == key.type_name);
        if let Some(name) = did_you_mean(&key.name, of_type.map(|other| &*other.name)) {
            let near = ResourceKey { name: name.into(), ..key.clone() };
            return Some(near.to_string());
        }
        let of_name = alike.filter(|other| other.name == key.name);
        if let Some(kind) = did_you_mean(&key.type_name, of_name.map(|other| &*other.type_name)) {
            let near = ResourceKey { type_name: kind.into(), ..key.clone() };
            return Some(near.to_string());
        }
        let roots = ["data", "each", "local", "module", "region", "topology", "var"];
        let root = did_you_mean(&key.type_name, roots)?;
        Some(format!("{root}.{}", key.name))
    }

    fn undeclared_region(&self, traversal: &Traversal) -> Option<Diagnostic> {
        let (name, span) = match traversal.steps.first()? {
            Step::Attribute(name, span) => (name.clone(), *span),
            Step::Index(key, span) => (constant::text(key)?, *span),
        };
        let unread = self.config.may_declare(&self.config.root, &name);
        if self.config.regions.contains_key(&name) || unread {
            return None;
        }
        let detail = format!("No region named \"{name}\" is declared in the root module.");
        let mut diagnostic = Diagnostic::error("Reference to undeclared region", detail).at(span);
        let names = self.config.regions.keys().map(|name| &**name);
        diagnostic = match did_you_mean(&name, names) {
            Some(near) => diagnostic.hint(format!("did you mean region[\"{near}\"]?")),
            None => diagnostic.hint(format!("declare it: region \"{name}\" {{}}")),
        };
        Some(diagnostic)
    }

    /// Checks what follows the name: instance keys, and the outputs of modules.
    pub(super) fn steps_after(
        &mut self,
        traversal: &Traversal,
        used: usize,
        inside: &Surroundings<'a>,
    ) {
        let rest = traversal.steps.get(used..).unwrap_or_default();
        let mistake = match crate::referent(traversal) {
            Ok((Referent::Resource(key), _)) => {
                let scoped = inside.scoped.filter(|data| data.key() == key);
                let resource = scoped.or_else(|| self.module.resources.get(&key));
                let reference = named_span(traversal, used);
                resource.and_then(|resource| wrong_key(resource, &key, (rest, reference)))
            }
            Ok((Referent::Module(key), _)) => {
                self.module.calls.get(&key).and_then(|call| self.wrong_output(call, rest))
            }
            Ok((Referent::Region, _)) => self.undeclared_region(traversal),
            _ => None,
        };
        self.diagnostics.extend(mistake.map(|mistake| mistake.at_or(Some(traversal.span))));
    }

    /// An output that the called module does not have.
    fn wrong_output(&self, call: &ModuleCall, rest: &[Step]) -> Option<Diagnostic> {
        // Without a key it is told by who evaluates: instances of `for_each` are attributes too.
        let repeated = call.count.is_some() || call.for_each.is_some();
        let ((true, [Step::Index(..), Step::Attribute(name, span), ..])
        | (false, [Step::Attribute(name, span), ..])) = (repeated, rest)
        else {
            return None;
        };
        let outputs = &call.module.outputs;
        if outputs.contains_key(name) || self.config.may_declare(&call.module, name) {
            return None;
        }
        let mut detail = format!("This object does not have an attribute named \"{name}\".");
        if let Some(near) = did_you_mean(name, outputs.keys().map(|name| &**name)) {
            detail.push_str(&format!(" Did you mean \"{near}\"?"));
        }
        Some(Diagnostic::error("Unsupported attribute", detail).at(*span))
    }
}

/// What is told of a name before anything is evaluated.
const STATIC: [&str; 5] = [
    "Missing resource instance key",
    "Reference to undeclared module",
    "Reference to undeclared resource",
    "Unexpected resource instance key",
    "Unsupported attribute",
];

/// The names of an expression that mean nothing, as who evaluates it meets them.
pub fn unknown_variables(expr: &Expr, meaningless: &dyn Fn(&Traversal) -> bool) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut visit = |thing: Met<'_>, caught: bool| {
        let Met::Reference(traversal) = thing else { return };
        // These were told to mean nothing as such.
        let known = matches!(&*traversal.root, "each" | "count" | "path" | "terraform");
        if !caught && !known && meaningless(traversal) {
            let detail = format!("There is no variable named \"{}\".", traversal.root);
            found.push(Diagnostic::error("Unknown variable", detail).at(traversal.root_span));
        }
    };
    Walk { visit: &mut visit, caught: false }.expr(expr);
    found
}

fn of_itself() -> Diagnostic {
    let detail = "A region block cannot refer to the regions, since it is one of them.";
    Diagnostic::error("Self-referential block", detail)
}

/// `each`, `count` and `self` where they mean nothing.
fn out_of_place(
    referent: &Referent,
    traversal: &Traversal,
    inside: &Surroundings<'_>,
) -> Option<Diagnostic> {
    let is_value =
        matches!(traversal.steps.first(), Some(Step::Attribute(name, _)) if &**name == "value");
    match referent {
        Referent::Each if !inside.each && is_value => Some(Diagnostic::error(
            "each.value cannot be used in this context",
            "A reference to \"each.value\" has been used in a context in which it is unavailable, such as when the configuration no longer contains the value in its \"for_each\" expression. Remove this reference to each.value in your configuration to work around this error.",
        )
        .hint("set for_each in the block, or write the value itself")),
        Referent::Each if !inside.each => Some(Diagnostic::error(
            "Reference to \"each\" in context without for_each",
            "The \"each\" object can be used only in \"module\" or \"resource\" blocks, and only when the \"for_each\" argument is set.",
        )),
        Referent::Count if !inside.count => Some(Diagnostic::error(
            "Reference to \"count\" in non-counted context",
            "The \"count\" object can only be used in \"module\", \"resource\", and \"data\" blocks, and only when the \"count\" argument is set.",
        )),
        Referent::Self_ if !inside.myself => Some(Diagnostic::error(
            "Invalid \"self\" reference",
            "The \"self\" object is not available in this context. This object can be used only in resource provisioner, connection, and postcondition blocks.",
        )),
        _ => None,
    }
}

/// An instance key that is missing or too much.
fn wrong_key(
    resource: &Resource,
    key: &ResourceKey,
    (rest, reference): (&[Step], Span),
) -> Option<Diagnostic> {
    let repeated = match (&resource.count, &resource.for_each) {
        (Some(_), _) => Some(("count", "count.index")),
        (_, Some(_)) => Some(("for_each", "each.key")),
        _ => None,
    };
    match (repeated, rest.first()) {
        (Some((argument, example)), Some(Step::Attribute(..))) => {
            let detail = format!(
                "Because {key} has \"{argument}\" set, its attributes must be accessed on specific instances.\n\nFor example, to correlate with indices of a referring resource, use:\n    {key}[{example}]"
            );
            Some(Diagnostic::error("Missing resource instance key", detail).at(reference))
        }
        (None, Some(Step::Index(_, span))) => {
            let detail = format!(
                "Because {key} does not have \"count\" or \"for_each\" set, references to it must not include an index key. Remove the bracketed index to refer to the single instance of this resource."
            );
            let span = reference.to(*span);
            Some(Diagnostic::error("Unexpected resource instance key", detail).at(span))
        }
        _ => None,
    }
}
