//! Progress on a terminal: one line for each operation under way, finished ones scroll above them.

use std::time::{Duration, Instant};

use engine::Event;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Renderer;
use super::plain::take_in;
use super::running::{Operation, Running, still};
use crate::ui::Ui;

/// More lines than these flicker and are read by nobody.
const LINES_MAX: usize = 8;
/// Redraws a second.
const RATE: u8 = 8;
/// What is over sooner than this is only told when it is over.
const SHOWN_AFTER: Duration = Duration::from_millis(400);

/// Owns the terminal while operations are under way.
pub struct LiveProgress {
    ui: Ui,
    running: Running,
    screen: MultiProgress,
    lines: Vec<ProgressBar>,
}

impl LiveProgress {
    pub fn new(ui: Ui) -> Self {
        let screen = MultiProgress::with_draw_target(ProgressDrawTarget::stdout_with_hz(RATE));
        // Lines are overwritten in place, which flickers less than clearing them.
        screen.set_move_cursor(true);
        Self { ui, running: Running::default(), screen, lines: Vec::new() }
    }

    fn draw(&mut self, now: Instant) {
        let texts = texts(&self.running, now);
        while self.lines.len() < texts.len() {
            let line = ProgressBar::new_spinner().with_style(style());
            self.lines.push(self.screen.add(line));
        }
        while self.lines.len() > texts.len() {
            if let Some(line) = self.lines.pop() {
                line.finish_and_clear();
                self.screen.remove(&line);
            }
        }
        for (line, text) in self.lines.iter().zip(texts) {
            line.set_message(text);
            line.tick();
        }
    }
}

impl Renderer for LiveProgress {
    fn event(&mut self, event: Event) {
        let Some(text) = take_in(&mut self.running, event) else { return };
        if self.screen.println(&text).is_err() {
            self.ui.line(&text);
        }
    }

    fn tick(&mut self, now: Instant) {
        self.draw(now);
    }

    fn finish(&mut self) {
        self.running.0.clear();
        self.draw(Instant::now());
        // What could not be cleared is only untidy.
        let _ = self.screen.clear();
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_spinner())
}

/// The lines: the oldest operations first, then how many more there are.
fn texts(running: &Running, now: Instant) -> Vec<String> {
    let elapsed = |operation: &Operation| now.saturating_duration_since(operation.started);
    let is_shown = |(_, operation): &(&String, &Operation)| elapsed(operation) >= SHOWN_AFTER;
    let mut operations: Vec<_> = running.0.iter().filter(is_shown).collect();
    operations.sort_by_key(|(_, operation)| operation.started);
    let line = |(address, operation): &(&String, &Operation)| {
        still(address, operation, elapsed(operation))
    };
    let mut texts: Vec<String> = operations.iter().take(LINES_MAX).map(line).collect();
    let more = operations.len().saturating_sub(LINES_MAX);
    if more > 0 {
        texts.push(format!("... and {more} more under way"));
    }
    texts
}

#[cfg(test)]
mod tests {
    use plan::Action;

    use super::*;

    #[test]
    fn at_most_eight_operations_and_a_summary_are_drawn() {
        let mut running = Running::default();
        for i in 0..12 {
            running.start(&format!("a.b[{i}]"), Action::Create, None);
        }
        assert!(texts(&running, Instant::now()).is_empty());
        let texts = texts(&running, Instant::now() + SHOWN_AFTER);
        assert_eq!(texts.len(), 9);
        assert_eq!(texts[8], "... and 4 more under way");
    }
}
