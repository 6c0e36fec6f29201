//! The repository model: local, remote, virtual, permissions, resolution. Pure.
