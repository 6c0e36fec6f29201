//! How a plan reads: what will be created, changed, replaced and destroyed, attribute by attribute.

use anstyle::{AnsiColor, Style};

pub use prose::wrapped;

use crate::{Action, Plan, PlanMode, Reason, ResourceChange, Secrets, Summary};

mod attributes;
mod prose;
mod summary;
mod text;
mod value;

pub(crate) use value::Sign;
pub use value::unchanged;

/// How to draw a plan.
#[derive(Clone, Copy, Debug, Default)]
pub struct RenderOptions {
    pub colour: bool,
    pub detail: Detail,
    pub secrets: Secrets,
}

/// How much of a plan is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// Everything of a small plan, a summary of a large one.
    #[default]
    Fitting,
    /// Only what destroys in full; the rest in groups, with drift beside the changes.
    Summary,
    Full,
}

impl Detail {
    fn is_summary(self, changes: usize) -> bool {
        match self {
            Self::Fitting => changes > SUMMARISED_ABOVE,
            Self::Summary => true,
            Self::Full => false,
        }
    }
}

/// With more changes than this, creations and updates are only counted by type.
const SUMMARISED_ABOVE: usize = 100;

/// What follows a plan that changes nothing but outputs.
const ONLY_OUTPUTS: &str = "\nYou can apply this plan to save these new output values to the artiform state, without changing any real infrastructure.\n";

/// What stands before the changes.
const BEFORE_CHANGES: &str = "\nartiform will perform the following actions:\n\n";

/// The same, where something could not be planned.
const BEFORE_A_PROBLEM: &str =
    "\nartiform planned the following actions, but then encountered a problem:\n\n";

/// What a line says of data that goes with the thing.
const DATA: &str = "data that cannot be made again";

/// Draws the whole plan: drift, changes, the counting line and outputs.
pub fn text(plan: &Plan, options: RenderOptions) -> String {
    let painter = Painter { colour: options.colour, secrets: options.secrets };
    let mut out = String::new();
    if !plan.has_changes() {
        out.push_str(&if plan.errored { failed(painter) } else { nothing(plan, painter) });
        return out;
    }
    let shown: Vec<&ResourceChange> =
        plan.changes.iter().filter(|change| change.is_change()).collect();
    let summarised = options.detail.is_summary(shown.len());
    if !summarised {
        drift(plan, painter, &mut out);
    }
    if !shown.is_empty() {
        legend(&shown, painter, &mut out);
        out.push_str(if plan.errored { BEFORE_A_PROBLEM } else { BEFORE_CHANGES });
        for change in &shown {
            let is_grouped = summarised && !summary::is_told_in_full(change);
            if change.action != Action::ReadAgain && !is_grouped {
                out.push_str(&resource(change, painter));
                out.push('\n');
            }
        }
        out.push_str(&read_again(&shown, painter));
        if summarised {
            out.push_str(&summary::text(plan, &shown, painter));
        }
        out.push_str(&counting_line(&plan.summary(), painter));
        out.push_str(&lost_data(&shown, painter));
    }
    out.push_str(&outputs(plan, painter));
    if !plan.errored
        && shown.is_empty()
        && (plan.mode != PlanMode::RefreshOnly || plan.drift.is_empty())
    {
        out.push_str(&wrapped(ONLY_OUTPUTS));
    }
    out
}

/// `Plan: 1 to add, 0 to change, 0 to destroy.`
pub fn counting_line(summary: &Summary, painter: Painter) -> String {
    let mut parts = Vec::new();
    if summary.import > 0 {
        parts.push(format!("{} to import", summary.import));
    }
    parts.push(format!("{} to add", summary.add));
    parts.push(format!("{} to change", summary.change));
    parts.push(format!("{} to destroy", summary.destroy));
    if summary.forget > 0 {
        parts.push(format!("{} to forget", summary.forget));
    }
    if summary.read_again > 0 {
        parts.push(format!("{} to read again", summary.read_again));
    }
    format!("{} {}.\n", painter.bold("Plan:"), parts.join(", "))
}

