//! Checks a topology as a whole: formats, members, regions and names that would collide.

use diagnostics::{Diagnostic, Diagnostics, SourceMap, did_you_mean};
use lang::Name;

use super::{Class, Entry, Kind, Topology};
use crate::{constant, schema};

/// The package formats that a repository can have.
const FORMATS: [&str; 25] = [
    "alpine",
    "ansible",
    "cargo",
    "chef",
    "composer",
    "conan",
    "conda",
    "cran",
    "debian",
    "docker",
    "gems",
    "generic",
    "go",
    "gradle",
    "helm",
    "helmoci",
    "huggingface",
    "ivy",
    "maven",
    "npm",
    "nuget",
    "oci",
    "pypi",
    "rpm",
    "terraform",
];

/// Reports what the parts of a topology say against each other.
pub(super) fn topology(topology: &Topology, sources: &SourceMap, diagnostics: &mut Diagnostics) {
    let servers = topology.servers.as_ref().and_then(|s| constant::object_keys(&s.value));
    if let (Some(servers), Some(hub)) = (&servers, &topology.hub)
        && let Some(name) = constant::text(&hub.value)
        && !servers.contains(&name)
    {
        diagnostics.push(unknown_region(&name, servers, topology).at(hub.value.span));
    }
    for entry in topology.entries.values() {
        format(entry, diagnostics);
        collision(entry, topology, sources, diagnostics);
        key_collision(entry, topology, servers.as_deref(), diagnostics);
        members(entry, topology, diagnostics);
        regions(entry, topology, servers.as_deref(), diagnostics);
    }
}

/// The literal format of an entry.
fn format_of(entry: &Entry) -> Option<Name> {
    entry.attributes.get("format").and_then(|format| constant::text(&format.value))
}

fn format(entry: &Entry, diagnostics: &mut Diagnostics) {
    let (Some(format), Some(attribute)) = (format_of(entry), entry.attributes.get("format")) else {
        return;
    };
    if FORMATS.contains(&&*format) {
        return;
    }
    let detail =
        format!("There is no package format \"{format}\". The formats are {}.", FORMATS.join(", "));
    let mut diagnostic = Diagnostic::error("Unknown package format", detail);
    if let Some(near) = did_you_mean(&format, FORMATS) {
        diagnostic = diagnostic.hint(format!("did you mean \"{near}\"?"));
    }
    diagnostics.push(diagnostic.at(attribute.value.span));
}

/// `libs_replica` is how the replicas of `libs` are called among the lowered resources.
fn collision(
    entry: &Entry,
    topology: &Topology,
    sources: &SourceMap,
    diagnostics: &mut Diagnostics,
) {
    let other = entry.name.strip_suffix("_replica").and_then(|base| topology.entries.get(base));
    let Some(other) = other.filter(|other| other.class == Class::Repository) else { return };
    if entry.class != Class::Repository {
        return;
    }
    let at = schema::place(sources, other.header_span);
    let detail = format!(
        "The name \"{}\" is that of the replicas of the repository \"{}\" at {at}. Choose another name for one of them.",
        entry.name, other.name
    );
    diagnostics.push(Diagnostic::error("Repository name taken", detail).at(entry.name_span));
}

/// `libs-us-east-1` is the key of the repository `libs` of the region us-east-1.
fn key_collision(
    entry: &Entry,
    topology: &Topology,
    servers: Option<&[Name]>,
    diagnostics: &mut Diagnostics,
) {
    let repositories = topology.entries.values().filter(|e| e.class == Class::Repository);
    for other in repositories.filter(|other| other.name != entry.name) {
        let region = entry.name.strip_prefix(&*other.name).and_then(|rest| rest.strip_prefix('-'));
        let taken = servers.unwrap_or_default().iter().any(|server| Some(&**server) == region);
        if taken {
            let detail = format!(
                "The repository \"{}\" has the key \"{}\" for its content of one region, so nothing else on the servers can have that name. Choose another name for one of them.",
                other.name, entry.name
            );
            let diagnostic = Diagnostic::error("Repository name taken", detail);
            diagnostics.push(diagnostic.at(entry.name_span));
        }
    }
}

