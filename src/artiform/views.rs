//! How results look: for people, and as JSON lines for programs.

pub mod apply;
pub mod explain;
pub mod json_lines;
pub mod junit;
pub mod outputs;
pub mod plan;
pub mod progress;
pub mod schema;
pub mod state;
pub mod test;
