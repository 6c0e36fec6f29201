//! The builtin types that live in states alone: terraform_data, terraform_remote_state, random_password, random_id.
//!
//! Two providers stand here: `terraform` with `terraform_data` and `terraform_remote_state`, and `random` with the types of
//! the random provider under the names, arguments and attributes that people know.

#![expect(
    clippy::result_large_err,
    reason = "a diagnostic is made once per failed operation, never in a loop"
)]

use std::sync::Arc;

use provider::Provider;

mod entropy;
mod random;
mod remote_state;
mod state_only;
mod terraform;
mod terraform_data;

pub use random::RandomProvider;
pub use terraform::TerraformProvider;

/// Every provider of this crate.
pub fn providers() -> Vec<Arc<dyn Provider>> {
    vec![Arc::new(RandomProvider::new()), Arc::new(TerraformProvider::new())]
}