fn members(entry: &Entry, topology: &Topology, diagnostics: &mut Diagnostics) {
    let format = format_of(entry);
    for (name, span) in &entry.members {
        let member = topology.entries.get(name).filter(|member| member.class != Class::Virtual);
        let Some(member) = member else {
            diagnostics.push(unknown_member(entry, name, topology).at(*span));
            continue;
        };
        let other = format_of(member);
        if let (Some(mine), Some(theirs)) = (&format, &other)
            && mine != theirs
        {
            let detail = format!(
                "The virtual repository \"{}\" has the format {mine} and its member \"{name}\" the format {theirs}. All members have the format of the virtual repository.",
                entry.name
            );
            diagnostics.push(Diagnostic::error("Format of member differs", detail).at(*span));
        }
    }
    let mut seen: Vec<&Name> = Vec::new();
    for (name, span) in &entry.members {
        if seen.contains(&name) {
            let detail = format!("The member \"{name}\" stands in the list already.");
            diagnostics.push(Diagnostic::error("Duplicate member", detail).at(*span));
        }
        seen.push(name);
    }
    deployment(entry, topology, diagnostics);
}

fn unknown_member(entry: &Entry, name: &Name, topology: &Topology) -> Diagnostic {
    let mut detail = format!(
        "The virtual repository \"{}\" names a member \"{name}\", but topology \"{}\" has no repository or remote of that name.",
        entry.name, topology.name
    );
    if topology.entries.get(name).is_some() {
        detail = format!(
            "The member \"{name}\" of the virtual repository \"{}\" is a virtual repository itself. Name its members instead.",
            entry.name
        );
    }
    let diagnostic = Diagnostic::error("Unknown member of a virtual repository", detail);
    let candidates = topology.entries.values().filter(|other| other.class != Class::Virtual);
    match did_you_mean(name, candidates.map(|other| &*other.name)) {
        Some(near) if near != &**name => diagnostic.hint(format!("did you mean \"{near}\"?")),
        _ => diagnostic,
    }
}

fn deployment(entry: &Entry, topology: &Topology, diagnostics: &mut Diagnostics) {
    let Some((name, span)) = &entry.deployment else { return };
    let is_repository =
        topology.entries.get(name).is_some_and(|member| member.class == Class::Repository);
    if is_repository && entry.members.iter().any(|(member, _)| member == name) {
        return;
    }
    let detail = format!(
        "\"{name}\" cannot take what is deployed to the virtual repository \"{}\": only a member that is a repository can.",
        entry.name
    );
    let summary = "Invalid default deployment repository";
    diagnostics.push(Diagnostic::error(summary, detail).at(*span));
}

fn regions(
    entry: &Entry,
    topology: &Topology,
    servers: Option<&[Name]>,
    diagnostics: &mut Diagnostics,
) {
    let Some(regions) = &entry.regions else { return };
    let Some(names) = constant::texts(&regions.value) else { return };
    for (name, span) in &names {
        if let Some(servers) = servers.filter(|servers| !servers.contains(name)) {
            diagnostics.push(unknown_region(name, servers, topology).at(*span));
        }
    }
    let hub = topology.hub.as_ref().and_then(|hub| constant::text(&hub.value));
    if let (Kind::Star, Class::Repository, Some(hub)) = (topology.kind, entry.class, hub)
        && names.len() > 1
        && !names.iter().any(|(name, _)| *name == hub)
    {
        let detail = format!(
            "In a star all replication goes through the hub \"{hub}\", which is not among the regions of \"{}\", so its regions would never see each other's artifacts.",
            entry.name
        );
        let diagnostic = Diagnostic::error("Hub left out", detail).at(regions.value.span);
        diagnostics.push(diagnostic.hint(format!("add \"{hub}\" to the regions")));
    }
}

fn unknown_region(name: &str, servers: &[Name], topology: &Topology) -> Diagnostic {
    let detail = format!(
        "Topology \"{}\" has no server for a region \"{name}\". Its servers are in {}.",
        topology.name,
        servers.join(", ")
    );
    let diagnostic = Diagnostic::error("Region without server", detail);
    match did_you_mean(name, servers.iter().map(|name| &**name)) {
        Some(near) => diagnostic.hint(format!("did you mean \"{near}\"?")),
        None => diagnostic,
    }
}
