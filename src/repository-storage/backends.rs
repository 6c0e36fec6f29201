//! Where blobs live: one file per backend, listed alphabetically.

pub mod filesystem;
