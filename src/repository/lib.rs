//! The repository model: names, paths, checksums, configuration, properties, permissions and
//! the order of resolution. Pure: no files, no network, no clock.

pub mod artifact_path;
pub mod checksum;
pub mod config;
pub mod matrix;
pub mod name;
pub mod pattern;
pub mod percent;
pub mod permission;
pub mod property;
pub mod redacted;
pub mod replication;
pub mod resolution;

pub use artifact_path::{ArtifactPath, PathError};
pub use checksum::{ChecksumAlgorithm, Checksums, Digest, HexError, HexSum, Md5Sum, Sha1Sum};
pub use config::{ConfigError, RepositoryClass, RepositoryConfig};
pub use matrix::{MatrixError, MatrixParameters};
pub use name::{NameError, PackageType, RepositoryName, SiteName};
pub use pattern::{AntPattern, PathFilter};
pub use permission::matcher::{PermissionMatcher, RepositoryReference, Subject};
pub use permission::{Action, ActionSet, PermissionError, PermissionTarget};
pub use property::{Properties, PropertyError};
pub use redacted::Redacted;
pub use replication::{ReplicationConfig, ReplicationError};
pub use resolution::{ResolutionError, resolution_order};
