//! The JSON syntax: members become attributes and blocks, strings become templates.

use diagnostics::{Diagnostic, Diagnostics, FileId};

use crate::{Body, Expr};

pub(super) fn file(source: &str, file: FileId) -> (Body, Diagnostics) {
    let _ = (source, Expr::SPLAT_ITEM);
    let span = diagnostics::Span::new(file, 0, 0);
    (Body::empty(span), Diagnostic::error("JSON syntax", "").into())
}