/// How many of the changes destroy data; nothing where none does.
fn lost_data(shown: &[&ResourceChange], painter: Painter) -> String {
    match shown.iter().filter(|change| change.destroys_data).count() {
        0 => String::new(),
        count => {
            let verb = if count == 1 { "destroys" } else { "destroy" };
            let words = format!("{count} of these changes {verb} {DATA}.");
            format!("{}\n", painter.red(&words))
        }
    }
}

/// Decides whether words are coloured and secrets are told.
#[derive(Clone, Copy, Debug, Default)]
pub struct Painter {
    pub colour: bool,
    pub secrets: Secrets,
}

impl Painter {
    /// Tells whether a value is a secret that is not told.
    pub(crate) fn hides(self, value: &lang::Value) -> bool {
        value.is_sensitive() && self.secrets == Secrets::Hidden
    }

    fn paint(self, style: Style, words: &str) -> String {
        if self.colour { format!("{style}{words}{style:#}") } else { words.to_owned() }
    }

    pub(crate) fn bold(self, words: &str) -> String {
        self.paint(Style::new().bold(), words)
    }

    pub(crate) fn dim(self, words: &str) -> String {
        self.paint(Style::new().dimmed(), words)
    }

    pub(crate) fn red(self, words: &str) -> String {
        self.paint(AnsiColor::Red.on_default(), words)
    }

    pub(crate) fn sign(self, sign: Sign) -> String {
        match sign {
            Sign::Add => self.paint(AnsiColor::Green.on_default(), "+"),
            Sign::Change => self.paint(AnsiColor::Yellow.on_default(), "~"),
            Sign::Remove => self.red("-"),
            Sign::Keep => " ".into(),
        }
    }
}

fn failed(painter: Painter) -> String {
    let headline = painter.bold("Planning failed.");
    format!("{headline} artiform encountered an error while generating this plan.\n")
}

fn nothing(plan: &Plan, painter: Painter) -> String {
    let unread = plan.changes.iter().filter(|change| change.unread.is_some()).count();
    let (headline, why) = match plan.mode {
        PlanMode::Destroy => (
            "No changes. No objects need to be destroyed.",
            "Either you have not created any objects yet or the existing objects were already deleted outside of artiform.",
        ),
        PlanMode::RefreshOnly => (
            "No changes. Your infrastructure still matches the configuration.",
            "artiform has checked that the real remote objects still match the result of your most recent changes, and found no differences.",
        ),
        PlanMode::Normal => (
            "No changes. Your infrastructure matches the configuration.",
            "artiform has compared your real infrastructure against your configuration and found no differences, so no changes are needed.",
        ),
    };
    let mut text = painter.bold(headline) + "\n";
    if unread > 0 {
        text.push_str(&format!(
            "\n{unread} could not be read, because what they live on does not answer; their recorded values were used.\n"
        ));
        return text;
    }
    text.push_str(&format!("\n{}\n", wrapped(why)));
    text
}

/// The line between a plan and what is said about it.
pub fn rule() -> String {
    "─".repeat(77)
}

fn drift(plan: &Plan, painter: Painter, out: &mut String) {
    let caused: std::collections::HashSet<_> =
        plan.changes.iter().filter(|c| c.caused_by_drift).map(|c| &c.address).collect();
    let touched = |change: &&ResourceChange| {
        plan.mode == PlanMode::RefreshOnly || caused.contains(&change.address)
    };
    let shown: Vec<&ResourceChange> = plan.drift.iter().filter(touched).collect();
    if shown.is_empty() {
        return;
    }
    out.push_str(&painter.bold("Note: Objects have changed outside of artiform"));
    out.push_str("\n\n");
    for change in shown {
        let headline = match change.action {
            Action::Delete => "has been deleted",
            _ => "has changed",
        };
        out.push_str(&format!("  # {} {headline}\n", change.address));
        if change.action != Action::Delete {
            out.push_str(&attributes::body(change, painter));
        }
        out.push('\n');
    }
    out.push_str(&format!("{}\n\n", painter.dim(&rule())));
}

