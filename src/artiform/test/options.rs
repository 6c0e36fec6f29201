//! What the command line says about tests.

use std::path::PathBuf;

use config::values::Given;

use crate::context::Failure;
use crate::flags::VariableFlags;

/// Where test files are looked for besides the stack's folder.
pub const TEST_DIRECTORY: &str = "tests";

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
    #[arg(long, value_name = "DIR", default_value = TEST_DIRECTORY)]
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

impl TestOptions {
    /// Says which of the values on the command line are none, before anything runs.
    pub fn check_values(&self) -> Result<(), Box<Failure>> {
        for given in &self.variables.given {
            match given {
                Given::File(path) if !path.exists() => {
                    let detail = format!("Given variables file {} does not exist.", path.display());
                    return Err(Failure::error("Failed to read variables file", detail));
                }
                Given::Assignment(text) if !text.contains('=') => {
                    let detail = format!(
                        "The given -var option \"{text}\" is not correctly specified. Must be a variable name and value separated by an equals sign, like -var=\"key=value\"."
                    );
                    return Err(Failure::error("Invalid -var option", detail));
                }
                Given::File(_) | Given::Assignment(_) => {}
            }
        }
        Ok(())
    }
}
