//! Package formats as pure dialects: requests, uploads, indexes, error bodies.
