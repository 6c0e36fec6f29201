//! JSON has no blocks: where a block may stand, an object or a list of objects is read as one.

use diagnostics::Span;
use lang::{Attribute, Block, Body, Expr, ExprKind, Label, Name};

use super::Decoder;
use crate::constant;

impl Decoder<'_> {
    /// Turns the arguments named like blocks into blocks; each kind comes with its number of labels.
    pub(crate) fn unfold(&mut self, body: &mut Body, kinds: &[(&str, usize)]) {
        for (kind, labels) in kinds {
            let json = body.attributes.get(*kind).is_some_and(|a| self.is_json(a.span));
            if !json {
                continue;
            }
            let Some(attribute) = body.attributes.shift_remove(*kind) else { continue };
            let mut blocks = Vec::new();
            unfold(&attribute, &attribute.value, &mut Vec::new(), *labels, &mut blocks);
            body.blocks.extend(blocks);
        }
    }
}

/// Goes through objects whose keys are labels, and through lists, down to the bodies.
fn unfold(
    attribute: &Attribute,
    value: &Expr,
    labels: &mut Vec<Label>,
    depth: usize,
    out: &mut Vec<Block>,
) {
    match &value.kind {
        ExprKind::Tuple(items) => {
            items.iter().for_each(|item| unfold(attribute, item, labels, depth, out));
        }
        ExprKind::Object(items) if depth > 0 => {
            for (key, inner) in items.iter() {
                labels
                    .push(Label { text: constant::text(key).unwrap_or_default(), span: key.span });
                unfold(attribute, inner, labels, depth - 1, out);
                labels.pop();
            }
        }
        ExprKind::Object(items) => {
            let header_span = Span { end: value.span.start + 1, ..value.span };
            out.push(Block {
                kind: attribute.name.clone(),
                kind_span: attribute.name_span,
                labels: labels.clone(),
                body: body(items, value),
                header_span,
                span: value.span,
            });
        }
        _ => {}
    }
}

fn body(items: &[(Expr, Expr)], whole: &Expr) -> Body {
    let mut body = Body { is_json: true, ..Body::empty(whole.span) };
    for (key, value) in items {
        let name: Name = constant::text(key).unwrap_or_default();
        // A member "//" is a comment.
        if &*name == "//" {
            continue;
        }
        let span = key.span.to(value.span);
        let attribute =
            Attribute { name: name.clone(), name_span: key.span, value: value.clone(), span };
        body.attributes.insert(name, attribute);
    }
    body
}
