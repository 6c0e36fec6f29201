//! Text to bodies and expressions, by the parser of hcl-rs; every mistake of a file is reported.

use diagnostics::{Diagnostics, FileId};

use crate::{Body, Expr};

/// Parses a file in native syntax; what could be read is there even when there are mistakes.
pub fn file(_source: &str, _file: FileId) -> (Body, Diagnostics) {
    unimplemented!()
}

/// Parses a file in JSON syntax (`.tf.json`); string values are templates.
pub fn json_file(_source: &str, _file: FileId) -> (Body, Diagnostics) {
    unimplemented!()
}

/// Parses one expression.
pub fn expression(_source: &str, _file: FileId) -> Result<Expr, Diagnostics> {
    unimplemented!()
}

/// Parses a template, as `templatefile` reads files.
pub fn template(_source: &str, _file: FileId) -> Result<Expr, Diagnostics> {
    unimplemented!()
}
