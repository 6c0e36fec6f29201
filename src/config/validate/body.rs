//! Bodies: every expression in them, with the names that `dynamic` blocks bring.

use lang::{Block, Body, Name, Traversal};

use super::{Validator, bare_word};
use crate::{Referent, Resource, constant};

/// What an expression may refer to at its place, besides what the module declares.
#[derive(Clone, Default)]
pub(super) struct Surroundings<'a> {
    /// `count.index` means something.
    pub count: bool,
    /// `each.key` and `each.value` mean something.
    pub each: bool,
    /// `self` means something.
    pub myself: bool,
    /// Inside a region block, which cannot refer to the regions.
    pub region_block: bool,
    /// Typed into a console.
    pub console: bool,
    /// The data source of the `check` block around.
    pub scoped: Option<&'a Resource>,
    /// Names of the iterators of the `dynamic` blocks around.
    pub iterators: Vec<Name>,
}

impl Surroundings<'_> {
    pub(super) fn repeated(&self, count: bool, each: bool) -> Self {
        Self { count, each, ..self.clone() }
    }
}

impl<'a> Validator<'a> {
    /// Checks all expressions of a body.
    pub(super) fn body(&mut self, body: &'a Body, inside: &Surroundings<'a>) {
        for attribute in body.attributes.values() {
            self.expression(&attribute.value, inside);
        }
        for block in &body.blocks {
            if &*block.kind == "dynamic" {
                self.dynamic(block, inside);
            } else {
                self.body(&block.body, inside);
            }
        }
    }

    fn dynamic(&mut self, block: &'a Block, inside: &Surroundings<'a>) {
        let Some(label) = block.labels.first().filter(|_| block.labels.len() == 1) else {
            crate::schema::labels(block, &["type"], self.diagnostics);
            return;
        };
        let attributes = &block.body.attributes;
        let given = attributes.get("iterator").map(|attribute| {
            bare_word(&attribute.value).cloned().or_else(|| constant::text(&attribute.value))
        });
        if let (Some(None), Some(attribute)) = (&given, attributes.get("iterator")) {
            let detail = "The iterator of a dynamic block is a single name.";
            self.report("Invalid expression", detail, attribute.value.span);
        }
        let iterator = given.flatten().unwrap_or_else(|| label.text.clone());
        let mut within = inside.clone();
        within.iterators.push(iterator);
        self.dynamic_parts(block, inside, &within);
    }

    fn dynamic_parts(
        &mut self,
        block: &'a Block,
        outside: &Surroundings<'a>,
        within: &Surroundings<'a>,
    ) {
        for attribute in block.body.attributes.values() {
            match &*attribute.name {
                "for_each" => self.expression(&attribute.value, outside),
                "labels" => self.expression(&attribute.value, within),
                "iterator" => {}
                name => {
                    let detail = format!(
                        "An argument named \"{name}\" is not expected here. A dynamic block has for_each, iterator and a block content."
                    );
                    self.report("Unsupported argument", detail, attribute.name_span);
                }
            }
        }
        if !block.body.attributes.contains_key("for_each") {
            let missing =
                crate::schema::missing_argument("for_each", crate::schema::opening(&block.body));
            self.diagnostics.push(missing);
        }
        let mut contents = block.body.blocks.iter().filter(|inner| &*inner.kind == "content");
        match (contents.next(), contents.next()) {
            (Some(content), None) => self.body(&content.body, within),
            (None, _) => {
                let detail = "A dynamic block must have a nested block of type \"content\", which is the body of each block that it generates.";
                self.report("Missing content block", detail, block.header_span);
            }
            (_, Some(second)) => {
                let detail = "Only one block of type \"content\" is allowed in a dynamic block.";
                self.report("Extraneous content block", detail, second.header_span);
            }
        }
        for inner in block.body.blocks.iter().filter(|inner| &*inner.kind != "content") {
            let shape = crate::schema::Shape { required: &[], optional: &[], blocks: &["content"] };
            let unsupported =
                crate::schema::unsupported_block(&inner.kind, inner.kind_span, &shape);
            self.diagnostics.push(unsupported);
        }
    }

    /// Checks that what is depended on exists and is a whole thing.
    pub(super) fn depends_on(&mut self, list: &'a [Traversal], inside: &Surroundings<'a>) {
        for traversal in list {
            let named = crate::referent(traversal);
            let of_module = matches!(named, Ok((Referent::Module(_), _)));
            let used = named.map_or(0, |(_, used)| used);
            let rest = traversal.steps.get(used..).unwrap_or_default();
            let mut attributes = rest.iter().filter_map(|step| match step {
                lang::Step::Attribute(_, span) => Some(*span),
                lang::Step::Index(..) => None,
            });
            // An output is a thing of its own.
            let attribute = attributes.nth(usize::from(of_module));
            // `path.module` is whole, though it is no thing.
            let Some(first) = attribute.filter(|_| used > 0) else {
                if let Some(used) = self.reference(traversal, inside) {
                    self.steps_after(traversal, used, inside);
                }
                continue;
            };
            let detail = "References in depends_on must be to a whole object (resource, etc), not to an attribute of an object.";
            let last = traversal.steps.last().map_or(first, |step| match step {
                lang::Step::Attribute(_, span) | lang::Step::Index(_, span) => *span,
            });
            self.report("Invalid depends_on reference", detail, first.to(last));
        }
    }
}
