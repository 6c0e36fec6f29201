//! One test file from its first run to the end of everything that it made.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use config::Config;
use config::values::{self, Given, ValueOptions};
use diagnostics::{Diagnostic, Diagnostics, SourceMap, Span};
use engine::{ApplyOptions, Events, PlanInput};
use indexmap::IndexMap;
use lang::functions::FunctionContext;
use lang::{Attribute, Name, Value};
use plan::PlanMode;

use super::file::{Override, RunBlock};
use super::run::{Ended, Prepared};
use super::scope::TestScope;
use super::states::{self, LastApply, TestState};
use super::{TestFile, TestOptions, TestPath, mock, modules};
use crate::context::{Context, Failure};
use crate::planning::Session;
use crate::world::{self, ProcessWorld};

/// A test file under way.
pub struct FileSession<'a> {
    path: &'a TestPath,
    text: String,
    options: &'a TestOptions,
    context: &'a Context,
    session: &'a Session,
    /// The stack's variables from everywhere but the test.
    globals: IndexMap<Name, (Value, bool)>,
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

type Evaluated = IndexMap<Name, (Value, Span)>;

impl<'a> FileSession<'a> {
    pub fn new(
        path: &'a TestPath,
        options: &'a TestOptions,
        context: &'a Context,
        session: &'a Session,
    ) -> Result<Self, Box<Failure>> {
        let text = std::fs::read_to_string(&path.path).map_err(|error| {
            let detail = format!("The file {} could not be read: {error}.", path.path.display());
            Failure::error("Failed to read test file", detail)
        })?;
        let mut file = Self {
            path,
            text,
            options,
            context,
            session,
            globals: IndexMap::new(),
            states: IndexMap::new(),
            outputs: IndexMap::new(),
            applies: 0,
        };
        file.globals = file.globals();
        Ok(file)
    }

    /// The folders besides the stack's whose files give values to variables: that of the tests, for its own.
    fn folders(&self) -> Vec<PathBuf> {
        let folder = self.options.folder.join(&self.options.test_directory);
        self.path.path.starts_with(&folder).then_some(folder).into_iter().collect()
    }

    /// The stack's variables as environment, files and command line give them, and whether they do.
    fn globals(&self) -> IndexMap<Name, (Value, bool)> {
        let mut config = config::load(Path::new(&self.options.folder)).config;
        let given = ValueOptions {
            environment: self.context.environment.clone(),
            command_line: given_to(&config.root, self.options),
            folders: self.folders(),
            ..ValueOptions::default()
        };
        // What is missing or wrong is told by the run that needs it.
        let (values, _) = values::gather(&mut config, given);
        values.into_iter().map(|(name, found)| (name, (found.value, found.given))).collect()
    }

    /// The run blocks by name, in order; nothing of a file with mistakes is run.
    pub fn runs(&self) -> Result<Vec<Name>, Box<Failure>> {
        let mut sources = SourceMap::new();
        let (file, diagnostics) = self.parse(&mut sources);
        if diagnostics.has_errors() {
            return Err(Failure::new(diagnostics, &sources));
        }
        let modules = file.runs.iter().filter_map(|run| run.module.as_ref());
        let stray: Vec<_> = modules
            .filter_map(|(source, span)| modules::folder(&self.options.folder, source, *span).err())
            .map(|mistake| *mistake)
            .collect();
        if !stray.is_empty() {
            return Err(Failure::new(Diagnostics::from(stray), &sources));
        }
        Ok(file.runs.into_iter().map(|run| run.name).collect())
    }

    /// How many assertions the run at a place has.
    pub fn assertions(&self, at: usize) -> usize {
        let (file, _) = self.parse(&mut SourceMap::new());
        file.runs.get(at).map_or(0, |run| run.asserts.len())
    }

    fn parse(&self, sources: &mut SourceMap) -> (TestFile, Diagnostics) {
        let id = sources.add(self.path.name.as_str(), self.text.as_str());
        TestFile::parse(&self.text, id, self.path.name.ends_with(".json"))
    }

