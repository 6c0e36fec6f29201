//! What is wrong with a command line, told as every other mistake is.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command};
use diagnostics::{Diagnostic, did_you_mean};

use crate::refused;

const FLAGS: &str = "Failed to parse command-line flags";

/// The mistake that clap found; none where it only has something to show, such as a manual.
pub fn diagnostic(error: &clap::Error, command: &Command) -> Option<Diagnostic> {
    let argument = context(error, ContextKind::InvalidArg);
    let value = context(error, ContextKind::InvalidValue);
    let flag = flag_name(&argument);
    Some(match error.kind() {
        ErrorKind::UnknownArgument if argument.starts_with('-') => {
            refused::explain(&argument).unwrap_or_else(|| unknown_flag(&flag, command))
        }
        ErrorKind::UnknownArgument | ErrorKind::TooManyValues => too_many(command),
        ErrorKind::InvalidSubcommand => unknown_command(error, command),
        ErrorKind::InvalidValue if value.is_empty() => {
            Diagnostic::error(FLAGS, format!("flag needs an argument: -{flag}"))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            Diagnostic::error(FLAGS, wrong_value(error, command, (&flag, &value)))
        }
        ErrorKind::MissingRequiredArgument => missing(command),
        ErrorKind::ArgumentConflict => {
            let other = flag_name(&context(error, ContextKind::PriorArg));
            let detail = format!("The -{flag} and -{other} options are mutually-exclusive.");
            Diagnostic::error("Incompatible options", detail)
        }
        _ if is_help(error.kind()) => return None,
        _ => Diagnostic::error(FLAGS, first_line(error)),
    })
}

/// Tells whether clap only shows a manual.
pub fn is_help(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
            | ErrorKind::MissingSubcommand
    )
}

/// The command that the arguments name, and its whole name, such as `state mv`.
pub fn named<'c>(root: &'c Command, arguments: &[OsString]) -> (&'c Command, String) {
    let (mut command, mut name) = (root, String::new());
    for word in arguments.iter().filter_map(|argument| argument.to_str()) {
        let Some(next) = command.find_subcommand(word) else { continue };
        command = next;
        name.push_str(if name.is_empty() { "" } else { " " });
        name.push_str(next.get_name());
    }
    (command, name)
}

fn context(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.first().cloned().unwrap_or_default(),
        _ => String::new(),
    }
}

/// `lock` of `--lock[=<BOOL>]`.
fn flag_name(argument: &str) -> String {
    let end = argument.find([' ', '[', '=']).unwrap_or(argument.len());
    argument[..end].trim_start_matches('-').to_owned()
}

fn unknown_flag(flag: &str, command: &Command) -> Diagnostic {
    let detail = format!("flag provided but not defined: -{flag}");
    let known = command.get_arguments().filter(|argument| !argument.is_hide_set());
    let near = did_you_mean(flag, known.filter_map(Arg::get_long));
    let diagnostic = Diagnostic::error(FLAGS, detail);
    match near {
        Some(near) => diagnostic.hint(format!("did you mean -{near}?")),
        None => diagnostic,
    }
}

fn too_many(command: &Command) -> Diagnostic {
    let expected = match command.get_positionals().count() {
        0 => "Expected no positional arguments.".into(),
        1 => "Expected at most one positional argument.".into(),
        count => format!("Expected at most {count} positional arguments."),
    };
    Diagnostic::error("Too many command line arguments", expected)
}

fn missing(command: &Command) -> Diagnostic {
    let name = |argument: &Arg| match argument.get_long() {
        Some(long) => format!("-{long}"),
        None => {
            let names = argument.get_value_names().and_then(<[_]>::first);
            names.map_or_else(|| argument.get_id().to_string(), ToString::to_string)
        }
    };
    let required = command.get_arguments().filter(|argument| argument.is_required_set());
    let names: Vec<String> = required.map(name).collect();
    let detail = match names.as_slice() {
        [one] => format!("The command needs one argument: {one}."),
        several => {
            format!("The command needs {} arguments: {}.", several.len(), several.join(", "))
        }
    };
    Diagnostic::error("Not enough command line arguments", detail)
}

fn wrong_value(error: &clap::Error, command: &Command, (flag, value): (&str, &str)) -> String {
    let argument = command.get_arguments().find(|argument| argument.get_long() == Some(flag));
    let is_switch = argument.is_some_and(|argument| {
        matches!(argument.get_action(), ArgAction::SetTrue)
            || argument.get_value_names().is_some_and(|names| names.iter().any(|n| *n == "BOOL"))
    });
    if is_switch {
        return format!("invalid boolean value \"{value}\" for -{flag}: parse error");
    }
    let why = std::error::Error::source(error).map_or_else(
        || format!("{}.", first_line(error).trim_end_matches('.')),
        |source| format!("{source}."),
    );
    format!("invalid value \"{value}\" for flag -{flag}: parse error\n\n{why}")
}

fn unknown_command(error: &clap::Error, command: &Command) -> Diagnostic {
    let typed = context(error, ContextKind::InvalidSubcommand);
    let known: Vec<&str> =
        command.get_subcommands().filter(|one| !one.is_hide_set()).map(Command::get_name).collect();
    // A word that is begun counts as near, whatever its length.
    let near = did_you_mean(&typed, known.iter().copied())
        .or_else(|| known.into_iter().find(|name| name.starts_with(&*typed)));
    let near = near.map_or(String::new(), |near| format!(" Did you mean \"{near}\"?"));
    let whole = match command.get_name() {
        "artiform" => "artiform".to_owned(),
        name => format!("artiform {name}"),
    };
    let detail = format!("{whole} has no command named \"{typed}\".{near}");
    Diagnostic::error("Unknown command", detail)
}

fn first_line(error: &clap::Error) -> String {
    let text = error.to_string();
    text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned()
}
