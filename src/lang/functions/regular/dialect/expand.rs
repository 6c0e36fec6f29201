//! Replacements, in which `$1` and `${name}` stand for what a group matched.

use regex::Captures;

use super::Pattern;

impl Pattern {
    /// Replaces every match.
    pub(in super::super) fn replace_all(&self, whole: &str, with: &str) -> String {
        let replaced =
            self.regex.replace_all(whole, |found: &Captures<'_>| self.expand(with, found));
        replaced.into_owned()
    }

    fn expand(&self, template: &str, found: &Captures<'_>) -> String {
        let mut out = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('$') {
            out.push_str(before);
            rest = after;
            if let Some(after) = rest.strip_prefix('$') {
                out.push('$');
                rest = after;
            } else if let Some((name, after)) = name(rest) {
                out.push_str(self.group(name, found));
                rest = after;
            } else {
                // What names no group stands for itself.
                out.push('$');
            }
        }
        out.push_str(rest);
        out
    }

    fn group<'f>(&self, name: &str, found: &'f Captures<'_>) -> &'f str {
        let text = |index| found.get(index).map(|matched| matched.as_str());
        let number = if name.len() > 1 && name.starts_with('0') { None } else { name.parse().ok() };
        let matched = match number {
            Some(index) => text(index),
            None => {
                let mut named = (1..).zip(&self.names);
                named.find_map(|(at, this)| text(at).filter(|_| this.as_deref() == Some(name)))
            }
        };
        matched.unwrap_or_default()
    }
}

/// The name of a group at the start of a text, perhaps in braces, and what stands after it.
fn name(text: &str) -> Option<(&str, &str)> {
    let braced = text.strip_prefix('{');
    let text = braced.unwrap_or(text);
    let part = |c: char| c.is_alphabetic() || c.is_numeric() || c == '_';
    let end = text.find(|c| !part(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let rest = if braced.is_some() { rest.strip_prefix('}')? } else { rest };
    (!name.is_empty()).then_some((name, rest))
}
