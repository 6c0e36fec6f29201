//! Saved plans: `plan --out FILE` writes one, `show FILE` shows it, `apply FILE` executes it.
//!
//! ```text
//! FILE                    one JSON object, readable by its owner only
//!   format_version        2
//!   stack, folder         which stack, and where its configuration lies
//!   configuration         digest of the configuration's files
//!   state                 lineage, serial and sequence of the state that the plan starts from
//!   options               mode, refresh, targets, excludes, replace, timestamp
//!   variables, secrets    values that were given; of sensitive ones only the names
//!   salt, changes         for each change, a salted digest of everything that it does
//!   errored               something could not be planned, so that it can be looked at only
//!   shown                 text, json: how the plan reads, and how `show --json` writes it; without secrets
//!   revealed              the same with secrets, where `plan --show-sensitive` asked for it
//! ```
//! Apply makes the plan again from the same inputs, compares every digest, and refuses when anything would
//! be done that was not saved. Neither secrets nor state are in the file, unless they were asked for.

mod fingerprint;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use diagnostics::Diagnostic;
use engine::{PlanOptions, Planned, Selector};
use plan::render::{Detail, RenderOptions};
use plan::{Plan, PlanMode, Secrets};
use serde::{Deserialize, Serialize};
use state::Snapshot;

use crate::address;
use crate::context::Failure;
use crate::stack::Stack;

/// The version of the format that this program writes and reads.
const FORMAT_VERSION: u64 = 2;

/// What a plan file holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlanFile {
    format_version: u64,
    pub stack: String,
    /// As it was named, and its real path.
    folder: (PathBuf, PathBuf),
    configuration: String,
    state: StatePoint,
    options: SavedOptions,
    /// `NAME=VALUE`
    pub variables: Vec<String>,
    /// Sensitive variables that were given, and must be given again.
    pub secrets: Vec<String>,
    salt: String,
    changes: BTreeMap<String, String>,
    #[serde(default)]
    pub errored: bool,
    shown: Shown,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revealed: Option<Shown>,
}

/// How a plan looks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Shown {
    pub text: String,
    pub json: serde_json::Value,
}

/// A moment of the state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct StatePoint {
    /// None before the first apply: a lineage is made by it.
    lineage: Option<String>,
    serial: u64,
    sequence: u64,
}

