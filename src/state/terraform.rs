//! Reads the state of Terraform and OpenTofu (version 4) into ours.

use std::collections::BTreeMap;

use crate::{InstanceState, OutputState, StateError};

/// What a Terraform state holds, in our words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TerraformImport {
    /// The lineage that it had there.
    pub lineage: String,
    /// The serial that it had there.
    pub serial: u64,
    /// Instances, sorted by address.
    pub instances: Vec<InstanceState>,
    /// Outputs of the root module.
    pub outputs: BTreeMap<String, OutputState>,
}

/// Reads a version 4 state file.
///
/// # Errors
/// [`StateError::TerraformState`] when it is not JSON, of another version, or lacks what it must have.
pub fn import_terraform(bytes: &[u8]) -> Result<TerraformImport, StateError> {
    let _ = bytes;
    Err(StateError::TerraformState { reason: "not yet".into() })
}
