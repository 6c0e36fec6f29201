//! Blocks to values by schema: every mistake of a block is found together.

use std::collections::BTreeMap;

use diagnostics::{Diagnostic, Diagnostics, Span, did_you_mean};
use lang::convert::convert;
use lang::{Block, Body, Data, Key, Name, Path, PathStep, Scope, Value, eval};

use crate::{Attribute, NestedBlock, Nesting, Schema};

mod dynamic;

/// Decodes a body: an object of [`Schema::object_type`], null and empty where nothing is set.
///
/// # Errors
/// All mistakes together: unknown, missing and misfitting arguments, failed expressions, wrong counts of blocks.
pub fn decode(body: &Body, schema: &Schema, scope: &dyn Scope) -> Result<Value, Diagnostics> {
    let mut diagnostics = Diagnostics::new();
    let value = decode_body(body, schema, scope, &mut diagnostics);
    if diagnostics.has_errors() { Err(diagnostics) } else { Ok(value) }
}

fn decode_body(
    body: &Body,
    schema: &Schema,
    scope: &dyn Scope,
    diagnostics: &mut Diagnostics,
) -> Value {
    refuse_strangers(body, schema, diagnostics);
    let mut values: BTreeMap<Name, Value> = BTreeMap::new();
    for (name, attribute) in &schema.attributes {
        let value = decode_attribute(body, name, attribute, (scope, diagnostics));
        values.insert(name.clone(), value);
    }
    for (name, block) in &schema.blocks {
        values.insert(name.clone(), decode_blocks(body, name, block, (scope, diagnostics)));
    }
    Value::object(values)
}

type Context<'a> = (&'a dyn Scope, &'a mut Diagnostics);

fn decode_attribute(body: &Body, name: &Name, schema: &Attribute, context: Context<'_>) -> Value {
    let (scope, diagnostics) = context;
    let null = Value::null(schema.ty.clone());
    let Some(attribute) = body.attributes.get(name) else {
        if schema.required {
            let opening = Span { end: body.span.start + 1, ..body.span };
            diagnostics.push(missing(name).at(opening));
        }
        return null;
    };
    if !schema.is_configurable() {
        return null;
    }
    let Some(value) = diagnostics.absorb(eval::evaluate(&attribute.value, scope)) else {
        return Value::unknown(schema.ty.clone());
    };
    let value = match convert(&value, &schema.ty) {
        Ok(value) => value,
        Err(error) => {
            diagnostics.push(misfit(name, &error).at(attribute.value.span));
            return Value::unknown(schema.ty.clone());
        }
    };
    if value.is_null() && schema.required {
        let detail = format!("The argument \"{name}\" is required, but no definition was found.");
        diagnostics
            .push(Diagnostic::error("Missing required argument", detail).at(attribute.value.span));
    }
    if let Some(Err(message)) = known(&value).and_then(|value| Some(schema.validator?(value))) {
        let detail = format!("Invalid value for \"{name}\": {message}");
        diagnostics.push(Diagnostic::error("Invalid value", detail).at(attribute.value.span));
    }
    if schema.sensitive { value.sensitive() } else { value }
}

fn known(value: &Value) -> Option<&Value> {
    (value.is_wholly_known() && !value.is_null()).then_some(value)
}

fn missing(name: &str) -> Diagnostic {
    Diagnostic::error(
        "Missing required argument",
        format!("The argument \"{name}\" is required, but no definition was found."),
    )
}

fn misfit(name: &str, error: &lang::convert::ConvertError) -> Diagnostic {
    let place = if error.path.0.is_empty() {
        format!("\"{name}\"")
    } else {
        format!(
            "\"{}\"",
            Path(
                std::iter::once(PathStep::Attribute(name.into()))
                    .chain(error.path.0.iter().cloned())
                    .collect()
            )
        )
    };
    Diagnostic::error(
        "Incorrect attribute value type",
        format!(
            "Inappropriate value for attribute {place}: {}.",
            error.message.trim_end_matches('.')
        ),
    )
}

