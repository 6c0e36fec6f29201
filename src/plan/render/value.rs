//! The difference between two values, drawn as Terraform draws it.

use lang::{Data, Value, display};

use super::{Painter, text};

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
    let hidden = old.is_sensitive() || new.is_sensitive();
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
        (Data::String(a), Data::String(b)) if a.contains('\n') || b.contains('\n') => {
            text::changed_lines(a, b, indent, painter)
        }
        _ => {
            let (old, new) =
                (whole(old, Sign::Keep, indent, painter), whole(new, Sign::Keep, indent, painter));
            format!("{old} -> {new}")
        }
    };
    Drawn { sign: Sign::Change, words }
}

fn secret() -> String {
    "(sensitive value)".into()
}

/// Equality without regard to the kind of collection.
fn same(a: &Value, b: &Value) -> bool {
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

/// Draws a whole value, each of its lines with the sign.
fn whole(value: &Value, sign: Sign, indent: usize, painter: Painter) -> String {
    if value.is_sensitive() {
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
        Data::String(text) if text.trim_end_matches('\n').contains('\n') => {
            text::heredoc(text, indent)
        }
        _ => display::console(value),
    }
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
        let drawn = difference(a.get(name), b.get(name), indent + 4, painter);
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
        if value.is_unknown() || value.is_sensitive() {
            "?".into()
        } else {
            display::console(value)
        }
    };
    let (old, new): (Vec<String>, Vec<String>) =
        (a.iter().map(key).collect(), b.iter().map(key).collect());
    let operations = similar::capture_diff_slices(similar::Algorithm::Myers, &old, &new);
    let mut lines = Vec::new();
    let mut hidden = 0;
    for operation in operations {
        let (old, new) = (operation.old_range(), operation.new_range());
        if operation.tag() == similar::DiffTag::Equal {
            hidden += old.len();
            continue;
        }
        let both = old.len().min(new.len());
        for (i, j) in old.clone().zip(new.clone()) {
            let drawn = difference(Some(&a[i]), Some(&b[j]), indent + 4, painter);
            lines.push(line(drawn.sign, &format!("{},", drawn.words), indent + 4, painter));
        }
        for i in old.skip(both) {
            let words = whole(&a[i], Sign::Remove, indent + 4, painter);
            lines.push(line(Sign::Remove, &format!("{words},"), indent + 4, painter));
        }
        for j in new.skip(both) {
            let words = whole(&b[j], Sign::Add, indent + 4, painter);
            lines.push(line(Sign::Add, &format!("{words},"), indent + 4, painter));
        }
    }
    lines.extend(hidden_line(hidden, "element", indent, painter));
    enclosed('[', lines, ']', indent)
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
