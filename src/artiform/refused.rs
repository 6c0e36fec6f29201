//! Options that Terraform has and artiform has not: each one says what is done in its place.

use diagnostics::Diagnostic;

/// Options without dashes, and what is said of them.
const REFUSED: [(&str, &str); 13] = [
    (
        "allow-deferral",
        "Everything is planned at once; what is unknown is told by `artiform explain`.",
    ),
    ("backup", "The journal and the backup beside the state are kept without being asked for."),
    ("cloud-run", "Tests run on this machine."),
    ("from-module", "Copy the folder of the module, then work on the copy."),
    (
        "ignore-remote-version",
        "State has a format version, which is compared without being asked for.",
    ),
    (
        "lockfile",
        "The lock file of modules changes only by a new package or by `artiform init -upgrade`.",
    ),
    ("module-depth", "The graph shows all modules."),
    (
        "plan",
        "A saved plan is shown by `artiform show FILE`, and as JSON by `artiform show -json FILE`.",
    ),
    ("plugin-dir", "Providers are built in."),
    (
        "state",
        "Where the state is kept stands in the block `backend \"local\" { path = \"...\" }`; `artiform state pull` and `push` copy it.",
    ),
    (
        "state-out",
        "Where the state is kept stands in the block `backend \"local\" { path = \"...\" }`.",
    ),
    ("target-file", "Name each target with -target; it takes globs."),
    ("verify-plugins", "Providers are built in."),
];

/// What is said of an option that is refused; nothing of one that nobody knows.
pub fn explain(option: &str) -> Option<Diagnostic> {
    let name = option.trim_start_matches('-').split('=').next().unwrap_or_default();
    let (name, instead) = REFUSED.iter().find(|(refused, _)| *refused == name)?;
    let detail = format!("This command does not take the option -{name}. {instead}");
    Some(Diagnostic::error("Option is not supported", detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_options_are_explained_and_others_are_not() {
        assert!(REFUSED.windows(2).all(|pair| pair[0].0 < pair[1].0));
        let said = explain("--state-out=x").expect("a word about it");
        assert!(said.detail.starts_with("This command does not take the option -state-out. Where"));
        assert!(explain("--colour").is_none());
    }
}
