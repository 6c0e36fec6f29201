//! Options that change what is planned.

use clap::ArgAction;
use diagnostics::{Diagnostic, Diagnostics};
use engine::{PlanOptions, Selector};
use plan::PlanMode;

use crate::{address, world};

/// So many calls may be in flight where nobody says otherwise.
const PARALLELISM: usize = 10;

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
    #[arg(long)]
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
    #[arg(long, value_name = "N", default_value_t = 10, allow_negative_numbers = true)]
    pub parallelism: i64,
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
            .filter_map(|text| mistakes.absorb(address::replaced(text)))
            .collect();
        let targets = selectors(&self.target, &mut mistakes);
        let excludes = selectors(&self.exclude, &mut mistakes);
        mistakes.extend(self.contradictions());
        let parallelism = mistakes.absorb(self.parallelism());
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
            parallelism: parallelism.unwrap_or(PARALLELISM),
            ..PlanOptions::default()
        })
    }

    /// Options that exclude each other.
    fn contradictions(&self) -> Option<Diagnostic> {
        let (summary, detail) = if self.destroy && self.refresh_only {
            (
                "Incompatible plan mode options",
                "The -destroy and -refresh-only options are mutually-exclusive.",
            )
        } else if (self.destroy || self.refresh_only) && !self.replace.is_empty() {
            (
                "Unsupported plan mode",
                "Forcing resource instance replacement (with -replace=...) is allowed only in normal planning mode.",
            )
        } else if self.refresh_only && !self.refresh {
            (
                "Incompatible refresh options",
                "It doesn't make sense to use -refresh-only at the same time as -refresh=false, because artiform would have nothing to do.",
            )
        } else {
            return None;
        };
        Some(Diagnostic::error(summary, detail))
    }

    /// How many calls may be in flight; zero means as many as without the option.
    ///
    /// # Errors
    /// It is less than zero.
    pub fn parallelism(&self) -> Result<usize, Diagnostics> {
        match usize::try_from(self.parallelism) {
            Ok(0) => Ok(PARALLELISM),
            Ok(count) => Ok(count),
            Err(_) => {
                let detail =
                    format!("The parallelism must be a positive value. Not {}.", self.parallelism);
                Err(Diagnostic::error("Invalid parallelism value", detail).into())
            }
        }
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
            mistakes.absorb(address::target(text))?;
        }
        Some(Selector(text.clone()))
    };
    texts.iter().filter_map(selector).collect()
}
