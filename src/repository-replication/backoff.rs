//! How long to wait before a target that failed is tried again.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(50);
/// Low, because a target that comes back should catch up at once; one connection attempt every
/// two seconds is nothing to anybody.
const LONGEST: Duration = Duration::from_secs(2);

/// Doubles with every failure, with jitter so that many senders do not come back in step.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    failures: u32,
}

impl Backoff {
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }

    pub(crate) fn next(&mut self) -> Duration {
        let base = FIRST.saturating_mul(1 << self.failures.min(10)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        base.mul_f64(0.5 + 0.5 * fraction())
    }
}

/// Between 0 and 1. Without randomness there is no jitter, which is no failure.
fn fraction() -> f64 {
    let mut bytes = [0; 2];
    if getrandom::fill(&mut bytes).is_err() {
        return 1.0;
    }
    f64::from(u16::from_le_bytes(bytes)) / f64::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_low_ceiling() {
        let mut backoff = Backoff::default();
        assert!(backoff.next() <= FIRST);
        let longest = (0..100).map(|_| backoff.next()).max().unwrap();
        assert!(longest <= LONGEST && longest >= LONGEST / 2);
        backoff.reset();
        assert!(backoff.next() <= FIRST);
    }
}
