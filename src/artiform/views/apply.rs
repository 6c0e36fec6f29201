//! How an apply ended: what was done, what was not, and the outputs.

use engine::Applied;
use plan::{Secrets, Summary};

use super::{json_lines, outputs};
use crate::commands::apply::Called;
use crate::ui::Ui;

/// Shows the end of an apply, by the command that it was called by.
pub fn show(applied: &Applied, (called, secrets): (Called, Secrets), ui: &Ui) {
    let destroys = called == Called::Destroy;
    // A refresh changes nothing that could be counted.
    let counts = called != Called::Refresh;
    let failed = applied.diagnostics.has_errors() || applied.interrupted;
    if ui.json && failed {
        return;
    }
    if ui.json {
        let operation = if destroys { "destroy" } else { "apply" };
        if counts {
            ui.line(&json_lines::summary(&summary(applied), operation));
        }
        if !destroys {
            let named = applied.outputs.iter().map(|(name, output)| (&**name, output));
            ui.line(&json_lines::outputs(named, secrets));
        }
        return;
    }
    if failed {
        ui.print(&format!("\n{}\n", ui.bold(&unfinished(applied, destroys))));
        return;
    }
    if counts {
        ui.print(&format!("\n{}\n", ui.success(&complete(applied, destroys))));
    }
    if !destroys && !applied.outputs.is_empty() {
        let named = applied.outputs.iter().map(|(name, output)| (&**name, output));
        ui.print(&format!("\n{}\n\n{}", ui.success("Outputs:"), outputs::all(named, secrets)));
    }
}

fn summary(applied: &Applied) -> Summary {
    Summary {
        import: applied.imported,
        add: applied.added,
        change: applied.changed,
        destroy: applied.destroyed,
        forget: applied.forgotten,
        ..Summary::default()
    }
}

fn complete(applied: &Applied, destroys: bool) -> String {
    if destroys {
        return format!("Destroy complete! Resources: {} destroyed.", applied.destroyed);
    }
    let forgotten = match applied.forgotten {
        0 => String::new(),
        count => format!(", {count} forgotten"),
    };
    format!("Apply complete! Resources: {}{forgotten}.", counts(applied))
}

/// What was done all the same: it is recorded, and the next run goes on from there.
fn unfinished(applied: &Applied, destroys: bool) -> String {
    let verb = if destroys { "Destroy" } else { "Apply" };
    let how = if applied.interrupted { "was interrupted" } else { "did not complete" };
    format!(
        "{verb} {how}. Resources: {} so far. What was done is recorded; run the command again to go on.",
        counts(applied)
    )
}

fn counts(applied: &Applied) -> String {
    let imported = match applied.imported {
        0 => String::new(),
        count => format!("{count} imported, "),
    };
    let Applied { added, changed, destroyed, .. } = applied;
    format!("{imported}{added} added, {changed} changed, {destroyed} destroyed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_counts_what_was_done() {
        let applied = Applied { added: 3, forgotten: 1, ..Applied::default() };
        assert_eq!(
            complete(&applied, false),
            "Apply complete! Resources: 3 added, 0 changed, 0 destroyed, 1 forgotten."
        );
        let imported = Applied { imported: 2, ..Applied::default() };
        assert!(complete(&imported, false).contains("Resources: 2 imported, 0 added"));
        assert_eq!(complete(&applied, true), "Destroy complete! Resources: 0 destroyed.");
        let stopped = Applied { interrupted: true, ..applied };
        assert!(
            unfinished(&stopped, false).starts_with("Apply was interrupted. Resources: 3 added")
        );
    }
}
