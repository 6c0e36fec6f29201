//! Everything that a change does, as one digest: two plans that would do the same have the same digests.

use std::collections::BTreeMap;

use lang::{Data, Name, Value, json};
use plan::{Action, OutputChange, Plan, Reason, ResourceChange};

use crate::stack::digest;

/// The digest of each change of a plan, by what is changed. What does not change is not in it.
pub fn changes(plan: &Plan, salt: &str) -> BTreeMap<String, String> {
    let mut changes = BTreeMap::new();
    // What checks read is read again by apply, and decides nothing.
    let decided = |change: &&ResourceChange| {
        change.is_change() && change.reason != Some(Reason::ReadBecauseCheckNested)
    };
    for change in plan.changes.iter().filter(decided) {
        let deposed = change.deposed.as_ref().map(|key| format!(" (deposed object {key})"));
        let name = format!("{}{}", change.address, deposed.unwrap_or_default());
        changes.insert(name, resource(change, salt));
    }
    for (name, output) in &plan.outputs {
        if output.action != Action::NoOp {
            changes.insert(format!("output.{name}"), self::output(output, salt));
        }
    }
    changes
}

fn resource(change: &ResourceChange, salt: &str) -> String {
    let previous = change.previous_address.as_ref().map(ToString::to_string).unwrap_or_default();
    let import = change.importing.as_ref().map(|import| import.id.as_str()).unwrap_or_default();
    digest::texts([
        salt,
        &format!("{:?}", change.action),
        &change.provider,
        change.region.as_deref().unwrap_or_default(),
        &previous,
        import,
        &optional(change.before.as_ref()),
        &optional(change.after.as_ref()),
    ])
}

fn output(change: &OutputChange, salt: &str) -> String {
    let (before, after) = (optional(change.before.as_ref()), optional(change.after.as_ref()));
    digest::texts([salt, &format!("{:?}", change.action), &before, &after])
}

fn optional(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".into(), text)
}

/// A value as text in which unknown parts stand out, unlike in JSON.
fn text(value: &Value) -> String {
    match &value.data {
        Data::Unknown(..) => "unknown".into(),
        Data::List(_, values) | Data::Set(_, values) | Data::Tuple(values) => {
            let items: Vec<String> = values.iter().map(text).collect();
            format!("[{}]", items.join(","))
        }
        Data::Map(_, values) | Data::Object(values) => {
            let entry = |(name, value): (&Name, &Value)| {
                format!("{}:{}", lang::display::quoted(name), text(value))
            };
            let entries: Vec<String> = values.iter().map(entry).collect();
            format!("{{{}}}", entries.join(","))
        }
        _ => json::to_text(value),
    }
}

#[cfg(test)]
mod tests {
    use lang::Type;

    use super::*;

    #[test]
    fn what_is_unknown_is_told_from_null_and_from_text() {
        let null = Value::null(Type::String);
        let unknown = Value::unknown(Type::String);
        let word = Value::string("unknown");
        assert_ne!(text(&null), text(&unknown));
        assert_ne!(text(&word), text(&unknown));
    }
}
