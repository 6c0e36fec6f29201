//! Waiting for what happens soon.

use std::time::{Duration, Instant};

/// How often it is looked.
const PAUSE: Duration = Duration::from_millis(20);

/// Looks until there is an answer, and gives it with the time that it took.
///
/// # Panics
/// When the limit passes without one.
#[track_caller]
pub fn within<T>(
    limit: Duration,
    what: &str,
    mut look: impl FnMut() -> Option<T>,
) -> (T, Duration) {
    let started = Instant::now();
    loop {
        if let Some(answer) = look() {
            return (answer, started.elapsed());
        }
        assert!(started.elapsed() < limit, "not within {limit:?}: {what}");
        std::thread::sleep(PAUSE);
    }
}
