//! From a stack to its plan: what `plan`, `apply`, `destroy` and `refresh` have in common.

use std::path::PathBuf;
use std::sync::Arc;

use diagnostics::Diagnostics;
use engine::{Events, PlanInput, PlanOptions, Planned};
use provider::CallCount;
use tokio::runtime::Runtime;
use tokio::sync::watch;

use crate::context::{Context, Failure};
use crate::interrupts;
use crate::providers;
use crate::stack::Stack;
use crate::stack_state::Opened;
use crate::ui::Ui;
use crate::views::progress::Progress;
use crate::world::ProcessWorld;

/// The folder of the stack that a command works on.
#[derive(Clone, Debug, clap::Args)]
pub struct StackArgument {
    /// The folder of the stack
    #[arg(value_name = "STACK", default_value = ".", hide_default_value = true)]
    pub folder: PathBuf,
}

/// What runs a command: the runtime, and whether it was told to stop.
pub struct Session {
    pub runtime: Runtime,
    pub stop: watch::Receiver<bool>,
    pub world: Arc<ProcessWorld>,
    pub ui: Ui,
    /// What is under way is not shown: the answer is all there is on stdout.
    pub quiet: bool,
}

/// A plan that can be shown, with what was found on the way.
pub struct Made {
    /// None where a mistake or an interrupt came before.
    pub planned: Option<Planned>,
    pub diagnostics: Diagnostics,
    pub interrupted: bool,
    /// How many calls each provider that counts them has made for it.
    pub calls: Vec<(&'static str, Vec<CallCount>)>,
}

impl Session {
    /// Starts the runtime and listens for interrupts.
    pub fn start(context: &Context) -> Result<Self, Box<Failure>> {
        let failed = |error: std::io::Error| {
            let detail = format!("The runtime could not be started: {error}.");
            Failure::error("Failed to start", detail)
        };
        let runtime =
            tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(failed)?;
        let stop = interrupts::listen(&runtime, &context.ui).map_err(failed)?;
        Ok(Self { runtime, stop, world: Arc::default(), ui: context.ui.clone(), quiet: false })
    }

    /// Plans; an interrupt ends it, since nothing was done yet that would have to be recorded.
    pub fn plan(&self, stack: &Stack, state: &Opened, options: PlanOptions) -> Made {
        let progress = (!self.quiet).then(|| Progress::start(&self.ui));
        let events = progress.as_ref().map_or_else(Events::silent, Progress::events);
        let input = self.input(stack, state, options, events);
        let registry = input.registry.clone();
        let planning = self.runtime.block_on(async {
            tokio::select! {
                planning = engine::plan(input) => Some(planning),
                () = interrupts::received(self.stop.clone()) => None,
            }
        });
        progress.into_iter().for_each(Progress::finish);
        let mut diagnostics = stack.warnings.clone();
        diagnostics.extend(state.notices());
        let calls = registry.calls();
        match planning {
            Some(planning) => {
                diagnostics.extend(planning.diagnostics);
                let mut planned = planning.planned;
                // A plan shows variables as people wrote them.
                let variables = planned.iter_mut().map(|planned| &mut planned.plan.variables);
                variables.for_each(|shown| shown.extend(stack.written.clone()));
                Made { planned, diagnostics, interrupted: false, calls }
            }
            None => Made { planned: None, diagnostics, interrupted: true, calls },
        }
    }

    fn input(
        &self,
        stack: &Stack,
        state: &Opened,
        options: PlanOptions,
        events: Events,
    ) -> PlanInput {
        PlanInput {
            config: stack.config.clone(),
            registry: providers::registry(),
            variables: stack.variables.clone(),
            prior: state.snapshot(),
            pending: state.pending(),
            options: PlanOptions {
                workspace: stack.workspace.clone(),
                places: stack.places.clone(),
                ..options
            },
            world: self.world.clone(),
            events,
        }
    }

    /// Ends the runtime without waiting for a person who was asked and did not answer.
    pub fn end(self) {
        self.runtime.shutdown_background();
    }
}
