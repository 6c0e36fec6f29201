//! Fixtures, fault injection and real-client helpers for tests.
