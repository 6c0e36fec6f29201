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
use crate::{arguments, refused, world};

/// Runs the command that the arguments name.
pub fn run(arguments: Vec<OsString>, environment: BTreeMap<String, String>) -> ExitCode {
    let command_line = cli::command();
    let arguments = arguments::normalise(arguments, &cli::switches(&command_line));
    let typed = std::iter::once(OsString::from("artiform")).chain(arguments);
    let matches = match command_line.try_get_matches_from(typed) {
        Ok(matches) => matches,
        Err(error) => return usage(&error),
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
fn usage(error: &clap::Error) -> ExitCode {
    let refused = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(option)) if error.kind() == ErrorKind::UnknownArgument => {
            refused::explain(option)
        }
        _ => None,
    };
    if let Some(diagnostic) = refused {
        Ui::new(false).diagnostics(&Diagnostics::from(diagnostic), &SourceMap::new());
        return ExitCode::from(FAILURE);
    }
    // Nobody is left to tell when the terminal is gone.
    let _ = error.print();
    let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    ExitCode::from(if asked { SUCCESS } else { FAILURE })
}
