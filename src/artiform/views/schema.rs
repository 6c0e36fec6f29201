//! What a provider takes and gives, in Terraform's form of schemas.

use lang::json::type_to_json;
use provider::{Attribute, NestedBlock, Nesting, Provider, Schema};
use serde_json::{Value, json};

/// Everything that one provider takes and gives.
pub fn of(provider: &dyn Provider) -> Value {
    let resources = provider.resource_types();
    let data = provider.data_sources();
    let mut object = json!({ "provider": schema_json(provider.schema()) });
    let of = |name: &str, schema: &Schema| (name.to_owned(), schema_json(schema));
    if !resources.is_empty() {
        object["resource_schemas"] = sorted(resources.iter().map(|t| of(t.name(), t.schema())));
    }
    if !data.is_empty() {
        object["data_source_schemas"] = sorted(data.iter().map(|d| of(d.name(), d.schema())));
    }
    object
}

fn sorted(entries: impl Iterator<Item = (String, Value)>) -> Value {
    let sorted: std::collections::BTreeMap<String, Value> = entries.collect();
    json!(sorted)
}

fn schema_json(schema: &Schema) -> Value {
    json!({ "version": schema.version, "block": block_json(schema) })
}

fn block_json(schema: &Schema) -> Value {
    let mut object = json!({});
    if !schema.attributes.is_empty() {
        let all = schema.attributes.iter().map(|(n, a)| (n.to_string(), attribute_json(a)));
        object["attributes"] = sorted(all);
    }
    if !schema.blocks.is_empty() {
        let all = schema.blocks.iter().map(|(n, b)| (n.to_string(), nested_json(b)));
        object["block_types"] = sorted(all);
    }
    if !schema.description.is_empty() {
        object["description"] = json!(schema.description);
    }
    object["description_kind"] = json!("plain");
    object
}

fn attribute_json(attribute: &Attribute) -> Value {
    let mut object = json!({ "type": type_to_json(&attribute.ty) });
    if !attribute.description.is_empty() {
        object["description"] = json!(attribute.description);
    }
    object["description_kind"] = json!("plain");
    let flags = [
        ("required", attribute.required),
        ("optional", attribute.optional),
        ("computed", attribute.computed),
        ("sensitive", attribute.sensitive),
        ("write_only", attribute.write_only),
    ];
    for (name, _) in flags.iter().filter(|(_, set)| *set) {
        object[*name] = json!(true);
    }
    object
}

fn nested_json(block: &NestedBlock) -> Value {
    let nesting = match block.nesting {
        Nesting::Single => "single",
        Nesting::List => "list",
        Nesting::Set => "set",
        Nesting::Map => "map",
    };
    let mut object = json!({ "nesting_mode": nesting, "block": block_json(&block.schema) });
    if block.least > 0 {
        object["min_items"] = json!(block.least);
    }
    if block.most > 0 {
        object["max_items"] = json!(block.most);
    }
    object
}
