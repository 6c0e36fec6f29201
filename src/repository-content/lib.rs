//! Publishes, serves, pulls through, resolves virtual repositories and collects garbage.
