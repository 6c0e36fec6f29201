//! Runs the folders of `tests/cases/config`: a stack, and what is said about it.
//!
//! `expected.txt` holds the drawn diagnostics and, without errors, the tree and what topologies
//! were lowered to. A file `given.txt` holds lines `env NAME=VALUE`, `var NAME=VALUE` or
//! `file PATH`, for the values of variables. With `ARTIFORM_BLESS` set the files are rewritten.

mod dump;
mod lowering;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use diagnostics::render;

use crate::values::{Given, ValueOptions, gather};
use crate::{Loaded, load};

/// Relative to the crate's folder, in which tests run.
const CASES: &str = "../../tests/cases/config";

#[test]
fn every_case_says_what_is_expected() {
    let folders = crate::files::folder_names(Path::new(CASES));
    assert!(folders.len() > 20, "cases are missing: {folders:?}");
    let wrong: Vec<String> = folders.iter().filter_map(|name| mismatch(name)).collect();
    assert!(wrong.is_empty(), "{} cases differ\n{}", wrong.len(), wrong.join("\n"));
}

/// Runs a case; gives what was said when it is not what was expected.
fn mismatch(name: &str) -> Option<String> {
    let folder = Path::new(CASES).join(name);
    let actual = run(&folder);
    let file = folder.join("expected.txt");
    if std::env::var_os("ARTIFORM_BLESS").is_some() {
        std::fs::write(&file, &actual).unwrap();
        return None;
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    (expected != actual).then(|| format!("== {name}\n{actual}\n== expected\n{expected}"))
}

fn run(folder: &Path) -> String {
    let stack = folder.join("stack");
    let stack = if stack.is_dir() { stack } else { folder.to_path_buf() };
    let mut loaded = load(&stack);
    let mut out = drawn(&loaded.diagnostics, &loaded);
    out.push_str(&drawn(&loaded.when_planning, &loaded));
    if !loaded.diagnostics.has_errors() {
        dump::config(&loaded.config, &mut out);
        let calls = loaded.config.root.calls.values();
        calls.filter(|call| call.topology).for_each(|call| lowering::write(call, &mut out));
        values(folder, &mut loaded, &mut out);
    }
    out.replace(&format!("{}/", folder.display()), "").replace(&folder.display().to_string(), ".")
}

/// Draws what was found; an error without advice is a mistake of ours.
fn drawn(diagnostics: &diagnostics::Diagnostics, loaded: &Loaded) -> String {
    for diagnostic in diagnostics.iter().filter(|diagnostic| diagnostic.is_error()) {
        assert!(diagnostic.advice().next().is_some(), "no hint: {diagnostic:?}");
    }
    render::all(diagnostics, &loaded.config.sources, false)
}

fn values(folder: &Path, loaded: &mut Loaded, out: &mut String) {
    let Ok(given) = std::fs::read_to_string(folder.join("given.txt")) else { return };
    let mut options = ValueOptions::default();
    for line in given.lines() {
        match line.split_once(' ').unwrap() {
            ("env", text) => {
                let (name, value) = text.split_once('=').unwrap();
                options.environment.insert(name.into(), value.into());
            }
            ("var", text) => options.command_line.push(Given::Assignment(text.into())),
            ("file", path) => {
                let path: PathBuf = folder.join(path);
                options.command_line.push(Given::File(path));
            }
            other => panic!("{other:?}"),
        }
    }
    let (values, diagnostics) = gather(&mut loaded.config, options);
    out.push_str("\nvalues\n");
    for (name, value) in &values {
        let shown = lang::display::console(&value.value);
        writeln!(out, "  {name} = {shown}  # {}", value.origin).unwrap();
    }
    out.push_str(&drawn(&diagnostics, loaded));
}

#[test]
fn a_module_that_is_called_twice_is_read_once() {
    let loaded = load(&Path::new(CASES).join("module_called_twice"));
    let read = |file: &&diagnostics::SourceFile| file.path.ends_with("site/main.hcl");
    assert_eq!(loaded.config.sources.files().iter().filter(read).count(), 1);
    let paths: Vec<String> =
        loaded.config.root.calls.values().map(|call| call.module.display_name()).collect();
    assert_eq!(paths, ["module.east", "module.west"]);
    let inner: Vec<String> = (loaded.config.root.calls.values())
        .flat_map(|call| call.module.calls.values())
        .map(|call| call.module.display_name())
        .collect();
    assert_eq!(inner, ["module.east.module.network", "module.west.module.network"]);
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    let loaded = load(Path::new("no/such/folder"));
    let summaries: Vec<&str> = loaded.diagnostics.iter().map(|d| d.summary.as_str()).collect();
    assert_eq!(summaries, ["Unreadable stack directory"]);
}

#[test]
fn bytes_that_are_no_text_are_an_error() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.tf"), b"locals {\n  a = \"\xff\"\n}\n").unwrap();
    let loaded = load(folder.path());
    let first = loaded.diagnostics.iter().next().unwrap();
    assert_eq!(first.summary, "Invalid character encoding");
    assert!(first.detail.contains("line 2"), "{}", first.detail);
}

#[test]
fn a_lowered_resource_points_to_the_block_of_the_person() {
    let loaded = load(&Path::new(CASES).join("topology_mesh"));
    let call = loaded.config.root.calls.values().next().unwrap();
    for resource in call.module.resources.values() {
        let text = loaded.config.sources.snippet(resource.header_span);
        let file = loaded.config.sources.file(resource.header_span.file).unwrap();
        assert!(file.path.ends_with("main.hcl"), "{}", file.path);
        assert!(
            text.starts_with("repository")
                || text.starts_with("remote")
                || text.starts_with("virtual"),
            "{text}"
        );
    }
}

#[test]
fn what_a_topology_lowers_to_refers_to_nothing_undeclared() {
    for name in ["topology_mesh", "topology_star", "topology_members"] {
        let loaded = load(&Path::new(CASES).join(name));
        assert!(!loaded.diagnostics.has_errors(), "{name}: {:?}", loaded.diagnostics);
        for call in loaded.config.root.calls.values().filter(|call| call.topology) {
            let mut diagnostics = diagnostics::Diagnostics::new();
            crate::validate::Validator {
                config: &loaded.config,
                module: &call.module,
                diagnostics: &mut diagnostics,
                when_planning: &mut diagnostics::Diagnostics::new(),
            }
            .declarations();
            assert!(diagnostics.is_empty(), "{name}: {diagnostics:?}");
        }
    }
}
