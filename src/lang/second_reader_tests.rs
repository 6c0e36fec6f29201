//! What the parser of hcl-rs reads too has the same shape in ours: an independent second reader.

use diagnostics::FileId;
use hcl::edit::structure::{BlockLabel, Body as OtherBody, Structure};
use serde_json::Value as Json;

use crate::testing::case_file;
use crate::{Body, parse};

/// Attributes by name and blocks by kind and labels, in order, one a line.
fn shape(body: &Body, depth: usize, lines: &mut Vec<String>) {
    let mut names: Vec<&str> = body.attributes.keys().map(|name| &**name).collect();
    names.sort_unstable();
    lines.extend(names.iter().map(|name| format!("{:depth$}{name} =", "")));
    for block in &body.blocks {
        let labels: Vec<&str> = block.labels.iter().map(|label| &*label.text).collect();
        lines.push(format!("{:depth$}{} {labels:?}", "", block.kind));
        shape(&block.body, depth + 1, lines);
    }
}

fn other_shape(body: &OtherBody, depth: usize, lines: &mut Vec<String>) {
    let mut names: Vec<&str> = body.attributes().map(|attribute| attribute.key.as_str()).collect();
    names.sort_unstable();
    lines.extend(names.iter().map(|name| format!("{:depth$}{name} =", "")));
    for structure in body {
        let Structure::Block(block) = structure else { continue };
        let labels: Vec<&str> = block
            .labels
            .iter()
            .map(|label| match label {
                BlockLabel::Ident(ident) => ident.as_str(),
                BlockLabel::String(text) => text.as_str(),
            })
            .collect();
        lines.push(format!("{:depth$}{} {labels:?}", "", block.ident.as_str()));
        other_shape(&block.body, depth + 1, lines);
    }
}

#[test]
fn two_readers_see_the_same_shape() {
    let cases: Vec<Json> = serde_json::from_str(&case_file("syntax.json")).unwrap();
    let mut compared = 0;
    for case in &cases {
        let source = case["source"].as_str().unwrap();
        let Ok(other) = hcl::edit::parser::parse_body(source) else { continue };
        let (body, found) = parse::file(source, FileId(0));
        if found.has_errors() {
            // It is more lenient in places; each refusal of ours is a recorded one of Terraform's.
            assert!(case["errors"].is_array(), "{}", case["name"]);
            continue;
        }
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        shape(&body, 0, &mut ours);
        other_shape(&other, 0, &mut theirs);
        assert_eq!(ours, theirs, "{}", case["name"]);
        compared += 1;
    }
    assert!(compared > 80, "{compared}");
}
