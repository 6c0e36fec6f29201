//! The commands: one file each, one visible list.

use clap::{ArgMatches, Args};

use crate::context::{Context, FAILURE, Failure, Outcome};
use crate::ui::Ui;

pub mod apply;
mod console;
mod destroy;
mod explain;
mod fmt;
mod force_unlock;
mod get;
mod graph;
mod import;
mod init;
mod metadata;
mod output;
mod plan;
mod providers;
mod refresh;
mod serve;
mod show;
mod state;
mod taint;
mod test;
mod untaint;
mod validate;
mod version;
mod workspace;

/// A command: its arguments, whose comment is its manual, and what it does.
pub trait Verb: Args {
    const NAME: &'static str;

    fn run(self, context: &Context) -> Outcome;
}

/// One line of the list.
pub struct Command {
    pub name: &'static str,
    pub augment: fn(clap::Command) -> clap::Command,
    pub run: fn(&ArgMatches, &Context) -> Outcome,
}

impl Command {
    const fn of<V: Verb>() -> Self {
        Self { name: V::NAME, augment: V::augment_args, run: run::<V> }
    }
}

fn run<V: Verb>(matches: &ArgMatches, context: &Context) -> Outcome {
    match V::from_arg_matches(matches) {
        Ok(verb) => verb.run(context),
        Err(error) => {
            let detail = error.to_string();
            Err(Failure::error("Invalid command line", detail.trim_end()))
        }
    }
}

/// Shows the mistakes of a command that has its own way of talking, such as JSON lines.
fn shown(outcome: Outcome, ui: &Ui) -> Outcome {
    Ok(outcome.unwrap_or_else(|failure| {
        ui.diagnostics(&failure.diagnostics, &failure.sources);
        FAILURE
    }))
}

/// Every command, in alphabetical order.
pub const COMMANDS: &[Command] = &[
    Command::of::<apply::Apply>(),
    Command::of::<console::Console>(),
    Command::of::<destroy::Destroy>(),
    Command::of::<explain::Explain>(),
    Command::of::<fmt::Fmt>(),
    Command::of::<force_unlock::ForceUnlock>(),
    Command::of::<get::Get>(),
    Command::of::<graph::Graph>(),
    Command::of::<import::Import>(),
    Command::of::<init::Init>(),
    Command::of::<metadata::Metadata>(),
    Command::of::<output::Output>(),
    Command::of::<plan::Plan>(),
    Command::of::<providers::Providers>(),
    Command::of::<refresh::Refresh>(),
    Command::of::<serve::Serve>(),
    Command::of::<show::Show>(),
    Command::of::<state::State>(),
    Command::of::<taint::Taint>(),
    Command::of::<test::Test>(),
    Command::of::<untaint::Untaint>(),
    Command::of::<validate::Validate>(),
    Command::of::<version::Version>(),
    Command::of::<workspace::WorkspaceCommand>(),
];

#[cfg(test)]
mod tests {
    use super::COMMANDS;

    #[test]
    fn the_list_of_commands_is_alphabetical() {
        assert!(COMMANDS.windows(2).all(|pair| pair[0].name < pair[1].name));
    }

    #[test]
    fn the_command_line_is_consistent() {
        crate::cli::command().debug_assert();
    }
}
