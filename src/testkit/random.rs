//! Random numbers that a failed test can be repeated with.

use std::time::{SystemTime, UNIX_EPOCH};

/// A small generator (xorshift64*). Not for secrets.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// Seeded with `ARTIFORM_TEST_SEED` where it is set, else with the time; prints the seed, which the
    /// test runner shows when the test fails.
    #[must_use]
    #[expect(
        clippy::print_stdout,
        reason = "the seed of a failed test is shown by the test runner"
    )]
    pub fn seeded() -> Self {
        let named = std::env::var("ARTIFORM_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
        let now =
            || SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |d| d.subsec_nanos().into());
        let seed: u64 = named.unwrap_or_else(now);
        println!("ARTIFORM_TEST_SEED={seed}");
        Self::from_seed(seed)
    }

    /// The same numbers again for the same seed.
    #[must_use]
    pub fn from_seed(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `bound`; 0 for a bound of 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) % bound.max(1)
    }
}
