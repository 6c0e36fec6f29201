//! Real servers on ports of this machine, spoken to over real HTTP. One binary; one file per area.
#![expect(clippy::unwrap_used, reason = "a test reports by panicking")]

mod administration;
mod content;
mod formats;
mod limits;
mod replication;
mod site;
mod starting;
