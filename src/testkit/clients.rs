//! The real clients: how each is called, away from the configuration of whoever runs the tests.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Run;

/// A program of the Python environment that `tests/run` makes for the real clients: pip, twine, setuptools, wheel.
///
/// # Panics
/// When it is not there.
#[must_use]
pub fn python(program: &str) -> PathBuf {
    in_environment("venv", program)
}

/// The Python of the environment that `tests/run` makes for AWS: moto and boto3.
///
/// # Panics
/// When it is not there.
#[must_use]
pub fn python_for_aws() -> PathBuf {
    in_environment("aws-venv", "python")
}

fn in_environment(environment: &str, program: &str) -> PathBuf {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).unwrap_or_else(|| {
        PathBuf::from(std::env::var_os("HOME").expect("HOME is set")).join(".cache")
    });
    let path = cache.join("artiform").join(environment).join("bin").join(program);
    assert!(path.exists(), "{} is missing: run tests/run, which makes it", path.display());
    path
}

/// Runs a client in a folder that is its home as well.
///
/// # Panics
/// When it cannot be started.
#[must_use]
pub fn run(program: &Path, arguments: &[&str], home: &Path, environment: &[(&str, &str)]) -> Run {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(home).env("HOME", home).env("NO_COLOR", "1");
    for proxy in
        ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"]
    {
        command.env_remove(proxy);
    }
    for (name, _) in std::env::vars() {
        // Registries and options of whoever runs the tests must not leak into them.
        let configures = ["PIP_", "TWINE_", "NPM_CONFIG_", "npm_config_", "MAVEN_"];
        if configures.iter().any(|prefix| name.starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    command.envs(environment.iter().copied());
    let output = command.output();
    let output = output.unwrap_or_else(|error| {
        panic!(
            "{} cannot be started ({error}): run tests/run, which installs it",
            program.display()
        )
    });
    Run::of(format!("{} {}", program.display(), arguments.join(" ")), &output)
}
