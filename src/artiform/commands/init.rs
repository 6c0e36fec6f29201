//! `init`: installs the packages that modules come from; nothing else has to be made ready.

use std::path::PathBuf;

use clap::ArgAction;
use serde_json::json;

use super::Verb;
use crate::context::{Context, Failure, Outcome, SUCCESS};
use crate::flags::LockFlags;
use crate::ui::Ui;
use crate::views::json_lines;
use crate::{modules, stack_state};

/// Check the configuration, and install modules from git repositories and archives
///
/// Providers are built in, and modules that are folders are read where they lie. What is installed is put
/// into .artiform/modules, and its checksum into .artiform.lock.hcl, which belongs into version control.
/// Other options of Terraform's command are accepted and do nothing.
#[derive(Clone, Debug, clap::Args)]
pub struct Init {
    /// The folder of the stack
    #[arg(value_name = "STACK", default_value = ".", hide_default_value = true)]
    folder: PathBuf,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true)]
    backend: Option<Option<String>>,
    #[arg(long, hide = true, action = ArgAction::Append)]
    backend_config: Vec<String>,
    /// Install modules
    #[arg(long, value_name = "BOOL", default_value_t = true, num_args = 0..=1,
          default_missing_value = "true", require_equals = true, action = ArgAction::Set)]
    get: bool,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true)]
    input: Option<Option<String>>,
    /// Fetch every package again, and lock what the sources have now
    #[arg(long, value_name = "BOOL", default_value_t = false, num_args = 0..=1,
          default_missing_value = "true", require_equals = true, action = ArgAction::Set)]
    upgrade: bool,
    #[arg(long, hide = true)]
    reconfigure: bool,
    #[arg(long, hide = true)]
    migrate_state: bool,
    #[arg(long, hide = true)]
    force_copy: bool,
    #[arg(long, value_name = "DIR", hide = true)]
    test_directory: Option<String>,
    /// Write one JSON object for each event
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    lock: LockFlags,
}

impl Verb for Init {
    const NAME: &'static str = "init";

    fn run(self, context: &Context) -> Outcome {
        let ui = context.ui.clone().with_json(self.json);
        if ui.json {
            ui.line(&json_lines::version());
        }
        super::shown(self.initialise(&ui), &ui)
    }
}

impl Init {
    fn initialise(&self, ui: &Ui) -> Outcome {
        if self.reconfigure && self.migrate_state {
            let detail = "The -migrate-state and -reconfigure options are mutually-exclusive.";
            return Err(Failure::error("Invalid init options", detail));
        }
        let loaded = if self.get {
            modules::install(&self.folder, self.upgrade, ui)?
        } else {
            config::load(&self.folder)
        };
        if loaded.diagnostics.has_errors() {
            return Err(Failure::new(loaded.diagnostics, &loaded.config.sources));
        }
        stack_state::default_folder(&loaded.config)?;
        ui.diagnostics(&loaded.diagnostics, &loaded.config.sources);
        let next = "Providers are built in, and state is made by the first apply. You may now begin with `artiform plan`.";
        if ui.json {
            ui.line(&output("output_init_success_message", DONE));
            ui.line(&output("output_init_success_cli_message", next));
        } else {
            ui.line(&format!("{}\n\n{next}", ui.success(DONE)));
        }
        Ok(SUCCESS)
    }
}

const DONE: &str = "artiform has been successfully initialized!";

/// A line about the whole, with the code by which Terraform's readers know it.
fn output(code: &str, message: &str) -> String {
    json_lines::line("info", "init_output", message, json!({ "message_code": code }))
}
