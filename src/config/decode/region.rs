//! `region`: a region of the stack, with attributes of its own.

use lang::Block;

use super::Decoder;
use crate::RegionBlock;
use crate::schema::{self, Shape};

const NO_BLOCKS: Shape = Shape { required: &[], optional: &[], blocks: &[] };

impl Decoder<'_> {
    pub(super) fn region_block(&mut self, block: Block) {
        if !schema::labels(&block, &["name"], self.diagnostics) {
            return;
        }
        let label = &block.labels[0];
        let name = label.text.clone();
        schema::identifier(&name, label.span, "region name", self.diagnostics);
        if !self.root {
            let detail = "Regions belong to the stack, so a region block can stand only in the \
                          stack's own folder. A module takes what it needs of them by variables, \
                          or refers to \"region\".";
            self.report("Region declared in a module", detail, block.header_span);
            return;
        }
        for inner in &block.body.blocks {
            let unsupported = schema::unsupported_block(&inner.kind, inner.kind_span, &NO_BLOCKS);
            self.diagnostics.push(unsupported);
        }
        if let Some(first) = self.declared.regions.get(&name) {
            let what = format!("A region named \"{name}\" was already declared");
            let places = (first.header_span, block.header_span);
            let rule = "Region names must be unique within a stack.";
            self.duplicate("Duplicate region declaration", &what, places, rule);
            return;
        }
        let attributes = block.body.attributes;
        let (header_span, span) = (block.header_span, block.span);
        let region = RegionBlock { name: name.clone(), attributes, header_span, span };
        self.declared.regions.insert(name, region);
    }
}
