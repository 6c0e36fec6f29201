//! Options that the environment adds to every command (`TF_CLI_ARGS`) or to one (`TF_CLI_ARGS_plan`).

use std::collections::BTreeMap;
use std::ffi::OsString;

use clap::Command;
use diagnostics::{Diagnostic, Diagnostics};

/// Both prefixes are read, ours last, so that it counts where both give one option.
const VARIABLES: [&str; 2] = ["TF_CLI_ARGS", "ARTIFORM_CLI_ARGS"];

/// The arguments with those of the environment behind the command's name, before what was typed.
///
/// # Errors
/// A variable whose quotes do not end.
pub fn with_environment(
    arguments: Vec<OsString>,
    environment: &BTreeMap<String, String>,
    root: &Command,
) -> Result<Vec<OsString>, Diagnostics> {
    let Some((name, after)) = command(&arguments, root) else { return Ok(arguments) };
    let mut added = Vec::new();
    for variable in VARIABLES {
        for variable in [variable.to_owned(), format!("{variable}_{name}")] {
            let Some(text) = environment.get(&variable) else { continue };
            let words = words(text).ok_or_else(|| {
                let detail = format!("The quotes in {variable} do not end.");
                Diagnostics::from(Diagnostic::error("Invalid extra command line arguments", detail))
            })?;
            added.extend(words.into_iter().map(OsString::from));
        }
    }
    let mut all = arguments;
    all.splice(after..after, added);
    Ok(all)
}

/// The command's name, such as `state_mv`, and how many arguments it takes to say it.
fn command(arguments: &[OsString], root: &Command) -> Option<(String, usize)> {
    let is_option = |argument: &&OsString| argument.to_string_lossy().starts_with('-');
    let start = arguments.iter().take_while(is_option).count();
    let (mut command, mut names) = (root, Vec::new());
    for word in arguments[start..].iter().map_while(|argument| argument.to_str()) {
        let Some(next) = command.find_subcommand(word) else { break };
        names.push(next.get_name());
        command = next;
    }
    (!names.is_empty()).then(|| (names.join("_"), start + names.len()))
}

/// Splits as a shell does, by blanks outside of quotes; none where quotes do not end.
fn words(text: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut rest = text.chars();
    while let Some(letter) = rest.next() {
        match (letter, quote) {
            ('\'' | '"', None) => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (letter, Some(open)) if letter == open => quote = None,
            ('\\', None | Some('"')) => word.get_or_insert_default().push(rest.next()?),
            (blank, None) if blank.is_whitespace() => words.extend(word.take()),
            (letter, _) => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(typed: &[&str], environment: &[(&str, &str)], expected: &[&str]) {
        let environment =
            environment.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let typed = typed.iter().map(OsString::from).collect();
        let all = with_environment(typed, &environment, &crate::cli::command()).unwrap();
        assert_eq!(all, expected.iter().map(OsString::from).collect::<Vec<_>>());
    }

    #[test]
    fn the_environment_adds_options_behind_the_command() {
        let all = ("TF_CLI_ARGS", "-no-color");
        check(&["plan", "x"], &[all], &["plan", "-no-color", "x"]);
        check(&["-chdir=a", "plan"], &[all], &["-chdir=a", "plan", "-no-color"]);
        check(&["-help"], &[all], &["-help"]);
        let one = ("TF_CLI_ARGS_plan", "-var 'a=b c' -json");
        check(&["plan", "-x"], &[all, one], &["plan", "-no-color", "-var", "a=b c", "-json", "-x"]);
        check(&["apply"], &[one], &["apply"]);
        let nested = ("ARTIFORM_CLI_ARGS_state_mv", "-dry-run");
        check(&["state", "mv", "a", "b"], &[nested], &["state", "mv", "-dry-run", "a", "b"]);
    }

    #[test]
    fn words_are_split_as_a_shell_does() {
        let split = |text: &str| words(text).map(|words| words.join("|"));
        assert_eq!(split(r#" a  "b c"'d' \" "" "#).as_deref(), Some("a|b cd|\"|"));
        assert_eq!(split("'a"), None);
        assert_eq!(split("a\\"), None);
    }
}
