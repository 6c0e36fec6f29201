//! JSON documents that mean the same: policies are compared by content, not by spelling.

use lang::Value;
use serde_json::Value as Json;

use crate::object::Object;

/// Tells whether two texts are the same policy: one element means the same as a list of it, and
/// lists have no order.
pub(crate) fn same_policy(a: &Value, b: &Value) -> bool {
    let parsed = |value: &Value| serde_json::from_str::<Json>(value.as_str()?).ok().map(normal);
    a == b || matches!((parsed(a), parsed(b)), (Some(a), Some(b)) if a == b)
}

fn normal(json: Json) -> Json {
    match json {
        Json::Array(items) => {
            let mut items: Vec<Json> = items.into_iter().map(normal).collect();
            if items.len() == 1 && !items[0].is_array() {
                return items.remove(0);
            }
            items.sort_by_key(Json::to_string);
            Json::Array(items)
        }
        Json::Object(fields) => {
            let mut fields: Vec<(String, Json)> =
                fields.into_iter().map(|(name, value)| (name, normal(value))).collect();
            fields.sort_by(|a, b| a.0.cmp(&b.0));
            Json::Object(fields.into_iter().collect())
        }
        Json::Bool(flag) => Json::String(flag.to_string()),
        Json::Number(number) => Json::String(number.to_string()),
        other => other,
    }
}

/// Writes a policy as AWS has it; one that means the same keeps the spelling that it had.
pub(crate) fn observe_policy(object: &mut Object, name: &str, seen: Option<&str>) {
    let Some(seen) = seen else { return object.set_text(name, None) };
    let seen = Value::text(seen);
    if !object.get(name).is_some_and(|recorded| same_policy(recorded, &seen)) {
        object.set(name, seen);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_policy_are_the_same() {
        let same = |a: &str, b: &str| same_policy(&Value::text(a), &Value::text(b));
        assert!(same(r#"{"Action":["s3:*"],"a":1}"#, r#"{ "a": "1", "Action": "s3:*" }"#));
        assert!(same(r#"{"Action":["b","a"]}"#, r#"{"Action":["a","b"]}"#));
        assert!(!same(r#"{"Effect":"Allow"}"#, r#"{"Effect":"Deny"}"#));
        assert!(!same("{", "}"));
    }
}
