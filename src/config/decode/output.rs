//! `output`: what a module gives to whoever calls it.

use lang::{Block, Expr};

use super::Decoder;
use crate::Output;
use crate::schema::{self, Shape};

const SHAPE: Shape = Shape {
    required: &["value"],
    optional: &["depends_on", "description", "ephemeral", "sensitive"],
    blocks: &["precondition"],
};

impl Decoder<'_> {
    pub(super) fn output_block(&mut self, mut block: Block) {
        if !schema::labels(&block, &["name"], self.diagnostics) {
            return;
        }
        let label = block.labels[0].clone();
        let name = label.text.clone();
        schema::identifier(&name, label.span, "output name", self.diagnostics);
        self.unfold(&mut block.body, &[("precondition", 0)]);
        for other in self.take_blocks(&mut block.body, "postcondition") {
            let detail = "Output values can only have preconditions, not postconditions.";
            self.report("Postconditions are not allowed", detail, other.header_span);
        }
        schema::check(&block.body, &SHAPE, self.diagnostics);
        let preconditions = self.take_blocks(&mut block.body, "precondition");
        let value = self.take_expr(&mut block.body, "value");
        let null = || lang::Value::null(lang::Type::Dynamic);
        let output = Output {
            name: name.clone(),
            // Without a value the output is kept all the same, so that references to it are no mistakes.
            value: value.unwrap_or_else(|| Expr::literal(null(), block.header_span)),
            sensitive: self.take_bool(&mut block.body, "sensitive").unwrap_or(false),
            ephemeral: self.take_bool(&mut block.body, "ephemeral").unwrap_or(false),
            description: self.take_text(&mut block.body, "description"),
            preconditions: preconditions.into_iter().filter_map(|rule| self.rule(rule)).collect(),
            depends_on: self.take_depends_on(&mut block.body),
            header_span: block.header_span,
            span: block.span,
        };
        if let Some(first) = self.declared.module.outputs.get(&name) {
            let what = format!("An output named \"{name}\" was already defined");
            let places = (first.header_span, block.header_span);
            let rule = "Output names must be unique within a module.";
            self.duplicate("Duplicate output definition", &what, places, rule);
            return;
        }
        self.declared.module.outputs.insert(name, output);
    }
}
