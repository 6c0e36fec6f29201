//! Progress as lines that are only ever added, for logs and pipes.

use std::time::{Duration, Instant};

use engine::Event;

use super::Renderer;
use super::running::{self, Running};
use crate::ui::Ui;

/// Writes a line for each thing that happens.
pub struct PlainProgress {
    ui: Ui,
    running: Running,
}

impl PlainProgress {
    pub fn new(ui: Ui) -> Self {
        Self { ui, running: Running::default() }
    }
}

impl Renderer for PlainProgress {
    fn event(&mut self, event: Event) {
        if let Some(line) = take_in(&mut self.running, event) {
            self.ui.line(&line);
        }
    }

    fn tick(&mut self, now: Instant) {
        for (address, operation, seconds) in self.running.due(now) {
            self.ui.line(&running::still(address, operation, Duration::from_secs(seconds)));
        }
    }
}

/// Takes an event into account; gives the line that tells of it, if it is worth one.
pub fn take_in(running: &mut Running, event: Event) -> Option<String> {
    match event {
        Event::RefreshStarted { .. } => None,
        Event::Refreshed { type_name, instances } => {
            let instances = instances.len();
            let plural = if instances == 1 { "instance" } else { "instances" };
            Some(format!("{type_name}: Refreshing state... [{instances} {plural}]"))
        }
        Event::Started { address, deposed, action, id } => {
            running.start(&address, action, id.clone());
            let deposed = deposed.map(|key| format!(" (deposed object {key})"));
            let named = format!("{address}{}", deposed.unwrap_or_default());
            Some(running::begun(&named, action, id.as_deref()))
        }
        Event::Progress { address, words } => {
            running.say(&address, words);
            None
        }
        Event::Finished { address, action, id, elapsed } => {
            running.end(&address);
            Some(running::done(&address, action, id.as_deref(), elapsed))
        }
        Event::Failed { address, action, elapsed } => {
            running.end(&address);
            Some(running::failed(&address, action, elapsed))
        }
        Event::Provision { address, provisioner, stage } => {
            running::provision(&address, provisioner, &stage)
        }
        Event::Skipped { address, because } => {
            Some(format!("{address}: Not tried, because {because} failed"))
        }
        Event::Import { address, id, stage } => Some(running::import(&address, &id, stage)),
        Event::Adopted { address } => {
            Some(format!("{address}: Found what an interrupted run made, and recorded it"))
        }
    }
}
