//! The server as two sites that apply started, spoken to by real clients.

mod clients;
mod drift;
mod replication;
mod sites;
