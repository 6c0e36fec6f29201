//! The text of a lowering.

use std::fmt::Write;

use super::{Class, Entry, Kind, Topology};

/// Writes the module that a topology is lowered into.
pub(super) fn write(topology: &Topology) -> String {
    let mut out = format!(
        "# Lowered from topology \"{}\". What the block says are the values of these variables.\n\n",
        topology.name
    );
    out.push_str(
        "variable \"servers\" {\n  type = map(object({\n    url      = string\n    token    = optional(string)\n    username = optional(string)\n    password = optional(string)\n  }))\n}\n",
    );
    if topology.kind == Kind::Star {
        out.push_str("\nvariable \"hub\" {\n  type = string\n}\n");
    }
    for entry in topology.entries.values() {
        variables(&mut out, entry, topology);
        match entry.class {
            Class::Repository => repository(&mut out, entry, topology),
            Class::Remote => remote(&mut out, entry, topology),
            Class::Virtual => virtual_repository(&mut out, entry, topology),
        }
    }
    // Laid out as people lay it out, since diagnostics may show it.
    lang::format::format(&out).unwrap_or(out)
}

/// Writes to a string, which cannot fail.
macro_rules! put {
    ($out:expr, $($arguments:tt)*) => {{
        let _: std::fmt::Result = writeln!($out, $($arguments)*);
    }};
}

/// The variable that holds the attributes of an entry.
pub(super) fn attributes_variable(entry: &Entry) -> String {
    format!("{}_{}", entry.class.word(), entry.name)
}

/// The variable that holds the regions of an entry.
pub(super) fn regions_variable(entry: &Entry) -> String {
    format!("regions_of_{}", entry.name)
}

fn variables(out: &mut String, entry: &Entry, topology: &Topology) {
    put!(out, "\n# {} \"{}\"\n", entry.class.word(), entry.name);
    put!(out, "variable \"{}\" {{\n  type = any\n}}\n", attributes_variable(entry));
    let name = &entry.name;
    if entry.regions.is_some() {
        put!(out, "variable \"{}\" {{\n  type = set(string)\n}}\n", regions_variable(entry));
    }
    put!(out, "locals {{\n  {name}_regions = {}\n}}\n", regions(entry, topology));
}

/// Where an entry is: as it says, a virtual wherever it has members, and else everywhere.
fn regions(entry: &Entry, topology: &Topology) -> String {
    if entry.regions.is_some() {
        return format!("var.{}", regions_variable(entry));
    }
    let members: Vec<&Entry> =
        entry.members.iter().filter_map(|(name, _)| topology.entries.get(name)).collect();
    if members.is_empty() || members.iter().any(|member| member.regions.is_none()) {
        return "toset(keys(var.servers))".into();
    }
    let regions: Vec<String> =
        members.iter().map(|member| format!("local.{}_regions", member.name)).collect();
    format!("setunion({})", regions.join(", "))
}

/// Sets the attributes that the block gives, or `only` some of them.
fn passed(out: &mut String, entry: &Entry, only: Option<&[&str]>) {
    for name in entry.attributes.keys() {
        if only.is_none_or(|only| only.contains(&&**name)) {
            put!(out, "  {name} = var.{}.{name}", attributes_variable(entry));
        }
    }
}

/// A region that has no server is told by name, before its server is looked up.
fn region_has_server(out: &mut String, entry: &Entry, topology: &Topology, region: &str) {
    if entry.regions.is_none() {
        return;
    }
    put!(
        out,
        "  lifecycle {{\n    precondition {{\n      condition     = contains(keys(var.servers), {region})\n      error_message = \"Topology \\\"{}\\\" has no server for the region \\\"${{{region}}}\\\" of {} \\\"{}\\\".\"\n    }}\n  }}",
        topology.name,
        entry.class.word(),
        entry.name
    );
}

fn repository(out: &mut String, entry: &Entry, topology: &Topology) {
    let name = &entry.name;
    copies(out, entry, topology.kind);
    put!(out, "resource \"artiform_local_repository\" \"{name}\" {{");
    put!(out, "  for_each     = local.{name}_regions");
    put!(out, "  server       = var.servers[each.key]");
    put!(out, "  key          = \"{name}-${{each.key}}\"");
    put!(out, "  read_only    = false");
    put!(out, "  owner_region = each.key");
    passed(out, entry, None);
    region_has_server(out, entry, topology, "each.key");
    put!(out, "}}\n");
    put!(out, "resource \"artiform_local_repository\" \"{name}_replica\" {{");
    put!(out, "  for_each     = local.{name}_copies");
    put!(out, "  server       = var.servers[each.value.server]");
    put!(out, "  key          = \"{name}-${{each.value.owner}}\"");
    put!(out, "  read_only    = true");
    put!(out, "  owner_region = each.value.owner");
    passed(out, entry, None);
    region_has_server(out, entry, topology, "each.value.server");
    put!(out, "}}\n");
    replication(out, entry);
    put!(out, "resource \"artiform_virtual_repository\" \"{name}\" {{");
    put!(out, "  for_each = local.{name}_regions");
    put!(out, "  server   = var.servers[each.key]");
    put!(out, "  key      = \"{name}\"");
    put!(out, "  repositories = concat(");
    put!(out, "    [artiform_local_repository.{name}[each.key].key],");
    put!(out, "    {},", replicas(entry));
    put!(out, "  )");
    put!(out, "  default_deployment_repository = artiform_local_repository.{name}[each.key].key");
    passed(out, entry, Some(&["format", "description"]));
    region_has_server(out, entry, topology, "each.key");
    put!(out, "}}\n");
    put!(out, "output \"{name}\" {{\n  value = {{");
    put!(out, "    for region in local.{name}_regions : region => {{");
    put!(out, "      key   = artiform_virtual_repository.{name}[region].key");
    put!(out, "      local = artiform_local_repository.{name}[region].key");
    put!(out, "    }}\n  }}\n}}");
}

