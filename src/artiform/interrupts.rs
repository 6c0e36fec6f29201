//! Ctrl-C: once to stop in good order, twice to leave at once.

use std::io;

use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::ui::Ui;
use crate::world;

/// Exit code of a process that a second interrupt ended.
const INTERRUPTED: i32 = 1;

/// SIGINT and SIGTERM, which mean the same here. From its making on neither ends the process by itself.
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// Needs the context of a runtime.
    pub fn new() -> io::Result<Self> {
        let interrupt = signal(SignalKind::interrupt())?;
        Ok(Self { interrupt, terminate: signal(SignalKind::terminate())? })
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Listens from now on; the receiver turns true at the first interrupt.
pub fn listen(runtime: &Runtime, ui: &Ui) -> io::Result<watch::Receiver<bool>> {
    let _context = runtime.enter();
    let mut signals = Signals::new()?;
    let (sender, receiver) = watch::channel(false);
    let ui = ui.clone();
    runtime.spawn(async move {
        signals.next().await;
        ui.note(
            "\nInterrupt received.\nPlease wait for artiform to finish what is under way and to record it, \
             or interrupt again to exit at once.\n",
        );
        // Nobody may be waiting any more, which is as good.
        let _ = sender.send(true);
        signals.next().await;
        ui.note(
            "\nTwo interrupts received. Exiting immediately. What was under way is in the journal; \
             the next command takes it up.\n",
        );
        world::exit_now(INTERRUPTED);
    });
    Ok(receiver)
}

/// Waits until the first interrupt has come.
pub async fn received(mut stop: watch::Receiver<bool>) {
    if stop.wait_for(|stopped| *stopped).await.is_err() {
        std::future::pending::<()>().await;
    }
}
