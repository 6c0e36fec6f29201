//! Terraform's machine-readable lines: one JSON object a line, each with level, message, module, time and type.

use diagnostics::{Diagnostic, SourceMap};
use plan::{Action, OutputChange, Reason, ResourceChange, Secrets, Summary};
use provider::CallCount;
use serde_json::{Map, Value, json};

use crate::{address, world};

/// The version of this stream that is spoken, as Terraform numbers it.
const UI_VERSION: &str = "1.2";

/// One line; `more` is an object whose entries are added.
pub fn line(level: &str, kind: &str, message: &str, more: Value) -> String {
    let mut object = json!({
        "@level": level,
        "@message": message,
        "@module": "artiform.ui",
        "@timestamp": world::now_exactly(),
        "type": kind,
    });
    if let (Value::Object(object), Value::Object(more)) = (&mut object, more) {
        object.extend(more);
    }
    object.to_string()
}

/// The first line of every stream.
pub fn version() -> String {
    let version = env!("CARGO_PKG_VERSION");
    let more = json!({ "artiform": version, "terraform": version, "ui": UI_VERSION });
    line("info", "version", &format!("artiform {version}"), more)
}

/// A mistake or warning.
pub fn diagnostic(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let (level, word) =
        if diagnostic.is_error() { ("error", "Error") } else { ("warn", "Warning") };
    let message = format!("{word}: {}", diagnostic.summary);
    let more = json!({ "diagnostic": diagnostics::json::diagnostic(diagnostic, sources) });
    line(level, "diagnostic", &message, more)
}

/// One planned change; `kind` is `planned_change` or `resource_drift`.
pub fn change(change: &ResourceChange, kind: &str) -> String {
    let address = change.address.to_string();
    let action = match (change.action, &change.importing, &change.previous_address) {
        (Action::NoOp, Some(_), _) => "import",
        (Action::NoOp, None, Some(_)) => "move",
        (action, ..) => action_name(action),
    };
    let mut body = json!({ "resource": resource(&address), "action": action });
    if let Some(previous) = &change.previous_address {
        body["previous_resource"] = resource(&previous.to_string());
    }
    if let Some(import) = &change.importing {
        body["importing"] = json!({ "id": import.id });
    }
    if let Some(reason) = change.reason {
        body["reason"] = json!(reason_name(reason));
    }
    let word = if kind == "resource_drift" { "Drift detected" } else { "Plan to" };
    line("info", kind, &format!("{address}: {word} {action}"), json!({ "change": body }))
}

/// The words of this stream, where they are others than those of plan JSON.
fn reason_name(reason: Reason) -> Value {
    match reason {
        Reason::ReplaceBecauseTainted => json!("tainted"),
        Reason::ReplaceBecauseCannotUpdate => json!("cannot_update"),
        Reason::ReplaceByRequest => json!("requested"),
        Reason::ReplaceByTriggers => json!("replace_triggered_by"),
        other => json!(other),
    }
}

/// How many things change; `operation` is `plan`, `apply` or `destroy`.
pub fn summary(summary: &Summary, operation: &str) -> String {
    let imports = |words: &str| match summary.import {
        0 => String::new(),
        count => format!("{count} {words}, "),
    };
    let message = match operation {
        "plan" => format!(
            "Plan: {}{} to add, {} to change, {} to destroy.",
            imports("to import"),
            summary.add,
            summary.change,
            summary.destroy
        ),
        "destroy" => format!("Destroy complete! Resources: {} destroyed.", summary.destroy),
        _ => format!(
            "Apply complete! Resources: {}{} added, {} changed, {} destroyed.",
            imports("imported"),
            summary.add,
            summary.change,
            summary.destroy
        ),
    };
    let changes = json!({
        "add": summary.add,
        "change": summary.change,
        "import": summary.import,
        "remove": summary.destroy,
        "operation": operation,
    });
    line("info", "change_summary", &message, json!({ "changes": changes }))
}

/// How many calls a provider has made for each type in each region; Terraform has no such line.
pub fn api_calls(provider: &str, calls: &[CallCount]) -> String {
    let total: usize = calls.iter().map(|count| count.calls).sum();
    let each = calls.iter().map(|count| {
        json!({ "calls": count.calls, "region": count.region, "resource_type": count.type_name })
    });
    let more = json!({ "provider": provider, "total": total, "calls": each.collect::<Vec<_>>() });
    line("info", "api_calls", &format!("{provider}: {total} API calls"), more)
}

/// What a plan does to outputs.
pub fn planned_outputs<'a>(outputs: impl Iterator<Item = (&'a str, &'a OutputChange)>) -> String {
    let entry = |(name, output): (&str, &OutputChange)| {
        let body = json!({ "sensitive": output.sensitive, "action": action_name(output.action) });
        (name.to_owned(), body)
    };
    outputs_line(outputs.map(entry).collect())
}

/// Outputs as they are recorded; a secret that is not told has no value.
pub fn outputs<'a>(
    outputs: impl Iterator<Item = (&'a str, &'a state::OutputState)>,
    secrets: Secrets,
) -> String {
    let entry = |(name, output): (&str, &state::OutputState)| {
        let mut body = json!({ "sensitive": output.sensitive, "type": output.value_type });
        if !output.sensitive || secrets == Secrets::Shown {
            body["value"] = output.value.clone();
        }
        (name.to_owned(), body)
    };
    outputs_line(outputs.map(entry).collect())
}

fn outputs_line(outputs: Map<String, Value>) -> String {
    let message = format!("Outputs: {}", outputs.len());
    line("info", "outputs", &message, json!({ "outputs": outputs }))
}

/// An instance as every hook names it.
pub fn resource(text: &str) -> Value {
    let Ok(parsed) = address::resource(text) else { return json!({ "addr": text }) };
    let provider = parsed.type_name.split('_').next().unwrap_or_default();
    let key = match &parsed.key {
        None => Value::Null,
        Some(lang::Key::Int(index)) => json!(index),
        Some(lang::Key::String(key)) => json!(&**key),
    };
    let module = parsed.module.to_string();
    let local = text.strip_prefix(&format!("{module}.")).unwrap_or(text);
    json!({
        "addr": text,
        "module": module,
        "resource": local,
        "implied_provider": provider,
        "resource_type": &*parsed.type_name,
        "resource_name": &*parsed.name,
        "resource_key": key,
    })
}

/// The one word that Terraform's stream has for an action.
pub fn action_name(action: Action) -> &'static str {
    match action {
        Action::NoOp | Action::ReadAgain => "noop",
        Action::Create => "create",
        Action::Read => "read",
        Action::Update => "update",
        Action::DeleteThenCreate | Action::CreateThenDelete => "replace",
        Action::Delete => "delete",
        Action::Forget => "remove",
    }
}
