//! The tests of the whole: the house rules, the command, the server with real clients.
