//! Override files: `override.tf` and `*_override.tf` change blocks that other files declare.

use diagnostics::{Diagnostic, Diagnostics};
use lang::{Block, Body, ExprKind, Name};

use crate::constant;

/// Merges the blocks of an override file into the blocks of the other files.
pub(crate) fn merge(base: &mut Vec<Block>, overrides: Vec<Block>, diagnostics: &mut Diagnostics) {
    for over in overrides {
        match &*over.kind {
            "check" | "import" | "moved" | "removed" | "topology" => {
                diagnostics.push(never_overridden(&over));
            }
            "locals" => merge_locals(base, over, diagnostics),
            kind if !crate::decode::TOP.blocks.contains(&kind) => base.push(over),
            _ => merge_block(base, over, diagnostics),
        }
    }
}

fn never_overridden(block: &Block) -> Diagnostic {
    if &*block.kind == "check" {
        let detail = "Override files cannot override check blocks.";
        return Diagnostic::error("Can't override check blocks", detail).at(block.header_span);
    }
    let detail = format!(
        "Blocks of type \"{}\" can appear only in normal files, not in override files.",
        block.kind
    );
    Diagnostic::error(format!("Cannot override '{}' blocks", block.kind), detail)
        .at(block.header_span)
}

fn merge_locals(base: &mut [Block], over: Block, diagnostics: &mut Diagnostics) {
    for (name, attribute) in over.body.attributes {
        let holder = base
            .iter_mut()
            .filter(|block| &*block.kind == "locals")
            .find_map(|block| block.body.attributes.get_mut(&name));
        match holder {
            Some(place) => *place = attribute,
            None => {
                let detail = format!(
                    "There is no local value named \"{name}\". An override file can only override a local value that was already defined in a primary configuration file."
                );
                let summary = "Missing base local value definition to override";
                diagnostics.push(Diagnostic::error(summary, detail).at(attribute.span));
            }
        }
    }
}

fn merge_block(base: &mut Vec<Block>, mut over: Block, diagnostics: &mut Diagnostics) {
    if let Some(place) = base.iter_mut().find(|block| same_thing(block, &over)) {
        refuse_depends_on(&mut over.body, diagnostics);
        merge_body(&mut place.body, over.body);
    } else if matches!(&*over.kind, "provider" | "stack" | "terraform") {
        base.push(over);
    } else {
        diagnostics.push(nothing_to_override(&over));
    }
}

/// A block that speaks of a thing which no other file declares.
fn nothing_to_override(over: &Block) -> Diagnostic {
    let label = |index: usize| over.labels.get(index).map_or("", |label| &*label.text);
    let (summary, what, noun) = match &*over.kind {
        "resource" => (
            "Missing resource to override".into(),
            format!("{} resource named \"{}\"", label(0), label(1)),
            "a resource block",
        ),
        "data" => (
            "Missing data resource to override".into(),
            format!("{} data resource named \"{}\"", label(0), label(1)),
            "a data block",
        ),
        "module" => (
            "Missing module call to override".into(),
            format!("module call named \"{}\"", label(0)),
            "a module call",
        ),
        "output" => (
            "Missing base output definition to override".into(),
            format!("output named \"{}\"", label(0)),
            "an output",
        ),
        kind => (
            format!("Missing base {kind} declaration to override"),
            format!("{kind} named \"{}\"", label(0)),
            "what",
        ),
    };
    let detail = format!(
        "There is no {what}. An override file can only override {noun} that a primary configuration file declares."
    );
    Diagnostic::error(summary, detail).at(over.header_span)
}

/// Dependencies add up and are never taken back, so they are not overridden.
fn refuse_depends_on(over: &mut Body, diagnostics: &mut Diagnostics) {
    let Some(depends_on) = over.attributes.get("depends_on") else { return };
    let first = match &depends_on.value.kind {
        ExprKind::Tuple(items) => items.first().map(|item| item.span),
        _ => None,
    };
    if let Some(place) = first {
        let detail = "The depends_on argument may not be overridden.";
        diagnostics.push(Diagnostic::error("Unsupported override", detail).at(place));
        over.attributes.shift_remove("depends_on");
    }
}

/// Tells whether two blocks speak of one thing; providers are told apart by alias, too.
fn same_thing(a: &Block, b: &Block) -> bool {
    let texts = |block: &Block| block.labels.iter().map(|l| l.text.clone()).collect::<Vec<Name>>();
    let alias = |block: &Block| {
        block.body.attributes.get("alias").and_then(|alias| constant::text(&alias.value))
    };
    let is_stack = |block: &Block| matches!(&*block.kind, "stack" | "terraform");
    let same_kind = a.kind == b.kind || (is_stack(a) && is_stack(b));
    same_kind && texts(a) == texts(b) && (&*a.kind != "provider" || alias(a) == alias(b))
}

/// Replaces attributes by name and nested blocks by kind; `lifecycle` and the like are merged.
fn merge_body(base: &mut Body, over: Body) {
    // Either says how many there are, and the later word holds.
    for (given, other) in [("count", "for_each"), ("for_each", "count")] {
        if over.attributes.contains_key(given) {
            base.attributes.shift_remove(other);
        }
    }
    base.attributes.extend(over.attributes);
    let mut replaced: Vec<Name> = Vec::new();
    for block in over.blocks {
        let merged = matches!(&*block.kind, "lifecycle" | "required_providers");
        let place = base.blocks.iter_mut().find(|other| other.kind == block.kind);
        if let (true, Some(place)) = (merged, place) {
            merge_body(&mut place.body, block.body);
            continue;
        }
        if !replaced.contains(&block.kind) {
            base.blocks.retain(|other| other.kind != block.kind);
            replaced.push(block.kind.clone());
        }
        base.blocks.push(block);
    }
}
