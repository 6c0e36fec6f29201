//! The builtin types that live in the state alone: terraform_data, random_password, random_id.
