//! Explanations as people and programs read them.

use std::fmt::Write;

use diagnostics::{SourceMap, Span};
use engine::{Cause, Explanation, Link, Outcome, Why};
use plan::{Action, Reason};
use serde_json::{Value, json};

use super::json_lines;
use crate::ui::Ui;

/// The version of the JSON form.
const FORMAT_VERSION: &str = "1.0";

/// One numbered list for each thing that is explained, root causes first.
pub fn text(explained: &[Explanation], sources: &SourceMap, ui: &Ui) -> String {
    let blocks: Vec<String> = explained.iter().map(|one| explanation(one, sources, ui)).collect();
    blocks.join("\n")
}

fn explanation(explanation: &Explanation, sources: &SourceMap, ui: &Ui) -> String {
    let name = ui.bold(&explanation.address);
    let Some(last) = explanation.links.last() else {
        return format!("{name} stays as it is, and is known.\n");
    };
    let mut text = format!("{name} {}:\n", outcome(last.outcome));
    for (i, link) in explanation.links.iter().enumerate() {
        let head = format!("{} {}", ui.bold(&link.address), outcome(link.outcome));
        let _ = write!(text, "\n{:>3}. {head}\n", i + 1);
        for cause in &link.causes {
            let _ = writeln!(text, "     - {}", cause_text(cause));
            if let Some(place) = cause.place.and_then(|span| place(span, sources)) {
                let _ = writeln!(text, "         {place}");
            }
        }
    }
    text
}

/// What becomes of a thing, in the words of the plan.
fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Unknown => "is known after apply",
        Outcome::Changed => "takes another value",
        Outcome::Action(action) => match action {
            Action::Create => "will be created",
            Action::Read => "will be read during apply",
            Action::Update => "will be updated in-place",
            Action::DeleteThenCreate | Action::CreateThenDelete => "must be replaced",
            Action::Delete => "will be destroyed",
            Action::Forget => "will no longer be managed, but will not be destroyed",
            Action::ReadAgain => "will be read again when what it lives on is back",
            Action::NoOp => "stays as it is",
        },
    }
}

fn cause_text(cause: &Cause) -> String {
    let words = why(&cause.why);
    match &cause.attribute {
        Some(attribute) => format!("{attribute}: {words}"),
        None => words,
    }
}

fn why(why: &Why) -> String {
    match why {
        Why::Reference { to } => format!("refers to {to}"),
        Why::Named { to } => format!("waits for {to}, which it names"),
        Why::More { count } => format!("and to {count} more that change"),
        Why::Configuration { inputs } if inputs.is_empty() => {
            "the configuration differs from what was applied".into()
        }
        Why::Configuration { inputs } => format!(
            "the configuration, or the value of {}, differs from what was applied",
            inputs.join(" or ")
        ),
        Why::Drift => "was changed outside of artiform, and is put right".into(),
        Why::Missing => "was deleted outside of artiform".into(),
        Why::New => "is in the configuration and not yet in the state".into(),
        Why::Provider { attributes } => {
            format!("only apply will know {}: the provider decides", attributes.join(", "))
        }
        Why::ApplyTime => "takes from something that only apply will know".into(),
        Why::HostReplaced { to } => format!("lives on {to}, which is made anew"),
        Why::Moved { from } => format!("moved from {from}"),
        Why::Imported { id } => format!("is imported from \"{id}\""),
        Why::Unread { why } => format!("could not be read: {why}"),
        Why::DestroyPlan => "this plan destroys everything".into(),
        Why::Reason(reason) => reason_words(*reason).into(),
    }
}

fn reason_words(reason: Reason) -> &'static str {
    match reason {
        Reason::ReplaceBecauseTainted => "is tainted: it was not made in full, or someone said so",
        Reason::ReplaceBecauseCannotUpdate => "a change of this attribute cannot be made in place",
        Reason::ReplaceByRequest => "--replace names it",
        Reason::ReplaceByTriggers => "replace_triggered_by names something that changes",
        Reason::DeleteBecauseNoResourceConfig => "is no longer in the configuration",
        Reason::DeleteBecauseWrongRepetition => "no longer has this kind of instance key",
        Reason::DeleteBecauseCountIndex => "its index is out of range for count",
        Reason::DeleteBecauseEachKey => "its key is not in the for_each map",
        Reason::DeleteBecauseNoModule => "its module is no longer in the configuration",
        Reason::DeleteBecauseNoMoveTarget => "what it was moved to is not in the configuration",
        Reason::ReadBecauseConfigUnknown => "its configuration is not known yet",
        Reason::ReadBecauseDependencyPending => "what it depends on changes",
        Reason::ReadBecauseCheckNested => "it is part of a check, which is made after apply",
    }
}

/// `main.hcl:4:12: the source there`, on one line.
fn place(span: Span, sources: &SourceMap) -> Option<String> {
    let file = sources.file(span.file)?;
    let at = file.position(span.start as usize);
    let snippet = sources.snippet(span).lines().next().unwrap_or_default().trim();
    Some(format!("{}:{}:{}: {snippet}", file.path, at.line, at.column))
}

/// The answer as JSON: every explanation with its links and causes, root causes first.
pub fn as_json(explained: &[Explanation], sources: &SourceMap) -> Value {
    let explanation = |one: &Explanation| {
        let links: Vec<Value> = one.links.iter().map(|link| link_json(link, sources)).collect();
        json!({ "address": one.address, "links": links })
    };
    let all: Vec<Value> = explained.iter().map(explanation).collect();
    json!({ "format_version": FORMAT_VERSION, "explanations": all })
}

fn link_json(link: &Link, sources: &SourceMap) -> Value {
    let causes: Vec<Value> = link.causes.iter().map(|cause| cause_json(cause, sources)).collect();
    let mut object = json!({ "address": link.address, "causes": causes });
    match link.outcome {
        Outcome::Action(action) => object["action"] = json_lines::action_name(action).into(),
        Outcome::Unknown => object["unknown"] = true.into(),
        Outcome::Changed => object["changed"] = true.into(),
    }
    object
}

fn cause_json(cause: &Cause, sources: &SourceMap) -> Value {
    let (kind, more) = match &cause.why {
        Why::Reference { to } => ("reference", json!({ "to": to })),
        Why::Named { to } => ("named", json!({ "to": to })),
        Why::More { count } => ("more_references", json!({ "count": count })),
        Why::Configuration { inputs } => ("configuration", json!({ "inputs": inputs })),
        Why::Drift => ("drift", json!({})),
        Why::Missing => ("deleted_outside", json!({})),
        Why::New => ("new", json!({})),
        Why::Provider { attributes } => ("provider", json!({ "attributes": attributes })),
        Why::ApplyTime => ("apply_time", json!({})),
        Why::HostReplaced { to } => ("host_replaced", json!({ "to": to })),
        Why::Moved { from } => ("moved", json!({ "from": from })),
        Why::Imported { id } => ("imported", json!({ "id": id })),
        Why::Unread { why } => ("unread", json!({ "why": why })),
        Why::DestroyPlan => ("destroy", json!({})),
        Why::Reason(reason) => ("reason", json!({ "reason": reason })),
    };
    let mut object = json!({ "kind": kind, "message": why(&cause.why) });
    if let (Value::Object(object), Value::Object(more)) = (&mut object, more) {
        object.extend(more);
    }
    if let Some(attribute) = &cause.attribute {
        object["attribute"] = json!(attribute);
    }
    if let Some((file, span)) = cause.place.and_then(|s| Some((sources.file(s.file)?, s))) {
        object["range"] = diagnostics::json::range(file, span);
    }
    object
}
