//! Server processes on this machine, and the builtin types that have no world of their own.
