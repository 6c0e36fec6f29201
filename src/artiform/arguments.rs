//! The command line as Terraform's users type it, made into what clap reads: `-var=a=b` is `--var=a=b`.

use std::collections::BTreeSet;
use std::ffi::OsString;

mod environment;

pub use environment::with_environment;

/// Options whose value is the next argument, which is taken as it stands.
const WITH_VALUE: [&str; 25] = [
    "backend-config",
    "backup",
    "chdir",
    "config",
    "data-dir",
    "except",
    "exclude",
    "filter",
    "format",
    "id",
    "junit-xml",
    "listen",
    "lock-timeout",
    "only",
    "out",
    "parallelism",
    "plan",
    "replace",
    "site",
    "state",
    "target",
    "test-directory",
    "type",
    "var",
    "var-file",
];

/// The verb that has a switch of the name of such an option.
const SWITCHES: [(&str, &str); 1] = [("console", "plan")];

/// Gives long options two dashes, turns `-help` and `-version` into what they mean, and `-json=true` into the
/// switch alone, where `switches` has the option.
pub fn normalise(arguments: Vec<OsString>, switches: &BTreeSet<String>) -> Vec<OsString> {
    let mut normal = Vec::with_capacity(arguments.len());
    let mut verb: Option<String> = None;
    let mut rest = arguments.into_iter();
    while let Some(argument) = rest.next() {
        let Some(text) = argument.to_str() else {
            verb.get_or_insert_default();
            normal.push(argument);
            continue;
        };
        if text == "--" {
            normal.push(argument);
            normal.extend(rest);
            break;
        }
        let Some(option) = long_option(text) else {
            let version = verb.is_none() && text == "-v";
            if version || text == "-" || !text.starts_with('-') {
                verb.get_or_insert_with(|| text.to_owned());
            }
            normal.push(if version { "version".into() } else { argument });
            continue;
        };
        if option == "version" && verb.is_none() {
            verb = Some(option.to_owned());
            normal.push("version".into());
            continue;
        }
        match option.split_once('=') {
            Some((name, "true")) if switches.contains(name) => {
                normal.push(format!("--{name}").into());
                continue;
            }
            // A switch that is off is one that was not named.
            Some((name, "false")) if switches.contains(name) => continue,
            _ => {}
        }
        let is_switch = SWITCHES.contains(&(verb.as_deref().unwrap_or_default(), option));
        let takes_next = WITH_VALUE.contains(&option) && !is_switch;
        normal.push(format!("--{option}").into());
        if takes_next {
            normal.extend(rest.next());
        }
    }
    normal
}

/// The option with its value, without its dashes; none for operands, `-` and single letters.
fn long_option(text: &str) -> Option<&str> {
    let name = text.strip_prefix("--").or_else(|| text.strip_prefix('-'))?;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic());
    (is_name && name.len() > 1).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(typed: &[&str], expected: &[&str]) {
        let switches = BTreeSet::from(["json".to_owned()]);
        let normal = normalise(typed.iter().map(OsString::from).collect(), &switches);
        assert_eq!(normal, expected.iter().map(OsString::from).collect::<Vec<_>>());
    }

    #[test]
    fn single_dashes_become_double_ones() {
        check(&["apply", "-auto-approve"], &["apply", "--auto-approve"]);
        check(&["apply", "--auto-approve"], &["apply", "--auto-approve"]);
        check(&["-chdir=a", "plan", "-refresh=false"], &["--chdir=a", "plan", "--refresh=false"]);
        check(&["console", "-plan", "-var=a=1"], &["console", "--plan", "--var=a=1"]);
        check(&["graph", "-plan", "-var"], &["graph", "--plan", "-var"]);
        check(&["plan", "-var=a=-b"], &["plan", "--var=a=-b"]);
        check(&["plan", "-target=x.y[\"-z\"]"], &["plan", "--target=x.y[\"-z\"]"]);
    }

    #[test]
    fn the_value_of_an_option_stays_as_it_is_typed() {
        check(&["plan", "-var", "-a=b"], &["plan", "--var", "-a=b"]);
        check(&["plan", "-out", "-strange"], &["plan", "--out", "-strange"]);
        check(&["plan", "-var"], &["plan", "--var"]);
        check(&["plan", "-var=a=1", "-json"], &["plan", "--var=a=1", "--json"]);
    }

    #[test]
    fn a_switch_may_be_said_to_be_on_or_off() {
        check(&["plan", "-json=true"], &["plan", "--json"]);
        check(&["plan", "-json=false", "x"], &["plan", "x"]);
        check(&["plan", "-json=maybe", "-lock=false"], &["plan", "--json=maybe", "--lock=false"]);
    }

    #[test]
    fn operands_letters_and_numbers_stay() {
        check(&["fmt", "-"], &["fmt", "-"]);
        check(&["plan", "-h"], &["plan", "-h"]);
        check(&["state", "rm", "--", "-x.y"], &["state", "rm", "--", "-x.y"]);
        check(&["plan", "-1"], &["plan", "-1"]);
        check(&["plan", "dir"], &["plan", "dir"]);
    }

    #[test]
    fn version_is_a_command_before_any_command() {
        check(&["-version"], &["version"]);
        check(&["-v"], &["version"]);
        check(&["--version", "-json"], &["version", "--json"]);
        check(&["-help"], &["--help"]);
        check(&["plan", "-help"], &["plan", "--help"]);
        check(&["plan", "-version"], &["plan", "--version"]);
    }
}
