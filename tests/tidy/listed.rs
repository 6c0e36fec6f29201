//! Nothing is forgotten: every file is a module of its crate, and every file of a kind is in the kind's list.

use std::collections::BTreeSet;

use crate::{report, rust_files, text};

/// A folder of things of one kind, the file that lists them, and which files of the folder are no such thing.
struct Kind {
    folder: &'static str,
    list: &'static str,
    /// Part of the machinery, not of the kind.
    others: &'static [&'static str],
}

const KINDS: &[Kind] = &[
    Kind { folder: "src/artiform/commands", list: "src/artiform/commands.rs", others: &[] },
    Kind {
        folder: "src/lang/functions",
        list: "src/lang/functions.rs",
        others: &[
            "arguments",
            "call",
            "definition",
            "duration",
            "glob",
            "testing",
            "tests",
            "timestamp",
            "yaml_scalar",
        ],
    },
    Kind { folder: "src/provider-aws/data", list: "src/provider-aws/data.rs", others: &[] },
    Kind {
        folder: "src/provider-repository/resources",
        list: "src/provider-repository/resources.rs",
        others: &["plan_tests", "repository_fields"],
    },
    Kind {
        folder: "src/repository-server/routes",
        list: "src/repository-server/routes.rs",
        others: &["call"],
    },
];

#[test]
fn every_file_of_a_kind_is_in_its_list() {
    let files = rust_files();
    let mut findings = Vec::new();
    for kind in KINDS {
        let list = text(kind.list);
        let inside =
            files.iter().filter_map(|name| name.strip_prefix(kind.folder)?.strip_prefix('/'));
        let names =
            inside.filter(|name| !name.contains('/')).filter_map(|name| name.strip_suffix(".rs"));
        for name in names.filter(|name| !kind.others.contains(name)) {
            let uses = list.lines().filter(|line| mentions(line, name)).count();
            // Once as a module, once in the list.
            if uses < 2 {
                findings
                    .push(format!("{}/{name}.rs is not in the list of {}", kind.folder, kind.list));
            }
        }
    }
    report("lists of things of a kind", &findings);
}

/// Tells whether a line of code names the module.
fn mentions(line: &str, module: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    code.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == module)
}

/// The module tree starts at these files.
fn roots(files: &[String]) -> BTreeSet<String> {
    let targets = ["lib.rs", "main.rs"];
    let is_root = |name: &&String| {
        let parts: Vec<&str> = name.split('/').collect();
        match parts.as_slice() {
            ["src", _, file] => targets.contains(file),
            // Unless they are modules of its unit tests.
            ["src", of, "tests", _] => !files.contains(&format!("src/{of}/tests.rs")),
            ["src", _, "benches" | "examples", _] => true,
            ["src", _, "tests", _, "main.rs"] => true,
            ["tests", "fuzz.rs" | "lib.rs" | "tidy.rs"] | ["tests", _, "main.rs"] => true,
            ["tests", "fuzz", "targets", _] => true,
            _ => false,
        }
    };
    files.iter().filter(is_root).cloned().collect()
}

/// The files that `mod name;` of a file may mean.
fn children(file: &str, text: &str, is_root: bool) -> Vec<String> {
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let own = if is_root { folder.to_owned() } else { file.trim_end_matches(".rs").to_owned() };
    let mut found = Vec::new();
    let mut at: Option<String> = None;
    for line in text.lines().map(str::trim) {
        if let Some(path) = line.strip_prefix("#[path = \"").and_then(|rest| rest.split('"').next())
        {
            at = Some(format!("{folder}/{path}"));
        } else if let Some(name) = module_name(line) {
            found.push(at.take().unwrap_or_else(|| format!("{own}/{name}.rs")));
        }
    }
    found
}

fn module_name(line: &str) -> Option<&str> {
    let name = line.strip_suffix(';')?.rsplit_once("mod ")?;
    let visibility = name.0.trim();
    let plain = visibility.is_empty() || visibility.starts_with("pub") || visibility.ends_with(']');
    let word = name.1.chars().all(|c| c.is_alphanumeric() || c == '_');
    (plain && word).then_some(name.1)
}

#[test]
fn every_rust_file_is_compiled_into_something() {
    let files = rust_files();
    let roots = roots(&files);
    let mut reached = BTreeSet::new();
    let mut open: Vec<String> = roots.iter().cloned().collect();
    while let Some(file) = open.pop() {
        if reached.insert(file.clone()) && files.contains(&file) {
            open.extend(children(&file, &text(&file), roots.contains(&file)));
        }
    }
    let compiled = |name: &&String| reached.contains(*name) || name.ends_with("build.rs");
    let forgotten = files.iter().filter(|name| !compiled(name)).cloned();
    report("files that no module names", &forgotten.collect::<Vec<_>>());
}

#[test]
fn every_test_target_of_the_checks_is_in_the_manifest() {
    let manifest = text("tests/Cargo.toml");
    let is_target = |name: &&String| {
        let parts: Vec<&str> = name.split('/').collect();
        matches!(parts.as_slice(), ["tests", _, "main.rs"])
            || matches!(parts.as_slice(), ["tests", file] if *file != "lib.rs")
    };
    let files = rust_files();
    let missing = files.iter().filter(is_target).filter(|name| {
        let path = name.strip_prefix("tests/").unwrap_or(name);
        !manifest.contains(&format!("path = \"{path}\""))
    });
    report("test targets that never run", &missing.cloned().collect::<Vec<_>>());
}
