//! The JSON syntax: members become attributes and blocks, strings become templates.

use std::sync::Arc;

use diagnostics::{Diagnostic, Diagnostics, FileId, Span};
use indexmap::map::Entry;

use crate::json::{Node, NodeKind};
use crate::{Attribute, Block, Body, Expr, ExprKind, Label, Name, Type, Value};

/// The blocks of a file, and how many labels each has.
const BLOCKS: &[(&str, usize)] = &[
    ("check", 1),
    ("data", 2),
    ("ephemeral", 2),
    ("import", 0),
    ("locals", 0),
    ("module", 1),
    ("moved", 0),
    ("output", 1),
    ("provider", 1),
    ("region", 1),
    ("removed", 0),
    ("resource", 2),
    ("stack", 0),
    ("terraform", 0),
    ("topology", 1),
    ("variable", 1),
];

/// What the members of a file's object are for.
const ROOT: &str = "to define arguments and blocks";
const CONTENT: &str = "to define the content of a block";

type Member = (String, std::ops::Range<usize>, Node);

pub(super) fn file(source: &str, file: FileId) -> (Body, Diagnostics) {
    read(source, file, Reader::file_body)
}

/// A file of values: one object, each of whose members is an attribute.
pub(super) fn values(source: &str, file: FileId) -> (Body, Diagnostics) {
    read(source, file, Reader::values_body)
}

fn read<'s>(
    source: &'s str,
    file: FileId,
    body: impl FnOnce(&mut Reader<'s>, &Node) -> Body,
) -> (Body, Diagnostics) {
    let mut reader = Reader { source, file, found: Diagnostics::new() };
    // A byte order mark is no JSON; blanks keep every place where it is.
    let text = source.replacen('\u{feff}', "   ", usize::from(source.starts_with('\u{feff}')));
    let body = match crate::json::read(&text) {
        Ok(node) => body(&mut reader, &node),
        Err(error) => {
            let at = Span::new(file, error.at, error.at + usize::from(error.at < source.len()));
            let detail = format!("The JSON text could not be read: {error}.");
            reader.found.push(Diagnostic::error("Invalid JSON syntax", detail).at(at));
            Body::empty(Span::new(file, 0, source.len()))
        }
    };
    (body, reader.found)
}

struct Reader<'a> {
    source: &'a str,
    file: FileId,
    found: Diagnostics,
}

