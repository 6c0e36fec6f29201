//! One run block: plan or apply its module, then hold it against its assertions.

use std::sync::Arc;

use config::Config;
use diagnostics::{Diagnostic, Diagnostics, Span};
use engine::{
    ApplyOptions, Evaluated, Events, PlanInput, PlanOptions, Planned, RootScope, Selector,
};
use indexmap::IndexMap;
use lang::eval::Cause;
use lang::functions::FunctionContext;
use lang::{Name, Value};
use plan::CheckStatus;
use plan::render::{self, RenderOptions};
use provider::Registry;
use state::Snapshot;

use super::Status;
use super::expected::Expected;
use super::file::RunBlock;
use super::scope::TestScope;
use super::states::{self, TestState};
use crate::address;
use crate::context::Failure;
use crate::interrupts;
use crate::planning::Session;
use crate::views;
use crate::world::ProcessWorld;

/// Everything that a run starts from.
pub struct Prepared<'a> {
    pub run: &'a RunBlock,
    pub config: Arc<Config>,
    pub registry: Registry,
    pub variables: IndexMap<Name, Value>,
    /// What `var` means beside the module's own variables, and the outputs of the runs so far.
    pub test_variables: &'a IndexMap<Name, Value>,
    pub runs: &'a IndexMap<Name, Value>,
    /// The runs from this one on.
    pub ahead: &'a [Name],
    pub functions: FunctionContext,
    /// Show plan or state.
    pub verbose: bool,
}

/// How a run ended.
#[derive(Default)]
pub struct Ended {
    pub status: Status,
    pub diagnostics: Diagnostics,
    /// Its outputs, for the runs after it.
    pub outputs: Option<Value>,
    /// The plan or the state, when asked for.
    pub shown: Option<String>,
    /// It changed its state, or tried to.
    pub applied: bool,
}

impl Ended {
    fn error(diagnostics: Diagnostics) -> Self {
        Self { status: Status::Error, diagnostics, ..Self::default() }
    }
}

impl Prepared<'_> {
    pub fn execute(&self, state: &TestState, session: &Session) -> Result<Ended, Box<Failure>> {
        let source = |span: Span| self.config.sources.snippet(span).trim().to_owned();
        let (mut expected, mistakes) =
            Expected::new(&self.run.expect_failures, &self.config, source);
        if mistakes.has_errors() {
            return Ok(Ended::error(mistakes));
        }
        let options = match self.options() {
            Ok(options) => options,
            Err(mistakes) => return Ok(Ended::error(mistakes)),
        };
        let world = Arc::new(ProcessWorld::default());
        let prior = state.snapshot(&self.config.name())?;
        let planning = self.plan(options, prior, (&world, session));
        let Some((planned, found)) = planning else {
            let detail = "Planning was interrupted; nothing was changed.";
            return Ok(Ended::error(Diagnostic::error("Test was interrupted", detail).into()));
        };
        let diagnostics = expected.filter(found, self.run.applies);
        let Some(planned) = planned.filter(|_| !diagnostics.has_errors()) else {
            return Ok(Ended::error(diagnostics));
        };
        let mut ended = Ended { diagnostics, ..Ended::default() };
        if !self.run.applies {
            ended.shown =
                self.verbose.then(|| render::text(&planned.plan, RenderOptions::default()));
            self.judge(&mut ended, planned.root_scope(), &expected);
            return Ok(ended);
        }
        ended.applied = true;
        world.settle();
        if let Some(evaluated) = self.apply(planned, state, (&mut ended, &mut expected), session)? {
            self.judge(&mut ended, evaluated.root_scope(), &expected);
        }
        Ok(ended)
    }

    fn options(&self) -> Result<PlanOptions, Diagnostics> {
        let wanted = &self.run.options;
        let replace = wanted.replace.iter().map(|text| address::resource(text));
        Ok(PlanOptions {
            mode: wanted.mode,
            refresh: wanted.refresh,
            replace: replace.collect::<Result<_, _>>()?,
            targets: wanted.targets.iter().cloned().map(Selector).collect(),
            ..states::plan_options()
        })
    }

    /// Plans; nothing after an interrupt.
    fn plan(
        &self,
        options: PlanOptions,
        prior: Arc<Snapshot>,
        (world, session): (&Arc<ProcessWorld>, &Session),
    ) -> Option<(Option<Planned>, Diagnostics)> {
        let input = PlanInput {
            config: self.config.clone(),
            registry: self.registry.clone(),
            variables: self.variables.clone(),
            prior,
            pending: Vec::new(),
            options,
            world: world.clone(),
            events: Events::silent(),
        };
        session.runtime.block_on(async {
            tokio::select! {
                planning = engine::plan(input) => Some((planning.planned, planning.diagnostics)),
                () = interrupts::received(session.stop.clone()) => None,
            }
        })
    }

    fn apply(
        &self,
        planned: Planned,
        state: &TestState,
        (ended, expected): (&mut Ended, &mut Expected),
        session: &Session,
    ) -> Result<Option<Evaluated>, Box<Failure>> {
        let store = Arc::new(state.open(&self.config.name())?);
        let options = ApplyOptions { events: Events::silent(), stop: session.stop.clone() };
        let applied = session.runtime.block_on(engine::apply(planned, store.clone(), options));
        let snapshot = store.snapshot();
        store.commit_snapshot()?;
        drop(store);
        if self.verbose {
            ended.shown = Some(views::state::all(&snapshot, &self.registry, plan::Secrets::Hidden));
        }
        ended.diagnostics.extend(expected.filter(applied.diagnostics, false));
        if ended.diagnostics.has_errors() || applied.interrupted {
            ended.status = Status::Error;
        }
        Ok(applied.evaluated)
    }

    /// Holds what came out against the assertions and the failures that were expected.
    fn judge(&self, ended: &mut Ended, module: RootScope<'_>, expected: &Expected) {
        ended.outputs = Some(module.outputs());
        if ended.status == Status::Error {
            return;
        }
        let missing = expected.missing();
        if missing.has_errors() {
            ended.status = Status::Error;
            ended.diagnostics.extend(missing);
        }
        let functions = self.functions.clone();
        let scope = TestScope {
            module: Some((module, &self.config)),
            variables: self.test_variables,
            runs: self.runs,
            ahead: self.ahead,
            functions,
        };
        for rule in &self.run.asserts {
            let verdict = engine::check_rule(rule, &scope, "Test assertion failed");
            ended.diagnostics.extend(verdict.diagnostics);
            let status = match verdict.status {
                CheckStatus::Pass => Status::Pass,
                CheckStatus::Fail => Status::Fail,
                CheckStatus::Error => Status::Error,
                CheckStatus::Unknown => {
                    let unknown = unknown_condition(self.run.applies);
                    let mut unknown = unknown.at(rule.condition.span);
                    unknown.values =
                        lang::eval::involved_values(&rule.condition, &scope, Cause::Hidden);
                    ended.diagnostics.push(unknown);
                    Status::Error
                }
            };
            ended.status = ended.status.max(status);
        }
    }
}

fn unknown_condition(applies: bool) -> Diagnostic {
    let detail = if applies {
        "Condition expression could not be evaluated at this time."
    } else {
        "Condition expression could not be evaluated at this time. This means you have executed a `run` block with `command = plan` and one of the values your condition depended on is not known until after the plan has been applied. Either remove this value from your condition, or execute an `apply` command from this `run` block. Alternatively, if there is an override for this value, you can make it available during the plan phase by setting `override_during = plan` in the `override_` block."
    };
    Diagnostic::error("Unknown condition value", detail)
}
