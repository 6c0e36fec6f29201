//! The difference between two values, drawn as Terraform draws it.

use lang::{Data, Value, display};

use super::{Painter, text};
use crate::Secrets;

/// What happens to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    Add,
    Change,
    Remove,
    Keep,
}

/// A drawn difference: what stands after the equals sign.
pub(super) struct Drawn {
    pub sign: Sign,
    pub words: String,
}

/// Draws what becomes of a value. `indent` is the column of the sign of the line that holds it.
pub(super) fn difference(
    before: Option<&Value>,
    after: Option<&Value>,
    indent: usize,
    painter: Painter,
) -> Drawn {
    let there = |value: Option<&Value>| value.is_some_and(|value| !value.is_null());
    match (before, after) {
        (Some(old), Some(new)) if there(before) && there(after) => {
            changed(old, new, indent, painter)
        }
        (Some(old), _) if there(before) => {
            let words = whole(old, Sign::Remove, indent, painter);
            Drawn { sign: Sign::Remove, words: format!("{words} {}", painter.dim("-> null")) }
        }
        (_, Some(new)) if there(after) => {
            Drawn { sign: Sign::Add, words: whole(new, Sign::Add, indent, painter) }
        }
        _ => Drawn { sign: Sign::Keep, words: "null".into() },
    }
}

fn changed(old: &Value, new: &Value, indent: usize, painter: Painter) -> Drawn {
    let hidden = painter.hides(old) || painter.hides(new);
    if same(old, new) {
        let words = if hidden { secret() } else { whole(old, Sign::Keep, indent, painter) };
        return Drawn { sign: Sign::Keep, words };
    }
    let words = match (&old.data, &new.data) {
        _ if hidden => secret(),
        (Data::Map(_, a) | Data::Object(a), Data::Map(_, b) | Data::Object(b)) => {
            entries(a, b, indent, painter)
        }
        (Data::List(_, a) | Data::Tuple(a), Data::List(_, b) | Data::Tuple(b)) => {
            elements(a, b, indent, painter)
        }
        (Data::Set(_, a), Data::Set(_, b)) => members(a, b, indent, painter),
        (Data::String(a), Data::String(b)) if document(a).is_some() && document(b).is_some() => {
            let drawn = difference(document(a).as_ref(), document(b).as_ref(), indent + 4, painter);
            let sign = painter.sign(drawn.sign);
            encoded(&format!("{:1$}{sign} {2}", "", indent + 4, drawn.words), indent)
        }
        (Data::String(a), Data::String(b)) if a.contains('\n') || b.contains('\n') => {
            text::changed_lines(a, b, indent, painter)
        }
        _ => {
            let old = whole(old, Sign::Remove, indent, painter);
            let new = whole(new, Sign::Add, indent, painter);
            format!("{old} -> {new}")
        }
    };
    Drawn { sign: Sign::Change, words }
}

fn secret() -> String {
    "(sensitive value)".into()
}

/// Equality without regard to the kind of collection; what becomes a secret is not the same.
fn same(a: &Value, b: &Value) -> bool {
    if a.is_sensitive() != b.is_sensitive() {
        return false;
    }
    match (&a.data, &b.data) {
        (Data::Null(_), Data::Null(_)) => true,
        (
            Data::List(_, a) | Data::Tuple(a) | Data::Set(_, a),
            Data::List(_, b) | Data::Tuple(b) | Data::Set(_, b),
        ) => a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same(a, b)),
        (Data::Map(_, a) | Data::Object(a), Data::Map(_, b) | Data::Object(b)) => {
            a.len() == b.len()
                && a.iter().zip(b.iter()).all(|((ka, a), (kb, b))| ka == kb && same(a, b))
        }
        (a, b) => a == b,
    }
}

/// Draws a value that stays as it is. `indent` is the column of what holds it.
pub fn unchanged(value: &Value, indent: usize, secrets: Secrets) -> String {
    let painter = Painter { secrets, ..Painter::default() };
    whole(value, Sign::Keep, indent.saturating_sub(2), painter)
}

