//! Dependencies point down: the edges between our crates are these and no others.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

use crate::report;

/// A crate, and which of our crates it may depend on. A missing edge is fine; a new one is a decision, and
/// stands here with its commit. Lowest first; the wings meet only at `provider-repository -> repository`
/// and in the command.
const ALLOWED: &[(&str, &[&str])] = &[
    ("diagnostics", &[]),
    // The model of the repository wing is ground for both: here the wings meet.
    ("repository", &[]),
    // -- provision wing
    ("lang", &["diagnostics"]),
    ("config", &["diagnostics", "lang"]),
    ("provider", &["diagnostics", "lang"]),
    // What was applied is text and JSON to it: it knows no language.
    ("state", &["diagnostics", "lang"]),
    // Plan JSON tells the configuration too.
    ("plan", &["config", "diagnostics", "lang", "provider", "state"]),
    ("engine", &["config", "diagnostics", "lang", "plan", "provider", "state"]),
    ("provider-aws", &["diagnostics", "lang", "provider"]),
    // terraform_remote_state reads the state of another stack.
    ("provider-builtin", &["diagnostics", "lang", "provider", "state"]),
    ("provider-local", &["diagnostics", "lang", "provider"]),
    ("provider-repository", &["diagnostics", "lang", "provider", "repository"]),
    // -- repository wing
    ("repository-formats", &["repository"]),
    ("repository-storage", &["repository"]),
    ("repository-catalog", &["repository"]),
    (
        "repository-content",
        &["repository", "repository-catalog", "repository-formats", "repository-storage"],
    ),
    (
        "repository-replication",
        &[
            "repository",
            "repository-catalog",
            "repository-content",
            "repository-formats",
            "repository-storage",
        ],
    ),
    (
        "repository-server",
        &[
            "repository",
            "repository-catalog",
            "repository-content",
            "repository-formats",
            "repository-replication",
            "repository-storage",
        ],
    ),
    // -- front door
    (
        "artiform",
        &[
            "config",
            "diagnostics",
            "engine",
            "lang",
            "plan",
            "provider",
            "provider-aws",
            "provider-builtin",
            "provider-local",
            "provider-repository",
            "repository-server",
            "state",
        ],
    ),
    ("testkit", &[]),
    ("checks", &["testkit"]),
];

/// Crates that may not do input or output, hold a clock or draw random numbers.
const PURE: &[&str] = &["lang", "plan", "repository", "repository-formats"];

/// What a pure crate cannot need.
const IMPURE: &[&str] = &["axum", "getrandom", "hyper", "reqwest", "rusqlite", "rustix", "tokio"];

/// A pure crate and what it needs all the same, with the reason.
const IMPURE_EXCEPTIONS: &[(&str, &str)] = &[
    // The language has functions that answer differently each time: `uuid`, `bcrypt`.
    ("lang", "getrandom"),
];

fn metadata() -> Value {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(testkit::binary::repository())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo metadata writes JSON")
}

/// Every crate with all that it depends on, but for its tests.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = metadata();
    let name = |value: &Value| value["name"].as_str().unwrap_or_default().to_owned();
    let packages = metadata["packages"].as_array().expect("packages").iter();
    packages
        .map(|package| {
            let all = package["dependencies"].as_array().expect("dependencies").iter();
            let named = all.filter(|dependency| dependency["kind"] != "dev").map(name).collect();
            (name(package), named)
        })
        .collect()
}

#[test]
fn crates_depend_only_on_what_the_table_allows() {
    let found = dependencies();
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    let mut findings = Vec::new();
    for (name, needs) in &found {
        let Some(may) = allowed.get(name.as_str()) else {
            findings.push(format!("{name} is not in the table: say what it may depend on"));
            continue;
        };
        let ours = needs.iter().filter(|need| found.contains_key(*need));
        let more = ours.filter(|need| !may.contains(&need.as_str()));
        findings.extend(more.map(|need| format!("{name} -> {need} is not allowed")));
    }
    report("edges between crates", &findings);
}

#[test]
fn the_table_lists_lower_crates_first() {
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for (name, may) in ALLOWED {
        let later = may.iter().filter(|need| !seen.contains(*need));
        findings.extend(later.map(|need| format!("{name} -> {need} points up")));
        seen.insert(*name);
    }
    report("order of the table", &findings);
}

#[test]
fn pure_crates_cannot_do_input_or_output() {
    let found = dependencies();
    let mut findings = Vec::new();
    for name in PURE {
        let needs = found.get(*name).unwrap_or_else(|| panic!("{name} is a crate"));
        for need in IMPURE.iter().filter(|need| needs.contains(**need)) {
            if !IMPURE_EXCEPTIONS.contains(&(name, need)) {
                findings.push(format!("{name} -> {need}"));
            }
        }
    }
    report("pure crates", &findings);
}
