//! Formatting against recorded output of `terraform fmt`, and claims about what it never does.

mod properties;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::{FormatError, format, is_formatted};

fn case_folders() -> Vec<PathBuf> {
    let cases = Path::new("../../tests/cases/format");
    let mut folders: Vec<PathBuf> =
        fs::read_dir(cases).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}

fn formatted(source: &str) -> String {
    format(source).unwrap_or_else(|mistake| panic!("{mistake:?} in {source:?}"))
}

#[test]
fn cases_match_terraform() {
    let folders = case_folders();
    assert!(folders.len() > 75, "only {} cases were found", folders.len());
    let mut wrong = Vec::new();
    for folder in &folders {
        let input = fs::read_to_string(folder.join("input.hcl")).unwrap();
        let expected = fs::read_to_string(folder.join("expected.hcl")).unwrap();
        let actual = format(&input).unwrap_or_else(|mistake| format!("{mistake:?}"));
        if actual != expected {
            wrong.push(format!("{}:\n{actual}\n-- expected:\n{expected}", folder.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn formatted_source_stays_as_it_is() {
    // Terraform too takes one layer of "${"${x}"}" away at a time.
    for folder in
        case_folders().iter().filter(|folder| !folder.ends_with("unwrap_one_layer_at_a_time"))
    {
        let expected = fs::read_to_string(folder.join("expected.hcl")).unwrap();
        assert_eq!(formatted(&expected), expected, "{}", folder.display());
        assert!(is_formatted(&expected).unwrap());
    }
}

#[test]
fn unformatted_source_is_told_apart() {
    assert!(!is_formatted("a=1\n").unwrap());
    assert!(is_formatted("a = 1\n").unwrap());
    assert!(is_formatted("").unwrap());
    assert!(is_formatted("a = \n").is_err());
}

/// What is refused, where, and a part of what is said about it.
const REFUSED: [(&str, usize, usize, &str); 45] = [
    ("a = \"x\n", 1, 5, "closed on its line"),
    ("a = \"x", 1, 5, "no closing quote"),
    ("a = 1\nb = \"x${y\n", 2, 7, "never closed"),
    ("a = <<EOT\nx\n", 1, 5, "closing mark EOT"),
    ("a = <<EOT\nEOT", 1, 5, "closing mark EOT"),
    ("a = <<EOT\nx\ry\nEOT\n", 2, 2, "carriage return"),
    ("a = 1\n/* b\n", 2, 1, "never closed"),
    ("a = 'x'\n", 1, 5, "double quotes"),
    ("a = b & c\n", 1, 7, "did you mean \"&&\""),
    ("a = 1; b = 2\n", 1, 6, "Semicolons"),
    ("é = §\n", 1, 5, "no meaning"),
    ("a = \"\\q\"\n", 1, 6, "backslash"),
    ("a = \"\\u12\"\n", 1, 6, "hexadecimal"),
    ("a = \"\\ud83d\"\n", 1, 6, "no character"),
    ("a ~} b\n", 1, 3, "ends no template sequence"),
    ("a = [1\n", 1, 5, "\"[\" is never closed"),
    ("a = [1 2]\n", 1, 8, "comma or \"]\""),
    ("a = [,]\n", 1, 6, "expression"),
    ("a = f(1\n", 1, 6, "\"(\" is never closed"),
    ("a = f(x..., y)\n", 1, 11, "Nothing can follow"),
    ("a = (1\n", 1, 5, "never closed"),
    ("a = {x = 1\n", 1, 5, "never closed"),
    ("a = {x = 1 y = 2}\n", 1, 12, "comma, a line break"),
    ("a = {x\n= 1}\n", 1, 7, "\"=\" or \":\""),
    ("a = b[0\n", 1, 6, "never closed"),
    ("a = b.\n", 1, 7, "attribute"),
    ("a = b.0.1\n", 1, 7, "attribute"),
    ("a = 1..2\n", 1, 5, "not a number"),
    ("a = b ? c\n", 1, 10, "\":\""),
    ("a = [for x y : z]\n", 1, 12, "\"in\""),
    ("a = {for x in y : z}\n", 1, 20, "\"=>\""),
    ("a = x::y\n", 1, 9, "arguments of the function"),
    ("a = \"%{ if x }\"\n", 1, 15, "still open"),
    ("a = \"%{ endif }\"\n", 1, 9, "ends no directive"),
    ("a = \"%{ when x }\"\n", 1, 9, "begins with if"),
    ("a = 1 b = 2\n", 1, 7, "line break"),
    ("a = 1\na = 2\n", 2, 1, "already set"),
    ("a {\n", 1, 3, "\"{\" is never closed"),
    ("a {\n  b = [{ c = f(1, 2 }]\n}\n", 2, 21, "comma or \")\""),
    ("a {\n}\n}\n", 3, 1, "no open block"),
    ("a { b {} }\n", 1, 7, "one argument and no block"),
    ("a { b = 1, c = 2 }\n", 1, 10, "closing brace follows"),
    ("a \"${x}\" {}\n", 1, 4, "plain text"),
    ("a\n{\n}\n", 1, 2, "neither was found"),
    ("\u{feff}\"a\" = 1\n", 1, 1, "not quoted"),
];

#[test]
fn broken_source_is_refused_where_it_breaks() {
    for (source, line, column, part) in REFUSED {
        let FormatError { line: at_line, column: at_column, message } = format(source).unwrap_err();
        assert_eq!((at_line, at_column), (line, column), "{source:?}: {message}");
        assert!(message.contains(part), "{source:?}: {message}");
    }
}

/// Terraform drops these labels and index keys, which changes what the source means.
#[test]
fn nothing_is_dropped_that_terraform_drops() {
    assert_eq!(formatted("a \"b$c\" \"100%\" {}\n"), "a \"b$c\" \"100%\" {}\n");
    assert_eq!(formatted("a=b[true]\nc=d[null]\n"), "a = b[true]\nc = d[null]\n");
    // Terraform writes `a = # c`, which no longer parses.
    assert_eq!(formatted("a=\"${ # c\nx}\"\n"), "a = ( # c\nx)\n");
}

#[test]
fn deep_nesting_is_refused_not_overflowed() {
    for (open, close) in [("(", ")"), ("[", "]"), ("{a=", "}"), ("f(", ")"), ("\"${", "}\"")] {
        let deep = |depth: usize| format!("a = {}1{}\n", open.repeat(depth), close.repeat(depth));
        assert!(format(&deep(100)).is_ok());
        assert!(format(&deep(100_000)).unwrap_err().message.contains("too deeply"));
    }
    let blocks = "a {\n".repeat(100_000);
    assert!(format(&blocks).unwrap_err().message.contains("too deeply"));
}

#[test]
fn long_chains_need_no_stack() {
    let sum = format!("a = {}1\n", "1 + ".repeat(100_000));
    assert_eq!(formatted(&sum), sum);
    let choice = format!("a = {}1\n", "b ? c : ".repeat(100_000));
    assert_eq!(formatted(&choice), choice);
    let path = format!("a = b{}\n", ".c[0]".repeat(100_000));
    assert_eq!(formatted(&path), path);
}

#[test]
fn time_grows_with_the_source_only() {
    let block =
        "resource \"a\" \"b\" {\n  x = \"${y}\" # c\n  list = [1, { k = <<E\ntext\nE\n  }]\n}\n";
    let time = |copies: usize| {
        let source = block.repeat(copies);
        let once = || {
            let start = Instant::now();
            formatted(&source);
            start.elapsed()
        };
        once().min(once()).min(once())
    };
    let small = time(500).max(Duration::from_millis(1));
    assert!(time(5_000) < small * 60, "ten times the source took more than sixty times as long");
}
