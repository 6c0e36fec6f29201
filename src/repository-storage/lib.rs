//! Blobs by digest, and the decorators around them.
