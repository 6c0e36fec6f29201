//! The HTTP server: layers, routes, authentication, metrics.
//!
//! [`start`] opens a data folder, binds a socket and serves until it is told to stop; [`run`] does
//! the same for as long as a process lives. `stack.rs` lists the layers in their order,
//! `routes.rs` the routes; `API.md` says what a provisioner sends and receives.

mod access;
mod base_url;
mod body;
mod config;
mod data_folder;
mod error;
mod item;
mod listener;
mod logs;
mod meter;
mod reply;
mod routes;
mod server;
mod stack;
mod state;

pub use config::{Limits, LogSettings, ServerConfig};
pub use error::ServerError;
pub use server::{Running, run, start};
