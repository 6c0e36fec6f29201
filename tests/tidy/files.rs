//! How files are named, how they open, how long they are, and what stands in none of them.

use crate::{report, rust_files, text, tracked};

/// Lines that no file exceeds.
const LINES_MAX: usize = 800;

/// Files that are longer, with their length now: an entry may only shrink, and goes when it can.
const LONG_FILES: &[(&str, usize)] = &[];

/// Names that say nothing about what is inside.
const HOLLOW: &[&str] =
    &["common", "core", "helper", "helpers", "shared", "types", "util", "utils"];

/// Files and folders of such a name that are meant: the types of the language are what the file is about.
const HOLLOW_ALLOWED: &[&str] = &["src/lang/types.rs"];

#[test]
fn every_rust_file_opens_with_what_it_is_for() {
    let silent = rust_files().into_iter().filter(|name| !text(name).starts_with("//! "));
    report("files that do not open with a `//!` sentence", &silent.collect::<Vec<_>>());
}

#[test]
fn no_file_is_too_long() {
    let mut findings = Vec::new();
    for name in rust_files() {
        let lines = text(&name).lines().count();
        let limit =
            LONG_FILES.iter().find(|(file, _)| *file == name).map_or(LINES_MAX, |(_, now)| *now);
        if lines > limit {
            findings.push(format!("{name} has {lines} lines, more than {limit}: split it"));
        }
    }
    for (name, limit) in LONG_FILES {
        let lines = text(name).lines().count();
        if lines < *limit {
            findings.push(format!("{name} shrank to {lines} lines: write that into the list"));
        }
    }
    report("lengths of files", &findings);
}

#[test]
fn modules_are_files_of_their_own_name() {
    let old = rust_files().into_iter().filter(|name| name.rsplit('/').next() == Some("mod.rs"));
    report("mod.rs", &old.collect::<Vec<_>>());
}

#[test]
fn crates_lie_flat() {
    let inner = tracked().into_iter().filter(|name| {
        let parts: Vec<&str> = name.split('/').collect();
        parts.len() > 3 && parts[0] == "src" && parts[2] == "src"
    });
    report("an inner src folder", &inner.collect::<Vec<_>>());
}

#[test]
fn no_name_is_hollow() {
    let hollow = |name: &String| {
        let allowed = |entry: &str| entry == name || name.starts_with(&format!("{entry}/"));
        let parts = name.split('/').map(|part| part.strip_suffix(".rs").unwrap_or(part));
        let said = parts.filter(|part| HOLLOW.contains(part)).count() > 0;
        said && !HOLLOW_ALLOWED.iter().any(|entry| allowed(entry))
    };
    let sources = tracked().into_iter().filter(|name| {
        name.starts_with("src/")
            || (name.starts_with("tests/") && !name.starts_with("tests/cases/"))
    });
    report("names that say nothing", &sources.filter(hollow).collect::<Vec<_>>());
}

/// Put together here, so that this file does not hold what it looks for.
fn forbidden() -> Vec<String> {
    let folders = [["/wo", "rk/"], ["/ro", "ot/"]];
    let hosts = [
        ["crates", ".io"],
        ["docker", ".io"],
        ["files.python", "hosted.org"],
        ["gh", "cr.io"],
        ["proxy.go", "lang.org"],
        ["py", "pi.org"],
        ["quay", ".io"],
        ["registry.npm", "js.org"],
        ["repo.maven", ".apache.org"],
        ["repo1.maven", ".org"],
    ];
    folders.iter().chain(&hosts).map(|parts| parts.concat()).collect()
}

#[test]
fn no_file_names_a_machine_or_a_registry() {
    let words = forbidden();
    let mut findings = Vec::new();
    // Cargo itself writes the registry's name into its lock file.
    for name in tracked().into_iter().filter(|name| name != "Cargo.lock") {
        let text = text(&name);
        for (number, line) in text.lines().enumerate() {
            let found = words.iter().filter(|word| line.contains(*word));
            findings.extend(found.map(|word| format!("{name}:{}: {word}", number + 1)));
        }
    }
    report("machine paths and names of registries", &findings);
}

#[test]
fn every_crate_forbids_what_the_workspace_forbids() {
    let manifests = tracked().into_iter().filter(|name| name.ends_with("/Cargo.toml"));
    // The fuzz targets need a nightly compiler, so that they are a workspace of their own.
    let ours = manifests.map(|name| (text(&name), name)).filter(|m| !m.0.contains("[workspace]"));
    let lax = ours.filter(|m| !m.0.contains("[lints]\nworkspace = true")).map(|m| m.1);
    report("crates without the workspace's lints", &lax.collect::<Vec<_>>());
}

/// Who sleeps otherwise would keep its place among the calls in flight while it calls nothing.
#[test]
fn providers_sleep_by_pausing_alone() {
    let sleep = ["time::", "sleep("].concat();
    let mut findings = Vec::new();
    let providers = |name: &String| name.starts_with("src/provider-");
    let of_tests = |name: &str| name.ends_with("/tests.rs") || name.ends_with("/stub.rs");
    for name in rust_files().into_iter().filter(providers).filter(|name| !of_tests(name)) {
        let text = text(&name);
        let code = text.lines().take_while(|line| *line != "#[cfg(test)]");
        let found = code.enumerate().filter(|(_, line)| line.contains(&sleep));
        findings.extend(found.map(|(i, _)| format!("{name}:{}: use provider::pause", i + 1)));
    }
    report("sleeping that keeps a slot", &findings);
}

/// Several clones may share one target folder: what was compiled for another must not send a test to its files.
#[test]
fn no_file_is_named_by_where_it_was_compiled() {
    let name_of_folder = ["env!(\"CARGO_", "MANIFEST_DIR\")"].concat();
    let bound = rust_files().into_iter().filter(|name| text(name).contains(&name_of_folder));
    report("files with the place of another clone", &bound.collect::<Vec<_>>());
}

#[test]
fn no_test_is_switched_off() {
    let attribute = ["#[ign", "ore"].concat();
    let off = rust_files()
        .into_iter()
        .filter(|name| text(name).lines().any(|line| line.trim_start().starts_with(&attribute)));
    report("tests that do not run", &off.collect::<Vec<_>>());
}
