//! Function calls; `try` and `can` are answered here, because they see mistakes.

use diagnostics::{Diagnostic, Span, did_you_mean};

use super::Evaluator;
use crate::convert::convert;
use crate::display::go_quoted;
use crate::expr::Call;
use crate::functions::{self, ArityError, Function};
use crate::{Data, Expr, ExprKind, Type, Value};

const INVALID_EXPANSION: &str = "Invalid expanding argument value";

impl Evaluator<'_> {
    pub(super) fn call(&mut self, call: &Call, whole: &Expr) -> Value {
        match call.name.strip_prefix("core::").unwrap_or(&call.name) {
            "try" => return self.try_each(call, whole),
            "can" => return self.can(call, whole),
            _ => {}
        }
        let console = self.scope.functions().console;
        // The console alone tells types, and has no plan whose time could be told.
        let known = |function: &&functions::Function| match function.name {
            "type" => console,
            "plantimestamp" => !console,
            _ => true,
        };
        let Some(function) = functions::lookup(&call.name).filter(known) else {
            self.found.push(unknown_function(call));
            return Self::unknown();
        };
        let Some(arguments) = self.arguments(call) else { return Self::unknown() };
        if let Err(error) = functions::arity(function, arguments.len()) {
            self.wrong_count(&error, call, whole);
            return Self::unknown();
        }
        if function.name == "templatestring" && self.is_inline_template(call) {
            return Self::unknown();
        }
        let before = self.found.len();
        let values = arguments.iter().enumerate().map(|(i, argument)| {
            let value = match argument {
                Argument::Expr(expr) => self.value(expr),
                Argument::Value(value, _) => value.clone(),
            };
            self.converted((function, call, whole), i, value, argument)
        });
        let values: Vec<Value> = values.collect();
        if self.found.len() > before {
            return Self::unknown();
        }
        functions::call(function, &values, self.scope.functions()).unwrap_or_else(|error| {
            let argument = error.argument.and_then(|i| arguments.get(i));
            let at = argument.map_or_else(|| whole.start_span(), Argument::start_span);
            let (summary, detail) = error.diagnostic(function, &call.name);
            let involved = argument.map_or(whole, Argument::expr);
            let diagnostic = Diagnostic::error(summary, detail).at(at).within(whole.span);
            self.failed_call(diagnostic, call, involved);
            Self::unknown()
        })
    }

    /// `templatestring` takes only a reference: a template that stands there would be rendered twice.
    fn is_inline_template(&mut self, call: &Call) -> bool {
        let Some(argument) = call.arguments.first() else { return false };
        let why = match &argument.kind {
            ExprKind::Reference(_) | ExprKind::Bound(_) => return false,
            ExprKind::Step(..) if is_bound_path(argument) => return false,
            ExprKind::Literal(Value { data: Data::String(_), .. }) => {
                "templatestring is only for rendering templates retrieved dynamically from elsewhere, and so does not support providing a literal template; consider using a template string expression instead"
            }
            ExprKind::Wrap(_) => {
                "templatestring is only for rendering templates retrieved dynamically from elsewhere; to treat the inner expression as template syntax, write the reference expression directly without any template interpolation syntax"
            }
            ExprKind::Template(_) => {
                "templatestring is only for rendering templates retrieved dynamically from elsewhere; to render an inline template, consider using a plain template string expression"
            }
            _ => {
                "must be a direct reference to a single string from elsewhere, containing valid Terraform template syntax"
            }
        };
        let detail = format!(
            "Invalid value for \"template\" parameter: invalid template expression: {why}."
        );
        let diagnostic = Diagnostic::error("Invalid function argument", detail);
        self.failed_call(diagnostic.at(argument.start_span()), call, argument);
        true
    }

    /// Reports a mistake of a call, with how the function is declared.
    fn failed_call(&mut self, mut diagnostic: Diagnostic, call: &Call, involved: &Expr) {
        if !self.quiet {
            diagnostic.called = functions::called(&call.name).map(Box::new);
        }
        self.report(diagnostic, involved);
    }

    fn wrong_count(&mut self, error: &ArityError, call: &Call, whole: &Expr) {
        let (summary, detail) = error.diagnostic(&call.name);
        let diagnostic = Diagnostic::error(summary, detail).at(error.place(call, whole));
        self.failed_call(diagnostic.within(whole.span), call, whole);
    }

    /// Converts an argument to its parameter's type; every argument tells its own mistake.
    fn converted(
        &mut self,
        (function, call, whole): (&Function, &Call, &Expr),
        i: usize,
        value: Value,
        argument: &Argument<'_>,
    ) -> Value {
        let Some(parameter) = function.parameter(i) else { return value };
        let ty = parameter.shape.ty();
        if ty == Type::Dynamic {
            return value;
        }
        convert(&value, &ty).unwrap_or_else(|error| {
            let detail = format!("Invalid value for \"{}\" parameter: {error}.", parameter.name);
            let diagnostic = Diagnostic::error("Invalid function argument", detail);
            let diagnostic = diagnostic.at(argument.start_span()).within(whole.span);
            self.failed_call(diagnostic, call, argument.expr());
            Value::unknown(ty)
        })
    }

    /// The arguments, the last one expanded where it ends with `...`; `None` while that is unknown.
    fn arguments<'e>(&mut self, call: &'e Call) -> Option<Vec<Argument<'e>>> {
        let (last, first) = match call.arguments.split_last() {
            Some((last, first)) if call.expand_final => (last, first),
            _ => return Some(call.arguments.iter().map(Argument::Expr).collect()),
        };
        let before = self.found.len();
        let value = self.value(last);
        if self.found.len() > before {
            return None;
        }
        let mut arguments: Vec<Argument<'e>> = first.iter().map(Argument::Expr).collect();
        let refusal = match &value.data {
            Data::List(_, elements) | Data::Set(_, elements) | Data::Tuple(elements) => {
                let marks = value.marks;
                let marked =
                    elements.iter().map(|e| Argument::Value(e.clone().with_marks(marks), last));
                arguments.extend(marked);
                return Some(arguments);
            }
            Data::Unknown(Type::List(_) | Type::Set(_) | Type::Tuple(_) | Type::Dynamic, _) => {
                return None;
            }
            Data::Null(Type::List(_) | Type::Set(_) | Type::Tuple(_) | Type::Dynamic) => {
                "The expanding argument (indicated by ...) must not be null."
            }
            _ => "The expanding argument (indicated by ...) must be of a tuple, list, or set type.",
        };
        self.error(INVALID_EXPANSION, refusal, last.span, last);
        None
    }

    /// Evaluates while nobody will read the mistakes closely.
    fn quietly(&mut self, argument: &Argument<'_>) -> (Value, Vec<Diagnostic>) {
        match argument {
            Argument::Value(value, _) => (value.clone(), Vec::new()),
            Argument::Expr(expr) => {
                let before = std::mem::replace(&mut self.quiet, true);
                let result = self.apart(expr);
                self.quiet = before;
                result
            }
        }
    }

    /// The first argument without mistakes; unknown while it may still turn out to have one.
    fn try_each(&mut self, call: &Call, whole: &Expr) -> Value {
        let Some(arguments) = self.arguments(call) else { return Self::unknown() };
        let mut mistakes = Vec::new();
        for argument in &arguments {
            let (value, found) = self.quietly(argument);
            if found.is_empty() {
                return if value.is_wholly_known() { value } else { Self::unknown() };
            }
            mistakes.extend(found);
        }
        let why = if arguments.is_empty() {
            "at least one argument is required".to_string()
        } else {
            let line = |d: &Diagnostic| {
                let place = d.subject.and_then(|span| self.scope.place(span));
                let place = place.map_or(String::new(), |place| format!(" (at {place})"));
                format!("- {}{place}\n  {}\n", d.summary, d.detail)
            };
            let lines: String = mistakes.iter().map(line).collect();
            format!(
                "no expression succeeded:\n{lines}\nAt least one expression must produce a successful result"
            )
        };
        let detail = format!("Call to function \"{}\" failed: {why}.", call.name);
        let diagnostic = Diagnostic::error("Error in function call", detail);
        let diagnostic = diagnostic.at(whole.start_span()).within(whole.span);
        self.failed_call(diagnostic, call, whole);
        Self::unknown()
    }

    fn can(&mut self, call: &Call, whole: &Expr) -> Value {
        let Some(arguments) = self.arguments(call) else { return Self::unknown() };
        let [argument] = arguments.as_slice() else {
            let error = if arguments.is_empty() {
                ArityError::TooFew { expected: 1, variadic: false, missing: "expression" }
            } else {
                ArityError::TooMany { expected: 1 }
            };
            self.wrong_count(&error, call, whole);
            return Self::unknown();
        };
        match self.quietly(argument) {
            (_, found) if !found.is_empty() => Value::bool(false),
            (value, _) if !value.is_wholly_known() => Value::unknown(Type::Bool),
            _ => Value::bool(true),
        }
    }
}

