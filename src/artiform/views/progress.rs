//! Shows what is under way. One thread owns the screen; events reach it over a channel, so that no
//! operation waits for a terminal.

mod json;
mod live;
mod plain;
mod running;

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use engine::{Event, Events};

use crate::ui::Ui;

/// Time between two ticks: 8 a second, so that a screen is calm and still alive.
const TICK: Duration = Duration::from_millis(125);

/// Draws events.
trait Renderer: Send {
    fn event(&mut self, event: Event);

    /// Time has passed: called once every [`TICK`].
    fn tick(&mut self, now: Instant);

    /// Nothing more comes.
    fn finish(&mut self) {}
}

enum Message {
    Event(Event),
    End,
}

/// What is under way, on its way to the screen.
pub struct Progress {
    sender: Sender<Message>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// Live lines on a terminal, plain lines elsewhere, JSON lines on request.
    pub fn start(ui: &Ui) -> Self {
        let renderer: Box<dyn Renderer> = if ui.json {
            Box::new(json::JsonProgress::new(ui.clone()))
        } else if ui.is_terminal() {
            Box::new(live::LiveProgress::new(ui.clone()))
        } else {
            Box::new(plain::PlainProgress::new(ui.clone()))
        };
        let (sender, receiver) = channel();
        let show = move || {
            let mut renderer = renderer;
            let mut next_tick = Instant::now();
            loop {
                // A tick looks at everything under way, so it follows the clock and not the events.
                let now = Instant::now();
                if now >= next_tick {
                    renderer.tick(now);
                    next_tick = now + TICK;
                }
                match receiver.recv_timeout(next_tick.saturating_duration_since(now)) {
                    Ok(Message::Event(event)) => renderer.event(event),
                    Ok(Message::End) | Err(RecvTimeoutError::Disconnected) => break,
                    Err(RecvTimeoutError::Timeout) => {}
                }
            }
            renderer.finish();
        };
        // Without a thread nothing is shown, which is no reason to do nothing.
        let thread = std::thread::Builder::new().name("progress".into()).spawn(show).ok();
        Self { sender, thread }
    }

    /// Where the engine sends its events.
    pub fn events(&self) -> Events {
        let sender = self.sender.clone();
        Events(Arc::new(move |event| {
            // After the end nobody looks any more.
            let _ = sender.send(Message::Event(event));
        }))
    }

    /// Shows what has come so far, then clears what was only temporary.
    pub fn finish(mut self) {
        let _ = self.sender.send(Message::End);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
