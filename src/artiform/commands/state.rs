//! `state`: looks at the state and mends it by hand.

use clap::Subcommand;

use super::Verb;
use crate::context::{Context, Outcome};

pub mod edit;
mod import_terraform;
mod list;
mod mv;
mod pull;
mod push;
mod replace_provider;
mod rm;
mod selection;
mod show;

/// Look at the state, and mend it by hand
#[derive(Clone, Debug, clap::Args)]
pub struct State {
    #[command(subcommand)]
    verb: StateVerb,
}

/// The commands below `state`.
#[derive(Clone, Debug, Subcommand)]
enum StateVerb {
    ImportTerraform(import_terraform::ImportTerraform),
    #[command(visible_alias = "ls")]
    List(list::List),
    #[command(visible_alias = "move")]
    Mv(mv::Mv),
    Pull(pull::Pull),
    Push(push::Push),
    ReplaceProvider(replace_provider::ReplaceProvider),
    #[command(visible_alias = "remove")]
    Rm(rm::Rm),
    Show(show::Show),
}

impl Verb for State {
    const NAME: &'static str = "state";

    fn run(self, context: &Context) -> Outcome {
        match self.verb {
            StateVerb::ImportTerraform(import) => import.run(context),
            StateVerb::List(list) => list.run(context),
            StateVerb::Mv(mv) => mv.run(context),
            StateVerb::Pull(pull) => pull.run(context),
            StateVerb::Push(push) => push.run(context),
            StateVerb::ReplaceProvider(replace) => replace.run(context),
            StateVerb::Rm(rm) => rm.run(context),
            StateVerb::Show(show) => show.run(context),
        }
    }
}
