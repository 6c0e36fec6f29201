//! Expressions and templates of any bytes: they are evaluated or refused.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bodies::evaluator(bytes));