/// Draws a whole value, each of its lines with the sign.
fn whole(value: &Value, sign: Sign, indent: usize, painter: Painter) -> String {
    if painter.hides(value) {
        return secret();
    }
    match &value.data {
        Data::Unknown(..) => "(known after apply)".into(),
        Data::Null(_) => "null".into(),
        Data::Map(_, entries) | Data::Object(entries) => {
            if entries.is_empty() {
                return "{}".into();
            }
            let width = entries.keys().map(|name| key(name).chars().count()).max().unwrap_or(0);
            let lines = entries.iter().map(|(name, value)| {
                let words = whole(value, sign, indent + 4, painter);
                line(sign, &format!("{:width$} = {words}", key(name)), indent + 4, painter)
            });
            enclosed('{', lines.collect(), '}', indent)
        }
        Data::List(_, values) | Data::Set(_, values) | Data::Tuple(values) => {
            if values.is_empty() {
                return "[]".into();
            }
            let lines = values.iter().map(|value| {
                let words = whole(value, sign, indent + 4, painter);
                line(sign, &format!("{words},"), indent + 4, painter)
            });
            enclosed('[', lines.collect(), ']', indent)
        }
        Data::String(text) => {
            let document = document(text).map(|inner| {
                let lines = whole(&inner, sign, indent + 4, painter);
                encoded(&format!("{:1$}{lines}", "", indent + 6), indent)
            });
            document.unwrap_or_else(|| string(text, indent))
        }
        // Whether it is a secret was asked above.
        data => display::console(&Value::from(data.clone())),
    }
}

/// The value of a string that is a JSON object or array.
fn document(text: &str) -> Option<Value> {
    let is_document = text.starts_with(['{', '[']);
    is_document.then(|| lang::json::decode(text).ok()).flatten()
}

fn encoded(lines: &str, indent: usize) -> String {
    format!("jsonencode(\n{lines}\n{:1$})", "", indent + 2)
}

fn string(text: &str, indent: usize) -> String {
    if text.contains('\n') { text::heredoc(text, indent) } else { display::go_quoted(text) }
}

fn line(sign: Sign, words: &str, indent: usize, painter: Painter) -> String {
    format!("{:indent$}{} {words}\n", "", painter.sign(sign))
}

fn enclosed(open: char, lines: Vec<String>, close: char, indent: usize) -> String {
    let indent = indent + 2;
    format!("{open}\n{}{:indent$}{close}", lines.concat(), "")
}

/// A key of a map: quoted, as Terraform quotes them in plans.
fn key(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    if plain { name.to_owned() } else { display::quoted(name) }
}

type Entries = std::collections::BTreeMap<lang::Name, Value>;

