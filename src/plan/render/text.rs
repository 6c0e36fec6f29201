//! Strings of several lines: as heredocs, and what changed in them line by line.

use std::time::Duration;

use similar::{ChangeTag, TextDiff};

use super::{Painter, Sign};

/// How long may be spent to find the smallest difference.
const PATIENCE: Duration = Duration::from_millis(500);

/// Draws a string as a heredoc.
pub(super) fn heredoc(text: &str, indent: usize) -> String {
    let inner = indent + 6;
    let lines: String = text
        .trim_end_matches('\n')
        .split('\n')
        .map(|line| format!("{:inner$}{line}\n", ""))
        .collect();
    let indent = indent + 2;
    format!("<<-EOT\n{lines}{:indent$}EOT", "")
}

/// Draws a heredoc whose changed lines carry signs.
pub(super) fn changed_lines(old: &str, new: &str, indent: usize, painter: Painter) -> String {
    let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(old, new);
    let inner = indent + 4;
    let mut lines = String::new();
    for change in diff.iter_all_changes() {
        let sign = match change.tag() {
            ChangeTag::Equal => Sign::Keep,
            ChangeTag::Delete => Sign::Remove,
            ChangeTag::Insert => Sign::Add,
        };
        let line = change.value().trim_end_matches('\n');
        lines.push_str(&format!("{:inner$}{} {line}\n", "", painter.sign(sign)));
    }
    let indent = indent + 2;
    format!("<<-EOT\n{lines}{:indent$}EOT", "")
}
