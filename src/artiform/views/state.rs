//! State as people read it: `show` and `state show`.

use std::collections::BTreeSet;
use std::fmt::Write;

use lang::{Value, json};
use provider::Registry;
use serde_json::{Value as Json, json as object};
use state::{InstanceState, Mode, OutputState, Snapshot, Status};

use super::outputs;
use crate::recorded;

/// Everything that is recorded.
pub fn all(snapshot: &Snapshot, registry: &Registry) -> String {
    if snapshot.is_empty() {
        return "The state file is empty. No resources are represented.\n".into();
    }
    let instances = snapshot.instances.values().map(|i| instance(i, registry));
    let mut text = instances.collect::<Vec<_>>().join("\n");
    if !snapshot.outputs.is_empty() {
        let named = snapshot.outputs.iter().map(|(name, output)| (name.as_str(), output));
        let _ = write!(text, "\n\nOutputs:\n\n{}", outputs::all(named));
    }
    text
}

/// The state as `show --json` writes it, in the form of Terraform's.
pub fn as_json(snapshot: &Snapshot, registry: &Registry) -> Json {
    let mut answer = object!({
        "format_version": "1.0",
        "terraform_version": env!("CARGO_PKG_VERSION"),
        "artiform_version": env!("CARGO_PKG_VERSION"),
    });
    if !snapshot.is_empty() {
        let outputs: serde_json::Map<String, Json> =
            snapshot.outputs.iter().map(|(name, o)| (name.clone(), output_json(o))).collect();
        answer["values"] =
            object!({ "outputs": outputs, "root_module": module_json("", snapshot, registry) });
    }
    answer
}

fn output_json(output: &OutputState) -> Json {
    object!({ "sensitive": output.sensitive, "value": output.value, "type": output.value_type })
}

fn module_json(module: &str, snapshot: &Snapshot, registry: &Registry) -> Json {
    let own = snapshot.instances.values().filter(|i| i.module == module && i.has_current());
    let resources: Vec<Json> = own.map(|i| instance_json(i, registry)).collect();
    let modules: BTreeSet<&str> = snapshot.instances.values().map(|i| i.module.as_str()).collect();
    let children = modules.iter().flat_map(|inner| ancestors(inner));
    let children: BTreeSet<&str> =
        children.filter(|inner| parent(inner) == module && !inner.is_empty()).collect();
    let mut answer = object!({});
    if !module.is_empty() {
        answer["address"] = object!(module);
    }
    if !resources.is_empty() {
        answer["resources"] = object!(resources);
    }
    if !children.is_empty() {
        let children: Vec<Json> =
            children.iter().map(|c| module_json(c, snapshot, registry)).collect();
        answer["child_modules"] = object!(children);
    }
    answer
}

/// The module and every module around it, innermost first.
fn ancestors(module: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(module), |m| Some(parent(m)).filter(|_| !m.is_empty()))
}

/// The module that holds a module: `module.a` of `module.a.module.b[\"x.y\"]`.
fn parent(module: &str) -> &str {
    let mut quoted = false;
    let mut dots = Vec::new();
    let mut escaped = false;
    for (at, c) in module.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '.' if !quoted => dots.push(at),
            _ => {}
        }
    }
    // A step of a module's path is two words, so the step before ends two dots earlier.
    dots.len().checked_sub(2).map_or("", |dot| &module[..dots[dot]])
}

fn instance_json(instance: &InstanceState, registry: &Registry) -> Json {
    let mode = if instance.mode == Mode::Data { "data" } else { "managed" };
    let value = recorded::attributes(instance, registry);
    let mut answer = object!({
        "address": instance.address,
        "mode": mode,
        "type": instance.type_name,
        "name": instance.name,
        "provider_name": instance.provider,
        "schema_version": instance.schema_version,
        "values": json::to_json(&value),
        "sensitive_values": sensitive_json(&value),
    });
    if let Some(index) = &instance.index {
        answer["index"] = index.clone();
    }
    if !instance.dependencies.is_empty() {
        answer["depends_on"] = object!(instance.dependencies);
    }
    if instance.is_tainted() {
        answer["tainted"] = object!(true);
    }
    answer
}

/// The top-level attributes that are, or hold, secrets.
fn sensitive_json(value: &Value) -> Json {
    let entries = value.entries().into_iter().flatten();
    let secret = entries.filter(|(_, value)| value.is_sensitive());
    Json::Object(secret.map(|(name, _)| (name.to_string(), Json::Bool(true))).collect())
}

/// One instance as its block would read.
pub fn instance(instance: &InstanceState, registry: &Registry) -> String {
    let note = match &instance.status {
        Status::Ready => "",
        Status::Tainted => " (tainted)",
        Status::Configuring { .. } => " (created, not yet configured)",
    };
    let kind = if instance.mode == Mode::Data { "data" } else { "resource" };
    let header = format!("{kind} \"{}\" \"{}\"", instance.type_name, instance.name);
    let mut text = format!("# {}:{note}\n", instance.address);
    if instance.has_current() {
        let _ = writeln!(text, "{header} {{\n{}}}", attributes(instance, registry));
    }
    for deposed in &instance.deposed {
        let _ = writeln!(text, "# {} (deposed object {})", instance.address, deposed.key);
    }
    text
}

fn attributes(instance: &InstanceState, registry: &Registry) -> String {
    let value = recorded::attributes(instance, registry);
    let shown = |value: &Value| !value.is_null();
    let entries: Vec<_> = value.entries().into_iter().flatten().filter(|(_, v)| shown(v)).collect();
    let width = entries.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for (name, value) in entries {
        let shown = lang::display::console(value).replace('\n', "\n    ");
        let _ = writeln!(text, "    {name:width$} = {shown}");
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use state::PathStep;

    use super::*;

    #[test]
    fn modules_are_parents_of_modules_whatever_their_keys_hold() {
        assert_eq!(parent("module.a[\"x.y\"].module.b"), "module.a[\"x.y\"]");
        assert_eq!(parent("module.a[\"x.y\"]"), "");
        assert_eq!(parent(""), "");
    }

    #[test]
    fn an_instance_reads_like_its_block_and_keeps_secrets() {
        let state = InstanceState {
            address: "a_b.c[0]".into(),
            type_name: "a_b".into(),
            name: "c".into(),
            status: Status::Tainted,
            attributes: json!({"id": "7", "password": "hush", "tags": {"x": "y"}, "none": null}),
            sensitive: vec![vec![PathStep::Name("password".into())]],
            ..InstanceState::default()
        };
        assert_eq!(
            instance(&state, &crate::providers::registry()),
            "# a_b.c[0]: (tainted)\nresource \"a_b\" \"c\" {\n    id       = \"7\"\n    password = (sensitive value)\n    tags     = {\n      \"x\" = \"y\"\n    }\n}\n"
        );
    }
}
