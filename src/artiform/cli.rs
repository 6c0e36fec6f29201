//! The command line: global options, and the commands of the one list in [`crate::commands`].

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, value_parser};

use crate::commands::COMMANDS;

/// The words above the list of commands.
const ABOUT: &str = "Declares a multi-region artifact-repository service in HCL and makes it real.";

/// The whole command line for clap.
pub fn command() -> clap::Command {
    let root = clap::Command::new("artiform")
        .about(ABOUT)
        .bin_name("artiform")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_version_flag(true)
        .args_override_self(true)
        .arg(
            Arg::new("chdir")
                .long("chdir")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .global(true)
                .help("Switch to this folder before anything else"),
        )
        .arg(
            Arg::new("no-color")
                .long("no-color")
                .action(ArgAction::SetTrue)
                .global(true)
                .help("Write without colours; NO_COLOR does the same"),
        );
    COMMANDS.iter().fold(root, |root, verb| {
        let command = clap::Command::new(verb.name).args_override_self(true);
        root.subcommand((verb.augment)(command))
    })
}

/// The options that are only named or not, whatever the command.
pub fn switches(command: &clap::Command) -> BTreeSet<String> {
    let (mut switches, mut valued) = (BTreeSet::new(), BTreeSet::new());
    let mut commands = vec![command];
    while let Some(command) = commands.pop() {
        commands.extend(command.get_subcommands());
        for argument in command.get_arguments() {
            let is_switch = matches!(argument.get_action(), ArgAction::SetTrue);
            let names = if is_switch { &mut switches } else { &mut valued };
            names.extend(argument.get_long().map(str::to_owned));
        }
    }
    &switches - &valued
}

/// The options that every command takes.
pub struct Global {
    pub folder: Option<PathBuf>,
    pub no_color: bool,
}

impl Global {
    pub fn of(matches: &ArgMatches) -> Self {
        Self {
            folder: matches.get_one::<PathBuf>("chdir").cloned(),
            no_color: matches.get_flag("no-color"),
        }
    }
}
