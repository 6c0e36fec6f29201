//! Saved plans and plan JSON of any bytes: they are read or refused.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bodies::plan_reader(bytes));
