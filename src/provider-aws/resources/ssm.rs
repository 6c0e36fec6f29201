//! Parameters: the types of Systems Manager.

pub(crate) mod parameter;
