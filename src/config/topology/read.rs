//! Reads a topology block.

use diagnostics::{Diagnostic, Diagnostics, SourceMap, did_you_mean};
use indexmap::IndexMap;
use lang::{Attribute, Block, Body, Name, Traversal};

use super::{Class, Entry, Kind, Topology};
use crate::constant;
use crate::decode::Decoder;
use crate::schema::{self, Shape};

const TOPOLOGY: Shape = Shape {
    required: &["kind", "servers"],
    optional: &["depends_on", "hub"],
    blocks: &["remote", "repository", "virtual"],
};

/// Arguments that people set; others are passed to the resource, whose schema judges them.
const REPOSITORY: Shape = Shape {
    required: &["format"],
    optional: &["description", "force_destroy", "regions"],
    blocks: &[],
};
const REMOTE: Shape = Shape {
    required: &["format", "url"],
    optional: &["description", "password", "regions", "username"],
    blocks: &[],
};
const VIRTUAL: Shape = Shape {
    required: &["format", "members"],
    optional: &["default_deployment_repository", "description", "regions"],
    blocks: &[],
};

/// Arguments of the resources that the lowering sets itself.
const OWN: [&str; 8] =
    ["count", "for_each", "key", "owner_region", "read_only", "region", "repositories", "server"];

/// Reads the block; what is wrong or missing is reported and left out.
pub(super) fn topology(
    block: &Block,
    sources: &SourceMap,
    diagnostics: &mut Diagnostics,
) -> (Topology, Vec<Traversal>) {
    let mut body = block.body.clone();
    let nested = [("remote", 1), ("repository", 1), ("virtual", 1)];
    Decoder::new(sources, diagnostics, false).unfold(&mut body, &nested);
    schema::check(&body, &TOPOLOGY, diagnostics);
    let depends_on = Decoder::new(sources, diagnostics, false).take_depends_on(&mut body);
    let kind = kind(body.attributes.get("kind"), diagnostics);
    let hub = body.attributes.shift_remove("hub");
    check_hub(kind, hub.as_ref(), block, diagnostics);
    let mut topology = Topology {
        name: block.labels[0].text.clone(),
        kind,
        servers: body.attributes.shift_remove("servers"),
        hub,
        entries: IndexMap::new(),
        header_span: block.header_span,
    };
    for inner in body.blocks {
        let class = match &*inner.kind {
            "repository" => Class::Repository,
            "remote" => Class::Remote,
            "virtual" => Class::Virtual,
            _ => continue,
        };
        let Some(entry) = entry(class, inner, diagnostics) else { continue };
        add(&mut topology, entry, sources, diagnostics);
    }
    (topology, depends_on)
}

fn kind(attribute: Option<&Attribute>, diagnostics: &mut Diagnostics) -> Kind {
    let Some(attribute) = attribute else { return Kind::Mesh };
    match constant::text(&attribute.value).as_deref() {
        Some("mesh") => Kind::Mesh,
        Some("star") => Kind::Star,
        Some(other) => {
            let detail = format!(
                "There is no topology of kind \"{other}\". The kinds are \"mesh\", in which every region sends to every other, and \"star\", in which every region sends to the hub and the hub to every region."
            );
            let mut diagnostic = Diagnostic::error("Unknown topology kind", detail);
            if let Some(near) = did_you_mean(other, ["mesh", "star"]) {
                diagnostic = diagnostic.hint(format!("did you mean \"{near}\"?"));
            }
            diagnostics.push(diagnostic.at(attribute.value.span));
            Kind::Mesh
        }
        None => {
            let detail = "The kind decides which resources there are, so it must be a literal: \
                          \"mesh\" or \"star\".";
            let diagnostic = Diagnostic::error("Unknown topology kind", detail);
            diagnostics.push(diagnostic.at(attribute.value.span));
            Kind::Mesh
        }
    }
}

fn check_hub(kind: Kind, hub: Option<&Attribute>, block: &Block, diagnostics: &mut Diagnostics) {
    match (kind, hub) {
        (Kind::Star, None) => {
            let missing = schema::missing_argument("hub", schema::opening(&block.body));
            let hint = "name the region in the middle: hub = \"...\"";
            diagnostics.push(missing.hint(hint));
        }
        (Kind::Mesh, Some(hub)) => {
            let detail = "Only a topology of kind \"star\" has a hub.";
            diagnostics.push(Diagnostic::error("Unsupported argument", detail).at(hub.name_span));
        }
        _ => {}
    }
}

