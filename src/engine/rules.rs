//! Conditions: validations, preconditions, postconditions and assertions.

use config::CheckRule;
use diagnostics::{Diagnostic, Diagnostics};
use lang::convert::convert;
use lang::eval::Cause;
use lang::{Scope, Type, eval};
use plan::CheckStatus;

/// The summary of an assertion of a `check` block that does not hold.
pub(crate) const FAILED: &str = "Check block assertion failed";

/// The summary of one that apply will judge.
const NOT_KNOWN_YET: &str = "Check block assertion known after apply";

/// Tells whether an assertion of a `check` block is what a warning is about.
pub fn is_of_check(diagnostic: &Diagnostic) -> bool {
    [FAILED, NOT_KNOWN_YET].contains(&&*diagnostic.summary)
}

/// How a rule turned out, with what there is to say about it.
pub(crate) struct Verdict {
    pub status: CheckStatus,
    pub problem: Option<String>,
    pub diagnostics: Diagnostics,
}

impl Verdict {
    fn quiet(status: CheckStatus) -> Self {
        Self { status, problem: None, diagnostics: Diagnostics::new() }
    }
}

/// Evaluates a rule; a false condition is an error under `summary`.
pub(crate) fn check(rule: &CheckRule, scope: &dyn Scope, summary: &str) -> Verdict {
    let condition = match eval::evaluate(&rule.condition, scope) {
        Ok(condition) => condition,
        Err(diagnostics) => {
            return Verdict { status: CheckStatus::Error, problem: None, diagnostics };
        }
    };
    if condition.is_unknown() {
        return Verdict::quiet(CheckStatus::Unknown);
    }
    let invalid = |detail: String| {
        let diagnostic = Diagnostic::error("Invalid condition result", detail);
        Verdict {
            status: CheckStatus::Error,
            problem: None,
            diagnostics: diagnostic.at(rule.condition.span).into(),
        }
    };
    if condition.is_null() {
        return invalid("Condition expression must return either true or false, not null.".into());
    }
    match convert(&condition, &Type::Bool).map(|value| value.as_bool()) {
        Ok(Some(true)) => Verdict::quiet(CheckStatus::Pass),
        Ok(Some(false)) => failed(rule, scope, summary),
        Ok(None) => Verdict::quiet(CheckStatus::Unknown),
        Err(error) => invalid(format!("Invalid condition result value: {}.", error.message)),
    }
}

/// Says that an assertion will be judged by apply.
pub(crate) fn not_known_yet(rule: &CheckRule, scope: &dyn Scope) -> Diagnostic {
    let detail = "The condition could not be evaluated at this time, a result will be known when this plan is applied.";
    let mut diagnostic = Diagnostic::warning(NOT_KNOWN_YET, detail);
    diagnostic.values = eval::involved_values(&rule.condition, scope, Cause::Hidden);
    diagnostic.at(rule.condition.span)
}

fn failed(rule: &CheckRule, scope: &dyn Scope, summary: &str) -> Verdict {
    let message = match eval::evaluate(&rule.error_message, scope) {
        Ok(message) if message.is_sensitive() => {
            "The error message included a sensitive value, so it will not be displayed.".to_owned()
        }
        Ok(message) => {
            let text = convert(&message, &Type::String).ok();
            let text = text.as_ref().and_then(|value| value.as_str());
            text.unwrap_or("The condition is false, and its error message is not known yet.")
                .trim()
                .to_owned()
        }
        Err(diagnostics) => {
            return Verdict { status: CheckStatus::Error, problem: None, diagnostics };
        }
    };
    let mut diagnostic = Diagnostic::error(summary, message.clone()).at(rule.condition.span);
    diagnostic.values = eval::involved_values(&rule.condition, scope, Cause::Other);
    Verdict { status: CheckStatus::Fail, problem: Some(message), diagnostics: diagnostic.into() }
}
