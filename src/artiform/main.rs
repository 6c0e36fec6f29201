//! The `artiform` command.

fn main() {}