fn decode_blocks(body: &Body, name: &Name, schema: &NestedBlock, context: Context<'_>) -> Value {
    let (scope, diagnostics) = context;
    if let Some(attribute) = body.attributes.get(name) {
        return from_attribute(attribute, schema, (scope, diagnostics));
    }
    let mut members: Vec<(Option<Key>, Value)> = Vec::new();
    let mut unknown = false;
    for block in &body.blocks {
        if *block.kind == **name {
            let key = block.labels.first().map(|label| Key::String(label.text.clone()));
            members.push((key, decode_body(&block.body, &schema.schema, scope, diagnostics)));
        } else if dynamic::is_for(block, name) {
            match dynamic::expand(block, &schema.schema, scope) {
                Ok(Some(more)) => members.extend(more),
                Ok(None) => unknown = true,
                Err(mistakes) => diagnostics.extend(mistakes),
            }
        }
    }
    if unknown {
        return Value::unknown(schema.value_type());
    }
    count(name, schema, (members.len(), body.span), diagnostics);
    gather(schema, members)
}

fn count(
    name: &str,
    schema: &NestedBlock,
    (found, span): (usize, Span),
    diagnostics: &mut Diagnostics,
) {
    if found < schema.least {
        let detail = format!("At least {} \"{name}\" blocks are required.", schema.least);
        diagnostics.push(Diagnostic::error("Insufficient blocks", detail).at(span));
    }
    if schema.most > 0 && found > schema.most {
        let detail = format!("No more than {} \"{name}\" blocks are allowed.", schema.most);
        diagnostics.push(Diagnostic::error("Too many blocks", detail).at(span));
    }
}

fn gather(schema: &NestedBlock, members: Vec<(Option<Key>, Value)>) -> Value {
    let object = schema.schema.object_type();
    let values = |members: Vec<(Option<Key>, Value)>| members.into_iter().map(|(_, v)| v);
    match schema.nesting {
        Nesting::Single => {
            members.into_iter().next().map_or_else(|| Value::null(object), |(_, value)| value)
        }
        Nesting::List => Value::list(object, values(members).collect::<Vec<_>>()),
        Nesting::Set => Value::set(object, values(members).collect::<Vec<_>>()),
        Nesting::Map => {
            let named = members.into_iter().filter_map(|(key, value)| match key? {
                Key::String(name) => Some((name, value)),
                Key::Int(index) => Some((index.to_string().into(), value)),
            });
            Value::map(object, named.collect())
        }
    }
}

/// JSON syntax writes nested blocks as an object or a list of objects.
fn from_attribute(
    attribute: &lang::Attribute,
    schema: &NestedBlock,
    context: Context<'_>,
) -> Value {
    let (scope, diagnostics) = context;
    let ty = schema.value_type();
    let Some(value) = diagnostics.absorb(eval::evaluate(&attribute.value, scope)) else {
        return Value::unknown(ty);
    };
    let listed = match (&value.data, schema.nesting) {
        (Data::Object(_) | Data::Map(..), Nesting::List | Nesting::Set) => Value::tuple([value]),
        (Data::Tuple(items), Nesting::Single) if items.len() == 1 => items[0].clone(),
        _ => value,
    };
    let filled = fill(&listed, &schema.schema);
    match convert(&filled, &ty) {
        Ok(value) => value,
        Err(error) => {
            diagnostics.push(misfit(&attribute.name, &error).at(attribute.value.span));
            Value::unknown(ty)
        }
    }
}

/// Adds the attributes that the objects of a JSON block leave out.
fn fill(value: &Value, schema: &Schema) -> Value {
    let filled = match &value.data {
        Data::Object(given) => {
            let mut all = schema.empty_object();
            if let Data::Object(attributes) = &mut all.data {
                let attributes = std::sync::Arc::make_mut(attributes);
                attributes.extend(given.iter().map(|(name, value)| (name.clone(), value.clone())));
            }
            all
        }
        Data::Tuple(items) => {
            Value::tuple(items.iter().map(|i| fill(i, schema)).collect::<Vec<_>>())
        }
        _ => value.clone(),
    };
    filled.with_marks(value.marks)
}

