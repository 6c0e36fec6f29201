//! Bodies: the attributes and blocks of a file or a block, in source order.

use diagnostics::Span;
use indexmap::IndexMap;

use crate::{Expr, Name};

#[derive(Clone, Debug)]
pub struct Body {
    pub attributes: IndexMap<Name, Attribute>,
    pub blocks: Vec<Block>,
    /// The whole body; of an empty file an empty span at its start.
    pub span: Span,
    /// It is a JSON object, whose members are called properties.
    pub is_json: bool,
}

#[derive(Clone, Debug)]
pub struct Attribute {
    pub name: Name,
    pub name_span: Span,
    pub value: Expr,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Block {
    pub kind: Name,
    pub kind_span: Span,
    pub labels: Vec<Label>,
    pub body: Body,
    /// From the kind to the last label: what a diagnostic about the block underlines.
    pub header_span: Span,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Label {
    pub text: Name,
    pub span: Span,
}

impl Body {
    pub fn empty(span: Span) -> Self {
        Self { attributes: IndexMap::new(), blocks: Vec::new(), span, is_json: false }
    }

    /// Calls `visit` for every expression in it, also in nested blocks.
    pub fn for_each_expression<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        self.attributes.values().for_each(|attribute| visit(&attribute.value));
        self.blocks.iter().for_each(|block| block.body.for_each_expression(visit));
    }
}
