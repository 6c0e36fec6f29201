//! Writes the resource block of a thing that is imported and has none.

use std::fmt::Write;

use hcl::{Block, Expression, Identifier, Object, ObjectKey};
use lang::{Value, json};
use provider::{NestedBlock, Nesting, Schema};
use serde_json::Value as Json;

use super::Request;

/// The block as the user would write it: every argument, with the value that the thing has. What is
/// sensitive is null, and is named in the comment above.
pub(super) fn block(
    request: &Request,
    schema: &Schema,
    value: &Value,
    provider: Option<&str>,
) -> String {
    let address = &request.address;
    let mut block = Block::builder("resource").add_labels([&*address.type_name, &*address.name]);
    if let Some((name, alias)) = provider.and_then(|provider| provider.split_once('.')) {
        let traversal = hcl::expr::Traversal::builder(variable(name)).attr(identifier(alias));
        block = block.add_attribute(("provider", traversal.build()));
    }
    let block = fill(block, schema, value).build();
    let mut text = format!("# __generated__ by artiform from {}\n", quoted(&request.id));
    for path in schema.sensitive_paths(value) {
        let _ = writeln!(text, "# sensitive, to be filled in: {path}");
    }
    let body = hcl::to_string(&hcl::Body::from([block])).unwrap_or_default();
    text.push_str(&lang::format::format(&body).unwrap_or(body));
    text
}

fn fill(
    mut block: hcl::structure::BlockBuilder,
    schema: &Schema,
    value: &Value,
) -> hcl::structure::BlockBuilder {
    for (name, attribute) in schema.attributes.iter().filter(|(_, a)| a.is_configurable()) {
        let value = value.get(name).filter(|_| !attribute.sensitive && !attribute.write_only);
        let expression = value.map_or(Expression::Null, plain);
        block = block.add_attribute((&**name, expression));
    }
    for (name, nested) in &schema.blocks {
        if let Some(value) = value.get(name) {
            for inner in nested_blocks(name, nested, value) {
                block = block.add_block(inner);
            }
        }
    }
    block
}

fn plain(value: &Value) -> Expression {
    if value.deep_marks().contains(lang::Marks::SENSITIVE) {
        return Expression::Null;
    }
    expression(json::to_json(value))
}

fn nested_blocks(name: &str, nested: &NestedBlock, value: &Value) -> Vec<Block> {
    let build = |labels: Vec<&str>, value: &Value| {
        fill(Block::builder(name).add_labels(labels), &nested.schema, value).build()
    };
    match nested.nesting {
        Nesting::Single if value.is_null() => Vec::new(),
        Nesting::Single => vec![build(Vec::new(), value)],
        Nesting::Map => {
            let entries = value.entries().into_iter().flatten();
            entries.map(|(key, value)| build(vec![&**key], value)).collect()
        }
        Nesting::List | Nesting::Set => {
            let elements = value.elements().unwrap_or_default().iter();
            elements.map(|value| build(Vec::new(), value)).collect()
        }
    }
}

fn expression(json: Json) -> Expression {
    match json {
        Json::Null => Expression::Null,
        Json::Bool(value) => Expression::Bool(value),
        Json::Number(number) => {
            let whole = number.as_i64().map(hcl::Number::from);
            let float = || number.as_f64().and_then(hcl::Number::from_f64);
            whole.or_else(float).map_or(Expression::Null, Expression::Number)
        }
        Json::String(text) => Expression::String(text),
        Json::Array(items) => Expression::Array(items.into_iter().map(expression).collect()),
        Json::Object(entries) => {
            let entries = entries.into_iter().map(|(key, value)| {
                let key = match Identifier::new(key.as_str()) {
                    Ok(word) => ObjectKey::Identifier(word),
                    Err(_) => ObjectKey::Expression(Expression::String(key)),
                };
                (key, expression(value))
            });
            Expression::Object(entries.collect::<Object<_, _>>())
        }
    }
}

fn identifier(word: &str) -> Identifier {
    Identifier::sanitized(word)
}

fn variable(word: &str) -> hcl::expr::Variable {
    hcl::expr::Variable::from(identifier(word))
}

fn quoted(text: &str) -> String {
    lang::display::quoted(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lang::Type;
    use provider::Attribute;

    #[test]
    fn a_generated_block_reads_back_as_the_values_that_it_was_made_of() {
        let schema = Schema::new([
            ("id", Attribute::computed(Type::String)),
            ("name", Attribute::required(Type::String)),
            ("secret", Attribute::optional(Type::String).sensitive()),
            ("tags", Attribute::optional(Type::map(Type::String))),
            ("unset", Attribute::optional(Type::Number)),
        ]);
        let rule = Schema::new([("port", Attribute::required(Type::Number))]);
        let schema = schema.block("rule", NestedBlock::new(Nesting::List, rule));
        let rule = Value::object([("port".into(), Value::int(80))]);
        let tags =
            [("a b".into(), Value::string("${x} %{y} \"y\"\n")), ("k".into(), Value::string("v"))];
        let value = Value::object([
            ("id".into(), Value::string("i-1")),
            ("name".into(), Value::string("web")),
            ("rule".into(), Value::list(rule.type_of(), [rule])),
            ("secret".into(), Value::string("hush").sensitive()),
            ("tags".into(), Value::map(Type::String, tags.into_iter().collect())),
            ("unset".into(), Value::null(Type::Number)),
        ]);
        let address = "fake_thing.a".parse().unwrap();
        let request = Request { address, id: "i-1".into(), span: None };
        let text = block(&request, &schema, &value, Some("fake.west"));
        let expected = r#"# __generated__ by artiform from "i-1"
# sensitive, to be filled in: secret
resource "fake_thing" "a" {
  provider = fake.west
  name     = "web"
  secret   = null
  tags = {
    "a b" = "$${x} %%{y} \"y\"\n"
    k     = "v"
  }
  unset = null

  rule {
    port = 80
  }
}
"#;
        assert_eq!(text, expected);
    }
}
