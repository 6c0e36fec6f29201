//! How long to wait before something is tried or looked at again.

use std::time::{Duration, Instant};

/// Growing pauses up to a deadline.
pub(crate) struct Backoff {
    next: Duration,
    most: Duration,
    deadline: Instant,
}

impl Backoff {
    /// Pauses from a fifth of a second to ten seconds, for as long as `patience`.
    pub(crate) fn new(patience: Duration) -> Self {
        let deadline = Instant::now() + patience;
        Self { next: Duration::from_millis(200), most: Duration::from_secs(10), deadline }
    }

    /// Waits; false when the patience is at its end.
    pub(crate) async fn pause(&mut self) -> bool {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return false;
        }
        tokio::time::sleep(self.next.min(left)).await;
        self.next = (self.next * 8 / 5).min(self.most);
        true
    }
}
