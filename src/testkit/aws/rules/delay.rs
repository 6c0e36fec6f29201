//! A call takes time.

use std::ops::RangeInclusive;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;

use crate::aws::rule::{Exchange, Rule, Verdict};
use crate::random::Random;

/// Holds a call back before it goes on.
#[derive(Debug)]
pub struct Delay {
    ms: RangeInclusive<u64>,
    random: Mutex<Random>,
}

impl Delay {
    /// The same for each call.
    #[must_use]
    pub fn of(time: Duration) -> Self {
        let ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        Self::between(ms..=ms, 0)
    }

    /// A number of milliseconds in this range, drawn with a seed.
    #[must_use]
    pub fn between(ms: RangeInclusive<u64>, seed: u64) -> Self {
        Self { ms, random: Mutex::new(Random::from_seed(seed)) }
    }

    fn draw(&self) -> Duration {
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        Duration::from_millis(self.ms.start() + random.below(self.ms.end() - self.ms.start() + 1))
    }
}

impl Rule for Delay {
    fn before<'a>(&'a self, _exchange: &'a Exchange) -> BoxFuture<'a, Verdict> {
        Box::pin(async {
            tokio::time::sleep(self.draw()).await;
            Verdict::Pass
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::aws::rule::When;
    use crate::aws::rule::tests::{Echo, send};
    use crate::aws::upstream::Upstream;

    #[test]
    fn a_delayed_call_still_has_its_effect() {
        let echo = Echo::default();
        let upstream = Upstream::backend(echo.clone());
        let started = Instant::now();
        let rules = [When::always().rule(Delay::of(Duration::from_millis(30)))];
        assert!(send(&rules, &upstream, 1, "Action=CreateVpc").is_some());
        assert!(started.elapsed() >= Duration::from_millis(30));
        assert_eq!(echo.count(), 1);
    }

    #[test]
    fn drawn_times_stay_in_the_range() {
        let delay = Delay::between(100..=200, 3);
        let drawn: Vec<u128> = (0..50).map(|_| delay.draw().as_millis()).collect();
        assert!(drawn.iter().all(|ms| (100..=200).contains(ms)), "{drawn:?}");
        assert!(drawn.iter().any(|ms| *ms != drawn[0]));
    }
}
