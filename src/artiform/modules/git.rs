//! Packages from git repositories, by the program `git`.

use std::path::Path;
use std::process::Command;

use super::Refusal;

/// Clones a repository into `folder`, at `locked` or else at `reference` or else at its own head, and gives
/// the commit. Git's own data does not stay.
pub(super) fn fetch(
    url: &str,
    reference: Option<&str>,
    locked: Option<&str>,
    folder: &Path,
) -> Result<String, Refusal> {
    let mut clone = git();
    clone.args(["clone", "--quiet", "--no-checkout", "--"]).arg(url).arg(folder);
    run(clone, &format!("git could not clone {url}"))?;
    let commit = match (locked, reference) {
        (Some(commit), _) => resolve(folder, commit).ok_or_else(|| {
            Refusal(
                format!("the repository no longer has the locked commit {commit}"),
                Some("if the change is wanted, run `artiform init -upgrade`"),
            )
        })?,
        (None, Some(reference)) => named(folder, reference)
            .ok_or_else(|| Refusal::new(format!("the repository has no ref \"{reference}\"")))?,
        (None, None) => {
            resolve(folder, "HEAD").ok_or_else(|| Refusal::new("the repository has no commit"))?
        }
    };
    let mut checkout = git();
    checkout.arg("-C").arg(folder).args(["checkout", "--quiet", "--detach", &commit]);
    run(checkout, &format!("git could not check out {commit}"))?;
    let data = folder.join(".git");
    std::fs::remove_dir_all(&data).map_err(|error| Refusal::io("removed", &data, &error))?;
    Ok(commit)
}

/// The commit of a branch, a tag or a commit's name.
fn named(folder: &Path, reference: &str) -> Option<String> {
    let spellings = [
        format!("refs/remotes/origin/{reference}"),
        format!("refs/tags/{reference}"),
        reference.to_owned(),
    ];
    spellings.iter().find_map(|spelling| resolve(folder, spelling))
}

fn resolve(folder: &Path, revision: &str) -> Option<String> {
    let mut parse = git();
    parse.arg("-C").arg(folder).args(["rev-parse", "--verify", "--quiet", "--end-of-options"]);
    let output = parse.arg(format!("{revision}^{{commit}}")).output().ok()?;
    let commit = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !commit.is_empty()).then_some(commit)
}

/// Git that asks nobody, runs no hooks and follows no helper of a URL's own.
fn git() -> Command {
    let mut command = Command::new("git");
    command.args(["-c", "core.hooksPath=/dev/null", "-c", "protocol.ext.allow=never"]);
    command.env("GIT_TERMINAL_PROMPT", "0").stdin(std::process::Stdio::null());
    // Variables of a surrounding git, such as that of a hook, would lead to another repository.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(name);
    }
    command
}

fn run(mut command: Command, failure: &str) -> Result<(), Refusal> {
    let output = command.output().map_err(|error| {
        let hint = "modules from git repositories need the program git: install it";
        Refusal(format!("the program git could not be started: {error}"), Some(hint))
    })?;
    if output.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    let last: Vec<&str> = words.lines().filter(|line| !line.trim().is_empty()).collect();
    let said = last.join("; ");
    Err(Refusal::new(format!("{failure}: {}", said.trim_end_matches('.'))))
}