fn shape(class: Class) -> &'static Shape {
    match class {
        Class::Repository => &REPOSITORY,
        Class::Remote => &REMOTE,
        Class::Virtual => &VIRTUAL,
    }
}

fn entry(class: Class, block: Block, diagnostics: &mut Diagnostics) -> Option<Entry> {
    if !schema::labels(&block, &["name"], diagnostics) {
        return None;
    }
    let label = block.labels[0].clone();
    schema::identifier(&label.text, label.span, &format!("{} name", class.word()), diagnostics);
    let mut body = block.body;
    let shape = shape(class);
    schema::require(&body, shape.required, diagnostics);
    refuse(&mut body, class, shape, diagnostics);
    let regions = body.attributes.shift_remove("regions");
    let (members, deployment) = match class {
        Class::Virtual => virtual_arguments(&mut body, diagnostics),
        _ => (Vec::new(), None),
    };
    Some(Entry {
        class,
        name: label.text,
        name_span: label.span,
        regions,
        members,
        deployment,
        attributes: body.attributes,
        header_span: block.header_span,
    })
}

/// Refuses nested blocks, what the lowering sets itself, and slips of the hand.
fn refuse(body: &mut Body, class: Class, shape: &Shape, diagnostics: &mut Diagnostics) {
    for block in std::mem::take(&mut body.blocks) {
        diagnostics.push(schema::unsupported_block(&block.kind, block.kind_span, shape));
    }
    let known = || shape.required.iter().chain(shape.optional).copied();
    body.attributes.retain(|name, attribute| {
        let name: &str = name;
        if known().any(|known| known == name) {
            return true;
        }
        let detail = if let Some(near) = did_you_mean(name, known()) {
            format!("An argument named \"{name}\" is not expected here. Did you mean \"{near}\"?")
        } else if OWN.contains(&name) || name == "members" {
            format!(
                "An argument named \"{name}\" is not expected here: the topology itself says what it is for each {} and region.",
                class.word()
            )
        } else {
            return true;
        };
        let diagnostic = Diagnostic::error("Unsupported argument", detail);
        diagnostics.push(diagnostic.at(attribute.name_span));
        false
    });
}

type Names = Vec<(Name, diagnostics::Span)>;

fn virtual_arguments(
    body: &mut Body,
    diagnostics: &mut Diagnostics,
) -> (Names, Option<(Name, diagnostics::Span)>) {
    let mut literal = |attribute: Attribute, what: &str| {
        let detail = format!(
            "The members of a virtual repository decide which resources depend on which, so this must be {what}."
        );
        let diagnostic = Diagnostic::error("Unsuitable value type", detail);
        diagnostics.push(diagnostic.at(attribute.value.span));
    };
    let members = body.attributes.shift_remove("members").map(|attribute| {
        constant::texts(&attribute.value).unwrap_or_else(|| {
            literal(attribute, "a literal list of names");
            Vec::new()
        })
    });
    let deployment = body.attributes.shift_remove("default_deployment_repository");
    let deployment = deployment.and_then(|attribute| {
        let span = attribute.value.span;
        let text = constant::text(&attribute.value);
        if text.is_none() {
            literal(attribute, "the literal name of a member");
        }
        Some((text?, span))
    });
    (members.unwrap_or_default(), deployment)
}

fn add(topology: &mut Topology, entry: Entry, sources: &SourceMap, diagnostics: &mut Diagnostics) {
    if let Some(first) = topology.entries.get(&entry.name) {
        let at = schema::place(sources, first.header_span);
        let detail = format!(
            "A {} named \"{}\" was already defined at {at}. The repositories, remotes and virtuals of a topology share their names, since each name becomes a repository on the servers.",
            first.class.word(),
            entry.name
        );
        let diagnostic = Diagnostic::error("Duplicate repository definition", detail);
        diagnostics.push(diagnostic.at(entry.header_span));
        return;
    }
    topology.entries.insert(entry.name.clone(), entry);
}