    /// Executes the run at a place in the file.
    pub fn run(&mut self, at: usize) -> Result<Told, Box<Failure>> {
        let mut sources = SourceMap::new();
        let (file, _) = self.parse(&mut sources);
        let stack = self.options.folder.clone();
        let folder = match file.runs.get(at).and_then(|run| run.module.clone()) {
            None => stack,
            Some((source, span)) => modules::folder(&stack, &source, span)
                .map_err(|mistake| Failure::new(Diagnostics::from(*mistake), &sources))?,
        };
        let loaded = config::load(&folder);
        let (mut config, mut found) = (loaded.config, loaded.diagnostics);
        found.extend(loaded.when_planning);
        if found.has_errors() {
            return Err(Failure::new(found, &config.sources));
        }
        // Read again, so that its places and those of the configuration are in one map.
        let (file, _) = self.parse(&mut config.sources);
        let Some(run) = file.runs.get(at) else {
            return Ok(Told { ended: Ended::default(), sources });
        };
        let ended = self.prepared(run, (&file, &mut config))?;
        Ok(Told { ended, sources: config.sources })
    }

    fn prepared(
        &mut self,
        run: &RunBlock,
        (file, config): (&TestFile, &mut Config),
    ) -> Result<Ended, Box<Failure>> {
        let failed =
            |diagnostics: Diagnostics, config: &Config| Failure::new(diagnostics, &config.sources);
        let ahead: Vec<Name> =
            file.runs.iter().map(|run| run.name.clone()).skip_while(|n| *n != run.name).collect();
        let (file_values, run_values) =
            self.test_values(run, file, &ahead).map_err(|mistakes| failed(mistakes, config))?;
        let mut test_variables: IndexMap<Name, Value> = self.given_globals();
        let of_test = file_values.iter().chain(&run_values);
        test_variables.extend(of_test.map(|(name, (value, _))| (name.clone(), value.clone())));
        let undeclared = undeclared(run, config);
        let variables = self
            .module_variables(run, (file_values, run_values), config)
            .map_err(|mistakes| failed(mistakes, config))?;
        let overrides: Vec<Override> =
            run.overrides.iter().chain(&file.overrides).cloned().collect();
        let mocks = self.mocks(file, config).map_err(|mistakes| failed(mistakes, config))?;
        let modules: Vec<Override> = mocks
            .iter()
            .flat_map(|mock| mock.overrides.clone())
            .chain(overrides.iter().rev().cloned())
            .collect();
        modules::set_providers(config, file, run);
        modules::override_modules(config, &modules);
        let registry = mock::registry(&mocks, &overrides);
        let key = state_key(run);
        if !self.states.contains_key(&key) {
            self.states.insert(key.clone(), TestState::new()?);
        }
        let prepared = Prepared {
            run,
            config: Arc::new(config.clone()),
            registry,
            variables,
            test_variables: &test_variables,
            runs: &self.outputs,
            ahead: &ahead,
            functions: self.functions(),
            verbose: self.options.verbose,
        };
        let mut ended = prepared.execute(&self.states[&key], self.session)?;
        let Prepared { config, registry, variables, .. } = prepared;
        ended.diagnostics.extend(undeclared);
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

    /// The stack's variables that are given a value outside of the test; defaults are none.
    fn given_globals(&self) -> IndexMap<Name, Value> {
        let given = self.globals.iter().filter(|(_, (_, given))| *given);
        given.map(|(name, (value, _))| (name.clone(), value.clone())).collect()
    }

    /// The values that the file and the run block give to variables.
    fn test_values(
        &self,
        run: &RunBlock,
        file: &TestFile,
        ahead: &[Name],
    ) -> Result<(Evaluated, Evaluated), Diagnostics> {
        let mut known = self.given_globals();
        let file_values = self.evaluate(&file.variables, &known, ahead)?;
        known.extend(file_values.iter().map(|(name, (value, _))| (name.clone(), value.clone())));
        let run_values = self.evaluate(&run.variables, &known, ahead)?;
        Ok((file_values, run_values))
    }

    fn evaluate(
        &self,
        attributes: &IndexMap<Name, Attribute>,
        variables: &IndexMap<Name, Value>,
        ahead: &[Name],
    ) -> Result<Evaluated, Diagnostics> {
        let functions = self.functions();
        let scope = TestScope { module: None, variables, runs: &self.outputs, ahead, functions };
        let mut diagnostics = Diagnostics::new();
        let mut values = IndexMap::new();
        for (name, attribute) in attributes {
            let value = diagnostics.absorb(lang::eval::evaluate(&attribute.value, &scope));
            values.extend(value.map(|value| (name.clone(), (value, attribute.value.span))));
        }
        if diagnostics.has_errors() { Err(diagnostics) } else { Ok(values) }
    }

    /// The variables of the run's module; a module that is not the stack gets what it declares.
    fn module_variables(
        &self,
        run: &RunBlock,
        (file_values, run_values): (Evaluated, Evaluated),
        config: &mut Config,
    ) -> Result<IndexMap<Name, Value>, Diagnostics> {
        let is_stack = run.module.is_none();
        let mut options = ValueOptions::default();
        if is_stack {
            options.environment = self.context.environment.clone();
            options.command_line = given_to(&config.root, self.options);
            options.folders = self.folders();
        } else {
            let given = self.globals.iter().filter(|(_, (_, given))| *given);
            let spanned =
                given.map(|(n, (value, _))| (n.clone(), (value.clone(), run.header_span)));
            options.evaluated.extend(spanned);
        }
        options.evaluated.extend(file_values);
        options.evaluated.extend(run_values);
        let (values, diagnostics) = values::gather(config, options);
        if diagnostics.has_errors() {
            return Err(diagnostics);
        }
        Ok(values.into_iter().map(|(name, value)| (name, value.value)).collect())
    }

    /// The mock providers, with what their files say.
    fn mocks(
        &self,
        file: &TestFile,
        config: &mut Config,
    ) -> Result<Vec<super::file::MockProvider>, Diagnostics> {
        let mut diagnostics = Diagnostics::new();
        let mut mocks = file.mocks.clone();
        for mock in &mut mocks {
            let Some((source, span)) = mock.source.clone() else { continue };
            let folder = self.options.folder.join(&source);
            let Ok(entries) = std::fs::read_dir(&folder) else {
                let detail = format!("The folder {} could not be read.", folder.display());
                diagnostics.push(Diagnostic::error("Unreadable mock directory", detail).at(span));
                continue;
            };
            let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
            paths.sort();
            let is_mock = |path: &&PathBuf| path.to_string_lossy().ends_with(".tfmock.hcl");
            for path in paths.iter().filter(is_mock) {
                let Ok(text) = std::fs::read_to_string(path) else { continue };
                let id = config.sources.add(path.to_string_lossy(), text.as_str());
                diagnostics.extend(TestFile::parse_mocks(&text, id, mock));
            }
        }
        if diagnostics.has_errors() { Err(diagnostics) } else { Ok(mocks) }
    }

    fn functions(&self) -> FunctionContext {
        let folder = &self.options.folder;
        FunctionContext {
            base: folder.canonicalize().unwrap_or_else(|_| folder.clone()),
            plan_time: world::now().into(),
            world: Arc::new(ProcessWorld::settled()),
        }
    }

    /// The runs whose states are to be destroyed: the last that applied comes first.
    pub fn ends(&mut self) -> Vec<(Name, TestState)> {
        let mut states: Vec<TestState> =
            std::mem::take(&mut self.states).into_values().filter(|s| s.last.is_some()).collect();
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

/// Warnings of values that a run block gives to what its module does not declare.
fn undeclared(run: &RunBlock, config: &Config) -> Vec<Diagnostic> {
    let is_stray = |name: &&Name| !config.root.variables.contains_key(*name);
    let stray = run.variables.iter().filter(|(name, _)| is_stray(name));
    stray
        .map(|(name, attribute)| {
            let detail = format!(
                "The module under test does not declare a variable named \"{name}\", but it is declared in run block \"{}\".",
                run.name
            );
            Diagnostic::warning("Value for undeclared variable", detail).at(attribute.name_span)
        })
        .collect()
}

/// Runs of the stack share one state, runs of another module share one by its source.
fn state_key(run: &RunBlock) -> String {
    let module = run.module.as_ref().map(|(source, _)| format!("module:{source}"));
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
