//! How many calls may be in flight for one provider configuration and region: additive increase, multiplicative
//! decrease. Throttling answers halve the number, calls that were let through raise it again, one by one.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

/// Throttling answers that come so soon after one another are of one burst, and halve the limit once: the
/// calls were in flight together.
const BURST: Duration = Duration::from_secs(1);

/// A provider configuration and a region of it.
type Name = (String, Option<String>);

/// The limits of all providers and regions, those of plan and apply alike.
#[derive(Debug)]
pub struct Limits {
    most: usize,
    limits: Mutex<HashMap<Name, Arc<Limit>>>,
}

/// One limit. What may run takes a [`Slot`](crate::Slot) of it.
#[derive(Debug)]
pub struct Limit {
    most: usize,
    window: Mutex<Window>,
}

#[derive(Debug)]
struct Window {
    /// How many may be in flight.
    size: usize,
    in_flight: usize,
    /// Slots given back without throttling since the size changed: as many as the size raise it by one.
    successes: usize,
    /// How many answers were throttled: a slot during which there were any is no success.
    throttled: u64,
    /// When throttling last halved the size.
    halved: Option<Instant>,
    /// What is under way goes before what has not begun, so that things are finished and not only begun.
    resuming: VecDeque<oneshot::Sender<Permit>>,
    beginning: VecDeque<oneshot::Sender<Permit>>,
}

/// Who asks for a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// An operation that has not begun.
    Begin,
    /// One that only waited, or a part of one.
    Resume,
}

/// The right to have a call in flight, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    limit: Arc<Limit>,
    /// How many answers had been throttled when it was given.
    throttled: u64,
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.limit.give_back(self.throttled);
    }
}

impl Limits {
    /// Nobody may have more than `most` calls in flight.
    pub fn new(most: usize) -> Self {
        Self { most: most.max(1), limits: Mutex::default() }
    }

    /// The limit of a provider configuration, such as `aws.west`, in a region; none is the provider's own.
    pub fn of(&self, provider: &str, region: Option<&str>) -> Arc<Limit> {
        let name = (provider.to_owned(), region.map(str::to_owned));
        let mut limits = self.limits.lock().unwrap_or_else(PoisonError::into_inner);
        limits.entry(name).or_insert_with(|| Arc::new(Limit::new(self.most))).clone()
    }
}

impl Limit {
    fn new(most: usize) -> Self {
        Self { most, window: Mutex::new(Window::new(most)) }
    }

    /// How many calls may be in flight now.
    pub fn size(&self) -> usize {
        self.window().size
    }

    /// Waits until one more call may be in flight.
    pub(crate) async fn enter(self: &Arc<Self>, turn: Turn) -> Permit {
        loop {
            // Not in the scrutinee, which would hold the lock while it waits.
            let taken = self.window().take_or_queue(turn);
            let given = match taken {
                Ok(throttled) => return Permit { limit: self.clone(), throttled },
                Err(queued) => queued.await,
            };
            // The other end is dropped only after this one.
            if let Ok(permit) = given {
                return permit;
            }
        }
    }

    /// An answer was throttled: fewer are to be in flight from now on.
    pub(crate) fn throttled(&self) {
        let mut window = self.window();
        window.throttled += 1;
        window.halve(Instant::now());
    }

    fn give_back(self: &Arc<Self>, throttled: u64) {
        self.window().give_back(throttled, self.most);
        loop {
            // Not in the condition, which would hold the lock while the permit is sent, and perhaps dropped.
            let admitted = self.window().admit();
            let Some((queued, throttled)) = admitted else { return };
            drop(queued.send(Permit { limit: self.clone(), throttled }));
        }
    }

