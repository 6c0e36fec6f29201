//! What changed between two texts, line by line.
//!
//! `similar` is generic over what it compares and over its algorithms: all of it is compiled once, here.

use std::time::{Duration, Instant};

use similar::algorithms::{Capture, Compact, Replace, myers};
use similar::{DiffOp, DiffTag};

/// How long may be spent to find the smallest difference; after it a larger one serves.
const PATIENCE: Duration = Duration::from_millis(500);
/// Lines that stay as they are, around a change of a unified difference.
const CONTEXT: usize = 3;

/// What makes `new` of `old`, in order.
#[must_use]
pub fn operations(old: &[&str], new: &[&str]) -> Vec<DiffOp> {
    let mut hook = Compact::new(Replace::new(Capture::new()), old, new);
    let deadline = Some(Instant::now() + PATIENCE);
    let (all, all_new) = (0..old.len(), 0..new.len());
    let Ok(()) = myers::diff_deadline(&mut hook, old, all, new, all_new, deadline);
    hook.into_inner().into_inner().into_ops()
}

/// The lines of both texts, each with its sign: ` ` where it stays, `-` where it goes, `+` where it comes.
#[must_use]
pub fn lines<'a>(old: &'a str, new: &'a str) -> Vec<(char, &'a str)> {
    let (old, new) = (split(old), split(new));
    operations(&old, &new).iter().flat_map(|one| signed(one, &old, &new)).collect()
}

/// The difference as `diff -u` writes it, between files of these names; empty where there is none.
#[must_use]
pub fn unified(old_name: &str, new_name: &str, old: &str, new: &str) -> String {
    let (old, new) = (split(old), split(new));
    let mut text = String::new();
    for hunk in similar::group_diff_ops(operations(&old, &new), CONTEXT) {
        let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else { continue };
        if text.is_empty() {
            text = format!("--- {old_name}\n+++ {new_name}\n");
        }
        let of_old = range(first.old_range().start, last.old_range().end);
        let of_new = range(first.new_range().start, last.new_range().end);
        text.push_str(&format!("@@ -{of_old} +{of_new} @@\n"));
        for (sign, line) in hunk.iter().flat_map(|one| signed(one, &old, &new)) {
            text.push_str(&format!("{sign}{line}"));
            if !line.ends_with('\n') {
                text.push_str("\n\\ No newline at end of file\n");
            }
        }
    }
    text
}

/// The lines of a text, each with its line end.
fn split(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn signed<'a>(operation: &DiffOp, old: &[&'a str], new: &[&'a str]) -> Vec<(char, &'a str)> {
    let gone = old[operation.old_range()].iter().map(|line| ('-', *line));
    let come = new[operation.new_range()].iter().map(|line| ('+', *line));
    match operation.tag() {
        DiffTag::Equal => come.map(|(_, line)| (' ', line)).collect(),
        DiffTag::Delete => gone.collect(),
        DiffTag::Insert => come.collect(),
        DiffTag::Replace => gone.chain(come).collect(),
    }
}

/// Where a hunk lies: its first line, counted from one, and how many there are; an empty one is said to lie behind
/// the line before it (POSIX, `diff -u`).
fn range(start: usize, end: usize) -> String {
    match end - start {
        0 => format!("{start},0"),
        1 => format!("{}", start + 1),
        many => format!("{},{many}", start + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_line_stands_between_its_neighbours() {
        let old = "a\nb\nc\nd\ne\nf\ng\nh\n";
        let new = "a\nb\nc\nd\nE\nf\ng\nh\n";
        let expected = "--- o\n+++ n\n@@ -2,7 +2,7 @@\n b\n c\n d\n-e\n+E\n f\n g\n h\n";
        assert_eq!(unified("o", "n", old, new), expected);
    }

    #[test]
    fn changes_far_apart_are_hunks_of_their_own() {
        let old: String = (0..40).map(|i| format!("{i}\n")).collect();
        let new = old.replace("\n5\n", "\n").replace("\n30\n", "\n30\nx\n");
        let unified = unified("o", "n", &old, &new);
        assert!(unified.contains("@@ -3,7 +3,6 @@"), "{unified}");
        assert!(unified.contains("@@ -29,6 +28,7 @@"), "{unified}");
    }

    #[test]
    fn a_text_that_comes_whole_says_that_there_was_none() {
        assert_eq!(unified("o", "n", "", "a\n"), "--- o\n+++ n\n@@ -0,0 +1 @@\n+a\n");
    }

    #[test]
    fn a_missing_line_end_is_said() {
        let expected = "--- o\n+++ n\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n";
        assert_eq!(unified("o", "n", "a", "a\n"), expected);
    }

    #[test]
    fn equal_texts_have_no_difference() {
        assert_eq!(unified("o", "n", "a\nb\n", "a\nb\n"), "");
    }
}
