//! Options about the lock of the state.

use std::time::Duration;

use crate::duration;

/// Whether and how long to wait for the lock.
#[derive(Clone, Debug, clap::Args)]
pub struct LockFlags {
    /// Hold the lock of the state while the command runs
    #[arg(long, value_name = "BOOL", default_value_t = true, num_args = 0..=1,
          default_missing_value = "true", require_equals = true, action = clap::ArgAction::Set)]
    pub lock: bool,
    /// Wait so long for a lock that someone else holds
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration::parse)]
    pub lock_timeout: Duration,
}
