//! Fixtures, fault injection and real-client helpers for tests.
//!
//! Everything here panics with a message that says what was expected: a helper that cannot do its work is
//! a failed test.

pub mod aws;
pub mod binary;
pub mod clients;
pub mod http;
pub mod patience;
pub mod port;
pub mod processes;
pub mod project;
pub mod random;
pub mod run;
pub mod site;

pub use project::Project;
pub use run::Run;
pub use site::Site;
