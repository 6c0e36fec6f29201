//! AWS for tests: moto behind a proxy that injects faults and adds what moto lacks.
//!
//! ```text
//! artiform --> Proxy --> faults (rules/*) --> overlay/* --> moto
//! the test --------------------- boto3 -----------------> moto
//! ```
//!
//! A test takes a [`Cloud`]: an account of its own on a server that tests of the executable share, and a
//! proxy of its own before it. What the world looks like is asked through boto3, never through our own reader.

#[cfg(test)]
mod against_moto;
pub mod answer;
pub mod call;
pub mod clock;
pub mod cloud;
pub mod moto;
pub mod overlay;
pub mod proxy;
mod python;
pub mod record;
pub mod rule;
pub mod rules;
pub mod upstream;
mod xml;

pub use cloud::Cloud;
pub use proxy::Proxy;
pub use rule::{Rule, When};
