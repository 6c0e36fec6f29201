//! Progress as Terraform's machine-readable lines: apply_start, apply_progress, apply_complete and so on.

use std::time::{Duration, Instant};

use engine::{Event, Named, ProvisionStage};
use plan::Action;
use serde_json::{Value, json};

use super::Renderer;
use super::running::{self, Running};
use crate::ui::Ui;
use crate::views::json_lines::{action_name, line, resource};

/// Writes one JSON object for each thing that happens.
pub struct JsonProgress {
    ui: Ui,
    running: Running,
}

impl JsonProgress {
    pub fn new(ui: Ui) -> Self {
        Self { ui, running: Running::default() }
    }

    fn hook(&self, kind: &str, message: &str, hook: Value) {
        self.ui.line(&line("info", kind, message, json!({ "hook": hook })));
    }

    /// One line for each instance, though they are read together.
    fn refresh(&self, kind: &str, words: &str, instances: &[Named]) {
        let told = |Named { address, id }: &Named| {
            let id = id.as_deref();
            let message = format!("{address}: {words}{}", running::identity(id));
            let mut hook = json!({ "resource": resource(address) });
            name_id(&mut hook, id);
            line("info", kind, &message, json!({ "hook": hook }))
        };
        let lines: Vec<String> = instances.iter().map(told).collect();
        if !lines.is_empty() {
            self.ui.line(&lines.join("\n"));
        }
    }

    fn finished(&self, (address, action): (&str, Action), id: Option<&str>, elapsed: Duration) {
        let mut hook = operation(address, action, id);
        hook["elapsed_seconds"] = json!(elapsed.as_secs());
        self.hook("apply_complete", &running::done(address, action, id, elapsed), hook);
    }

    fn failed(&self, address: &str, action: Action, elapsed: Duration) {
        let mut hook = operation(address, action, None);
        hook["elapsed_seconds"] = json!(elapsed.as_secs());
        self.hook("apply_errored", &running::failed(address, action, elapsed), hook);
    }

    fn provision(&self, address: &str, provisioner: &str, stage: ProvisionStage) {
        let mut hook = json!({ "resource": resource(address), "provisioner": provisioner });
        let (kind, words) = match stage {
            ProvisionStage::Started => {
                ("provision_start", format!("Provisioning with '{provisioner}'..."))
            }
            ProvisionStage::Said(line) => {
                hook["output"] = json!(line);
                ("provision_progress", format!("({provisioner}): {line}"))
            }
            ProvisionStage::Finished => {
                ("provision_complete", format!("({provisioner}) Provisioning complete"))
            }
            ProvisionStage::Failed => {
                ("provision_errored", format!("({provisioner}) Provisioning errored"))
            }
        };
        self.hook(kind, &format!("{address}: {words}"), hook);
    }
}

fn operation(address: &str, action: Action, id: Option<&str>) -> Value {
    let mut hook = json!({ "resource": resource(address), "action": action_name(action) });
    name_id(&mut hook, id);
    hook
}

fn name_id(hook: &mut Value, id: Option<&str>) {
    if let Some(id) = id {
        hook["id_key"] = json!("id");
        hook["id_value"] = json!(id);
    }
}

impl Renderer for JsonProgress {
    fn event(&mut self, event: Event) {
        match event {
            Event::RefreshStarted { instances } => {
                self.refresh("refresh_start", "Refreshing state...", &instances);
            }
            Event::Refreshed { instances, .. } => {
                self.refresh("refresh_complete", "Refresh complete", &instances);
            }
            Event::Started { address, action, id, .. } => {
                self.running.start(&address, action, id.clone());
                let message = running::begun(&address, action, id.as_deref());
                self.hook("apply_start", &message, operation(&address, action, id.as_deref()));
            }
            Event::Progress { address, words } => self.running.say(&address, words),
            Event::Finished { address, action, id, elapsed } => {
                self.running.end(&address);
                self.finished((&address, action), id.as_deref(), elapsed);
            }
            Event::Failed { address, action, elapsed } => {
                self.running.end(&address);
                self.failed(&address, action, elapsed);
            }
            Event::Provision { address, provisioner, stage } => {
                self.provision(&address, provisioner, stage);
            }
            Event::Skipped { address, because } => {
                let message = format!("{address}: Not tried, because {because} failed");
                let hook = json!({ "resource": resource(&address), "because": because });
                self.hook("apply_skipped", &message, hook);
            }
            // Terraform's stream has no lines for it either: the planned change says it.
            Event::Import { .. } => {}
            Event::Adopted { address } => {
                let message = format!("{address}: Found what an interrupted run made");
                self.hook("apply_adopted", &message, json!({ "resource": resource(&address) }));
            }
        }
    }

    fn tick(&mut self, now: Instant) {
        for (address, running, seconds) in self.running.due(now) {
            let message = running::still(address, running, Duration::from_secs(seconds));
            let mut hook = operation(address, running.action, None);
            hook["elapsed_seconds"] = json!(seconds);
            let text = line("info", "apply_progress", &message, json!({ "hook": hook }));
            self.ui.line(&text);
        }
    }
}
