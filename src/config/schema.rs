//! What a block may hold: names that are known, names that are required, and words for the rest.

use diagnostics::{Diagnostic, Diagnostics, SourceMap, Span, did_you_mean};
use lang::{Block, Body, Name};

/// The attributes and blocks that a body may hold.
pub(crate) struct Shape {
    pub required: &'static [&'static str],
    pub optional: &'static [&'static str],
    pub blocks: &'static [&'static str],
}

/// Reports everything in the body that the shape does not have, and what it lacks.
pub(crate) fn check(body: &Body, shape: &Shape, diagnostics: &mut Diagnostics) {
    for attribute in body.attributes.values() {
        let name = &*attribute.name;
        let known = shape.required.contains(&name) || shape.optional.contains(&name);
        if !known && body.is_json {
            diagnostics.push(extraneous_property(name, attribute.name_span));
        } else if !known {
            diagnostics.push(unsupported_argument(name, attribute.name_span, shape));
        }
    }
    for block in &body.blocks {
        if !shape.blocks.contains(&&*block.kind) {
            diagnostics.push(unsupported_block(&block.kind, block.kind_span, shape));
        }
    }
    require(body, shape.required, diagnostics);
}

/// Reports the attributes that the body lacks.
pub(crate) fn require(body: &Body, required: &[&str], diagnostics: &mut Diagnostics) {
    for name in required.iter().filter(|name| !body.attributes.contains_key(**name)) {
        diagnostics.push(missing_argument(name, opening(body)));
    }
}

/// An argument that the body which opens at the place lacks.
pub(crate) fn missing_argument(name: &str, opening: Span) -> Diagnostic {
    let detail = format!("The argument \"{name}\" is required, but no definition was found.");
    Diagnostic::error("Missing required argument", detail).at(opening)
}

/// The brace with which a body opens (in JSON: closes), or the first letter of one on a single line: where it lacks
/// something.
pub(crate) fn opening(body: &Body) -> Span {
    if body.is_json && body.span.end > body.span.start {
        return Span { start: body.span.end - 1, ..body.span };
    }
    Span { end: body.span.start + 1, ..body.span }
}

/// A member of a JSON object that a shape does not have.
pub(crate) fn extraneous_property(name: &str, span: Span) -> Diagnostic {
    let detail = format!("No argument or block type is named \"{name}\".");
    Diagnostic::error("Extraneous JSON object property", detail).at(span)
}

/// An argument that a shape does not have.
pub(crate) fn unsupported_argument(name: &str, span: Span, shape: &Shape) -> Diagnostic {
    let mut detail = format!("An argument named \"{name}\" is not expected here.");
    let known = || shape.required.iter().chain(shape.optional).copied();
    if shape.blocks.contains(&name) {
        detail.push_str(&format!(" Did you mean to define a block of type \"{name}\"?"));
    } else if let Some(near) = did_you_mean(name, known()) {
        detail.push_str(&format!(" Did you mean \"{near}\"?"));
    }
    Diagnostic::error("Unsupported argument", detail).at(span)
}

/// Reports the first block of a body that holds arguments alone.
pub(crate) fn no_blocks(body: &Body, diagnostics: &mut Diagnostics) {
    for block in body.blocks.iter().take(1) {
        let summary = format!("Unexpected {:?} block", &*block.kind);
        let diagnostic = Diagnostic::error(summary, "Blocks are not allowed here.");
        diagnostics.push(diagnostic.at(block.kind_span));
    }
}

/// A block that a shape does not have.
pub(crate) fn unsupported_block(kind: &str, span: Span, shape: &Shape) -> Diagnostic {
    let mut detail = format!("Blocks of type \"{kind}\" are not expected here.");
    if shape.required.contains(&kind) || shape.optional.contains(&kind) {
        detail.push_str(&format!(
            " Did you mean to define argument \"{kind}\"? If so, use the equals sign to assign it a value."
        ));
    } else if let Some(near) = did_you_mean(kind, shape.blocks.iter().copied()) {
        detail.push_str(&format!(" Did you mean \"{near}\"?"));
    }
    Diagnostic::error("Unsupported block type", detail).at(span)
}

/// Checks the number of labels; false means that the block cannot be read.
pub(crate) fn labels(block: &Block, names: &[&str], diagnostics: &mut Diagnostics) -> bool {
    let kind = &block.kind;
    let expected = format!("{} labels ({})", names.len(), names.join(", "));
    if let Some(missing) = names.get(block.labels.len()) {
        let summary = format!("Missing {missing} for {kind}");
        let detail = format!("All {kind} blocks must have {expected}.");
        // A block that could not be read further than its labels has no brace.
        let unopened = block.body.span == block.kind_span;
        let place = if unopened { block.kind_span } else { opening(&block.body) };
        diagnostics.push(Diagnostic::error(summary, detail).at(place));
        return false;
    }
    if let Some(extra) = block.labels.get(names.len()) {
        let detail = if names.is_empty() {
            format!("No labels are expected for {kind} blocks.")
        } else {
            format!("Only {expected} are expected for {kind} blocks.")
        };
        let summary = format!("Extraneous label for {kind}");
        diagnostics.push(Diagnostic::error(summary, detail).at(extra.span));
        return false;
    }
    true
}

/// Tells whether a text can be written as a bare name.
pub(crate) fn is_identifier(text: &str) -> bool {
    let mut characters = text.chars();
    let first = |c: char| c.is_alphabetic() || c == '_';
    characters.next().is_some_and(first)
        && characters.all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}

/// Reports a name that is none, under the summary `Invalid {what}`.
pub(crate) fn identifier(name: &Name, span: Span, what: &str, diagnostics: &mut Diagnostics) {
    if is_identifier(name) {
        return;
    }
    let detail = "A name must start with a letter or underscore and may contain only letters, \
                  digits, underscores, and dashes.";
    diagnostics.push(Diagnostic::error(format!("Invalid {what}"), detail).at(span));
}

/// A place in words, as `main.hcl:3,1-22`.
pub(crate) fn place(sources: &SourceMap, span: Span) -> String {
    known_place(sources, span).unwrap_or_else(|| "another place".into())
}

/// A place in words, as `main.hcl:3,1-22`, where its file is known.
pub fn known_place(sources: &SourceMap, span: Span) -> Option<String> {
    let file = sources.file(span.file)?;
    let (start, end) = (file.position(span.start as usize), file.position(span.end as usize));
    Some(if start.line == end.line {
        format!("{}:{},{}-{}", file.path, start.line, start.column, end.column)
    } else {
        format!("{}:{},{}-{},{}", file.path, start.line, start.column, end.line, end.column)
    })
}
