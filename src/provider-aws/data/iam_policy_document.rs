//! `aws_iam_policy_document`: a policy, written in blocks.

use std::collections::BTreeMap;

use diagnostics::Diagnostic;
use lang::{Type, Value};
use provider::{Attribute, NestedBlock, Nesting, Schema};
use serde_json::{Map, Value as Json, json};

use super::Question;
use crate::client::Place;
use crate::object::Object;
use crate::schema::{given, needed, text, texts};

pub(crate) struct PolicyDocument;

impl Question for PolicyDocument {
    const NAME: &'static str = "aws_iam_policy_document";
    const REGIONAL: bool = false;

    fn schema() -> Schema {
        let values = || Attribute::required(Type::set(Type::String));
        let list = || Attribute::required(Type::list(Type::String));
        let condition =
            Schema::new([("test", needed()), ("values", list()), ("variable", needed())]);
        let principals = || {
            let schema = Schema::new([("identifiers", values()), ("type", needed())]);
            NestedBlock::new(Nesting::Set, schema)
        };
        let statement = Schema::new([
            ("actions", texts()),
            ("effect", text().default(Value::string("Allow")).validated(effect)),
            ("not_actions", texts()),
            ("not_resources", texts()),
            ("resources", texts()),
            ("sid", text()),
        ])
        .block("condition", NestedBlock::new(Nesting::Set, condition))
        .block("not_principals", principals())
        .block("principals", principals());
        let documents = || Attribute::optional(Type::list(Type::String));
        Schema::new([
            ("json", given()),
            ("minified_json", given()),
            ("override_policy_documents", documents()),
            ("policy_id", text()),
            ("source_policy_documents", documents()),
            ("version", text()),
        ])
        .block("statement", NestedBlock::new(Nesting::List, statement))
        .describe("A policy, written in blocks.")
    }

    async fn ask(_place: &Place, mut asked: Object) -> Result<Object, Diagnostic> {
        let document = document(&asked)?;
        let pretty = serde_json::to_string_pretty(&document).unwrap_or_default();
        let minified = document.to_string();
        asked.set_text("id", Some(&crate::resources::ec2::route::crc32(&pretty).to_string()));
        asked.set_text("json", Some(&pretty));
        asked.set_text("minified_json", Some(&minified));
        if !asked.has("version") {
            asked.set_text("version", document["Version"].as_str());
        }
        Ok(asked)
    }
}

/// Statements of the sources, then those written here, then what overrides them by their `Sid`.
fn document(asked: &Object) -> Result<Json, Diagnostic> {
    let mut statements: Vec<Json> = Vec::new();
    for source in asked.texts("source_policy_documents") {
        statements.extend(statements_of(&source, "source_policy_documents")?);
    }
    for block in asked.blocks("statement") {
        put(&mut statements, statement(&block));
    }
    for other in asked.texts("override_policy_documents") {
        for new in statements_of(&other, "override_policy_documents")? {
            put(&mut statements, new);
        }
    }
    let mut document = Map::new();
    document.insert("Version".to_owned(), json!(asked.text("version").unwrap_or("2012-10-17")));
    if let Some(id) = asked.text("policy_id") {
        document.insert("Id".to_owned(), json!(id));
    }
    document.insert("Statement".to_owned(), Json::Array(statements));
    Ok(Json::Object(document))
}

/// A statement takes the place of one with the same `Sid`.
fn put(statements: &mut Vec<Json>, new: Json) {
    let sid = new["Sid"].as_str().filter(|sid| !sid.is_empty()).map(str::to_owned);
    let same = |old: &&mut Json| sid.is_some() && old["Sid"].as_str() == sid.as_deref();
    match statements.iter_mut().find(same) {
        Some(old) => *old = new,
        None => statements.push(new),
    }
}

fn statements_of(text: &str, attribute: &str) -> Result<Vec<Json>, Diagnostic> {
    let parsed: Json = serde_json::from_str(text).map_err(|error| {
        let detail = format!("Invalid value for \"{attribute}\": it is not valid JSON: {error}.");
        Diagnostic::error("Invalid value", detail)
    })?;
    Ok(match &parsed["Statement"] {
        Json::Array(statements) => statements.clone(),
        Json::Null => Vec::new(),
        one => vec![one.clone()],
    })
}