fn entries(a: &Entries, b: &Entries, indent: usize, painter: Painter) -> String {
    let mut names: Vec<_> = a.keys().chain(b.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let width = names.iter().map(|name| key(name).chars().count()).max().unwrap_or(0);
    let mut lines = Vec::new();
    let mut hidden = 0;
    for name in names {
        let drawn = match (a.get(name), b.get(name)) {
            // An entry that goes has no null in its place.
            (Some(old), None) => {
                let words = whole(old, Sign::Remove, indent + 4, painter);
                Drawn { sign: Sign::Remove, words }
            }
            // One that comes is told even when it is null.
            (None, Some(new)) => {
                Drawn { sign: Sign::Add, words: whole(new, Sign::Add, indent + 4, painter) }
            }
            (old, new) => difference(old, new, indent + 4, painter),
        };
        if drawn.sign == Sign::Keep {
            hidden += 1;
        } else {
            let words = format!("{:width$} = {}", key(name), drawn.words);
            lines.push(line(drawn.sign, &words, indent + 4, painter));
        }
    }
    lines.extend(hidden_line(hidden, "attribute", indent, painter));
    enclosed('{', lines, '}', indent)
}

/// A list: equal elements are matched first, so that an insertion does not change all that follows.
fn elements(a: &[Value], b: &[Value], indent: usize, painter: Painter) -> String {
    let key = |value: &Value| {
        let plain = lang::json::to_json(value);
        if value.is_unknown() { "?".into() } else { plain.to_string() }
    };
    let (old, new): (Vec<String>, Vec<String>) =
        (a.iter().map(key).collect(), b.iter().map(key).collect());
    let old: Vec<&str> = old.iter().map(String::as_str).collect();
    let new: Vec<&str> = new.iter().map(String::as_str).collect();
    let operations = crate::difference::operations(&old, &new);
    // None where an element stays as it is.
    let mut drawn: Vec<(&Value, Option<Drawn>)> = Vec::new();
    for operation in operations {
        let (old, new) = (operation.old_range(), operation.new_range());
        if operation.tag() == similar::DiffTag::Equal {
            drawn.extend(new.map(|j| (&b[j], None)));
            continue;
        }
        let both = old.len().min(new.len());
        let draw = |old, new| difference(old, new, indent + 4, painter);
        let pairs = old.clone().zip(new.clone());
        drawn.extend(pairs.map(|(i, j)| (&b[j], Some(draw(Some(&a[i]), Some(&b[j]))))));
        drawn.extend(old.skip(both).map(|i| {
            let words = whole(&a[i], Sign::Remove, indent + 4, painter);
            (&a[i], Some(Drawn { sign: Sign::Remove, words }))
        }));
        drawn.extend(new.skip(both).map(|j| {
            let words = whole(&b[j], Sign::Add, indent + 4, painter);
            (&b[j], Some(Drawn { sign: Sign::Add, words }))
        }));
    }
    enclosed('[', element_lines(&drawn, indent, painter), ']', indent)
}

/// The lines of elements. Beside a change its neighbours are shown; other elements that stay are counted.
fn element_lines(
    drawn: &[(&Value, Option<Drawn>)],
    indent: usize,
    painter: Painter,
) -> Vec<String> {
    let changes = |at: usize| drawn.get(at).is_some_and(|(_, drawn)| drawn.is_some());
    let mut lines = Vec::new();
    let mut hidden = 0;
    for (at, (value, change)) in drawn.iter().enumerate() {
        let is_neighbour = changes(at + 1) || at.checked_sub(1).is_some_and(changes);
        if change.is_none() && !is_neighbour {
            hidden += 1;
            continue;
        }
        lines.extend(hidden_line(std::mem::take(&mut hidden), "element", indent, painter));
        let (sign, words) = match change {
            Some(drawn) => (drawn.sign, drawn.words.clone()),
            None => (Sign::Keep, whole(value, Sign::Keep, indent + 4, painter)),
        };
        lines.push(line(sign, &format!("{words},"), indent + 4, painter));
    }
    lines.extend(hidden_line(hidden, "element", indent, painter));
    lines
}

fn members(a: &[Value], b: &[Value], indent: usize, painter: Painter) -> String {
    let mut lines = Vec::new();
    let mut hidden = 0;
    for value in a {
        if b.iter().any(|other| same(value, other)) {
            hidden += 1;
        } else {
            let words = whole(value, Sign::Remove, indent + 4, painter);
            lines.push(line(Sign::Remove, &format!("{words},"), indent + 4, painter));
        }
    }
    for value in b.iter().filter(|value| !a.iter().any(|other| same(value, other))) {
        let words = whole(value, Sign::Add, indent + 4, painter);
        lines.push(line(Sign::Add, &format!("{words},"), indent + 4, painter));
    }
    lines.extend(hidden_line(hidden, "element", indent, painter));
    enclosed('[', lines, ']', indent)
}

fn hidden_line(hidden: usize, noun: &str, indent: usize, painter: Painter) -> Option<String> {
    let plural = if hidden == 1 { "" } else { "s" };
    let words = painter.dim(&format!("# ({hidden} unchanged {noun}{plural} hidden)"));
    let indent = indent + 6;
    (hidden > 0).then(|| format!("{:indent$}{words}\n", ""))
}
