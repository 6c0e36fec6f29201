//! A stack as a command starts from it: its configuration and the values of its variables.

mod ask;
mod assignments;
pub mod attributes;
pub mod digest;
mod scope;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use config::values::ValueOptions;
use config::{Config, Variable};
use diagnostics::{Diagnostics, SourceMap, Span};
use indexmap::IndexMap;
use lang::{Name, Value};

use crate::context::{Context, Failure};
use crate::flags::VariableFlags;
use crate::{validation, workspace};

pub use ask::read_line;
pub use assignments::Assignments;
pub use scope::{StackScope, variable_scope};

/// A configuration without mistakes, and the values of its root module's variables.
#[derive(Debug)]
pub struct Stack {
    pub config: Arc<Config>,
    pub variables: IndexMap<Name, Value>,
    /// The same values as they were given, before they were converted.
    pub written: IndexMap<Name, Value>,
    /// Where the values stand that people wrote.
    pub places: HashMap<Name, Span>,
    /// Warnings so far.
    pub warnings: Diagnostics,
    /// Of the configuration's files; tells whether they have changed.
    pub digest: String,
    /// Which of its states is meant.
    pub workspace: String,
    /// The values that were given, as the command line takes them.
    pub assignments: Assignments,
}

impl Stack {
    /// Loads the stack in a folder; asks a person for what is missing where there is one.
    pub fn load(
        folder: &Path,
        flags: &VariableFlags,
        context: &Context,
    ) -> Result<Self, Box<Failure>> {
        let workspace = workspace::current(folder, &context.environment)?.name;
        let loaded = config::load(folder);
        let (mut config, mut diagnostics) = (loaded.config, loaded.diagnostics);
        diagnostics.extend(loaded.when_planning);
        if diagnostics.has_errors() {
            let config = Arc::new(config);
            let all = validation::completed(&config, diagnostics)?;
            return Err(Failure::new(all, &config.sources));
        }
        let digest = digest::sources(&config.sources);
        let mut ask = |variable: &Variable| ask::for_variable(variable, &context.ui);
        let off = |name: &str| {
            let value = context.environment.get(name).map(String::as_str);
            matches!(value, Some("0" | "false"))
        };
        let asks =
            flags.input && context.ui.can_ask() && !off("TF_INPUT") && !off("ARTIFORM_INPUT");
        let options = ValueOptions {
            environment: context.environment.clone(),
            command_line: flags.given.clone(),
            ask: if asks { Some(&mut ask) } else { None },
            ..ValueOptions::default()
        };
        let (values, mistakes) = config::values::gather(&mut config, options);
        diagnostics.extend(mistakes);
        if diagnostics.has_errors() {
            return Err(Failure::new(diagnostics, &config.sources));
        }
        let assignments = assignments::of(&config, &values);
        let places = config::values::places(&config.root, &values);
        let written = values.iter().map(|(n, value)| (n.clone(), value.written.clone())).collect();
        let variables = values.into_iter().map(|(name, value)| (name, value.value)).collect();
        let bare = Self::bare(config, variables);
        let warnings = diagnostics;
        Ok(Self { written, places, warnings, digest, workspace, assignments, ..bare })
    }

    /// Loads the stack for a command that only looks at its state, to which mistakes elsewhere in the
    /// configuration do not matter.
    pub fn load_for_state(folder: &Path, context: &Context) -> Result<Self, Box<Failure>> {
        let workspace = workspace::current(folder, &context.environment)?.name;
        let mut config = config::load(folder).config;
        let variables = if config.stack.encryption.is_some() {
            let options = ValueOptions {
                environment: context.environment.clone(),
                ..ValueOptions::default()
            };
            let (values, _) = config::values::gather(&mut config, options);
            values.into_iter().map(|(name, value)| (name, value.value)).collect()
        } else {
            IndexMap::new()
        };
        Ok(Self { workspace, ..Self::bare(config, variables) })
    }

    /// A stack of which nothing was asked but its variables.
    pub fn bare(config: Config, variables: IndexMap<Name, Value>) -> Self {
        Self {
            config: Arc::new(config),
            variables,
            written: IndexMap::new(),
            places: HashMap::new(),
            warnings: Diagnostics::new(),
            digest: String::new(),
            workspace: workspace::DEFAULT.into(),
            assignments: Assignments::default(),
        }
    }

    pub fn sources(&self) -> &SourceMap {
        &self.config.sources
    }
}