fn legend(shown: &[&ResourceChange], painter: Painter, out: &mut String) {
    let how = "artiform used the selected providers to generate the following execution plan. Resource actions are indicated with the following symbols:";
    let entries = [
        (Action::Create, "create"),
        (Action::Update, "update in-place"),
        (Action::Delete, "destroy"),
        (Action::DeleteThenCreate, "destroy and then create replacement"),
        (Action::CreateThenDelete, "create replacement and then destroy"),
        (Action::Read, "read (data sources)"),
        (Action::ReadAgain, "read again, when what it lives on is back"),
        (Action::Forget, "forget (leaves the state, is not destroyed)"),
    ];
    let used = entries.into_iter().filter(|(action, _)| shown.iter().any(|c| c.action == *action));
    let symbols: String =
        used.map(|(action, words)| format!("{} {words}\n", symbol(action, painter))).collect();
    // What only moves needs no symbol.
    if !symbols.is_empty() {
        out.push_str(&format!("{}\n{symbols}", wrapped(how)));
    }
}

/// The three columns before `resource` that say what happens.
fn symbol(action: Action, painter: Painter) -> String {
    let (add, remove) = (painter.sign(Sign::Add), painter.sign(Sign::Remove));
    match action {
        Action::Create => format!("  {add}"),
        Action::Update => format!("  {}", painter.sign(Sign::Change)),
        Action::Delete => format!("  {remove}"),
        Action::DeleteThenCreate => format!("{remove}/{add}"),
        Action::CreateThenDelete => format!("{add}/{remove}"),
        Action::Read => format!(" {}", painter.paint(AnsiColor::Cyan.on_default(), "<=")),
        Action::ReadAgain => format!("  {}", painter.paint(AnsiColor::Cyan.on_default(), "?")),
        Action::Forget => format!("  {}", painter.red(".")),
        Action::NoOp => "   ".into(),
    }
}

fn resource(change: &ResourceChange, painter: Painter) -> String {
    let mut out = headline(change, painter);
    let kind = match change.address.mode {
        lang::ResourceMode::Managed => "resource",
        lang::ResourceMode::Data => "data",
    };
    let name = format!("\"{}\" \"{}\"", change.address.type_name, change.address.name);
    out.push_str(&format!("{} {kind} {name} {{\n", symbol(change.action, painter)));
    out.push_str(&attributes::lines(change, painter));
    out.push_str("    }\n");
    out
}

fn headline(change: &ResourceChange, painter: Painter) -> String {
    let name = match &change.deposed {
        Some(key) => format!("{} (deposed object {key})", change.address),
        None => change.address.to_string(),
    };
    let destroyed = painter.red("destroyed");
    let what = match change.action {
        Action::Create => "will be created".to_owned(),
        Action::Update => "will be updated in-place".to_owned(),
        Action::Delete => format!("will be {destroyed}"),
        Action::DeleteThenCreate | Action::CreateThenDelete => {
            replaced(change.reason, &painter.red("replaced"))
        }
        Action::Read => "will be read during apply".to_owned(),
        Action::ReadAgain => "will be read again when what it lives on is back".to_owned(),
        Action::Forget => {
            "will no longer be managed by artiform, but will not be destroyed".to_owned()
        }
        Action::NoOp if change.importing.is_some() => "will be imported".to_owned(),
        Action::NoOp => match &change.previous_address {
            Some(_) => format!("has moved to {}", change.address),
            None => "will not change".to_owned(),
        },
    };
    let from = change.previous_address.as_ref().filter(|_| change.action == Action::NoOp);
    let name = from.map_or(name, ToString::to_string);
    let mut out = format!("  # {} {what}\n", painter.bold(&name));
    let generated = change.importing.as_ref().is_some_and(|i| i.generated_config.is_some());
    if generated {
        out.push_str("  # (config will be generated)\n");
    }
    let changes = change.action != Action::NoOp;
    if let Some(import) = change.importing.as_ref().filter(|_| changes) {
        out.push_str(&format!("  # (imported from \"{}\")\n", import.id));
    }
    for note in notes(change) {
        out.push_str(&format!("  # {}\n", painter.dim(&note)));
    }
    if let Some(from) = change.previous_address.as_ref().filter(|_| changes) {
        out.push_str(&format!("  # (moved from {from})\n"));
    }
    out
}

