//! Where the built `artiform` command lies.

use std::path::PathBuf;

/// The debug build of the command, beside the test executable that asks.
///
/// A test executable lies at `<target>/debug/deps/<test>`, the command at `<target>/debug/artiform`.
/// `tests/run` builds it before the tests.
///
/// # Panics
/// When it is not built.
#[must_use]
pub fn artiform() -> PathBuf {
    let test = std::env::current_exe().expect("the test executable knows its own path");
    let beside = test.parent().and_then(|deps| deps.parent()).map(|debug| debug.join("artiform"));
    let named =
        std::env::var_os("CARGO_TARGET_DIR").map(|t| PathBuf::from(t).join("debug/artiform"));
    let candidates: Vec<PathBuf> = beside.into_iter().chain(named).collect();
    let found = candidates.iter().find(|path| path.is_file());
    found.cloned().unwrap_or_else(|| {
        panic!(
            "the artiform command is not built (looked at {candidates:?}): run tests/run, or `cargo build \
             --package artiform` with the CARGO_TARGET_DIR of the tests"
        )
    })
}

/// The root of the repository whose test asks: as it is where the test runs and not where it was compiled, since
/// several clones may share one target folder.
///
/// # Panics
/// When no folder above the test's package holds a `Cargo.lock`.
#[must_use]
pub fn repository() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let package = package.or_else(|| std::env::current_dir().ok()).unwrap_or_default();
    let root = package.ancestors().find(|folder| folder.join("Cargo.lock").is_file());
    root.expect("cargo runs the test within the repository").to_path_buf()
}