/// Which server holds whose replica, as `server/owner`, and which way artifacts go, as `from/to`.
fn copies(out: &mut String, entry: &Entry, kind: Kind) {
    let name = &entry.name;
    let condition = match kind {
        Kind::Mesh => "owner != server",
        Kind::Star => "owner != server && (owner == var.hub || server == var.hub)",
    };
    put!(out, "locals {{");
    put!(out, "  {name}_copies = merge([");
    put!(out, "    for server in local.{name}_regions : {{");
    put!(out, "      for owner in local.{name}_regions :");
    put!(out, "      \"${{server}}/${{owner}}\" => {{ server = server, owner = owner }}");
    put!(out, "      if {condition}");
    put!(out, "    }}\n  ]...)");
    put!(out, "  {name}_routes = {{");
    put!(out, "    for copy in values(local.{name}_copies) :");
    put!(
        out,
        "    \"${{copy.owner}}/${{copy.server}}\" => {{ from = copy.owner, to = copy.server }}"
    );
    put!(out, "  }}\n}}\n");
}

fn replication(out: &mut String, entry: &Entry) {
    let name = &entry.name;
    put!(out, "resource \"artiform_replication\" \"{name}\" {{");
    put!(out, "  for_each    = local.{name}_routes");
    put!(out, "  server      = var.servers[each.value.from]");
    put!(out, "  repository  = artiform_local_repository.{name}[each.value.from].key");
    put!(out, "  target      = var.servers[each.value.to]");
    put!(
        out,
        "  target_repository = artiform_local_repository.{name}_replica[\"${{each.value.to}}/${{each.value.from}}\"].key"
    );
    put!(out, "  from_region = each.value.from");
    put!(out, "  to_region   = each.value.to");
    put!(out, "}}\n");
}

/// The replicas of a repository on the server of `each.key`.
fn replicas(entry: &Entry) -> String {
    let name = &entry.name;
    format!(
        "[for path, copy in local.{name}_copies : artiform_local_repository.{name}_replica[path].key if copy.server == each.key]"
    )
}

fn remote(out: &mut String, entry: &Entry, topology: &Topology) {
    let name = &entry.name;
    put!(out, "resource \"artiform_remote_repository\" \"{name}\" {{");
    put!(out, "  for_each = local.{name}_regions");
    put!(out, "  server   = var.servers[each.key]");
    put!(out, "  key      = \"{name}\"");
    passed(out, entry, None);
    region_has_server(out, entry, topology, "each.key");
    put!(out, "}}\n");
    simple_output(out, entry, "artiform_remote_repository");
}

fn virtual_repository(out: &mut String, entry: &Entry, topology: &Topology) {
    let name = &entry.name;
    put!(out, "resource \"artiform_virtual_repository\" \"{name}\" {{");
    put!(out, "  for_each = local.{name}_regions");
    put!(out, "  server   = var.servers[each.key]");
    put!(out, "  key      = \"{name}\"");
    put!(out, "  repositories = concat(");
    let members = entry.members.iter().filter_map(|(member, _)| topology.entries.get(member));
    for member in members.clone() {
        put!(out, "    {},", in_region(member));
        if member.class == Class::Repository {
            put!(out, "    {},", replicas(member));
        }
    }
    // `concat` wants an argument even where no member is known.
    put!(out, "    [],\n  )");
    let named = entry.deployment.as_ref().and_then(|(name, _)| topology.entries.get(name));
    let first = || members.clone().find(|member| member.class == Class::Repository);
    if let Some(target) = named.or_else(first) {
        put!(out, "  default_deployment_repository = one({})", in_region(target));
    }
    passed(out, entry, None);
    region_has_server(out, entry, topology, "each.key");
    put!(out, "}}\n");
    simple_output(out, entry, "artiform_virtual_repository");
}

/// The list of a member's own repository in the region `each.key`: one, or none where it is not.
fn in_region(member: &Entry) -> String {
    let name = &member.name;
    let resource = match member.class {
        Class::Repository => "artiform_local_repository",
        Class::Remote => "artiform_remote_repository",
        Class::Virtual => "artiform_virtual_repository",
    };
    if member.regions.is_none() {
        // A reference to one instance lets a region go on while another one is down.
        return format!("[{resource}.{name}[each.key].key]");
    }
    format!(
        "[for region in local.{name}_regions : {resource}.{name}[region].key if region == each.key]"
    )
}

fn simple_output(out: &mut String, entry: &Entry, resource: &str) {
    let name = &entry.name;
    put!(out, "output \"{name}\" {{\n  value = {{");
    put!(out, "    for region in local.{name}_regions : region => {{");
    put!(out, "      key = {resource}.{name}[region].key");
    put!(out, "    }}\n  }}\n}}");
}