    fn window(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Window {
    fn new(size: usize) -> Self {
        let (resuming, beginning) = (VecDeque::new(), VecDeque::new());
        Self { size, in_flight: 0, successes: 0, throttled: 0, halved: None, resuming, beginning }
    }

    fn take_or_queue(&mut self, turn: Turn) -> Result<u64, oneshot::Receiver<Permit>> {
        if self.in_flight < self.size {
            self.in_flight += 1;
            return Ok(self.throttled);
        }
        let (sender, receiver) = oneshot::channel();
        match turn {
            Turn::Begin => self.beginning.push_back(sender),
            Turn::Resume => self.resuming.push_back(sender),
        }
        Err(receiver)
    }

    fn give_back(&mut self, throttled: u64, most: usize) {
        self.in_flight = self.in_flight.saturating_sub(1);
        if throttled == self.throttled && self.size < most {
            self.successes += 1;
            if self.successes >= self.size {
                self.size += 1;
                self.successes = 0;
            }
        }
    }

    /// Who may go next, if anybody waits and there is room. Who waits no more is passed over.
    fn admit(&mut self) -> Option<(oneshot::Sender<Permit>, u64)> {
        while self.in_flight < self.size {
            let queued = self.resuming.pop_front().or_else(|| self.beginning.pop_front())?;
            if !queued.is_closed() {
                self.in_flight += 1;
                return Some((queued, self.throttled));
            }
        }
        None
    }

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
    use futures::FutureExt;

    use super::*;

    fn enter(limit: &Arc<Limit>) -> Permit {
        limit.enter(Turn::Begin).now_or_never().expect("a free slot")
    }

    fn calls(limit: &Arc<Limit>, count: usize) -> usize {
        (0..count).for_each(|_| drop(enter(limit)));
        limit.size()
    }

    fn throttled_call(limit: &Arc<Limit>) -> usize {
        let permit = enter(limit);
        limit.throttled();
        drop(permit);
        limit.size()
    }

    #[test]
    fn throttling_halves_and_calls_let_through_raise_one_by_one() {
        let limit = Limits::new(8).of("aws", Some("eu"));
        assert_eq!(throttled_call(&limit), 4);
        assert_eq!(calls(&limit, 3), 4);
        assert_eq!(calls(&limit, 1), 5);
        assert_eq!(calls(&limit, 100), 8);
    }

    #[test]
    fn a_burst_of_throttling_halves_once_and_the_next_burst_again() {
        let limit = Limits::new(8).of("aws", None);
        let start = Instant::now();
        let halve = |millis| limit.window().halve(start + Duration::from_millis(millis));
        [0, 10, 900].into_iter().for_each(halve);
        assert_eq!(limit.size(), 4);
        [1000, 2000, 3000, 4000].into_iter().for_each(halve);
        assert_eq!(limit.size(), 1, "there is always one");
    }

    #[test]
    fn what_was_in_flight_while_another_was_throttled_raises_nothing() {
        let limit = Limits::new(2).of("aws", None);
        let in_flight = enter(&limit);
        assert_eq!(throttled_call(&limit), 1);
        drop(in_flight);
        assert_eq!(limit.size(), 1);
        assert_eq!(calls(&limit, 1), 2);
    }

    #[test]
    fn each_provider_and_region_has_its_own() {
        let limits = Limits::new(4);
        throttled_call(&limits.of("aws", Some("eu")));
        assert_eq!(limits.of("aws", Some("eu")).size(), 2);
        assert_eq!(limits.of("aws", Some("us")).size(), 4);
        assert_eq!(limits.of("aws.west", Some("eu")).size(), 4);
    }

    #[test]
    fn what_is_under_way_goes_before_what_has_not_begun() {
        let limit = Limits::new(1).of("aws", None);
        let held = enter(&limit);
        let mut begins = Box::pin(limit.enter(Turn::Begin));
        let mut resumes = Box::pin(limit.enter(Turn::Resume));
        assert!(begins.as_mut().now_or_never().is_none());
        assert!(resumes.as_mut().now_or_never().is_none());
        drop(held);
        assert!(begins.as_mut().now_or_never().is_none());
        drop(resumes.now_or_never().expect("its turn"));
        assert!(begins.now_or_never().is_some());
    }

    #[test]
    fn who_waits_no_more_keeps_nobody_waiting() {
        let limit = Limits::new(1).of("aws", None);
        let held = enter(&limit);
        let mut first = Box::pin(limit.enter(Turn::Begin));
        let mut second = Box::pin(limit.enter(Turn::Begin));
        let mut third = Box::pin(limit.enter(Turn::Begin));
        for waiting in [&mut first, &mut second, &mut third] {
            assert!(waiting.as_mut().now_or_never().is_none());
        }
        drop(first);
        drop(held);
        // The second was given the slot, and goes without having looked.
        drop(second);
        assert!(third.now_or_never().is_some());
    }
}
