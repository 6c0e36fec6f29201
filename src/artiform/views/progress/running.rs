//! The operations under way, and the words for them that Terraform's users know.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use engine::{ImportStage, ProvisionStage};
use plan::Action;

use crate::duration::rounded;

/// How often a long operation says that it is still there, in seconds.
const REMINDER_SECONDS: u64 = 10;

/// One operation under way.
pub struct Operation {
    pub action: Action,
    pub id: Option<String>,
    pub started: Instant,
    /// What it is doing, where it says so.
    pub words: Option<String>,
    reminded_seconds: u64,
}

/// The operations under way, by address.
#[derive(Default)]
pub struct Running(pub BTreeMap<String, Operation>);

impl Running {
    pub fn start(&mut self, address: &str, action: Action, id: Option<String>) {
        let started = Instant::now();
        let operation = Operation { action, id, started, words: None, reminded_seconds: 0 };
        self.0.insert(address.to_owned(), operation);
    }

    pub fn end(&mut self, address: &str) -> Option<Operation> {
        self.0.remove(address)
    }

    pub fn say(&mut self, address: &str, words: String) {
        if let Some(operation) = self.0.get_mut(address) {
            operation.words = Some(words);
        }
    }

    /// Those whose next reminder is due: address, operation and whole seconds so far.
    pub fn due(&mut self, now: Instant) -> Vec<(&str, &Operation, u64)> {
        let mut due = Vec::new();
        for (address, operation) in &mut self.0 {
            let seconds = now.saturating_duration_since(operation.started).as_secs();
            let mark = seconds - seconds % REMINDER_SECONDS;
            if mark > operation.reminded_seconds {
                operation.reminded_seconds = mark;
                due.push((address.as_str(), &*operation, mark));
            }
        }
        due
    }
}

/// `x: Creating...`
pub fn begun(address: &str, action: Action, id: Option<&str>) -> String {
    format!("{address}: {}...{}", present(action), identity(id))
}

/// `x: Still creating... [10s elapsed]`
pub fn still(address: &str, operation: &Operation, elapsed: Duration) -> String {
    let id = operation.id.as_deref().map(|id| format!("id={id}, ")).unwrap_or_default();
    let words = operation.words.as_deref().map(|words| format!(" ({words})")).unwrap_or_default();
    let verb = present(operation.action).to_lowercase();
    format!("{address}: Still {verb}... [{id}{} elapsed]{words}", rounded(elapsed))
}

/// `x: Creation complete after 1s [id=...]`
pub fn done(address: &str, action: Action, id: Option<&str>, elapsed: Duration) -> String {
    let id = if action == Action::Delete { None } else { id };
    format!("{address}: {} complete after {}{}", noun(action), rounded(elapsed), identity(id))
}

/// `x: Preparing import... [id=7]`
pub fn import(address: &str, id: &str, stage: ImportStage) -> String {
    let words = match stage {
        ImportStage::Preparing => "Preparing import...",
        ImportStage::Started => "Importing...",
        ImportStage::Finished => "Import complete",
    };
    format!("{address}: {words}{}", identity(Some(id)))
}

/// `x: Provisioning with 'local-exec'...`, then what it says.
pub fn provision(address: &str, provisioner: &str, stage: &ProvisionStage) -> Option<String> {
    match stage {
        ProvisionStage::Started => Some(format!("{address}: Provisioning with '{provisioner}'...")),
        ProvisionStage::Said(line) => Some(format!("{address} ({provisioner}): {line}")),
        ProvisionStage::Finished | ProvisionStage::Failed => None,
    }
}

/// `x: Creation errored after 1s`
pub fn failed(address: &str, action: Action, elapsed: Duration) -> String {
    format!("{address}: {} errored after {}", noun(action), rounded(elapsed))
}

pub fn identity(id: Option<&str>) -> String {
    id.filter(|id| !id.is_empty()).map(|id| format!(" [id={id}]")).unwrap_or_default()
}

fn present(action: Action) -> &'static str {
    match action {
        Action::Create => "Creating",
        Action::Update => "Modifying",
        Action::Delete => "Destroying",
        Action::DeleteThenCreate | Action::CreateThenDelete => "Replacing",
        Action::Read | Action::ReadAgain | Action::NoOp => "Reading",
        Action::Forget => "Forgetting",
    }
}

fn noun(action: Action) -> &'static str {
    match action {
        Action::Create => "Creation",
        Action::Update => "Modifications",
        Action::Delete => "Destruction",
        Action::DeleteThenCreate | Action::CreateThenDelete => "Replacement",
        Action::Read | Action::ReadAgain | Action::NoOp => "Read",
        Action::Forget => "Removal from the state",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_told_in_terraforms_words() {
        let second = Duration::from_secs(1);
        assert_eq!(begun("a.b", Action::Create, None), "a.b: Creating...");
        assert_eq!(begun("a.b", Action::Update, Some("7")), "a.b: Modifying... [id=7]");
        assert_eq!(
            done("a.b", Action::Create, Some("7"), second),
            "a.b: Creation complete after 1s [id=7]"
        );
        assert_eq!(
            done("a.b", Action::Delete, Some("7"), second),
            "a.b: Destruction complete after 1s"
        );
        assert_eq!(failed("a.b", Action::Create, second), "a.b: Creation errored after 1s");
    }

    #[test]
    fn a_long_operation_reminds_every_ten_seconds() {
        let mut running = Running::default();
        running.start("a.b", Action::Delete, Some("7".into()));
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        assert!(running.due(after(5)).is_empty());
        let due = running.due(after(11));
        assert_eq!(
            due.iter().map(|(a, o, s)| still(a, o, Duration::from_secs(*s))).collect::<Vec<_>>(),
            ["a.b: Still destroying... [id=7, 10s elapsed]"]
        );
        assert!(running.due(after(12)).is_empty());
        assert_eq!(running.due(after(31)).len(), 1);
    }
}
