//! A short text of a tree, for comparison.

use std::fmt::Write;

use lang::Body;

use crate::{Config, Module, ModuleCall, Resource};

/// Writes the stack, its modules and what was generated.
pub(super) fn config(config: &Config, out: &mut String) {
    let stack = &config.stack;
    writeln!(
        out,
        "stack name={:?} version={:?} backend={:?} encrypted={}",
        stack.name,
        stack.required_version,
        stack.backend.as_ref().map(|backend| &*backend.kind),
        stack.encryption.is_some()
    )
    .unwrap();
    for region in config.regions.values() {
        let names: Vec<&str> = region.attributes.keys().map(|name| &**name).collect();
        writeln!(out, "region {} {names:?}", region.name).unwrap();
    }
    module(&config.root, out);
    for file in config.sources.files().iter().filter(|file| file.path.starts_with('<')) {
        writeln!(out, "\n{}\n{}", file.path, file.text).unwrap();
    }
}

fn module(module: &Module, out: &mut String) {
    writeln!(out, "\n{} in {}", module.display_name(), module.folder.display()).unwrap();
    for variable in module.variables.values() {
        let ty = lang::display::type_expression(&variable.constraint.ty);
        let default = variable.default_value.as_ref().map(lang::display::console);
        writeln!(out, "  variable {} {ty} {default:?}", variable.name).unwrap();
    }
    let names = |names: Vec<&lang::Name>| names.iter().map(|n| &***n).collect::<Vec<_>>().join(" ");
    if !module.locals.is_empty() {
        writeln!(out, "  locals {}", names(module.locals.keys().collect())).unwrap();
    }
    module.resources.values().for_each(|resource| write_resource(resource, out));
    module.calls.values().for_each(|call| write_call(call, out));
    for provider in &module.providers {
        writeln!(out, "  provider {} {:?}", provider.name, provider.alias).unwrap();
    }
    module.moved.iter().for_each(|moved| writeln!(out, "  {moved:?}").unwrap());
    for removed in &module.removed {
        writeln!(out, "  removed {:?} destroy={}", removed.from, removed.destroy).unwrap();
    }
    for import in &module.imports {
        let to = &import.to;
        let keyed = if to.index.is_some() { "[...]" } else { "" };
        writeln!(out, "  import {}{keyed}", to.resource).unwrap();
    }
    for check in &module.checks {
        let data = check.data.as_ref().map(|data| data.key().to_string());
        writeln!(out, "  check {} {data:?} {}", check.name, check.assertions.len()).unwrap();
    }
    if !module.outputs.is_empty() {
        writeln!(out, "  outputs {}", names(module.outputs.keys().collect())).unwrap();
    }
    for call in module.calls.values().filter(|call| !call.topology) {
        self::module(&call.module, out);
    }
}

fn write_resource(resource: &Resource, out: &mut String) {
    write!(out, "  {} {}", resource.key(), content(&resource.body)).unwrap();
    let flags = [
        ("count", resource.count.is_some()),
        ("for_each", resource.for_each.is_some()),
        ("region", resource.region.is_some()),
        ("timeouts", resource.timeouts.is_some()),
    ];
    for (flag, _) in flags.iter().filter(|(_, set)| *set) {
        write!(out, " {flag}").unwrap();
    }
    if let Some(provider) = &resource.provider {
        write!(out, " provider={provider}").unwrap();
    }
    let lifecycle = &resource.lifecycle;
    if !resource.depends_on.is_empty() {
        write!(out, " depends_on={}", resource.depends_on.len()).unwrap();
    }
    if lifecycle.create_before_destroy.is_some() || lifecycle.prevent_destroy.is_some() {
        write!(
            out,
            " create_before_destroy={:?} prevent_destroy={}",
            lifecycle
                .create_before_destroy
                .as_ref()
                .and_then(|flag| { crate::constant::value(flag).ok()?.as_bool() }),
            lifecycle.prevent_destroy.is_some()
        )
        .unwrap();
    }
    match &lifecycle.ignore_changes {
        crate::IgnoreChanges::Nothing => {}
        crate::IgnoreChanges::All => out.push_str(" ignore=all"),
        crate::IgnoreChanges::Paths(paths) => {
            let paths: Vec<String> = paths.iter().map(|(path, _)| path.to_string()).collect();
            write!(out, " ignore={}", paths.join(",")).unwrap();
        }
    }
    let conditions = lifecycle.preconditions.len() + lifecycle.postconditions.len();
    if conditions > 0 {
        write!(out, " conditions={conditions}").unwrap();
    }
    for provisioner in &resource.provisioners {
        write!(out, " provisioner={}:{:?}", provisioner.type_name, provisioner.when).unwrap();
    }
    out.push('\n');
}

fn content(body: &Body) -> String {
    let attributes = body.attributes.keys().map(|name| name.to_string());
    let blocks = body.blocks.iter().map(|block| format!("{}{{}}", block.kind));
    format!("({})", attributes.chain(blocks).collect::<Vec<_>>().join(" "))
}

fn write_call(call: &ModuleCall, out: &mut String) {
    let kind = if call.topology { "topology" } else { "module" };
    let inputs: Vec<&str> = call.inputs.keys().map(|name| &**name).collect();
    write!(out, "  {kind} {} ({})", call.name, inputs.join(" ")).unwrap();
    for (inside, outside) in &call.providers {
        write!(out, " {inside}={outside}").unwrap();
    }
    if call.topology {
        let keys = call.module.resources.keys().map(|key| format!("\n    {key}"));
        write!(out, "{}", keys.collect::<String>()).unwrap();
    }
    out.push('\n');
}
