//! Checks that hold for every format; a new format is done when they pass.

/// See the tests below.
pub const VERSION: u32 = 1;
