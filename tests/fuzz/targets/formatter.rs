//! Sources of any bytes: what can be formatted keeps its meaning and stays as it is the next time.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bodies::formatter(bytes));
