//! Runs the folders of `tests/cases/plan`: a stack, what was recorded, and the plan that follows.
//!
//! ```text
//! CASE/
//!   stack/            the configuration
//!   prior.tfstate     what was recorded, as Terraform (version 4) records it; none where nothing was
//!   flags.txt         flags of `plan`, one a line; none where there are none
//!   expected/
//!     plan.txt        how the plan reads
//!     plan.json       how `show -json PLAN` writes it
//!     lines.json      how `plan -json` writes it, without times
//!     messages.txt    mistakes and warnings
//!     state.json      how `show -json` writes what was recorded
//! ```
//! What differs from run to run stands as `VERSION`. The stacks were compared with Terraform 1.11.4 when
//! they were written; what differs since is meant (secrets are null, for one). With `ARTIFORM_BLESS` set the expected
//! files are rewritten.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Parser;
use config::values::{ValueOptions, gather};
use diagnostics::Diagnostics;
use engine::{Events, PlanInput, PlanOptions, Planned, Planning};
use plan::render::{Detail, RenderOptions};
use serde_json::{Value, json};
use state::Snapshot;

use crate::flags::PlanningFlags;
use crate::views::json_lines;
use crate::world::ProcessWorld;
use crate::{arguments, providers, views};

/// Relative to the crate's folder, in which tests run.
const CASES: &str = "../../tests/cases/plan";

#[derive(Parser)]
struct Flags {
    #[command(flatten)]
    planning: PlanningFlags,
}

#[test]
fn every_case_is_planned_as_expected() {
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(CASES).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    assert!(folders.len() > 20, "cases are missing: {folders:?}");
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let wrong: Vec<String> = folders
        .iter()
        .flat_map(|folder| {
            let written = runtime.block_on(written(folder));
            written.into_iter().filter_map(|(name, text)| mismatch(folder, name, &text))
        })
        .collect();
    assert!(wrong.is_empty(), "{} files differ\n{}", wrong.len(), wrong.join("\n"));
}

/// Compares a file with what is expected, or makes it so.
fn mismatch(case: &Path, name: &str, actual: &str) -> Option<String> {
    let file = case.join("expected").join(name);
    if std::env::var_os("ARTIFORM_BLESS").is_some() {
        std::fs::create_dir_all(case.join("expected")).unwrap();
        if actual.is_empty() {
            let _ = std::fs::remove_file(&file);
        } else {
            std::fs::write(&file, actual).unwrap();
        }
        return None;
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    if expected == actual {
        return None;
    }
    let diff = plan::difference::unified("expected", "actual", &expected, actual);
    Some(format!("== {}\n{diff}", file.display()))
}

/// Everything that a case writes, by the name of the expected file; what there is none of is empty.
async fn written(case: &Path) -> Vec<(&'static str, String)> {
    let mut loaded = config::load(&case.join("stack"));
    let (values, mistakes) = gather(&mut loaded.config, ValueOptions::default());
    let mut messages = loaded.diagnostics;
    messages.extend(mistakes);
    let config = Arc::new(loaded.config);
    let prior = recorded(case);
    let state = views::state::as_json(&prior, &providers::registry());
    let state = if prior.is_empty() { String::new() } else { pretty(state) };
    let (mut text, mut document, mut lines) = (String::new(), String::new(), String::new());
    if !messages.has_errors() {
        let given: Vec<_> =
            values.iter().map(|(name, value)| (name.clone(), value.written.clone())).collect();
        let planning = engine::plan(PlanInput {
            config: config.clone(),
            registry: providers::registry(),
            variables: values.into_iter().map(|(name, value)| (name, value.value)).collect(),
            prior: Arc::new(prior),
            pending: Vec::new(),
            options: options(case),
            world: Arc::<ProcessWorld>::default(),
            events: Events::silent(),
        });
        let Planning { planned, diagnostics } = planning.await;
        messages.extend(diagnostics);
        if let Some(mut planned) = planned {
            planned.plan.variables.extend(given);
            let options = RenderOptions { detail: Detail::Full, ..RenderOptions::default() };
            text = plan::render::text(&planned.plan, options);
            document = pretty(of_plan(&planned, &config));
            lines = views::plan::json(&planned.plan).iter().map(|line| timeless(line)).collect();
        }
    }
    let folder = format!("{}/", case.join("stack").display());
    let messages = drawn(&messages, &config).replace(&folder, "");
    let files = [("plan.txt", text), ("plan.json", document), ("lines.json", lines)];
    files.into_iter().chain([("messages.txt", messages), ("state.json", state)]).collect()
}

fn drawn(messages: &Diagnostics, config: &config::Config) -> String {
    diagnostics::render::all(messages, &config.sources, false)
}

fn recorded(case: &Path) -> Snapshot {
    let mut snapshot = Snapshot::new("stack");
    let Ok(bytes) = std::fs::read(case.join("prior.tfstate")) else { return snapshot };
    let import = state::import_terraform(&bytes).unwrap();
    let instances = import.instances.into_iter();
    snapshot.instances =
        instances.map(|instance| (instance.address.clone(), Arc::new(instance))).collect();
    snapshot.outputs = import.outputs;
    snapshot.serial = import.serial;
    snapshot
}

fn options(case: &Path) -> PlanOptions {
    let flags = std::fs::read_to_string(case.join("flags.txt")).unwrap_or_default();
    let words = std::iter::once("plan").chain(flags.lines()).map(Into::into).collect();
    let flags =
        Flags::try_parse_from(arguments::normalise(words, &std::collections::BTreeSet::new()))
            .unwrap();
    let options = flags.planning.options().unwrap();
    PlanOptions { timestamp: "2026-01-01T00:00:00Z".into(), ..options }
}

fn of_plan(planned: &Planned, config: &config::Config) -> Value {
    let registry = providers::registry();
    let relevant = planned.relevant_attributes();
    let dependencies = planned.dependencies();
    let secrets = plan::Secrets::Hidden;
    let origin =
        plan::json::Origin { config, registry: &registry, relevant, dependencies, secrets };
    json!(plan::json::document(&planned.plan, &origin))
}

fn pretty(value: Value) -> String {
    let version = format!("\"terraform_version\": \"{}\"", lang::TERRAFORM_VERSION);
    format!("{value:#}\n").replace(&version, "\"terraform_version\": \"VERSION\"")
}

/// A line without its time, in the order of its keys.
fn timeless(line: &str) -> String {
    let mut line: Value = serde_json::from_str(line).unwrap();
    line.as_object_mut().unwrap().shift_remove("@timestamp");
    format!("{line}\n")
}

#[test]
fn a_line_names_program_and_protocol() {
    let version: Value = serde_json::from_str(&json_lines::version()).unwrap();
    assert_eq!((&version["type"], &version["ui"]), (&json!("version"), &json!("1.2")));
}