/// Reports arguments and blocks that the schema does not have, and those that are not the user's to set.
fn refuse_strangers(body: &Body, schema: &Schema, diagnostics: &mut Diagnostics) {
    for attribute in body.attributes.values() {
        match schema.attributes.get(&attribute.name) {
            Some(known) if !known.is_configurable() && !is_null(&attribute.value) => {
                diagnostics.push(unconfigurable(attribute));
            }
            Some(_) => {}
            None if schema.blocks.contains_key(&attribute.name) => {}
            None if body.is_json => diagnostics.push(extraneous_property(attribute)),
            None => diagnostics.push(unsupported_argument(attribute, schema)),
        }
    }
    for block in &body.blocks {
        let kind = dynamic::kind_of(block);
        // Without a label it was reported already.
        let nameless = kind == "dynamic";
        if !nameless && !schema.blocks.contains_key(kind) {
            diagnostics.push(unsupported_block(block, kind, schema));
        }
    }
}

/// Null is as good as not written.
fn is_null(expr: &lang::Expr) -> bool {
    matches!(&expr.kind, lang::ExprKind::Literal(value) if value.is_null())
}

fn unconfigurable(attribute: &lang::Attribute) -> Diagnostic {
    let detail = format!(
        "Can't configure a value for \"{}\": its value will be decided automatically based on the result of applying this configuration.",
        attribute.name
    );
    Diagnostic::error("Value for unconfigurable attribute", detail).at(attribute.name_span)
}

fn extraneous_property(attribute: &lang::Attribute) -> Diagnostic {
    let detail = format!("No argument or block type is named \"{}\".", attribute.name);
    Diagnostic::error("Extraneous JSON object property", detail).at(attribute.name_span)
}

fn unsupported_argument(attribute: &lang::Attribute, schema: &Schema) -> Diagnostic {
    let name = &attribute.name;
    let configurable = schema.attributes.iter().filter(|(_, a)| a.is_configurable());
    let near = did_you_mean(name, configurable.map(|(name, _)| &**name));
    let mut detail = format!("An argument named \"{name}\" is not expected here.");
    if let Some(near) = near {
        detail.push_str(&format!(" Did you mean \"{near}\"?"));
    }
    Diagnostic::error("Unsupported argument", detail).at(attribute.name_span)
}

fn unsupported_block(block: &Block, kind: &str, schema: &Schema) -> Diagnostic {
    let mut detail = format!("Blocks of type \"{kind}\" are not expected here.");
    if schema.attributes.get(kind).is_some_and(Attribute::is_configurable) {
        detail.push_str(&format!(
            " Did you mean to define argument \"{kind}\"? If so, use the equals sign to assign it a value."
        ));
    } else if let Some(near) = did_you_mean(kind, schema.blocks.keys().map(|name| &**name)) {
        detail.push_str(&format!(" Did you mean \"{near}\"?"));
    }
    let label = block.labels.first().filter(|_| &*block.kind == "dynamic");
    let at = label.map_or(block.kind_span, |label| label.span);
    Diagnostic::error("Unsupported block type", detail).at(at)
}

/// Finds where a path of a decoded value is written, or the nearest place that holds it.
pub fn locate(body: &Body, path: &Path) -> Option<Span> {
    let mut body = body;
    let mut nearest = None;
    let mut steps = path.0.iter().peekable();
    while let Some(PathStep::Attribute(name)) = steps.next() {
        if let Some(attribute) = body.attributes.get(name) {
            return Some(attribute.value.span);
        }
        let index = match steps.peek() {
            Some(PathStep::Index(Key::Int(index))) => usize::try_from(*index).unwrap_or(0),
            _ => 0,
        };
        if matches!(steps.peek(), Some(PathStep::Index(_))) {
            steps.next();
        }
        let block = body.blocks.iter().filter(|block| *block.kind == **name).nth(index);
        let Some(block) = block else { return nearest };
        nearest = Some(block.header_span);
        body = &block.body;
    }
    nearest
}
