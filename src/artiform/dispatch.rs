//! From arguments to exit code: parse, run the command, show what went wrong.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::process::ExitCode;

use clap::ArgMatches;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use diagnostics::{Diagnostic, Diagnostics, SourceMap};

use crate::cli::{self, Global};
use crate::commands::COMMANDS;
use crate::context::{Context, FAILURE, Failure, Outcome, SUCCESS};
use crate::ui::Ui;
use crate::views::json_lines;
use crate::{arguments, refused, world};

/// Runs the command that the arguments name.
pub fn run(arguments: Vec<OsString>, environment: BTreeMap<String, String>) -> ExitCode {
    let command_line = cli::command();
    let arguments = arguments::normalise(arguments, &cli::switches(&command_line));
    let wants_json = arguments.iter().any(|argument| argument == "--json");
    let typed = std::iter::once(OsString::from("artiform")).chain(arguments);
    let matches = match command_line.try_get_matches_from(typed) {
        Ok(matches) => matches,
        Err(error) => return usage(&error, wants_json),
    };
    let global = Global::of(&matches);
    let ui = Ui::new(global.no_color);
    let mut code = match command(&matches, global, Context { ui: ui.clone(), environment }) {
        Ok(code) => code,
        Err(failure) => {
            ui.diagnostics(&failure.diagnostics, &failure.sources);
            FAILURE
        }
    };
    if let Some(error) = ui.failure() {
        let detail = format!("What the command had to say could not be written: {error}.");
        let diagnostic = Diagnostic::error("Output could not be written", detail);
        ui.diagnostics(&Diagnostics::from(diagnostic), &SourceMap::new());
        code = FAILURE;
    }
    ExitCode::from(code)
}

fn command(matches: &ArgMatches, global: Global, context: Context) -> Outcome {
    if let Some(folder) = global.folder {
        world::change_folder(&folder).map_err(|error| {
            let detail = format!("The folder {} could not be entered: {error}.", folder.display());
            Failure::error("Error handling -chdir option", detail)
        })?;
    }
    let Some((name, matches)) = matches.subcommand() else { return Ok(FAILURE) };
    match COMMANDS.iter().find(|verb| verb.name == name) {
        Some(verb) => (verb.run)(matches, &context),
        None => Ok(FAILURE),
    }
}

/// Help is no mistake; every other misuse ends with 1, as Terraform's does.
fn usage(error: &clap::Error, wants_json: bool) -> ExitCode {
    let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    let refused = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(option)) if error.kind() == ErrorKind::UnknownArgument => {
            refused::explain(option)
        }
        _ => None,
    };
    let told = refused.or_else(|| (wants_json && !asked).then(|| misuse(error)));
    if let Some(diagnostic) = told {
        let ui = Ui::new(false).with_json(wants_json);
        if wants_json {
            ui.line(&json_lines::version());
        }
        ui.diagnostics(&Diagnostics::from(diagnostic), &SourceMap::new());
        return ExitCode::from(FAILURE);
    }
    // Nobody is left to tell when the terminal is gone.
    let _ = error.print();
    ExitCode::from(if asked { SUCCESS } else { FAILURE })
}

/// What is wrong with the command line, for a program that reads it.
fn misuse(error: &clap::Error) -> Diagnostic {
    let text = error.to_string();
    let text = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
    Diagnostic::error("Failed to parse command-line flags", format!("{text}."))
}
