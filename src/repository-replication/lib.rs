//! Delivers the outbox to other sites and compares them.
