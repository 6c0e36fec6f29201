//! The attributes and nested blocks of one change, as lines.

use lang::{Path, PathStep, Value};

use super::Painter;
use super::value::{Drawn, Sign, difference};
use crate::{Action, ResourceChange};

/// Attributes that tell which thing it is: shown even when they do not change.
const IDENTIFYING: [&str; 4] = ["id", "key", "name", "tags"];

/// The lines between the braces of a resource.
pub(super) fn lines(change: &ResourceChange, painter: Painter) -> String {
    let after = match change.action {
        Action::Delete => None,
        Action::Forget => change.before.as_ref(),
        _ => change.after.as_ref(),
    };
    let before = if change.action == Action::Create { None } else { change.before.as_ref() };
    let whole = change.action == Action::NoOp && change.importing.is_some();
    object_lines((before, after), &change.replace_paths, whole, painter)
}

/// A note of drift: the lines in the braces of what changed by itself.
pub(super) fn body(change: &ResourceChange, painter: Painter) -> String {
    let kind = format!("\"{}\" \"{}\"", change.address.type_name, change.address.name);
    let sign = painter.sign(Sign::Change);
    let values = (change.before.as_ref(), change.after.as_ref());
    let lines = object_lines(values, &[], false, painter);
    format!("  {sign} resource {kind} {{\n{lines}    }}\n")
}

/// With `whole`, what does not change is shown as well: a thing that is seen for the first time.
fn object_lines(
    (before, after): (Option<&Value>, Option<&Value>),
    replace: &[Path],
    whole: bool,
    painter: Painter,
) -> String {
    let names = names_of(before, after);
    let mut drawn: Vec<(&str, Drawn)> = Vec::new();
    let mut hidden = 0;
    let mut width = 0;
    for name in names {
        let (old, new) = (before.and_then(|v| v.get(name)), after.and_then(|v| v.get(name)));
        let null = |value: Option<&Value>| value.is_none_or(Value::is_null);
        if null(old) && null(new) {
            continue;
        }
        width = width.max(name.chars().count());
        let difference = difference(old, new, 6, painter);
        if difference.sign == Sign::Keep && !whole && !IDENTIFYING.contains(&name) {
            hidden += 1;
        } else {
            drawn.push((name, difference));
        }
    }
    let mut out = String::new();
    for (name, difference) in drawn {
        let (old, new) = (before.and_then(|v| v.get(name)), after.and_then(|v| v.get(name)));
        for line in old.zip(new).map(|(old, new)| secrecy(old, new)).unwrap_or_default() {
            out.push_str(&format!("      # {}\n", painter.dim(line)));
        }
        let sign = painter.sign(difference.sign);
        let mut words = difference.words;
        if forces(replace, name) {
            // Behind the opening bracket of what spans several lines.
            let end = words.find('\n').unwrap_or(words.len());
            words.insert_str(end, &format!(" {}", painter.red("# forces replacement")));
        }
        out.push_str(&format!("      {sign} {name:width$} = {words}\n"));
    }
    if hidden > 0 {
        let noun = if hidden == 1 { "attribute" } else { "attributes" };
        let words = format!("# ({hidden} unchanged {noun} hidden)");
        out.push_str(&format!("        {}\n", painter.dim(&words)));
    }
    out
}

/// What is said of an attribute that becomes a secret, or ceases to be one.
fn secrecy(old: &Value, new: &Value) -> &'static [&'static str] {
    if old.is_null() || new.is_null() {
        return &[];
    }
    let unchanged = provider::change::same_value(old, new);
    match (old.is_sensitive(), new.is_sensitive(), unchanged) {
        (false, true, true) => &[
            "Warning: this attribute value will be marked as sensitive and will not",
            "display in UI output after applying this change. The value is unchanged.",
        ],
        (false, true, false) => &[
            "Warning: this attribute value will be marked as sensitive and will not",
            "display in UI output after applying this change.",
        ],
        (true, false, true) => &[
            "Warning: this attribute value will no longer be marked as sensitive",
            "after applying this change. The value is unchanged.",
        ],
        (true, false, false) => &[
            "Warning: this attribute value will no longer be marked as sensitive",
            "after applying this change.",
        ],
        _ => &[],
    }
}

fn names_of<'a>(before: Option<&'a Value>, after: Option<&'a Value>) -> Vec<&'a str> {
    let names = |value: Option<&'a Value>| {
        value.and_then(Value::entries).into_iter().flatten().map(|(name, _)| &**name)
    };
    let mut all: Vec<&str> = names(before).chain(names(after)).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn forces(replace: &[Path], name: &str) -> bool {
    replace.iter().any(|path| match path.0.first() {
        Some(PathStep::Attribute(first)) => &**first == name,
        _ => false,
    })
}
