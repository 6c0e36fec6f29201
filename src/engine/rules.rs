//! Conditions: validations, preconditions, postconditions and assertions.

use config::CheckRule;
use diagnostics::{Diagnostic, Diagnostics};
use lang::convert::convert;
use lang::{Scope, Type, eval};
use plan::CheckStatus;

/// How a rule turned out, with what there is to say about it.
pub(crate) struct Outcome {
    pub status: CheckStatus,
    pub problem: Option<String>,
    pub diagnostics: Diagnostics,
}

impl Outcome {
    fn quiet(status: CheckStatus) -> Self {
        Self { status, problem: None, diagnostics: Diagnostics::new() }
    }
}

/// Evaluates a rule; a false condition is an error under `summary`.
pub(crate) fn check(rule: &CheckRule, scope: &dyn Scope, summary: &str) -> Outcome {
    let condition = match eval::evaluate(&rule.condition, scope) {
        Ok(condition) => condition,
        Err(diagnostics) => {
            return Outcome { status: CheckStatus::Error, problem: None, diagnostics };
        }
    };
    if condition.is_unknown() {
        return Outcome::quiet(CheckStatus::Unknown);
    }
    let invalid = |detail: String| {
        let diagnostic = Diagnostic::error("Invalid condition result", detail);
        Outcome {
            status: CheckStatus::Error,
            problem: None,
            diagnostics: diagnostic.at(rule.condition.span).into(),
        }
    };
    if condition.is_null() {
        return invalid("Condition expression must return either true or false, not null.".into());
    }
    match convert(&condition, &Type::Bool).map(|value| value.as_bool()) {
        Ok(Some(true)) => Outcome::quiet(CheckStatus::Pass),
        Ok(Some(false)) => failed(rule, scope, summary),
        Ok(None) => Outcome::quiet(CheckStatus::Unknown),
        Err(error) => invalid(format!("Invalid condition result value: {}.", error.message)),
    }
}

fn failed(rule: &CheckRule, scope: &dyn Scope, summary: &str) -> Outcome {
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
            return Outcome { status: CheckStatus::Error, problem: None, diagnostics };
        }
    };
    let diagnostic = Diagnostic::error(summary, message.clone()).at(rule.condition.span);
    Outcome { status: CheckStatus::Fail, problem: Some(message), diagnostics: diagnostic.into() }
}
