//! State as people read it: `show` and `state show`.

use std::fmt::Write;

use lang::Value;
use plan::Secrets;
use provider::Registry;
use serde_json::{Value as Json, json as object};
use state::{InstanceState, Mode, Snapshot, Status};

use super::outputs;
use crate::{address, recorded};

/// Everything that is recorded.
pub fn all(snapshot: &Snapshot, registry: &Registry, secrets: Secrets) -> String {
    if snapshot.is_empty() {
        return "The state file is empty. No resources are represented.\n".into();
    }
    let mut instances: Vec<_> = snapshot.instances.values().collect();
    // Modules behind what calls them.
    instances.sort_by_cached_key(|i| (address::resource(&i.address).ok(), i.address.clone()));
    let mut text = String::new();
    let mut before = None;
    for recorded in instances {
        let module = address::resource(&recorded.address).ok().map(|address| address.module);
        if let Some(before) = before {
            text.push_str(if before == module { "\n" } else { "\n\n" });
        }
        before = Some(module);
        text.push_str(&instance(recorded, registry, secrets));
    }
    if !snapshot.outputs.is_empty() {
        let named = snapshot.outputs.iter().map(|(name, output)| (name.as_str(), output));
        let _ = write!(text, "\n\nOutputs:\n\n{}", outputs::plain(named, secrets));
    }
    text
}

/// The state as `show --json` writes it, in the form of Terraform's.
pub fn as_json(snapshot: &Snapshot, registry: &Registry) -> Json {
    let read = |instance: &InstanceState| recorded::attributes(instance, registry);
    object!(plan::json::state::document(snapshot, &read, registry))
}

/// One instance as its block would read, and what waits to be deleted behind it.
pub fn instance(instance: &InstanceState, registry: &Registry, secrets: Secrets) -> String {
    let objects = instance.objects().into_iter().map(|(object, deposed)| {
        let note = match (deposed, &object.status) {
            (Some(key), _) => format!(" (deposed object {key})"),
            (None, Status::Ready) => String::new(),
            (None, Status::Tainted) => " (tainted)".to_owned(),
            (None, Status::Configuring { .. }) => " (created, not yet configured)".to_owned(),
        };
        let kind = if object.mode == Mode::Data { "data" } else { "resource" };
        let header = format!("{kind} \"{}\" \"{}\"", object.type_name, object.name);
        let attributes = attributes(&object, registry, secrets);
        format!("# {}:{note}\n{header} {{\n{attributes}}}\n", object.address)
    });
    objects.collect::<Vec<_>>().join("\n")
}

fn attributes(instance: &InstanceState, registry: &Registry, secrets: Secrets) -> String {
    let value = recorded::attributes(instance, registry);
    let shown = |value: &Value| !value.is_null();
    let entries: Vec<_> = value.entries().into_iter().flatten().filter(|(_, v)| shown(v)).collect();
    let width = entries.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for (name, value) in entries {
        let shown = plan::render::unchanged(value, 4, secrets);
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
    fn what_was_replaced_and_is_still_there_is_shown_behind_what_replaced_it() {
        let mut state = InstanceState {
            address: "a_b.c".into(),
            type_name: "a_b".into(),
            name: "c".into(),
            attributes: json!({"id": "old"}),
            ..InstanceState::default()
        };
        state.depose("00aabbcc");
        let shown =
            |state: &InstanceState| instance(state, &crate::providers::registry(), Secrets::Hidden);
        let old =
            "# a_b.c: (deposed object 00aabbcc)\nresource \"a_b\" \"c\" {\n    id = \"old\"\n}\n";
        assert_eq!(shown(&state), old);
        state.attributes = json!({"id": "new"});
        let new = "# a_b.c:\nresource \"a_b\" \"c\" {\n    id = \"new\"\n}\n";
        assert_eq!(shown(&state), format!("{new}\n{old}"));
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
            instance(&state, &crate::providers::registry(), Secrets::Hidden),
            "# a_b.c[0]: (tainted)\nresource \"a_b\" \"c\" {\n    id       = \"7\"\n    password = (sensitive value)\n    tags     = {\n        x = \"y\"\n    }\n}\n"
        );
    }
}
