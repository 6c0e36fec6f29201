//! The assertions of a run block: each holds, does not hold, or cannot be judged.

use config::{CheckRule, RunBlock};
use diagnostics::{Diagnostic, Diagnostics};
use lang::convert::convert;
use lang::eval::Cause;
use lang::{Expr, Marks, Scope, Traversal, Type, Value, eval};

use super::Status;
use super::scope::TestScope;

/// Reports what in the assertions of a run is no reference at all, which is known before it runs.
pub fn check_references(run: &RunBlock) -> Diagnostics {
    let mut found = Diagnostics::new();
    for rule in &run.asserts {
        for expr in [&rule.condition, &rule.error_message] {
            expr.for_each_reference(&mut |traversal| {
                found.extend(parsed(traversal).err().map(|mistake| *mistake));
            });
        }
    }
    found
}

/// What only tests can refer to is written as a resource is.
fn parsed(traversal: &Traversal) -> Result<(), Box<Diagnostic>> {
    let is_of_tests = matches!(&*traversal.root, "check" | "output" | "run");
    if is_of_tests && !traversal.steps.is_empty() {
        return Ok(());
    }
    config::referent(traversal).map(|_| ())
}

/// Holds what came of a run against one assertion.
pub fn judge(rule: &CheckRule, scope: &TestScope<'_>, applies: bool) -> (Status, Diagnostics) {
    let mut found = scope.undeclared(&rule.condition);
    found.extend(scope.undeclared(&rule.error_message));
    if found.has_errors() {
        return (Status::Error, found);
    }
    let message = message(&rule.error_message, scope, &mut found);
    let condition = found.absorb(eval::evaluate(&rule.condition, scope));
    let Some(condition) = condition.filter(|_| !found.has_errors()) else {
        return (Status::Error, found);
    };
    let (status, problem) = match verdict(&condition, applies) {
        Ok(true) => return (Status::Pass, found),
        Ok(false) => (Status::Fail, Diagnostic::error("Test assertion failed", message)),
        Err(problem) => (Status::Error, *problem),
    };
    let values = eval::involved_values(&rule.condition, scope, Cause::Other);
    found.push(Diagnostic { values, ..problem.at(rule.condition.span) });
    (status, found)
}

fn verdict(condition: &Value, applies: bool) -> Result<bool, Box<Diagnostic>> {
    let invalid = |detail: String| Box::new(Diagnostic::error("Invalid condition run", detail));
    if condition.is_null() {
        return Err(invalid(
            "Condition expression must return either true or false, not null.".into(),
        ));
    }
    if condition.is_unknown() {
        return Err(Box::new(unknown_condition(applies)));
    }
    match convert(condition, &Type::Bool) {
        Ok(value) => Ok(value.as_bool().unwrap_or(false)),
        Err(error) => Err(invalid(format!("Invalid condition run value: {}.", error.message))),
    }
}

fn unknown_condition(applies: bool) -> Diagnostic {
    let detail = if applies {
        "Condition expression could not be evaluated at this time."
    } else {
        "Condition expression could not be evaluated at this time. This means you have executed a `run` block with `command = plan` and one of the values your condition depended on is not known until after the plan has been applied. Either remove this value from your condition, or execute an `apply` command from this `run` block. Alternatively, if there is an override for this value, you can make it available during the plan phase by setting `override_during = plan` in the `override_` block."
    };
    Diagnostic::error("Unknown condition value", detail)
}

/// The error message; nothing of one that is secret or not known.
fn message(expr: &Expr, scope: &dyn Scope, found: &mut Diagnostics) -> String {
    let Some(value) = found.absorb(eval::evaluate(expr, scope)) else { return String::new() };
    let unsuitable = |why: &str| {
        let detail = format!("Unsuitable value for error message: {why}.");
        Diagnostic::error("Invalid error message", detail).at(expr.span)
    };
    let text = match convert(&value, &Type::String) {
        Ok(text) => text,
        Err(error) => {
            found.push(unsuitable(error.message.trim_end_matches('.')));
            return String::new();
        }
    };
    if text.is_null() {
        found.push(unsuitable("must not be null"));
    }
    let kinds = [(Marks::SENSITIVE, "sensitive"), (Marks::EPHEMERAL, "ephemeral")];
    if let Some((_, kind)) = kinds.into_iter().find(|(mark, _)| text.marks.contains(*mark)) {
        let values = eval::involved_values(expr, scope, Cause::Other);
        found.push(Diagnostic { values, ..hidden(kind).at(expr.span) });
        return String::new();
    }
    text.as_str().unwrap_or_default().trim().to_owned()
}

fn hidden(kind: &str) -> Diagnostic {
    let mend = if kind == "sensitive" {
        "You can correct this by removing references to sensitive values, or by carefully using the nonsensitive() function if the expression will not reveal the sensitive data."
    } else {
        "You can correct this by removing references to ephemeral values."
    };
    let detail = format!(
        "The error expression used to explain this condition refers to {kind} values, so artiform will not display the resulting message.\n\n{mend}"
    );
    Diagnostic::warning(format!("Error message refers to {kind} values"), detail)
}