fn statement(block: &Object) -> Json {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Option<Json>| {
        if let Some(value) = value {
            fields.insert(name.to_owned(), value);
        }
    };
    put("Sid", block.owned("sid").map(Json::from));
    put("Effect", Some(json!(block.text("effect").unwrap_or("Allow"))));
    put("Action", listed(block.texts("actions")));
    put("NotAction", listed(block.texts("not_actions")));
    put("Resource", listed(block.texts("resources")));
    put("NotResource", listed(block.texts("not_resources")));
    put("Principal", principals(&block.blocks("principals")));
    put("NotPrincipal", principals(&block.blocks("not_principals")));
    put("Condition", conditions(&block.blocks("condition")));
    Json::Object(fields)
}

/// One text alone, or all of them from the last to the first, as the Terraform provider writes them.
fn listed(mut texts: Vec<String>) -> Option<Json> {
    texts.sort_by(|a, b| b.cmp(a));
    match texts.len() {
        0 => None,
        1 => texts.pop().map(Json::from),
        _ => Some(json!(texts)),
    }
}

fn principals(blocks: &[Object]) -> Option<Json> {
    if blocks.iter().any(|block| block.word("type") == "*") {
        return Some(json!("*"));
    }
    let mut kinds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for block in blocks {
        kinds.entry(block.word("type").to_owned()).or_default().extend(block.texts("identifiers"));
    }
    let kinds: Map<String, Json> =
        kinds.into_iter().filter_map(|(kind, all)| Some((kind, listed(all)?))).collect();
    (!kinds.is_empty()).then_some(Json::Object(kinds))
}

fn conditions(blocks: &[Object]) -> Option<Json> {
    let mut tests: BTreeMap<&str, BTreeMap<&str, Json>> = BTreeMap::new();
    for block in blocks {
        let mut values = block.texts("values");
        let value = match values.len() {
            1 => values.pop().map(Json::from),
            _ => Some(json!(values)),
        };
        let test = tests.entry(block.word("test")).or_default();
        test.extend(value.map(|value| (block.word("variable"), value)));
    }
    (!tests.is_empty()).then(|| json!(tests))
}

fn effect(value: &Value) -> Result<(), String> {
    match value.as_str() {
        Some("Allow" | "Deny") => Ok(()),
        _ => Err("it is \"Allow\" or \"Deny\".".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_become_a_policy_as_the_terraform_provider_writes_it() {
        let texts = |all: &[&str]| {
            Value::set(Type::String, all.iter().map(|text| Value::text(text)).collect::<Vec<_>>())
        };
        let mut statement = Object::of([
            ("actions", texts(&["s3:GetObject", "s3:PutObject"])),
            ("resources", texts(&["*"])),
            ("sid", Value::text("a")),
        ]);
        let principals = Object::of([
            ("identifiers", texts(&["ec2.amazonaws.com"])),
            ("type", Value::text("Service")),
        ]);
        statement.set_blocks("principals", vec![principals]);
        let mut asked = Object::of([]);
        asked.set_blocks("statement", vec![statement]);
        let written = document(&asked).unwrap().to_string();
        assert_eq!(
            written,
            r#"{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Action":["s3:PutObject","s3:GetObject"],"Resource":"*","Principal":{"Service":"ec2.amazonaws.com"}}]}"#
        );
    }

    #[test]
    fn a_statement_is_overridden_by_its_sid() {
        let mut statements =
            vec![json!({ "Sid": "a", "Effect": "Allow" }), json!({ "Effect": "Allow" })];
        put(&mut statements, json!({ "Sid": "a", "Effect": "Deny" }));
        put(&mut statements, json!({ "Effect": "Deny" }));
        assert_eq!(statements.len(), 3);
        assert_eq!(statements[0]["Effect"], "Deny");
    }
}
