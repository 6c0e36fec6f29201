//! What wraps a blob store: one file per decorator, listed alphabetically.

pub mod faulty;
pub mod metered;
