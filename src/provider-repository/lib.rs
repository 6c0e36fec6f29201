//! Repositories, replications and users, through the server's REST API.
