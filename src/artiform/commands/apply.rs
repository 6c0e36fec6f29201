//! `apply`: plans, asks, and makes it real. `destroy` and `refresh` are the same with other options.

mod saved;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use diagnostics::{Diagnostic, Diagnostics};
use engine::{Applied, ApplyOptions, Planned};
use plan::PlanMode;
use state::Store;

use super::Verb;
use crate::context::{Context, FAILURE, Failure, Outcome, SUCCESS, state_error};
use crate::flags::{LockFlags, PlanningFlags, VariableFlags};
use crate::interrupts;
use crate::planning::Session;
use crate::stack::{self, Stack};
use crate::stack_state::{self, Opened};
use crate::views::progress::Progress;
use crate::views::{apply as view, json_lines, plan as plan_view};

/// Make the stack as its configuration says
///
/// Plans, shows the plan, asks whether to go on, and obeys the plan. What succeeds is recorded, whatever
/// else fails; running it again goes on from there.
#[derive(Clone, Debug, clap::Args)]
pub struct Apply {
    /// The folder of the stack, or a saved plan
    #[arg(value_name = "STACK or PLAN", default_value = ".", hide_default_value = true)]
    pub place: PathBuf,
    #[command(flatten)]
    pub planning: PlanningFlags,
    #[command(flatten)]
    pub flags: ApplyFlags,
    /// The command that it was called by.
    #[arg(skip)]
    pub called: Called,
}

/// The commands that apply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Called {
    #[default]
    Apply,
    Destroy,
    Refresh,
}

/// The options of all commands that apply.
#[derive(Clone, Debug, clap::Args)]
pub struct ApplyFlags {
    #[command(flatten)]
    pub variables: VariableFlags,
    #[command(flatten)]
    pub lock: LockFlags,
    #[command(flatten)]
    pub detail: plan_view::PlanDetail,
    /// Do not ask before applying
    #[arg(long)]
    pub auto_approve: bool,
    /// Write one JSON object for each event
    #[arg(long)]
    pub json: bool,
    /// Name warnings, without explaining them
    #[arg(long)]
    pub compact_warnings: bool,
}

impl Verb for Apply {
    const NAME: &'static str = "apply";

    fn run(self, context: &Context) -> Outcome {
        let ui = context.ui.clone().with_json(self.flags.json);
        let ui = ui.with_compact_warnings(self.flags.compact_warnings);
        let context = Context { ui, ..context.clone() };
        if context.ui.json {
            context.ui.line(&json_lines::version());
        }
        super::shown(self.make(&context), &context.ui)
    }
}

impl Apply {
    fn make(&self, context: &Context) -> Outcome {
        if self.place.is_file() {
            if self.called == Called::Destroy {
                return Err(destroys_no_plan(&self.place));
            }
            return self.saved(&self.place, context);
        }
        if !self.place.is_dir() {
            let place = self.place.display();
            let summary = format!("Failed to load \"{place}\" as a plan file");
            let detail = format!("Error: stat {place}: no such file or directory");
            return Err(Failure::error(&summary, detail));
        }
        self.check_approval()?;
        let options = self.planning.options()?;
        let stack = Stack::load(&self.place, &self.flags.variables, context)?;
        let session = Session::start(context)?;
        let store = stack_state::lock(&stack, self.operation(), &self.flags.lock)?;
        let opened = Opened::Locked(store);
        let made = session.plan(&stack, &opened, options);
        let Opened::Locked(store) = opened else { return Ok(FAILURE) };
        if made.interrupted {
            return Err(Failure::error("Planning was interrupted", "Nothing was changed."));
        }
        let ui = &context.ui;
        let failed = made.diagnostics.has_errors();
        let partial = made.planned.as_ref().filter(|_| self.planning.mode() != PlanMode::Destroy);
        if let Some(planned) = partial.filter(|planned| failed && !planned.plan.is_empty()) {
            plan_view::show(&planned.plan, self.flags.detail, ui);
        }
        let Some(planned) = made.planned.filter(|_| !failed) else {
            ui.diagnostics(&made.diagnostics, stack.sources());
            return Ok(FAILURE);
        };
        if self.called == Called::Refresh {
            ui.diagnostics(&nothing_to_refresh(&store), stack.sources());
        } else {
            plan_view::show(&planned.plan, self.flags.detail, ui);
        }
        ui.diagnostics(&self.worth_telling(made.diagnostics), stack.sources());
        let code = if self.approved(&planned, &session)? {
            self.execute(planned, store, (&stack, &session))
        } else {
            ui.line(&format!("\n{} cancelled.", self.title()));
            Ok(FAILURE)
        };
        session.end();
        code
    }

    /// Without the assertions of `check` blocks where nobody is asked: apply judges them again.
    fn worth_telling(&self, found: Diagnostics) -> Diagnostics {
        let asks = !self.flags.auto_approve;
        let told = |diagnostic: &Diagnostic| asks || !engine::is_of_check(diagnostic);
        found.into_iter().filter(told).collect::<Vec<_>>().into()
    }

