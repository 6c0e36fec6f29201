//! One test file from its first run to the end of everything that it made.

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;

use config::values::{self, Given, ValueOptions, VariableValue};
use config::{Config, RunBlock, TestFile, Variable};
use diagnostics::{Diagnostic, Diagnostics, SourceMap};
use engine::{ApplyOptions, Events, PlanInput};
use indexmap::IndexMap;
use lang::functions::FunctionContext;
use lang::{Name, Value};
use plan::PlanMode;

use super::expected::Expected;
use super::run::{Ended, Prepared};
use super::states::{self, LastApply, TestState};
use super::variables::{Variables, Written};
use super::{Suite, TestOptions, TestPath, assertion, mock, modules, variables};
use crate::context::{Context, Failure};
use crate::planning::Session;
use crate::world::{self, ProcessWorld};

/// A test file under way.
pub struct FileSession<'a> {
    path: &'a TestPath,
    file: &'a TestFile,
    suite: &'a Suite,
    options: &'a TestOptions,
    context: &'a Context,
    session: &'a Session,
    /// The stack's variables that are given a value outside of the test.
    globals: IndexMap<Name, Value>,
    states: IndexMap<String, TestState>,
    /// The outputs of the runs so far.
    outputs: IndexMap<Name, Value>,
    applies: usize,
}

/// What a run or the end of a state had to say, with the files that it speaks of.
pub struct Told {
    pub ended: Ended,
    pub sources: SourceMap,
}

/// What is left of a state whose destruction failed.
pub struct Leftover {
    pub addresses: Vec<String>,
    /// Where its state is kept.
    pub folder: PathBuf,
}

impl<'a> FileSession<'a> {
    pub fn new(
        (path, file): &'a (TestPath, TestFile),
        suite: &'a Suite,
        options: &'a TestOptions,
        (context, session): (&'a Context, &'a Session),
    ) -> Self {
        let mut file = Self {
            path,
            file,
            suite,
            options,
            context,
            session,
            globals: IndexMap::new(),
            states: IndexMap::new(),
            outputs: IndexMap::new(),
            applies: 0,
        };
        file.globals = file.given_outside();
        file
    }

    /// The variables that environment, files and command line give: those of the stack, and those that only
    /// the tests know.
    fn given_outside(&self) -> IndexMap<Name, Value> {
        let mut config = self.suite.stack.config.clone();
        let mut variables = config.root.variables.clone();
        for run in self.file.runs.iter().filter(|run| run.module.is_some()) {
            for (name, variable) in &self.suite.loaded(run).config.root.variables {
                variables.entry(name.clone()).or_insert_with(|| variable.clone());
            }
        }
        variables::referred_in(self.file, &mut |name, place| {
            let free = || Variable::free(name.clone(), place);
            variables.entry(name.clone()).or_insert_with(free);
        });
        Arc::make_mut(&mut config.root).variables = variables;
        let options = self.value_options(&config);
        // What is missing or wrong is told by the run that needs it.
        let (values, _) = values::gather(&mut config, options);
        let given = values.into_iter().filter(|(_, found)| found.given);
        given.map(|(name, found)| (name, found.value)).collect()
    }

