//! `check`: assertions about the whole, which warn and stop nothing.

use lang::Block;

use super::Decoder;
use crate::schema::{self, Shape};
use crate::{Check, CheckRule, Resource};

const SHAPE: Shape = Shape { required: &[], optional: &[], blocks: &["assert", "data"] };

impl Decoder<'_> {
    pub(super) fn check_block(&mut self, mut block: Block) {
        if !schema::labels(&block, &["name"], self.diagnostics) {
            return;
        }
        let label = block.labels[0].clone();
        let name = label.text.clone();
        schema::identifier(&name, label.span, "check block name", self.diagnostics);
        self.unfold(&mut block.body, &[("assert", 0), ("data", 2)]);
        schema::check(&block.body, &SHAPE, self.diagnostics);
        let asserts = self.take_blocks(&mut block.body, "assert");
        let assertions: Vec<_> =
            asserts.into_iter().filter_map(|rule| self.assertion(rule)).collect();
        if assertions.is_empty() {
            let detail = "Check blocks must have at least one assert block.";
            self.report("Zero assert blocks", detail, block.header_span);
        }
        let data = self.scoped_data(&mut block);
        let span = block.span;
        let check = Check { name, data, assertions, header_span: block.header_span, span };
        let first = self.declared.module.checks.iter().find(|other| other.name == check.name);
        if let Some(first) = first {
            let what = format!("A check block named \"{}\" was already declared", check.name);
            let places = (first.header_span, check.header_span);
            let rule = "Check blocks must be unique within each module.";
            let summary = format!("Duplicate check \"{}\" configuration", check.name);
            self.duplicate(&summary, &what, places, rule);
            return;
        }
        self.declared.module.checks.push(check);
    }

    /// An assertion that could be read whole.
    fn assertion(&mut self, block: Block) -> Option<CheckRule> {
        let before = self.diagnostics.len();
        let rule = self.rule(block);
        rule.filter(|_| self.diagnostics.len() == before)
    }

    fn scoped_data(&mut self, block: &mut Block) -> Option<Resource> {
        let mut blocks = self.take_blocks(&mut block.body, "data").into_iter();
        let mut data = blocks.next()?;
        for other in blocks {
            let what = "This check block already has a data resource defined";
            let places = (data.header_span, other.header_span);
            self.duplicate("Multiple data resource blocks", what, places, "");
        }
        for name in ["count", "for_each"] {
            if let Some(attribute) = self.take(&mut data.body, name) {
                let detail = "The \"count\" and \"for_each\" meta-arguments are not supported within nested data blocks.";
                self.report(&format!("Invalid \"{name}\" attribute"), detail, attribute.span);
            }
        }
        for lifecycle in self.take_blocks(&mut data.body, "lifecycle") {
            let detail = "Nested data blocks do not support \"lifecycle\" blocks, as the lifecycle is managed by the containing check block.";
            self.report("Invalid lifecycle block", detail, lifecycle.header_span);
        }
        self.read_resource(data)
    }
}
