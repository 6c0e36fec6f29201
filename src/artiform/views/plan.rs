//! A plan as people and programs see it before it is applied.

use std::fmt::Write;

use lang::Name;
use plan::render::{self, RenderOptions};
use plan::{Action, OutputChange, Plan};

use super::json_lines;
use crate::ui::Ui;

/// How much of a plan is shown.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub struct PlanDetail {
    /// Show one line for each change
    #[arg(long, conflicts_with = "full")]
    pub summary: bool,
    /// Show attributes that do not change as well
    #[arg(long)]
    pub full: bool,
}

/// Shows a plan: drift, changes, outputs and the last line that counts them.
pub fn show(plan: &Plan, detail: PlanDetail, ui: &Ui) {
    if ui.json {
        show_json(plan, ui);
    } else {
        ui.print(&text(plan, detail, ui));
    }
}

fn show_json(plan: &Plan, ui: &Ui) {
    plan.drift.iter().for_each(|c| ui.line(&json_lines::change(c, "resource_drift")));
    let changes = plan.changes.iter().filter(|change| change.is_change());
    changes.for_each(|c| ui.line(&json_lines::change(c, "planned_change")));
    ui.line(&json_lines::summary(&plan.summary(), "plan"));
    if !plan.outputs.is_empty() {
        ui.line(&json_lines::planned_outputs(changed_outputs(plan)));
    }
}

fn changed_outputs(plan: &Plan) -> impl Iterator<Item = (&str, &OutputChange)> {
    plan.outputs.iter().map(|(name, change): (&Name, _)| (&**name, change))
}

/// The plan as text: one line for each change in a summary, else all of it.
fn text(plan: &Plan, detail: PlanDetail, ui: &Ui) -> String {
    if detail.summary && plan.has_changes() {
        return summary(plan);
    }
    let options = RenderOptions { colour: ui.colour, full: detail.full };
    format!("\n{}", render::text(plan, options))
}

fn summary(plan: &Plan) -> String {
    let mut text = String::from("\n");
    for change in plan.changes.iter().filter(|change| change.is_change()) {
        let _ = writeln!(text, "  {:>3} {}", symbol(change.action), change.address);
    }
    for (name, output) in changed_outputs(plan).filter(|(_, o)| o.action != Action::NoOp) {
        let _ = writeln!(text, "  {:>3} output.{name}", symbol(output.action));
    }
    text + "\n" + &render::counting_line(&plan.summary(), render::Painter::default())
}

fn symbol(action: Action) -> &'static str {
    match action {
        Action::Create => "+",
        Action::Update => "~",
        Action::Delete => "-",
        Action::DeleteThenCreate => "-/+",
        Action::CreateThenDelete => "+/-",
        Action::Read | Action::ReadAgain => "<=",
        Action::Forget => ".",
        Action::NoOp => "",
    }
}
