//! The `artiform` command: reads the command line, runs one command, ends with its exit code.

use std::process::ExitCode;

mod address;
mod arguments;
#[cfg(test)]
mod cases;
mod cli;
mod commands;
mod context;
mod dispatch;
mod duration;
mod flags;
mod interrupts;
mod misuse;
mod modules;
mod plan_file;
mod planning;
mod providers;
mod recorded;
mod refused;
mod stack;
mod stack_folder;
mod stack_state;
mod test;
mod ui;
mod validation;
mod views;
mod workspace;
mod world;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // First of all, because whoever speaks TLS later takes the process-wide provider. It fails only
    // when there is one already, which is as good.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    dispatch::run(world::arguments(), world::environment())
}
