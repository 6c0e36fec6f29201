//! From arguments to exit code: parse, run the command, show what went wrong.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::process::ExitCode;

use clap::ArgMatches;
use clap::error::ErrorKind;
use diagnostics::{Diagnostic, Diagnostics, SourceMap};

use crate::cli::{self, Global};
use crate::commands::COMMANDS;
use crate::context::{Context, FAILURE, Failure, Outcome, SUCCESS};
use crate::ui::Ui;
use crate::views::json_lines;
use crate::{arguments, misuse, world};

/// Runs the command that the arguments name.
pub fn run(arguments: Vec<OsString>, environment: BTreeMap<String, String>) -> ExitCode {
    let command_line = cli::command();
    let arguments = match arguments::with_environment(arguments, &environment, &command_line) {
        Ok(arguments) => arguments,
        Err(mistakes) => {
            Ui::new(false).diagnostics(&mistakes, &SourceMap::new());
            return ExitCode::from(FAILURE);
        }
    };
    let arguments = arguments::normalise(arguments, &cli::switches(&command_line));
    let wants_json = arguments.iter().any(|argument| argument == "--json");
    let typed = std::iter::once(OsString::from("artiform")).chain(arguments.iter().cloned());
    let matches = match command_line.try_get_matches_from(typed) {
        Ok(matches) => matches,
        Err(error) => return usage(&error, &arguments, wants_json),
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
fn usage(error: &clap::Error, typed: &[OsString], wants_json: bool) -> ExitCode {
    let mut root = cli::command();
    root.build();
    let (command, name) = misuse::named(&root, typed);
    if let Some(diagnostic) = misuse::diagnostic(error, command) {
        let ui = Ui::new(false).with_json(wants_json);
        if wants_json {
            ui.line(&json_lines::version());
        }
        ui.diagnostics(&Diagnostics::from(diagnostic), &SourceMap::new());
        if !wants_json {
            let name = if name.is_empty() { name } else { format!("{name} ") };
            ui.note(&format!("For more help on using this command, run:\n  artiform {name}-help"));
        }
        return ExitCode::from(FAILURE);
    }
    let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    // Nobody is left to tell when the terminal is gone.
    let _ = error.print();
    ExitCode::from(if asked { SUCCESS } else { FAILURE })
}
