//! The slot in which a provider works: it counts as one call in flight, and is given back while nothing is asked.
//!
//! The engine starts everything that it asks of a provider in a slot of the [`Limit`] of that provider and
//! region, so that a provider that knows nothing of slots keeps within the limit. What makes it better than
//! that are three functions: [`pause`] is the only way to sleep in a provider (tests/tidy refuses every other),
//! [`each`] the way to make many calls at once, and [`throttled`] tells what the world thinks of it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::join_all;

use crate::limit::{Limit, Permit, Turn};

tokio::task_local! {
    /// The slot of the operation that is polled.
    static SLOT: Arc<Slot>;
}

/// The right of one operation to call the world, call after call.
#[derive(Debug)]
pub struct Slot {
    limit: Arc<Limit>,
    /// None while the operation only waits.
    permit: Mutex<Option<Permit>>,
}

impl Limit {
    /// Waits for a slot in which something may begin.
    pub async fn slot(self: &Arc<Self>) -> Slot {
        Slot::taking(self, Turn::Begin).await
    }

    /// Waits for a slot, and does something in it.
    pub async fn run<T>(self: &Arc<Self>, work: impl Future<Output = T>) -> T {
        self.slot().await.run(work).await
    }

    async fn run_part<T>(self: Arc<Self>, part: impl Future<Output = T>) -> T {
        Slot::taking(&self, Turn::Resume).await.run(part).await
    }
}

impl Slot {
    async fn taking(limit: &Arc<Limit>, turn: Turn) -> Self {
        let permit = Mutex::new(Some(limit.enter(turn).await));
        Self { limit: limit.clone(), permit }
    }

    /// Does something in the slot, which is given back at the end. Nothing that is done in a slot may wait for
    /// another one of the same limit but by [`each`].
    pub async fn run<T>(self, work: impl Future<Output = T>) -> T {
        SLOT.scope(Arc::new(self), work).await
    }

    fn replace(&self, permit: Option<Permit>) -> Option<Permit> {
        std::mem::replace(&mut *self.permit.lock().unwrap_or_else(PoisonError::into_inner), permit)
    }
}

/// Sleeps. Meanwhile others may call; the slot is there again when it returns.
pub async fn pause(length: Duration) {
    waiting(tokio::time::sleep(length)).await;
}

/// Waits for something that asks nothing of the world. Meanwhile others may call; the slot is there again
/// when it returns.
pub async fn waiting<T>(idle: impl Future<Output = T>) -> T {
    let Ok(slot) = SLOT.try_with(Arc::clone) else { return idle.await };
    let held = slot.replace(None).is_some();
    let outcome = idle.await;
    if held {
        let permit = slot.limit.enter(Turn::Resume).await;
        slot.replace(Some(permit));
    }
    outcome
}

/// Does all parts of an operation, each in a slot of its own, so that as many are done at once as the limit
/// lets through. The outcomes stand in the order of the parts.
pub async fn each<T, P: Future<Output = T>>(parts: impl IntoIterator<Item = P>) -> Vec<T> {
    match SLOT.try_with(|slot| slot.limit.clone()) {
        Ok(limit) => {
            waiting(join_all(parts.into_iter().map(|part| limit.clone().run_part(part)))).await
        }
        Err(_) => join_all(parts).await,
    }
}

/// Says that the world found too many calls in flight, as soon as it answers so, also where the call is tried
/// again and works in the end.
pub fn throttled() {
    // Without a slot nobody counts.
    let _ = SLOT.try_with(|slot| slot.limit.throttled());
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Barrier;

    use super::*;
    use crate::Limits;

    /// Counts how many are inside at once.
    #[derive(Default)]
    struct Gauge {
        inside: AtomicUsize,
        most: AtomicUsize,
    }

    impl Gauge {
        async fn call(&self) {
            let inside = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(inside, Ordering::SeqCst);
            tokio::task::yield_now().await;
            self.inside.fetch_sub(1, Ordering::SeqCst);
        }
    }

    /// Ends only if all wait at once, and fails after a while if they do not.
    async fn all_wait(waiters: usize, limit: &Arc<Limit>, gauge: &Gauge) {
        let everybody = Barrier::new(waiters);
        let operation = || async {
            gauge.call().await;
            waiting(everybody.wait()).await;
            gauge.call().await;
        };
        let operations = (0..waiters).map(|_| limit.run(operation()));
        let together = tokio::time::timeout(Duration::from_secs(20), join_all(operations));
        together.await.expect("who waits holds no slot");
    }

    #[tokio::test]
    async fn twenty_wait_at_once_where_two_may_call() {
        let (limit, gauge) = (Limits::new(2).of("aws", None), Gauge::default());
        all_wait(20, &limit, &gauge).await;
        assert_eq!(gauge.most.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn parts_take_the_slots_that_are_free() {
        let (limit, gauge) = (Limits::new(3).of("aws", None), Gauge::default());
        let parts = (0..9).map(|part| {
            let gauge = &gauge;
            async move {
                gauge.call().await;
                // A part may have parts.
                let inner = each([0, 1].map(|n| async move {
                    gauge.call().await;
                    n
                }))
                .await;
                (part, inner)
            }
        });
        let outcomes = limit.run(each(parts)).await;
        assert!(outcomes.into_iter().eq((0..9).map(|part| (part, vec![0, 1]))));
        assert_eq!(gauge.most.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn one_slot_is_enough_for_parts_and_pauses() {
        let limit = Limits::new(1).of("aws", None);
        let part = |n: u32| async move {
            pause(Duration::from_millis(1)).await;
            n
        };
        assert_eq!(limit.run(each([part(1), part(2)])).await, [1, 2]);
        limit.run(async {}).await;
    }

    #[tokio::test]
    async fn an_operation_that_is_throttled_slows_the_others_down() {
        let limit = Limits::new(8).of("aws", None);
        limit.run(async { throttled() }).await;
        assert_eq!(limit.size(), 4);
        throttled();
        assert_eq!(limit.size(), 4, "nobody counts outside a slot");
    }

    #[tokio::test]
    async fn what_is_dropped_gives_its_slot_back() {
        let limit = Limits::new(1).of("aws", None);
        let never = limit.run(std::future::pending::<()>());
        assert!(tokio::time::timeout(Duration::from_millis(1), never).await.is_err());
        limit.run(async {}).await;
    }
}
