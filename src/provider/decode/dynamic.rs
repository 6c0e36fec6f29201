//! `dynamic "name" { for_each, iterator, labels, content }`: nested blocks made by an expression.

use diagnostics::{Diagnostic, Diagnostics};
use lang::functions::FunctionContext;
use lang::{Block, Data, Key, Name, Resolved, Scope, Traversal, Value, eval};

use super::decode_body;
use crate::Schema;

/// The kind of nested block that a block stands for: `dynamic "x"` stands for `x`.
pub(super) fn kind_of(block: &Block) -> &str {
    match block.labels.first() {
        Some(label) if &*block.kind == "dynamic" => &label.text,
        _ => &block.kind,
    }
}

pub(super) fn is_for(block: &Block, name: &str) -> bool {
    &*block.kind == "dynamic" && kind_of(block) == name
}

type Members = Vec<(Option<Key>, Value)>;

/// Makes the blocks; nothing when the collection is not known yet.
pub(super) fn expand(
    block: &Block,
    schema: &Schema,
    scope: &dyn Scope,
) -> Result<Option<Members>, Diagnostics> {
    let Some(for_each) = block.body.attributes.get("for_each") else {
        return Err(missing(
            block,
            "The argument \"for_each\" is required, but no definition was found.",
        ));
    };
    let Some(content) = block.body.blocks.iter().find(|b| &*b.kind == "content") else {
        return Err(missing(block, "A dynamic block needs a \"content\" block."));
    };
    let collection = eval::evaluate(&for_each.value, scope)?;
    if collection.is_unknown() {
        return Ok(None);
    }
    let iterator = iterator_name(block);
    let mut diagnostics = Diagnostics::new();
    let mut members = Members::new();
    for (key, value) in items(&collection, for_each)? {
        let scope = IteratorScope { parent: scope, name: iterator.clone(), key, value };
        let label = label_of(block, &scope, &mut diagnostics);
        members.push((label, decode_body(&content.body, schema, &scope, &mut diagnostics)));
    }
    if diagnostics.has_errors() { Err(diagnostics) } else { Ok(Some(members)) }
}

fn missing(block: &Block, detail: &str) -> Diagnostics {
    Diagnostic::error("Missing required argument", detail).at(block.header_span).into()
}

fn iterator_name(block: &Block) -> Name {
    let named =
        block.body.attributes.get("iterator").and_then(|attribute| match &attribute.value.kind {
            lang::ExprKind::Reference(t) if t.steps.is_empty() => Some(t.root.clone()),
            _ => None,
        });
    named.unwrap_or_else(|| kind_of(block).into())
}

fn label_of(block: &Block, scope: &dyn Scope, diagnostics: &mut Diagnostics) -> Option<Key> {
    let labels = block.body.attributes.get("labels")?;
    let labels = diagnostics.absorb(eval::evaluate(&labels.value, scope))?;
    Some(Key::String(labels.elements()?.first()?.as_str()?.into()))
}

fn items(
    collection: &Value,
    for_each: &lang::Attribute,
) -> Result<Vec<(Value, Value)>, Diagnostics> {
    let marks = collection.marks;
    let pair = |key: Value, value: &Value| (key.with_marks(marks), value.clone().with_marks(marks));
    match &collection.data {
        Data::List(_, values) | Data::Tuple(values) => {
            let numbered = values.iter().zip(0i64..);
            Ok(numbered.map(|(value, i)| pair(Value::int(i), value)).collect())
        }
        Data::Set(_, values) => Ok(values.iter().map(|v| pair(v.clone(), v)).collect()),
        Data::Map(_, values) | Data::Object(values) => {
            Ok(values.iter().map(|(k, v)| pair(Value::string(k.clone()), v)).collect())
        }
        _ => Err(Diagnostic::error(
            "Invalid dynamic for_each value",
            "Cannot use a value of this type in for_each. An iterable collection is required.",
        )
        .at(for_each.value.span)
        .into()),
    }
}

/// The scope inside `content`: the iterator besides all that is outside.
struct IteratorScope<'a> {
    parent: &'a dyn Scope,
    name: Name,
    key: Value,
    value: Value,
}

impl Scope for IteratorScope<'_> {
    fn resolve(
        &self,
        traversal: &Traversal,
        keys: &[Option<Value>],
    ) -> Result<Resolved, Box<Diagnostic>> {
        if traversal.root != self.name {
            return self.parent.resolve(traversal, keys);
        }
        let pair = [("key".into(), self.key.clone()), ("value".into(), self.value.clone())];
        Ok(Resolved { value: Value::object(pair), steps: 0 })
    }

    fn functions(&self) -> &FunctionContext {
        self.parent.functions()
    }
}