/// The options that a plan was made with.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct SavedOptions {
    mode: String,
    refresh: bool,
    targets: Vec<String>,
    excludes: Vec<String>,
    replace: Vec<String>,
    timestamp: String,
}

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
        let folder = stack.config.folder.clone();
        let real = fs::canonicalize(&folder).unwrap_or_else(|_| folder.clone());
        Ok(Self {
            format_version: FORMAT_VERSION,
            stack: stack.config.name().to_string(),
            folder: (folder, real),
            configuration: stack.digest.clone(),
            state: StatePoint::of(&plan.prior),
            options: SavedOptions::of(options),
            variables: stack.assignments.plain.clone(),
            secrets: stack.assignments.secret.clone(),
            changes: fingerprint::changes(plan, &salt),
            salt,
            errored: plan.errored,
            shown: Shown::of(planned, stack, Secrets::Hidden),
            revealed: (secrets == Secrets::Shown).then(|| Shown::of(planned, stack, secrets)),
        })
    }

    /// Writes the file in whole, readable by its owner only.
    pub fn write(&self, path: &Path) -> Result<(), Box<Failure>> {
        let failed = |why: &dyn std::fmt::Display| {
            let detail = format!("The plan could not be written to {}: {why}.", path.display());
            Failure::error("Plan could not be saved", detail)
        };
        let bytes = serde_json::to_vec_pretty(self).map_err(|error| failed(&error))?;
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
            Failure::error("Failed to read plan", detail)
        })?;
        Self::parse(&bytes, path)
    }

    /// Reads the bytes of a plan file, of which mistakes name the path.
    pub fn parse(bytes: &[u8], path: &Path) -> Result<Self, Box<Failure>> {
        let shown = path.display();
        let object: Option<serde_json::Value> = serde_json::from_slice(bytes).ok();
        let version = object.as_ref().and_then(|o| o.get("format_version")?.as_u64());
        if version.is_some_and(|version| version > FORMAT_VERSION) {
            let detail = format!("{shown} was written by a newer version of artiform.");
            return Err(Failure::error("Failed to read plan", detail));
        }
        if version.is_some_and(|version| version < FORMAT_VERSION) {
            let detail = format!("{shown} was written by an older version of artiform.");
            let diagnostic = Diagnostic::error("Failed to read plan", detail);
            return Err(diagnostic.hint("make a new plan").into());
        }
        object.and_then(|object| serde_json::from_value(object).ok()).ok_or_else(|| {
            let detail = format!("{shown} is no plan that `artiform plan --out` wrote.");
            Failure::error("Failed to read plan", detail)
        })
    }

    /// How the plan looks, with a warning where secrets are asked for and the file does not hold them.
    pub fn shown(self, secrets: Secrets) -> (Shown, Option<Diagnostic>) {
        match (secrets, self.revealed) {
            (Secrets::Hidden, _) => (self.shown, None),
            (Secrets::Shown, Some(revealed)) => (revealed, None),
            (Secrets::Shown, None) => (self.shown, Some(secrets_are_missing())),
        }
    }

    /// The folder of the configuration: as it was named where that is still the same one.
    pub fn folder(&self) -> &Path {
        let (named, real) = &self.folder;
        let same = fs::canonicalize(named).is_ok_and(|path| path == *real);
        if same { named } else { real }
    }

    /// The options that the plan was made with.
    pub fn options(&self, parallelism: usize) -> Result<PlanOptions, Box<Failure>> {
        let saved = &self.options;
        let selectors = |texts: &[String]| texts.iter().cloned().map(Selector).collect();
        let replace = saved.replace.iter().map(|text| address::resource(text));
        Ok(PlanOptions {
            mode: mode_of(&saved.mode),
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
        if self.errored {
            let detail =
                "artiform encountered an error when generating this plan, so it cannot be applied.";
            return Err(Failure::error("Cannot apply incomplete plan", detail));
        }
        if self.state != StatePoint::of(state) {
            return Err(stale(
                "The plan can no longer be applied, because the state was changed by another operation after the \
                 plan was made.",
            ));
        }
        if self.configuration != stack.digest {
            return Err(stale(
                "The plan can no longer be applied, because the configuration was changed after the plan was made.",
            ));
        }
        Ok(())
    }

    /// Refuses when the plan that would be applied now is another one.
    pub fn check_plan(&self, plan: &Plan) -> Result<(), Box<Failure>> {
        let now = fingerprint::changes(plan, &self.salt);
        let differs = |name: &&String| self.changes.get(*name) != now.get(*name);
        let mut names: Vec<&String> =
            self.changes.keys().chain(now.keys()).filter(differs).collect();
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

impl Shown {
    fn of(planned: &Planned, stack: &Stack, secrets: Secrets) -> Self {
        let registry = crate::providers::registry();
        let relevant = planned.relevant_attributes();
        let config = &stack.config;
        let origin = plan::json::Origin { config, registry: &registry, relevant, secrets };
        let options = RenderOptions { detail: Detail::Full, secrets, ..RenderOptions::default() };
        Self {
            text: plan::render::text(&planned.plan, options),
            json: serde_json::json!(plan::json::document(&planned.plan, &origin)),
        }
    }
}

fn secrets_are_missing() -> Diagnostic {
    let detail = "Plan files hold no sensitive values, unless they were saved with this option.";
    Diagnostic::warning("Sensitive values are not in the plan file", detail)
        .hint("save the plan with them:\n    artiform plan --show-sensitive --out=FILE")
}

fn stale(detail: &str) -> Box<Failure> {
    Diagnostic::error("Saved plan is stale", detail).hint("make a new plan").into()
}

impl StatePoint {
    fn of(state: &Snapshot) -> Self {
        let is_new = state.serial == 0 && state.sequence == 0;
        let lineage = (!is_new).then(|| state.lineage.clone());
        Self { lineage, serial: state.serial, sequence: state.sequence }
    }
}

impl SavedOptions {
    fn of(options: &PlanOptions) -> Self {
        let texts = |selectors: &[Selector]| selectors.iter().map(|s| s.0.clone()).collect();
        Self {
            mode: mode_name(options.mode).to_owned(),
            refresh: options.refresh,
            targets: texts(&options.targets),
            excludes: texts(&options.excludes),
            replace: options.replace.iter().map(ToString::to_string).collect(),
            timestamp: options.timestamp.clone(),
        }
    }
}

fn mode_name(mode: PlanMode) -> &'static str {
    match mode {
        PlanMode::Normal => "normal",
        PlanMode::Destroy => "destroy",
        PlanMode::RefreshOnly => "refresh_only",
    }
}

fn mode_of(name: &str) -> PlanMode {
    match name {
        "destroy" => PlanMode::Destroy,
        "refresh_only" => PlanMode::RefreshOnly,
        _ => PlanMode::Normal,
    }
}
