//! Which path in which repository holds which digest; the events of every change.