fn replaced(reason: Option<Reason>, replaced: &str) -> String {
    match reason {
        Some(Reason::ReplaceBecauseTainted) => format!("is tainted, so must be {replaced}"),
        Some(Reason::ReplaceByRequest) => format!("will be {replaced}, as requested"),
        Some(Reason::ReplaceByTriggers) => {
            format!("will be {replaced} due to changes in replace_triggered_by")
        }
        _ => format!("must be {replaced}"),
    }
}

/// What is said in brackets below the headline.
fn notes(change: &ResourceChange) -> Vec<String> {
    let mut notes = Vec::new();
    let address = &change.address;
    let key = address.key.as_ref().map(|key| format!("[{key}]")).unwrap_or_default();
    if change.deposed.is_some() {
        notes.push("(left over from a partially-failed replacement of this instance)".into());
    }
    match change.reason {
        _ if change.action == Action::Forget => {
            notes.push("(destroy = false is set in the configuration)".into());
        }
        Some(Reason::DeleteBecauseNoResourceConfig) => notes.push(format!(
            "(because {}.{} is not in configuration)",
            address.type_name, address.name
        )),
        Some(Reason::DeleteBecauseNoModule) => {
            notes.push(format!("(because {} is not in configuration)", address.module));
        }
        Some(Reason::DeleteBecauseWrongRepetition) => notes.push(match &address.key {
            None => "(because resource uses count or for_each)".into(),
            Some(lang::Key::Int(_)) => "(because resource does not use count)".into(),
            Some(lang::Key::String(_)) => "(because resource does not use for_each)".into(),
        }),
        Some(Reason::DeleteBecauseCountIndex) => {
            notes.push(format!("(because index {key} is out of range for count)"));
        }
        Some(Reason::DeleteBecauseEachKey) => {
            notes.push(format!("(because key {key} is not in for_each map)"));
        }
        Some(Reason::ReadBecauseConfigUnknown) => {
            notes.push("(config refers to values not yet known)".into());
        }
        Some(Reason::ReadBecauseDependencyPending) => {
            notes.push("(depends on a resource or a module with changes pending)".into());
        }
        Some(Reason::ReadBecauseCheckNested) => {
            notes.push("(config will be reloaded to verify a check block)".into());
        }
        _ => {}
    }
    if change.caused_by_drift {
        notes.push("(because it was changed or deleted outside of artiform)".into());
    }
    if let Some(why) = &change.unread {
        notes.push(format!("(not read: {why})"));
    }
    if change.destroys_data {
        notes.push(format!("(destroys {DATA})"));
    }
    notes
}

/// What is out of reach, listed under the reason why.
fn read_again(shown: &[&ResourceChange], painter: Painter) -> String {
    let mut by_reason: std::collections::BTreeMap<&str, Vec<String>> = Default::default();
    for change in shown.iter().filter(|change| change.action == Action::ReadAgain) {
        let reason = change.unread.as_deref().unwrap_or("what they live on is down");
        by_reason.entry(reason).or_default().push(change.address.to_string());
    }
    let mut out = String::new();
    for (reason, addresses) in by_reason {
        out.push_str(&format!(
            "  # {reason}; what lives on it will be read again by this apply:\n"
        ));
        for address in addresses {
            out.push_str(&format!("{} {address}\n", symbol(Action::ReadAgain, painter)));
        }
        out.push('\n');
    }
    out
}

fn outputs(plan: &Plan, painter: Painter) -> String {
    let changed: Vec<_> =
        plan.outputs.iter().filter(|(_, output)| output.action != Action::NoOp).collect();
    if changed.is_empty() {
        return String::new();
    }
    let width = changed.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let mut out = String::from("\nChanges to Outputs:\n");
    for (name, output) in changed {
        let gone = if output.after.is_none() { " -> null" } else { "" };
        let hides = output.sensitive && painter.secrets == Secrets::Hidden;
        let hidden = hides.then(|| format!("(sensitive value){gone}"));
        let drawn = value::difference(output.before.as_ref(), output.after.as_ref(), 2, painter);
        let sign = painter.sign(drawn.sign);
        let words = hidden.unwrap_or(drawn.words);
        out.push_str(&format!("  {sign} {name:width$} = {words}\n"));
    }
    out
}
