//! Reads a stack folder and its modules into one typed tree.
//!
//! [`load`] reads files, knows every block and argument of the language, resolves modules, lowers
//! topologies into modules and checks every reference; it evaluates nothing but what must be
//! literal. [`values::gather`] collects the values of input variables from where people give them.

pub mod address;
#[cfg(test)]
mod cases;
mod constant;
mod decode;
mod files;
mod load;
pub mod module;
mod overrides;
pub mod package;
pub mod provisioner;
pub mod reference;
pub mod resource;
mod schema;
pub mod stack;
pub mod test_file;
mod topology;
mod validate;
pub mod values;
pub mod version;

pub use address::{Target, TargetStep};
pub use constant::key as literal_key;
pub use load::{Loaded, load, load_beside};
pub use module::{
    CallKey, Check, CheckRule, Import, Local, Module, ModuleCall, Moved, MovedEndpoint, Output,
    ProviderBlock, ProviderRef, Removed, RequiredProvider, Variable,
};
pub use provisioner::{OnFailure, Provisioner, When};
pub use reference::{Referent, named_span, referent};
pub use resource::{IgnoreChanges, Lifecycle, Resource, ResourceKey};
pub use schema::known_place as place;
pub use stack::{Backend, Config, RegionBlock, Stack};
pub use test_file::{MockProvider, Override, OverrideKind, RunBlock, TestFile};
pub use validate::{declares, expression as check_expression};
