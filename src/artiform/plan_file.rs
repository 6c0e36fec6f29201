//! Saved plans on the way to the disk and back: making one, and refusing one that fits no more.
//! What the file holds stands in [`plan::file`].

mod fingerprint;

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use diagnostics::Diagnostic;
use engine::{PlanOptions, Planned, Selector};
use plan::file::{self, FileError, SavedOptions, Shown, StatePoint};
use plan::render::{Detail, RenderOptions};
use plan::{Plan, Secrets};
use state::Snapshot;

use crate::address;
use crate::context::Failure;
use crate::stack::Stack;

/// What is said of a file that is no plan.
const UNREADABLE: &str = "Failed to read the given file as a state or plan file";

/// A plan that was saved, or will be.
#[derive(Clone, Debug)]
pub struct PlanFile(file::PlanFile);

impl PlanFile {
    /// Takes down a plan and what it was made from.
    pub fn new(
        planned: &Planned,
        options: &PlanOptions,
        (stack, secrets): (&Stack, Secrets),
    ) -> Result<Self, Box<Failure>> {
        let plan = &planned.plan;
        let mut salt = [0_u8; 16];
        getrandom::fill(&mut salt).map_err(|error| {
            Failure::error("Plan could not be saved", format!("There is no randomness: {error}."))
        })?;
        let salt = hex::encode(salt);
        let look = |secrets| {
            shown(planned, stack, secrets).map_err(|error| {
                let detail = format!("The plan could not be written as JSON: {error}.");
                Failure::error("Plan could not be saved", detail)
            })
        };
        let folder = stack.config.folder.clone();
        let real = fs::canonicalize(&folder).unwrap_or_else(|_| folder.clone());
        Ok(Self(file::PlanFile {
            format_version: file::FORMAT_VERSION,
            stack: stack.config.name().to_string(),
            folder: (folder, real),
            configuration: stack.digest.clone(),
            state: StatePoint::of(&plan.prior),
            options: saved_options(options),
            variables: stack.assignments.plain.clone(),
            secrets: stack.assignments.secret.clone(),
            changes: fingerprint::changes(plan, &salt),
            salt,
            errored: plan.errored,
            shown: look(Secrets::Hidden)?,
            revealed: (secrets == Secrets::Shown).then(|| look(secrets)).transpose()?,
        }))
    }

    /// Writes the file in whole, readable by its owner only.
    pub fn write(&self, path: &Path) -> Result<(), Box<Failure>> {
        let failed = |why: &dyn std::fmt::Display| {
            let detail =
                format!("The plan file could not be written: open {}: {why}.", path.display());
            Failure::error("Failed to write plan file", detail)
        };
        let bytes = self.0.to_bytes().map_err(|error| failed(&error))?;
        let mut unfinished = path.as_os_str().to_owned();
        unfinished.push(".new");
        let unfinished = PathBuf::from(unfinished);
        let write = || {
            let mut options = fs::OpenOptions::new();
            let mut file =
                options.write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            fs::rename(&unfinished, path)
        };
        write().map_err(|error: std::io::Error| failed(&error))
    }

    /// Reads a plan file.
    pub fn read(path: &Path) -> Result<Self, Box<Failure>> {
        let shown = path.display();
        let bytes = fs::read(path).map_err(|error| {
            let detail = format!("The file {shown} could not be read: {error}.");
            Failure::error(UNREADABLE, detail)
        })?;
        file::PlanFile::parse(&bytes).map(Self).map_err(|why| {
            let detail = format!("{shown} cannot be read: {why}.");
            let diagnostic = Diagnostic::error(UNREADABLE, detail);
            let is_old = why == FileError::Older;
            if is_old { diagnostic.hint("make a new plan") } else { diagnostic }.into()
        })
    }

    /// The values that were given and are no secrets, as `NAME=VALUE`.
    pub fn variables(&self) -> &[String] {
        &self.0.variables
    }

    /// Sensitive variables that were given, and must be given again.
    pub fn secrets(&self) -> &[String] {
        &self.0.secrets
    }

    /// The same for a configuration that has another digest by now.
    #[must_use]
    pub fn of_configuration(mut self, digest: String) -> Self {
        self.0.configuration = digest;
        self
    }

