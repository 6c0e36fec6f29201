//! The HTTP server: layers, routes, authentication, metrics.
