//! How many operations may be under way for one provider configuration and region: additive increase,
//! multiplicative decrease. Throttling answers halve the number, success raises it again, one by one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

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
        let window = Mutex::new(Window { size: most, under_way: 0, successes: 0 });
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
            Answer::Throttled => {
                window.size = (window.size / 2).max(1);
                window.successes = 0;
            }
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

    #[cfg(test)]
    fn size(&self) -> usize {
        self.window.lock().unwrap().size
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
        assert_eq!(answer(&limit, &[Answer::Throttled; 5]), 1);
        assert_eq!(answer(&limit, &[Answer::Success]), 2);
        assert_eq!(answer(&limit, &[Answer::Success, Answer::Failure, Answer::Success]), 3);
        assert_eq!(answer(&limit, &[Answer::Success; 100]), 8);
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
