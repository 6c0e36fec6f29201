//! The house rules, held to by a test: which crate may know which, how files are named and opened.

#[path = "tidy/dependencies.rs"]
mod dependencies;
#[path = "tidy/edges.rs"]
mod edges;
#[path = "tidy/files.rs"]
mod files;
#[path = "tidy/listed.rs"]
mod listed;

/// The files that git knows or would add, as paths from the repository's root.
fn tracked() -> Vec<String> {
    let output = std::process::Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(testkit::binary::repository())
        .output()
        .expect("git lists the files");
    assert!(output.status.success(), "git ls-files: {}", String::from_utf8_lossy(&output.stderr));
    let names = String::from_utf8(output.stdout).expect("names are UTF-8");
    let root = testkit::binary::repository();
    names.lines().filter(|name| root.join(name).is_file()).map(str::to_owned).collect()
}

fn text(name: &str) -> String {
    let path = testkit::binary::repository().join(name);
    String::from_utf8_lossy(&std::fs::read(path).expect("a tracked file")).into_owned()
}

fn rust_files() -> Vec<String> {
    tracked().into_iter().filter(|name| name.ends_with(".rs")).collect()
}

/// Fails with all findings at once.
#[track_caller]
fn report(rule: &str, findings: &[String]) {
    assert!(findings.is_empty(), "{rule}:\n  {}", findings.join("\n  "));
}
