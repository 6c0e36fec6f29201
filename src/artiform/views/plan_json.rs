//! A plan as `show --json` writes it, in the form of Terraform's plan JSON. Secrets are null, and marked.

use lang::{Data, Key, Path, PathStep, ResourceMode, Value};
use plan::{Action, CheckResult, OutputChange, Plan, ResourceChange};
use serde_json::{Map, Value as Json, json};

/// The version of Terraform's plan JSON that this follows.
const FORMAT_VERSION: &str = "1.2";

/// The whole plan.
pub fn plan(plan: &Plan) -> Json {
    let changes: Vec<Json> = plan.changes.iter().map(resource).collect();
    let drift: Vec<Json> = plan.drift.iter().map(resource).collect();
    let outputs: Map<String, Json> =
        plan.outputs.iter().map(|(name, change)| (name.to_string(), output(change))).collect();
    let variables: Map<String, Json> = plan
        .variables
        .iter()
        .map(|(name, value)| (name.to_string(), json!({ "value": known(value) })))
        .collect();
    let checks: Vec<Json> = plan.checks.iter().map(check).collect();
    json!({
        "format_version": FORMAT_VERSION,
        "terraform_version": env!("CARGO_PKG_VERSION"),
        "variables": variables,
        "resource_changes": changes,
        "resource_drift": drift,
        "output_changes": outputs,
        "checks": checks,
        "timestamp": plan.timestamp,
        "applyable": plan.has_changes() && !plan.errored,
        "complete": plan.changes.iter().all(|change| change.action != Action::ReadAgain),
        "errored": plan.errored,
    })
}

fn resource(change: &ResourceChange) -> Json {
    let address = &change.address;
    let mode = if address.mode == ResourceMode::Data { "data" } else { "managed" };
    let mut object = json!({
        "address": address.to_string(),
        "mode": mode,
        "type": &*address.type_name,
        "name": &*address.name,
        "provider_name": change.provider,
        "change": change_body(change),
    });
    if !address.module.0.is_empty() {
        object["module_address"] = json!(address.module.to_string());
    }
    if let Some(key) = &address.key {
        object["index"] = key_json(key);
    }
    if let Some(previous) = &change.previous_address {
        object["previous_address"] = json!(previous.to_string());
    }
    if let Some(deposed) = &change.deposed {
        object["deposed"] = json!(deposed);
    }
    if let Some(reason) = change.reason {
        object["action_reason"] = json!(reason);
    }
    object
}

fn change_body(change: &ResourceChange) -> Json {
    let mut body = values(change.before.as_ref(), change.after.as_ref());
    body["actions"] = json!(change.action.names());
    if !change.replace_paths.is_empty() {
        body["replace_paths"] = change.replace_paths.iter().map(path).collect();
    }
    if let Some(import) = &change.importing {
        body["importing"] = json!({ "id": import.id });
    }
    body
}

fn output(change: &OutputChange) -> Json {
    let mut body = values(change.before.as_ref(), change.after.as_ref());
    body["actions"] = json!(change.action.names());
    if change.sensitive {
        body["before"] = Json::Null;
        body["after"] = Json::Null;
        body["before_sensitive"] = json!(true);
        body["after_sensitive"] = json!(true);
    }
    body
}

fn values(before: Option<&Value>, after: Option<&Value>) -> Json {
    json!({
        "before": before.and_then(known),
        "after": after.and_then(known),
        "after_unknown": after.map_or(json!(false), |value| marked(value, &Value::is_unknown)),
        "before_sensitive": before.map_or(json!(false), |value| marked(value, &Value::is_sensitive)),
        "after_sensitive": after.map_or(json!(false), |value| marked(value, &Value::is_sensitive)),
    })
}

/// What is known and no secret; unknown attributes are left out.
fn known(value: &Value) -> Option<Json> {
    if value.is_sensitive() {
        return Some(Json::Null);
    }
    Some(match &value.data {
        Data::Unknown(..) => return None,
        Data::List(_, values) | Data::Set(_, values) | Data::Tuple(values) => {
            values.iter().map(|value| known(value).unwrap_or(Json::Null)).collect()
        }
        Data::Map(_, values) | Data::Object(values) => {
            let entry = |(name, value): (&lang::Name, _)| Some((name.to_string(), known(value)?));
            Json::Object(values.iter().filter_map(entry).collect())
        }
        _ => lang::json::to_json(value),
    })
}

/// True where a value is of a kind; objects hold only the attributes where something is.
fn marked(value: &Value, is: &dyn Fn(&Value) -> bool) -> Json {
    if is(value) {
        return json!(true);
    }
    match &value.data {
        Data::List(_, values) | Data::Set(_, values) | Data::Tuple(values) => {
            values.iter().map(|value| marked(value, is)).collect()
        }
        Data::Map(_, values) | Data::Object(values) => {
            let entries = values.iter().map(|(name, value)| (name.to_string(), marked(value, is)));
            Json::Object(entries.filter(|(_, mark)| *mark != json!(false)).collect())
        }
        _ => json!(false),
    }
}

fn path(path: &Path) -> Json {
    let step = |step: &PathStep| match step {
        PathStep::Attribute(name) => json!(&**name),
        PathStep::Index(key) => key_json(key),
    };
    path.0.iter().map(step).collect()
}

fn key_json(key: &Key) -> Json {
    match key {
        Key::Int(index) => json!(index),
        Key::String(text) => json!(&**text),
    }
}

fn check(check: &CheckResult) -> Json {
    let problems: Vec<Json> = check.problems.iter().map(|p| json!({ "message": p })).collect();
    json!({
        "address": { "to_display": check.address, "kind": check.kind },
        "status": format!("{:?}", check.status).to_lowercase(),
        "problems": problems,
    })
}

#[cfg(test)]
mod tests {
    use lang::Type;

    use super::*;

    #[test]
    fn secrets_and_unknown_values_are_marked_and_not_written() {
        let value = Value::object([
            ("id".into(), Value::unknown(Type::String)),
            ("list".into(), Value::tuple([Value::int(1), Value::unknown(Type::Number)])),
            ("password".into(), Value::string("hush").sensitive()),
        ]);
        let body = values(None, Some(&value));
        assert_eq!(body["after"], json!({ "list": [1, null], "password": null }));
        assert_eq!(body["after_unknown"], json!({ "id": true, "list": [false, true] }));
        assert_eq!(body["after_sensitive"], json!({ "list": [false, false], "password": true }));
        assert_eq!(body["before"], Json::Null);
    }
}