    fn value_options(&self, config: &Config) -> ValueOptions<'static> {
        ValueOptions {
            environment: self.context.environment.clone(),
            command_line: given_to(&config.root, self.options),
            folders: self.folders(),
            ..ValueOptions::default()
        }
    }

    /// The folders besides the stack's whose files give values to variables: that of the tests, for its own.
    fn folders(&self) -> Vec<PathBuf> {
        let folder = self.options.folder.join(&self.options.test_directory);
        let parent = self.path.path.parent();
        (parent == Some(&*folder)).then_some(folder).into_iter().collect()
    }

    /// Executes a run block of the file.
    pub fn run(&mut self, run: &RunBlock) -> Result<Told, Box<Failure>> {
        let loaded = self.suite.loaded(run);
        let mut config = loaded.config.clone();
        let mut mistakes = loaded.diagnostics.clone();
        mistakes.extend(loaded.when_planning.clone());
        let ended = self.checked(run, &mut config, mistakes)?;
        Ok(Told { ended, sources: config.sources })
    }

    /// Runs it where nothing is wrong with it, with its module, or with the values of its variables.
    fn checked(
        &mut self,
        run: &RunBlock,
        config: &mut Config,
        mistakes: Diagnostics,
    ) -> Result<Ended, Box<Failure>> {
        let mut found = self.suite.check_run(run);
        if !found.has_errors() {
            found.extend(mistakes.into_iter().filter(Diagnostic::is_error));
        }
        if !found.has_errors() {
            found.extend(modules::set_providers(config, self.file, run));
        }
        if !found.has_errors() {
            found.extend(assertion::check_references(run));
        }
        if found.has_errors() {
            return Ok(Ended::error(found));
        }
        let names = self.file.runs.iter().map(|run| run.name.clone());
        let ahead: Vec<Name> = names.skip_while(|name| *name != run.name).collect();
        let (written, in_values) = self.written(run, config, &ahead);
        found.extend(in_values);
        if found.has_errors() {
            return Ok(Ended::error(found));
        }
        let (values, in_values) = self.module_variables(run, &written, config);
        found.extend(in_values);
        if found.has_errors() {
            return Ok(Ended::error(found));
        }
        let mut test_variables = self.globals.clone();
        let of_test = written.into_iter().map(|(name, (value, _))| (name, value));
        test_variables.extend(of_test);
        test_variables.retain(|name, _| !config.root.variables.contains_key(name));
        let key = state_key(run);
        if !self.states.contains_key(&key) {
            self.states.insert(key.clone(), TestState::new()?);
        }
        let prepared = self.prepare(run, config, (values, test_variables), &ahead);
        let (expected, _) = Expected::new(run, config, &prepared.places);
        let mut ended = prepared.execute(expected, (&self.states[&key], self.session))?;
        let Prepared { config, registry, variables, .. } = prepared;
        found.extend(std::mem::take(&mut ended.diagnostics));
        ended.diagnostics = found;
        if ended.applied {
            self.applies += 1;
            let (run, at) = (run.name.clone(), self.applies);
            self.states[&key].last = Some(LastApply { run, config, registry, variables, at });
        }
        if let Some(outputs) = ended.outputs.take() {
            self.outputs.insert(run.name.clone(), outputs);
        }
        Ok(ended)
    }

    fn prepare<'b>(
        &'b self,
        run: &'b RunBlock,
        config: &mut Config,
        (values, test_variables): (IndexMap<Name, VariableValue>, IndexMap<Name, Value>),
        ahead: &'b [Name],
    ) -> Prepared<'b> {
        let overrides: Vec<_> = run.overrides.iter().chain(&self.file.overrides).cloned().collect();
        let mocks = modules::mocks(self.file, run, &config.root);
        let in_mocks = mocks.iter().flat_map(|mock| &mock.overrides);
        modules::override_modules(config, in_mocks.chain(overrides.iter().rev()));
        Prepared {
            run,
            places: values::places(&config.root, &values),
            config: Arc::new(config.clone()),
            registry: mock::registry(&mocks, &overrides),
            variables: values.into_iter().map(|(name, value)| (name, value.value)).collect(),
            test_variables,
            runs: &self.outputs,
            ahead,
            functions: self.functions(),
            verbose: self.options.verbose,
        }
    }

    /// The values that the test writes for a run.
    fn written(&self, run: &RunBlock, config: &Config, ahead: &[Name]) -> (Written, Diagnostics) {
        let variables = Variables {
            file: self.file,
            globals: &self.globals,
            runs: &self.outputs,
            ahead,
            functions: self.functions(),
            evaluated: RefCell::default(),
            found: RefCell::default(),
        };
        let written = variables.of_run(run, config);
        (written, variables.found.into_inner())
    }

    /// The variables of the run's module; a module that is not the stack gets what it declares.
    fn module_variables(
        &self,
        run: &RunBlock,
        written: &Written,
        config: &mut Config,
    ) -> (IndexMap<Name, VariableValue>, Diagnostics) {
        let mut options = ValueOptions::default();
        if run.module.is_none() {
            options = self.value_options(config);
        } else {
            let globals = self.globals.iter();
            let spanned =
                globals.map(|(name, value)| (name.clone(), (value.clone(), run.header_span)));
            options.evaluated.extend(spanned);
        }
        options.evaluated.extend(written.clone());
        options.run = Some(run.name.clone());
        let (values, found) = values::gather(config, options);
        // Values of variables that the stack does not declare are for tests.
        (values, found.into_iter().filter(Diagnostic::is_error).collect::<Vec<_>>().into())
    }

    fn functions(&self) -> FunctionContext {
        let folder = &self.options.folder;
        FunctionContext {
            base: folder.canonicalize().unwrap_or_else(|_| folder.clone()),
            plan_time: world::now().into(),
            world: Arc::new(ProcessWorld::settled()),
            console: false,
        }
    }

    /// The runs whose states hold something that is to be destroyed: the last that applied comes first.
    pub fn ends(&mut self) -> Vec<(Name, TestState)> {
        let mut states: Vec<TestState> = std::mem::take(&mut self.states).into_values().collect();
        states.retain(TestState::has_resources);
        states.sort_by_key(|state| std::cmp::Reverse(state.last.as_ref().map(|last| last.at)));
        let named = |state: TestState| Some((state.last.as_ref()?.run.clone(), state));
        states.into_iter().filter_map(named).collect()
    }

    /// Destroys everything that a state holds.
    pub fn destroy(&self, state: TestState) -> Result<(Told, Option<Leftover>), Box<Failure>> {
        let Some(last) = &state.last else {
            let (ended, sources) = (Ended::default(), SourceMap::new());
            return Ok((Told { ended, sources }, None));
        };
        let stack = last.config.name();
        let sources = last.config.sources.clone();
        let world = Arc::new(ProcessWorld::default());
        let input = PlanInput {
            config: last.config.clone(),
            registry: last.registry.clone(),
            variables: last.variables.clone(),
            prior: state.snapshot(&stack)?,
            pending: Vec::new(),
            options: engine::PlanOptions { mode: PlanMode::Destroy, ..states::plan_options() },
            world: world.clone(),
            events: Events::silent(),
        };
        let runtime = &self.session.runtime;
        let planning = runtime.block_on(engine::plan(input));
        let mut diagnostics = planning.diagnostics;
        if let Some(planned) = planning.planned.filter(|_| !diagnostics.has_errors()) {
            world.settle();
            let store = Arc::new(state.open(&stack)?);
            // An interrupt ends the tests and not the cleaning up.
            let (_sender, stop) = tokio::sync::watch::channel(false);
            let options = ApplyOptions { events: Events::silent(), stop };
            let applied = runtime.block_on(engine::apply(planned, store.clone(), options));
            store.commit_snapshot()?;
            diagnostics.extend(applied.diagnostics);
        }
        let left: Vec<String> = state.snapshot(&stack)?.instances.keys().cloned().collect();
        let leftover =
            (!left.is_empty()).then(|| Leftover { addresses: left, folder: state.keep() });
        Ok((Told { ended: Ended { diagnostics, ..Ended::default() }, sources }, leftover))
    }
}

/// Runs of the stack share one state, runs of another module share one by its source.
fn state_key(run: &RunBlock) -> String {
    let module = run.module.as_ref().map(|module| format!("module:{}", module.source));
    let named = run.state_key.as_ref().map(|key| format!("key:{key}"));
    named.or(module).unwrap_or_default()
}

/// What the command line gives to variables of the stack; what a test alone knows is none of them.
fn given_to(root: &config::Module, options: &TestOptions) -> Vec<Given> {
    let declared = |given: &&Given| match given {
        Given::Assignment(text) => {
            text.split_once('=').is_none_or(|(name, _)| root.variables.contains_key(name.trim()))
        }
        Given::File(_) => true,
    };
    options.variables.given.iter().filter(declared).cloned().collect()
}