    /// How the plan looks, with a warning where secrets are asked for and the file does not hold them.
    pub fn shown(self, secrets: Secrets) -> (Shown, Option<Diagnostic>) {
        match (secrets, self.0.revealed) {
            (Secrets::Hidden, _) => (self.0.shown, None),
            (Secrets::Shown, Some(revealed)) => (revealed, None),
            (Secrets::Shown, None) => (self.0.shown, Some(secrets_are_missing())),
        }
    }

    /// The folder of the configuration: as it was named where that is still the same one.
    pub fn folder(&self) -> &Path {
        let (named, real) = &self.0.folder;
        let same = fs::canonicalize(named).is_ok_and(|path| path == *real);
        if same { named } else { real }
    }

    /// The options that the plan was made with.
    pub fn options(&self, parallelism: usize) -> Result<PlanOptions, Box<Failure>> {
        let saved = &self.0.options;
        let selectors = |texts: &[String]| texts.iter().cloned().map(Selector).collect();
        let replace = saved.replace.iter().map(|text| address::resource(text));
        Ok(PlanOptions {
            mode: saved.mode,
            generate_config: saved.generate_config,
            refresh: saved.refresh,
            targets: selectors(&saved.targets),
            excludes: selectors(&saved.excludes),
            replace: replace.collect::<Result<_, _>>()?,
            timestamp: saved.timestamp.clone(),
            workspace: "default".into(),
            parallelism,
            ..PlanOptions::default()
        })
    }

    /// Refuses when configuration or state are others than those that the plan was made from.
    pub fn check_inputs(&self, stack: &Stack, state: &Snapshot) -> Result<(), Box<Failure>> {
        if self.0.errored {
            let detail =
                "artiform encountered an error when generating this plan, so it cannot be applied.";
            return Err(Failure::error("Cannot apply incomplete plan", detail));
        }
        if self.0.state != StatePoint::of(state) {
            return Err(stale(
                "The given plan file can no longer be applied because the state was changed by another operation after the plan was created.",
            ));
        }
        if self.0.configuration != stack.digest {
            return Err(stale(
                "The given plan file can no longer be applied because the configuration was changed after the plan was created.",
            ));
        }
        Ok(())
    }

    /// Refuses when the plan that would be applied now is another one.
    pub fn check_plan(&self, plan: &Plan) -> Result<(), Box<Failure>> {
        let now = fingerprint::changes(plan, &self.0.salt);
        let differs = |name: &&String| self.0.changes.get(*name) != now.get(*name);
        let mut names: Vec<&String> =
            self.0.changes.keys().chain(now.keys()).filter(differs).collect();
        names.sort();
        names.dedup();
        if names.is_empty() {
            return Ok(());
        }
        let list: String = names.iter().map(|name| format!("\n  {name}")).collect();
        Err(stale(&format!(
            "What exists, or a value, has changed after the plan was made, so that something else would be done to:\n{list}"
        )))
    }
}

/// How a plan looks, in text and in JSON.
fn shown(planned: &Planned, stack: &Stack, secrets: Secrets) -> serde_json::Result<Shown> {
    let registry = crate::providers::registry();
    let relevant = planned.relevant_attributes();
    let dependencies = planned.dependencies();
    let config = &stack.config;
    let origin =
        plan::json::Origin { config, registry: &registry, relevant, dependencies, secrets };
    let options = RenderOptions { detail: Detail::Full, secrets, ..RenderOptions::default() };
    let json = serde_json::value::to_raw_value(&plan::json::document(&planned.plan, &origin))?;
    Ok(Shown { text: plan::render::text(&planned.plan, options), json })
}

fn secrets_are_missing() -> Diagnostic {
    let detail = "Plan files hold no sensitive values, unless they were saved with this option.";
    Diagnostic::warning("Sensitive values are not in the plan file", detail)
        .hint("save the plan with them:\n    artiform plan --show-sensitive --out=FILE")
}

fn stale(detail: &str) -> Box<Failure> {
    Diagnostic::error("Saved plan is stale", detail).hint("make a new plan").into()
}

fn saved_options(options: &PlanOptions) -> SavedOptions {
    let texts = |selectors: &[Selector]| selectors.iter().map(|s| s.0.clone()).collect();
    SavedOptions {
        mode: options.mode,
        refresh: options.refresh,
        targets: texts(&options.targets),
        excludes: texts(&options.excludes),
        replace: options.replace.iter().map(ToString::to_string).collect(),
        timestamp: options.timestamp.clone(),
        generate_config: options.generate_config,
    }
}
