//! A plan as people and programs see it before it is applied.

use lang::Name;
use plan::render::{self, Detail, RenderOptions};
use plan::{Action, OutputChange, Plan, PlanMode, ResourceChange, Secrets};

use super::json_lines;
use crate::ui::Ui;

/// How much of a plan is shown.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub struct PlanDetail {
    /// Group the changes, with what destroys in full; large plans are always shown so
    #[arg(long, conflicts_with = "full")]
    pub summary: bool,
    /// Show every change of a large plan in full
    #[arg(long)]
    pub full: bool,
    /// Show sensitive values in the clear
    #[arg(long)]
    pub show_sensitive: bool,
}

impl PlanDetail {
    pub fn secrets(self) -> Secrets {
        secrets(self.show_sensitive)
    }
}

/// What the flag `--show-sensitive` means.
pub fn secrets(shown: bool) -> Secrets {
    if shown { Secrets::Shown } else { Secrets::Hidden }
}

/// Shows a plan: drift, changes, outputs and the last line that counts them.
pub fn show(plan: &Plan, detail: PlanDetail, ui: &Ui) {
    if ui.json {
        // In one piece, because a large plan has many lines.
        ui.line(&json(plan).join("\n"));
    } else {
        ui.print(&text(plan, detail, ui));
    }
}

/// A plan as machine-readable lines.
pub fn json(plan: &Plan) -> Vec<String> {
    let drift = plan.drift.iter().map(|c| json_lines::change(c, "resource_drift"));
    let changes = plan.changes.iter().filter(|change| change.is_change());
    let changes = changes.map(|change| planned_change(plan, change));
    let summary = json_lines::summary(&plan.summary(), "plan");
    let outputs =
        (!plan.outputs.is_empty()).then(|| json_lines::planned_outputs(changed_outputs(plan)));
    drift.chain(changes).chain([summary]).chain(outputs).collect()
}

/// A line for each instance that a saved plan does something to; what only moves is not told again.
pub fn saved_changes(plan: &Plan) -> impl Iterator<Item = String> {
    let changes = plan.changes.iter().filter(|change| change.action != Action::NoOp);
    changes.map(|change| planned_change(plan, change))
}

/// What is destroyed has moved before: a plan to destroy does not tell of moves.
fn planned_change(plan: &Plan, change: &ResourceChange) -> String {
    if plan.mode == PlanMode::Destroy && change.previous_address.is_some() {
        let moved = ResourceChange { previous_address: None, ..change.clone() };
        return json_lines::change(&moved, "planned_change");
    }
    json_lines::change(change, "planned_change")
}

fn changed_outputs(plan: &Plan) -> impl Iterator<Item = (&str, &OutputChange)> {
    plan.outputs.iter().map(|(name, change): (&Name, _)| (&**name, change))
}

fn text(plan: &Plan, detail: PlanDetail, ui: &Ui) -> String {
    let secrets = detail.secrets();
    let detail = match detail {
        PlanDetail { summary: true, .. } => Detail::Summary,
        PlanDetail { full: true, .. } => Detail::Full,
        PlanDetail { .. } => Detail::Fitting,
    };
    format!("\n{}", render::text(plan, RenderOptions { colour: ui.colour, detail, secrets }))
}
