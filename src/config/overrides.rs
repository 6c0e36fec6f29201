//! Override files: `override.tf` and `*_override.tf` change blocks that other files declare.

use diagnostics::{Diagnostic, Diagnostics};
use lang::{Block, Body, Name};

use crate::constant;

/// Merges the blocks of an override file into the blocks of the other files.
pub(crate) fn merge(base: &mut [Block], overrides: Vec<Block>, diagnostics: &mut Diagnostics) {
    for over in overrides {
        match &*over.kind {
            "check" | "import" | "moved" | "removed" | "topology" => {
                diagnostics.push(never_overridden(&over));
            }
            "locals" => merge_locals(base, over, diagnostics),
            _ => merge_block(base, over, diagnostics),
        }
    }
}

fn never_overridden(block: &Block) -> Diagnostic {
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
                diagnostics.push(Diagnostic::error(summary, detail).at(attribute.name_span));
            }
        }
    }
}

fn merge_block(base: &mut [Block], over: Block, diagnostics: &mut Diagnostics) {
    let Some(place) = base.iter_mut().find(|block| same_thing(block, &over)) else {
        let labels: Vec<&str> = over.labels.iter().map(|label| &*label.text).collect();
        let detail = format!(
            "There is no {} \"{}\". An override file can only override a block that was already declared in a primary configuration file.",
            over.kind,
            labels.join("\" \"")
        );
        let summary = format!("Missing base {} declaration to override", over.kind);
        diagnostics.push(Diagnostic::error(summary, detail).at(over.header_span));
        return;
    };
    merge_body(&mut place.body, over.body);
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