/// An argument as written, or an element of one that was expanded.
enum Argument<'e> {
    Expr(&'e Expr),
    Value(Value, &'e Expr),
}

impl<'e> Argument<'e> {
    fn expr(&self) -> &'e Expr {
        match self {
            Self::Expr(expr) | Self::Value(_, expr) => expr,
        }
    }

    fn start_span(&self) -> Span {
        match self {
            Self::Expr(expr) => expr.start_span(),
            Self::Value(_, expr) => expr.span,
        }
    }
}

fn is_bound_path(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Bound(_) => true,
        ExprKind::Step(inner, _) => is_bound_path(inner),
        _ => false,
    }
}

fn unknown_function(call: &Call) -> Diagnostic {
    let name = &*call.name;
    let summary = "Call to unknown function";
    let Some((namespace, plain)) = name.rsplit_once("::") else {
        let known = functions::signatures().into_iter().map(|signature| signature.name);
        let near = did_you_mean(name, known.filter(|known| *known != name));
        let near = near.map_or(String::new(), |near| format!(" Did you mean \"{near}\"?"));
        let detail = format!("There is no function named {}.{near}", go_quoted(name));
        return Diagnostic::error(summary, detail).at(call.name_span);
    };
    let provider = namespace.strip_prefix("provider::").filter(|rest| !rest.contains("::"));
    let detail = match provider {
        Some(provider) => format!(
            "There is no function named \"{name}\". Ensure that provider name \"{provider}\" is declared in this module's required_providers block, and that this provider offers a function named \"{plain}\"."
        ),
        None if namespace == "provider" => {
            "The function call must include the provider name after the \"provider::\" prefix."
                .into()
        }
        None => format!(
            "The function namespace \"{}\" is not valid. Provider function calls must use the \"provider::\" namespace prefix.",
            namespace.split("::").next().unwrap_or(namespace)
        ),
    };
    Diagnostic::error("Unknown provider function", detail).at(call.name_span)
}
