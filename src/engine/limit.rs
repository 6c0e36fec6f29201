//! How many operations may be under way for one provider configuration and region: additive increase,
//! multiplicative decrease. Throttling answers halve the number, success raises it again, one by one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// Throttling answers that come so soon after one another are of one burst, and halve the limit once: the
/// calls were under way together.
const BURST: Duration = Duration::from_secs(1);

/// The limits of all providers and regions.
#[derive(Debug)]
pub(crate) struct Limits {
    most: usize,
    windows: HashMap<(String, Option<String>), Arc<Limit>>,
}

/// One limit.
#[derive(Debug)]
pub(crate) struct Limit {
    most: usize,
    window: Mutex<Window>,
    changed: Notify,
}

#[derive(Debug)]
struct Window {
    /// How many may be under way.
    size: usize,
    under_way: usize,
    /// Successes since the size changed: as many as the size raise it by one.
    successes: usize,
    /// When throttling last halved the size.
    halved: Option<Instant>,
}

/// How an operation ended, as far as the limit is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Success,
    /// A mistake that says nothing about the number of calls.
    Failure,
    Throttled,
}

impl Limits {
    /// Nobody may have more than `most` under way.
    pub(crate) fn new(most: usize) -> Self {
        Self { most: most.max(1), windows: HashMap::new() }
    }

    pub(crate) fn of(&mut self, provider: &str, region: Option<&str>) -> Arc<Limit> {
        let key = (provider.to_owned(), region.map(str::to_owned));
        self.windows.entry(key).or_insert_with(|| Arc::new(Limit::new(self.most))).clone()
    }
}

impl Limit {
    fn new(most: usize) -> Self {
        let window = Mutex::new(Window { size: most, under_way: 0, successes: 0, halved: None });
        Self { most, window, changed: Notify::new() }
    }

    /// Waits until one more may be under way.
    pub(crate) async fn enter(&self) {
        loop {
            let changed = self.changed.notified();
            if self.try_enter() {
                return;
            }
            changed.await;
        }
    }

    fn try_enter(&self) -> bool {
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        let free = window.under_way < window.size;
        window.under_way += usize::from(free);
        free
    }

    /// One is no longer under way; its answer moves the limit.
    pub(crate) fn leave(&self, answer: Answer) {
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        window.under_way = window.under_way.saturating_sub(1);
        match answer {
            Answer::Throttled => window.halve(Instant::now()),
            Answer::Success if window.size < self.most => {
                window.successes += 1;
                if window.successes >= window.size {
                    window.size += 1;
                    window.successes = 0;
                }
            }
            Answer::Success | Answer::Failure => {}
        }
        drop(window);
        self.changed.notify_waiters();
    }

    /// A call was throttled, and its operation goes on all the same: fewer are to be under way from now on.
    pub(crate) fn slow_down(&self) {
        self.window.lock().unwrap_or_else(PoisonError::into_inner).halve(Instant::now());
    }

    #[cfg(test)]
    fn size(&self) -> usize {
        self.window.lock().unwrap().size
    }
}

impl Window {
    fn halve(&mut self, now: Instant) {
        self.successes = 0;
        if self.halved.is_none_or(|halved| now.duration_since(halved) >= BURST) {
            self.size = (self.size / 2).max(1);
            self.halved = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(limit: &Limit, answers: &[Answer]) -> usize {
        for answer in answers {
            assert!(limit.try_enter());
            limit.leave(*answer);
        }
        limit.size()
    }

    #[test]
    fn throttling_halves_and_success_raises_one_by_one() {
        let limit = Limits::new(8).of("aws", Some("eu"));
        assert_eq!(answer(&limit, &[Answer::Throttled]), 4);
        assert_eq!(answer(&limit, &[Answer::Success; 3]), 4);
        assert_eq!(answer(&limit, &[Answer::Success]), 5);
        assert_eq!(answer(&limit, &[Answer::Success, Answer::Failure, Answer::Success]), 5);
        assert_eq!(answer(&limit, &[Answer::Success; 100]), 8);
    }

    #[test]
    fn a_burst_of_throttling_halves_once_and_the_next_burst_again() {
        let limit = Limits::new(8).of("aws", None);
        let start = Instant::now();
        let halve =
            |millis| limit.window.lock().unwrap().halve(start + Duration::from_millis(millis));
        [0, 10, 900].into_iter().for_each(halve);
        assert_eq!(limit.size(), 4);
        [1000, 2000, 3000, 4000].into_iter().for_each(halve);
        assert_eq!(limit.size(), 1, "there is always one");
    }

    #[test]
    fn an_operation_that_is_under_way_can_slow_the_others_down() {
        let limit = Limits::new(8).of("aws", None);
        assert!(limit.try_enter());
        limit.slow_down();
        assert_eq!(limit.size(), 4);
        limit.leave(Answer::Success);
        assert_eq!(limit.size(), 4);
    }

    #[test]
    fn each_provider_and_region_has_its_own() {
        let mut limits = Limits::new(4);
        answer(&limits.of("aws", Some("eu")), &[Answer::Throttled]);
        assert_eq!(limits.of("aws", Some("eu")).size(), 2);
        assert_eq!(limits.of("aws", Some("us")).size(), 4);
        assert_eq!(limits.of("aws.west", Some("eu")).size(), 4);
    }

    #[tokio::test]
    async fn who_has_no_place_waits_for_one() {
        let limit = Limits::new(1).of("aws", None);
        limit.enter().await;
        let other = limit.clone();
        let waiting = tokio::spawn(async move { other.enter().await });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        limit.leave(Answer::Success);
        waiting.await.unwrap();
        assert!(!limit.try_enter());
    }
}
