//! Options that change what is planned.

use clap::ArgAction;
use diagnostics::{Diagnostic, Diagnostics};
use engine::{PlanOptions, Selector};
use plan::PlanMode;

use crate::{address, world};

/// What to plan, and how many things at once.
#[derive(Clone, Debug, clap::Args)]
pub struct PlanningFlags {
    /// Plan to destroy everything that the stack manages
    #[arg(long)]
    pub destroy: bool,
    /// Read what exists before planning
    #[arg(long, value_name = "BOOL", default_value_t = true, num_args = 0..=1,
          default_missing_value = "true", require_equals = true, action = ArgAction::Set)]
    pub refresh: bool,
    /// Only bring the state up to date with what exists
    #[arg(long, conflicts_with_all = ["destroy", "replace"])]
    pub refresh_only: bool,
    /// Plan only this address (or glob) and what it depends on; may be repeated
    #[arg(long, visible_alias = "only", value_name = "ADDRESS", action = ArgAction::Append)]
    pub target: Vec<String>,
    /// Plan everything but this address (or glob) and what depends on it; may be repeated
    #[arg(long, visible_alias = "except", value_name = "ADDRESS", action = ArgAction::Append)]
    pub exclude: Vec<String>,
    /// Replace this instance even if nothing about it changes; may be repeated
    #[arg(long, value_name = "ADDRESS", action = ArgAction::Append)]
    pub replace: Vec<String>,
    /// How many calls may be in flight at once, for each provider and region
    #[arg(long, value_name = "N", default_value_t = 10,
          value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=10_000))]
    pub parallelism: usize,
}

impl PlanningFlags {
    /// The options as the engine takes them.
    ///
    /// # Errors
    /// Every address that does not read as one.
    pub fn options(&self) -> Result<PlanOptions, Diagnostics> {
        let mut mistakes = Diagnostics::new();
        let replace = self
            .replace
            .iter()
            .filter_map(|text| mistakes.absorb(address::resource(text)))
            .collect();
        let targets = selectors(&self.target, &mut mistakes);
        let excludes = selectors(&self.exclude, &mut mistakes);
        if !self.refresh && self.refresh_only {
            let detail = "A plan that only reads cannot go without reading: --refresh-only and \
                          --refresh=false exclude each other.";
            mistakes.push(Diagnostic::error("Incompatible refresh options", detail));
        }
        if mistakes.has_errors() {
            return Err(mistakes);
        }
        Ok(PlanOptions {
            mode: self.mode(),
            refresh: self.refresh,
            targets,
            excludes,
            replace,
            timestamp: world::now(),
            workspace: "default".into(),
            parallelism: self.parallelism,
            ..PlanOptions::default()
        })
    }

    pub fn mode(&self) -> PlanMode {
        match (self.destroy, self.refresh_only) {
            (true, _) => PlanMode::Destroy,
            (_, true) => PlanMode::RefreshOnly,
            _ => PlanMode::Normal,
        }
    }
}

fn selectors(texts: &[String], mistakes: &mut Diagnostics) -> Vec<Selector> {
    let is_glob = |text: &str| text.contains(['*', '?']);
    let selector = |text: &String| {
        if !is_glob(text) {
            mistakes.absorb(address::endpoint(text))?;
        }
        Some(Selector(text.clone()))
    };
    texts.iter().filter_map(selector).collect()
}
