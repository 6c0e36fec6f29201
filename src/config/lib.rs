//! Reads a stack folder and its modules into one typed tree.
