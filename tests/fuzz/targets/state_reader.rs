//! State of any bytes: it is read or refused.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bodies::state_reader(bytes));
