//! What the command line says about tests.

use std::path::PathBuf;

use crate::flags::VariableFlags;

/// The options of `artiform test`.
#[derive(Clone, Debug, clap::Args)]
pub struct TestOptions {
    /// The folder of the stack
    #[arg(value_name = "STACK", default_value = ".", hide_default_value = true)]
    pub folder: PathBuf,
    #[command(flatten)]
    pub variables: VariableFlags,
    /// Run only this test file; may be repeated
    #[arg(long, value_name = "FILE", action = clap::ArgAction::Append)]
    pub filter: Vec<String>,
    /// The folder of test files besides the stack's own
    #[arg(long, value_name = "DIR", default_value = "tests")]
    pub test_directory: PathBuf,
    /// Show the plan or the state of every run block
    #[arg(long)]
    pub verbose: bool,
    /// Write the results to this file as JUnit XML as well
    #[arg(long, value_name = "FILE")]
    pub junit_xml: Option<PathBuf>,
    /// Write one JSON object for each event
    #[arg(long)]
    pub json: bool,
}
