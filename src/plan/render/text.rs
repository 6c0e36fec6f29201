//! Strings of several lines: as heredocs, and what changed in them line by line.

use super::{Painter, Sign};
use crate::difference;

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
    let inner = indent + 4;
    let mut lines = String::new();
    for (sign, line) in difference::lines(old, new) {
        let sign = match sign {
            '-' => Sign::Remove,
            '+' => Sign::Add,
            _ => Sign::Keep,
        };
        let line = line.trim_end_matches('\n');
        lines.push_str(&format!("{:inner$}{} {line}\n", "", painter.sign(sign)));
    }
    let indent = indent + 2;
    format!("<<-EOT\n{lines}{:indent$}EOT", "")
}