    fn operation(&self) -> &'static str {
        match self.planning.mode() {
            PlanMode::Normal => "apply",
            PlanMode::Destroy => "destroy",
            PlanMode::RefreshOnly => "refresh",
        }
    }

    fn title(&self) -> &'static str {
        if self.planning.mode() == PlanMode::Destroy { "Destroy" } else { "Apply" }
    }

    /// Who reads lines cannot be asked, which is found before anything is read.
    fn check_approval(&self) -> Result<(), Box<Failure>> {
        if self.flags.auto_approve || !self.flags.json {
            return Ok(());
        }
        let detail = "artiform cannot ask for interactive approval when -json is set. You can either apply a saved plan file, or enable the -auto-approve option.";
        Err(Failure::error("Plan file or auto-approve required", detail))
    }

    /// Nobody is there to approve what was planned.
    fn not_approved(&self) -> Box<Failure> {
        let why = if self.flags.variables.input {
            "Nobody can be asked, because the standard input is not a terminal."
        } else {
            "With -input=false nobody is asked."
        };
        let detail = format!(
            "Before artiform changes anything, the plan must be approved. {why} Approve it beforehand with -auto-approve."
        );
        let command = if self.called == Called::Destroy { "destroy" } else { "apply" };
        Diagnostic::error("Approval is required", detail)
            .hint(format!("run `artiform {command} -auto-approve`, or apply a saved plan"))
            .into()
    }

    fn approved(&self, planned: &Planned, session: &Session) -> Result<bool, Box<Failure>> {
        if self.flags.auto_approve || !planned.plan.has_changes() {
            return Ok(true);
        }
        let ui = &session.ui;
        if !ui.can_ask() || !self.flags.variables.input {
            return Err(self.not_approved());
        }
        ui.print(&format!("\n{}\n{}", ui.bold(self.question()), ui.bold("  Enter a value: ")));
        let (sender, answer) = tokio::sync::oneshot::channel();
        // A thread of its own, because a read of the terminal cannot be cancelled.
        std::thread::spawn(move || sender.send(stack::read_line()));
        let answer = session.runtime.block_on(async {
            tokio::select! {
                answer = answer => answer.ok().flatten(),
                () = interrupts::received(session.stop.clone()) => None,
            }
        });
        ui.print("\n");
        Ok(answer.as_deref() == Some("yes"))
    }

    fn question(&self) -> &'static str {
        match self.planning.mode() {
            PlanMode::Normal => {
                "Do you want to perform these actions?\n  artiform will perform the actions described above.\n  Only 'yes' will be accepted to approve.\n"
            }
            PlanMode::Destroy => {
                "Do you really want to destroy all resources?\n  artiform will destroy all your managed infrastructure, as shown above.\n  There is no undo. Only 'yes' will be accepted to confirm.\n"
            }
            PlanMode::RefreshOnly => {
                "Would you like to update the state to reflect these detected changes?\n  artiform will write these changes to the state without modifying any real infrastructure.\n  There is no undo. Only 'yes' will be accepted to confirm.\n"
            }
        }
    }

    fn execute(
        &self,
        planned: Planned,
        store: Store,
        (stack, session): (&Stack, &Session),
    ) -> Outcome {
        let applied = obey(planned, store, session);
        let ended = (self.called, self.flags.detail.secrets());
        if session.ui.json {
            session.ui.diagnostics(&applied.diagnostics, stack.sources());
            view::show(&applied, ended, &session.ui);
        } else {
            view::show(&applied, ended, &session.ui);
            session.ui.diagnostics(&applied.diagnostics, stack.sources());
        }
        let failed = applied.diagnostics.has_errors() || applied.interrupted;
        Ok(if failed { FAILURE } else { SUCCESS })
    }
}

/// Warns that a refresh has nothing to read.
fn nothing_to_refresh(store: &Store) -> Diagnostics {
    if !store.snapshot().instances.is_empty() {
        return Diagnostics::new();
    }
    let detail = "There are currently no remote objects tracked in the state, so there is nothing to refresh.";
    Diagnostic::warning("Empty or non-existent state", detail).into()
}

fn destroys_no_plan(path: &Path) -> Box<Failure> {
    let detail = format!(
        "If this plan was created using plan -destroy, apply it using:\n  artiform apply {:?}",
        path.display().to_string()
    );
    Failure::error("Destroy can't be called with a plan file", detail)
}

/// Executes a plan and closes the state.
pub(super) fn obey(planned: Planned, store: Store, session: &Session) -> Applied {
    // From here on the time is the present time: what was unknown while planning becomes known.
    session.world.settle();
    let progress = Progress::start(&session.ui);
    let options = ApplyOptions { events: progress.events(), stop: session.stop.clone() };
    let store = Arc::new(store);
    let work = engine::apply(planned, store.clone(), options);
    let mut applied = session.runtime.block_on(work);
    progress.finish();
    close(store, &mut applied);
    applied
}

/// Folds the journal into the state, also after mistakes: what was done must not be forgotten.
fn close(store: Arc<Store>, applied: &mut Applied) {
    let closed = match Arc::try_unwrap(store) {
        Ok(store) => store.close(),
        Err(shared) => shared.commit_snapshot(),
    };
    if let Err(error) = closed {
        applied.diagnostics.push(state_error(&error));
    }
}
