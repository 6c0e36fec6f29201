//! How long to wait before something is tried or looked at again.

use std::time::{Duration, Instant};

use crate::failure::{AwsError, Reason};

/// How often a call is tried whose whole answer cannot be read.
const UNREADABLE: u32 = 3;

/// Growing pauses up to a deadline.
pub(crate) struct Backoff {
    next: Duration,
    most: Duration,
    deadline: Instant,
    unreadable: u32,
}

impl Backoff {
    /// Pauses from a fifth of a second to ten seconds, for as long as `patience`.
    pub(crate) fn new(patience: Duration) -> Self {
        let deadline = Instant::now() + patience;
        let (next, most) = (Duration::from_millis(200), Duration::from_secs(10));
        Self { next, most, deadline, unreadable: 0 }
    }

    /// Waits; false when the patience is at its end.
    pub(crate) async fn pause(&mut self) -> bool {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return false;
        }
        provider::pause(self.next.min(left)).await;
        self.next = (self.next * 8 / 5).min(self.most);
        true
    }

    /// Waits after a failure that may pass; false where it is not worth it. An answer that cannot be read
    /// will hardly be another one the next time, so that it is borne only a few times.
    pub(crate) async fn bears(&mut self, error: &AwsError) -> bool {
        self.unreadable += u32::from(error.reason == Reason::Unreadable);
        error.may_pass() && self.unreadable < UNREADABLE && self.pause().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_cannot_be_read_is_asked_for_a_few_times_only() {
        let error = |reason| AwsError { reason, ..AwsError::refused("s3:X", "", "") };
        let mut backoff = Backoff::new(Duration::from_secs(3600));
        assert!(backoff.bears(&error(Reason::Unreadable)).await);
        assert!(backoff.bears(&error(Reason::Throttled)).await);
        assert!(backoff.bears(&error(Reason::Unreadable)).await);
        assert!(!backoff.bears(&error(Reason::Unreadable)).await);
        assert!(!Backoff::new(Duration::from_secs(3600)).bears(&error(Reason::Refused)).await);
        assert!(!Backoff::new(Duration::ZERO).bears(&error(Reason::Lost)).await);
    }
}
