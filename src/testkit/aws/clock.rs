//! The clock of states that take time in AWS: tests turn it, or let it run faster than the wall's.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Time since the world began. Clones show the same time.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Mutex<Face>>);

#[derive(Debug)]
struct Face {
    began: Instant,
    speed: u32,
    turned: Duration,
}

impl Clock {
    /// A clock that stands still until it is turned.
    #[must_use]
    pub fn standing() -> Self {
        Self::running(0)
    }

    /// A clock on which this many seconds pass in each second.
    #[must_use]
    pub fn running(speed: u32) -> Self {
        Self(Arc::new(Mutex::new(Face { began: Instant::now(), speed, turned: Duration::ZERO })))
    }

    /// What it shows.
    #[must_use]
    pub fn now(&self) -> Duration {
        let face = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        face.began.elapsed() * face.speed + face.turned
    }

    /// Turns it forward.
    pub fn turn(&self, by: Duration) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).turned += by;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standing_clock_moves_when_it_is_turned() {
        let clock = Clock::standing();
        let same = clock.clone();
        assert_eq!(clock.now(), Duration::ZERO);
        same.turn(Duration::from_secs(90));
        assert_eq!(clock.now(), Duration::from_secs(90));
    }
}
