//! One stack for TLS, cryptography and HTTP: nothing brings a second one in.

use std::process::Command;

use crate::report;

/// Crates that may not be used, as `deny.toml` bans them.
const BANNED: &[&str] = &["hyper v0.", "native-tls v", "openssl-sys v", "ring v"];

#[test]
fn nothing_brings_a_second_stack_in() {
    let deny = include_str!("../../deny.toml");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["tree", "--workspace", "--edges", "normal,build"])
        .args(["--prefix", "none", "--format", "{p}", "--locked", "--offline"])
        .current_dir(testkit::binary::repository())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8_lossy(&output.stdout);
    assert!(tree.lines().count() > 300, "the tree is too small to be true:\n{tree}");
    let mut mistakes = Vec::new();
    for banned in BANNED {
        let name = banned.split(' ').next().unwrap_or(banned);
        assert!(deny.contains(&format!("name = \"{name}\"")), "deny.toml does not ban {name}");
        let used = tree.lines().filter(|line| line.starts_with(banned));
        mistakes.extend(used.map(|line| format!("{line} is a second stack: see deny.toml")));
    }
    mistakes.sort();
    mistakes.dedup();
    report("one stack for TLS, cryptography and HTTP", &mistakes);
}
