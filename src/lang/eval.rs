//! The evaluator: an expression and a scope give a value, or the mistakes in it.
//!
//! After a mistake an unknown value, of the type that the result would have, stands for it, and the
//! evaluation goes on as Terraform's does: operands, elements, arguments and what is around tell their
//! own mistakes. Neither `&&` nor `||` decides by one side: mistakes and nulls of the other count as well,
//! as in Terraform 1.11.

use std::collections::BTreeMap;

use diagnostics::{Diagnostic, Diagnostics, FileId, Involved, Span};

use crate::functions::FunctionContext;
use crate::operate::StepError;
use crate::scope::ObjectScope;
use crate::{Expr, ExprKind, Name, Scope, Step, Type, Value, parse};

mod call;
mod collection;
mod conditional;
mod involved;
mod iterate;
mod operation;
mod reference;
mod splat;
mod template;

pub use involved::Cause;

/// Iterations stop after so many mistakes, which are the same one over and over.
const MISTAKES_MAX: usize = 10;

/// Evaluates an expression. Unknown and sensitive travel through; it never panics.
pub fn evaluate(expr: &Expr, scope: &dyn Scope) -> Result<Value, Diagnostics> {
    let mut evaluator = Evaluator::new(scope);
    let value = evaluator.value(expr);
    if evaluator.found.is_empty() { Ok(value) } else { Err(evaluator.found.into()) }
}

/// The references in an expression and their values, such as `var.port` and `is 80`, for messages about `cause`.
pub fn involved_values(expr: &Expr, scope: &dyn Scope, cause: Cause) -> Vec<Involved> {
    Evaluator::new(scope).involved_values(expr, cause)
}

/// Why a template that a function was given could not be rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateError {
    /// The text is no template; places are byte offsets in it.
    Syntax(Diagnostics),
    /// It refers to a name that is not among the variables.
    Missing { name: Name, span: Span },
    /// Its evaluation failed.
    Evaluation(Diagnostics),
}

/// Renders a template with variables, for `templatefile` and `templatestring`.
pub fn template_with_variables(
    source: &str,
    variables: &BTreeMap<Name, Value>,
    context: &FunctionContext,
) -> Result<Value, TemplateError> {
    let expr = parse::template(source, FileId(u32::MAX)).map_err(TemplateError::Syntax)?;
    let mut missing = None;
    expr.for_each_reference(&mut |traversal| {
        if missing.is_none() && !variables.contains_key(&traversal.root) {
            missing = Some((traversal.root.clone(), traversal.root_span));
        }
    });
    if let Some((name, span)) = missing {
        return Err(TemplateError::Missing { name, span });
    }
    let scope = ObjectScope::new(variables.clone(), context.clone());
    evaluate(&expr, &scope).map_err(TemplateError::Evaluation)
}

/// Evaluates and collects mistakes on the way; after one, an unknown value stands for the result.
struct Evaluator<'a> {
    scope: &'a dyn Scope,
    found: Vec<Diagnostic>,
    /// Variables of the enclosing `for`s, innermost last.
    bound: Vec<(Name, Value)>,
    /// Inside `try` and `can` nobody reads the involved values.
    quiet: bool,
}

impl<'a> Evaluator<'a> {
    fn new(scope: &'a dyn Scope) -> Self {
        Self { scope, found: Vec::new(), bound: Vec::new(), quiet: false }
    }

    fn value(&mut self, expr: &Expr) -> Value {
        match &expr.kind {
            ExprKind::Literal(value) => value.clone(),
            ExprKind::Wrap(inner) | ExprKind::Parentheses(inner) => self.value(inner),
            ExprKind::Reference(traversal) => self.reference(traversal),
            ExprKind::Bound(name) => self.bound(name, expr.span),
            ExprKind::Step(..) => self.stepped(expr),
            ExprKind::Template(parts) => self.template(parts, expr.span),
            ExprKind::Call(call) => self.call(call, expr),
            ExprKind::Conditional(parts) => self.conditional(parts, expr),
            ExprKind::Unary(operator, operand) => self.unary(*operator, operand, expr),
            ExprKind::Binary(..) => self.binary(expr),
            ExprKind::Tuple(items) => {
                Value::tuple(items.iter().map(|item| self.value(item)).collect::<Vec<_>>())
            }
            ExprKind::Object(items) => self.object(items),
            ExprKind::For(each) => self.for_expression(each, expr),
            ExprKind::Splat { .. } => self.splat(expr),
        }
    }

    /// Evaluates and keeps the mistakes apart.
    fn apart(&mut self, expr: &Expr) -> (Value, Vec<Diagnostic>) {
        let before = self.found.len();
        let value = self.value(expr);
        (value, self.found.split_off(before))
    }

    fn unknown() -> Value {
        Value::unknown(Type::Dynamic)
    }

    /// Reports a mistake with the values of the references in `involved`.
    fn error(&mut self, summary: &str, detail: impl Into<String>, at: Span, involved: &Expr) {
        let diagnostic = Diagnostic::error(summary, detail).at(at);
        self.report(diagnostic, involved);
    }

    fn report(&mut self, mut diagnostic: Diagnostic, involved: &Expr) {
        if !self.quiet {
            diagnostic.values = self.involved_values(involved, Cause::Other);
        }
        self.found.push(diagnostic);
    }

    fn step_error(error: StepError, at: Span) -> Diagnostic {
        let diagnostic = Diagnostic::error(error.summary, error.detail).at(at);
        match error.suggestion {
            Some(name) => diagnostic.hint(format!("did you mean {name:?}?")),
            None => diagnostic,
        }
    }

    /// Takes one step into a value.
    fn step(&mut self, value: &Value, step: &Step) -> Result<Value, Box<Diagnostic>> {
        match step {
            Step::Attribute(name, span) => crate::operate::attribute(value, name)
                .map_err(|error| Box::new(Self::step_error(error, *span))),
            Step::Index(key, span) => {
                let key = self.value(key);
                crate::operate::index(value, &key)
                    .map_err(|error| Box::new(Self::step_error(error, *span)))
            }
        }
    }
}

/// What stands in an expression that may neither refer to anything nor call functions.
pub fn forbidden(expr: &Expr) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    collect_forbidden(expr, &mut found);
    found
}

fn collect_forbidden(expr: &Expr, found: &mut Vec<Diagnostic>) {
    match &expr.kind {
        ExprKind::Reference(traversal) => {
            let detail = "Variables may not be used here.";
            found.push(Diagnostic::error("Variables not allowed", detail).at(traversal.root_span));
        }
        // What a function is given is evaluated only where it could be called.
        ExprKind::Call(_) => {
            let detail = "Functions may not be called here.";
            found.push(Diagnostic::error("Function calls not allowed", detail).at(expr.span));
        }
        _ => expr.for_each_child(&mut |child| collect_forbidden(child, found)),
    }
}
