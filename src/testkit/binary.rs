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

/// The root of the repository.
///
/// # Panics
/// When the sources are no longer where they were compiled.
#[must_use]
pub fn repository() -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().expect("the repository is where the tests were compiled")
}