impl Reader<'_> {
    fn span(&self, range: &std::ops::Range<usize>) -> Span {
        Span::new(self.file, range.start, range.end)
    }

    fn mistake(&mut self, summary: &str, detail: impl Into<String>, at: &std::ops::Range<usize>) {
        let at = self.span(at);
        self.found.push(Diagnostic::error(summary, detail).at(at));
    }

    /// The members of an object, or of each object of a list.
    fn members<'n>(&mut self, node: &'n Node, what: &str) -> Vec<&'n Member> {
        match &node.kind {
            NodeKind::Object(members) => members.iter().filter(|(name, ..)| name != "//").collect(),
            NodeKind::Array(items) => {
                items.iter().flat_map(|item| self.members(item, what)).collect()
            }
            NodeKind::Null => Vec::new(),
            _ if what == ROOT => {
                let detail = "The root value in a JSON-based configuration must be either a JSON object or a JSON array of objects.";
                self.mistake("Root value must be object", detail, &first_of(&node.span));
                Vec::new()
            }
            _ => {
                let detail = format!("A JSON object is required here, {what}.");
                self.mistake("Incorrect JSON value type", detail, &node.span);
                Vec::new()
            }
        }
    }

    fn file_body(&mut self, node: &Node) -> Body {
        let mut body = Body { is_json: true, ..Body::empty(self.span(&node.span)) };
        for (name, at, value) in self.members(node, ROOT) {
            match BLOCKS.iter().find(|(kind, _)| kind == name) {
                Some((_, labels)) => {
                    let header = Header {
                        kind: name.as_str().into(),
                        at: self.span(at),
                        labels: Vec::new(),
                    };
                    self.blocks(header, *labels, value, &mut body.blocks);
                }
                None => self.attribute(name, at, value, &mut body),
            }
        }
        body
    }

    fn values_body(&mut self, node: &Node) -> Body {
        let mut body = Body { is_json: true, ..Body::empty(self.span(&node.span)) };
        if let NodeKind::Array(_) = &node.kind {
            let detail = "A JSON object is required here, setting the arguments for this block.";
            self.mistake("Incorrect JSON value type", detail, &first_of(&node.span));
            return body;
        }
        for (name, at, value) in self.members(node, ROOT) {
            self.attribute(name, at, value, &mut body);
        }
        body
    }

    /// One block, or one for each element of a list; labels are the keys of nested objects.
    fn blocks(&mut self, header: Header, labels: usize, node: &Node, blocks: &mut Vec<Block>) {
        if labels > 0 {
            let members = self.members(node, "whose keys are the labels of blocks");
            if members.is_empty() && !matches!(node.kind, NodeKind::Null) {
                let what = if labels == 2 { "type" } else { "name" };
                let detail = format!(
                    "At least one object property is required, whose name represents the {} block's {what}.",
                    header.kind
                );
                self.mistake("Missing block label", detail, &first_of(&node.span));
            }
            for (name, at, inner) in members {
                let mut header = header.clone();
                header
                    .labels
                    .push(Label { text: super::literal::normalised(name), span: self.span(at) });
                self.blocks(header, labels - 1, inner, blocks);
            }
            return;
        }
        match &node.kind {
            NodeKind::Array(items) => {
                for item in items {
                    self.blocks(header.clone(), 0, item, blocks);
                }
            }
            NodeKind::Null => {}
            // Told by whoever asks for its members; there is no block.
            kind if !matches!(kind, NodeKind::Object(_)) => {
                self.members(node, CONTENT);
            }
            _ => {
                let body = self.block_body(node);
                blocks.push(Block {
                    kind: header.kind,
                    kind_span: header.at,
                    labels: header.labels,
                    // Where the block begins, as in Terraform: a label may be that of several blocks.
                    header_span: self.span(&first_of(&node.span)),
                    span: header.at.to(body.span),
                    body,
                });
            }
        }
    }

    fn block_body(&mut self, node: &Node) -> Body {
        let mut body = Body { is_json: true, ..Body::empty(self.span(&node.span)) };
        for (name, at, value) in self.members(node, CONTENT) {
            self.attribute(name, at, value, &mut body);
        }
        body
    }

    fn attribute(
        &mut self,
        name: &str,
        at: &std::ops::Range<usize>,
        value: &Node,
        body: &mut Body,
    ) {
        let name_span = self.span(at);
        let name = super::literal::normalised(name);
        let value = self.expression(value);
        let span = name_span.to(value.span);
        match body.attributes.entry(name.clone()) {
            Entry::Vacant(entry) => {
                entry.insert(Attribute { name, name_span, value, span });
            }
            Entry::Occupied(entry) => {
                let first = entry.get().name_span.start as usize;
                let place = super::line_and_column(self.source, first);
                let detail = format!("The argument \"{name}\" was already set at {place}.");
                self.mistake("Duplicate attribute definition", detail, at);
            }
        }
    }

    fn expression(&mut self, node: &Node) -> Expr {
        let span = self.span(&node.span);
        let kind = match &node.kind {
            NodeKind::Null => ExprKind::Literal(Value::null(Type::Dynamic)),
            NodeKind::Bool(value) => ExprKind::Literal(Value::bool(*value)),
            NodeKind::Number(number) => ExprKind::Literal(Value::number(number.clone())),
            NodeKind::String(text) => return self.string(text, span),
            NodeKind::Array(items) => {
                let items: Vec<Expr> = items.iter().map(|item| self.expression(item)).collect();
                ExprKind::Tuple(items.into())
            }
            NodeKind::Object(members) => {
                let item = |(key, at, value): &Member| {
                    let key_span = self.span(at);
                    (self.string(key, key_span), self.expression(value))
                };
                let items: Vec<(Expr, Expr)> = members.iter().map(item).collect();
                ExprKind::Object(Arc::from(items))
            }
        };
        Expr::new(kind, span)
    }

    /// A string is a template. Its places are counted as if nothing in it were escaped, as Terraform does.
    fn string(&mut self, text: &str, span: Span) -> Expr {
        if !text.contains("${") && !text.contains("%{") {
            return Expr::literal(Value::text(text), span);
        }
        match super::template_at(text, self.file, span.start + 1) {
            Ok(mut expr) => {
                expr.span = span;
                expr
            }
            Err(found) => {
                self.found.extend(found);
                Expr::literal(Value::unknown(Type::Dynamic), span)
            }
        }
    }
}

/// The first character of a value, which says of what kind it is.
fn first_of(range: &std::ops::Range<usize>) -> std::ops::Range<usize> {
    range.start..range.start + 1
}

/// The beginning of a block whose labels are still being gathered.
#[derive(Clone)]
struct Header {
    kind: Name,
    at: Span,
    labels: Vec<Label>,
}
