//! Canonical layout of HCL source: the same bytes that `terraform fmt` writes.
//!
//! Formatting never evaluates and never builds a tree of values. The source becomes tokens
//! ([`scan`]), the grammar is checked and the few places that are rewritten are noted
//! ([`grammar`]), those are rewritten ([`rewrite`]), and then the tokens are laid out anew, line
//! by line ([`layout`], [`spacing`]). Source that does not follow the grammar is refused, so that
//! a slip of the pen is never made worse.

mod columns;
mod grammar;
mod labels;
mod layout;
mod rewrite;
mod scan;
mod spacing;
#[cfg(test)]
mod tests;
mod token;

use thiserror::Error;

/// Why a source text cannot be formatted, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct FormatError {
    /// Line of the first offending character, counted from 1.
    pub line: usize,
    /// Column of the first offending character, counted from 1 in characters (Unicode scalars).
    pub column: usize,
    /// What is wrong and what was expected, in one sentence or two.
    pub message: String,
}

/// Lays out `source` canonically.
///
/// Blank lines, comments, heredoc bodies and the presence of a final newline stay as they are;
/// indentation, spaces between tokens and the alignment of `=` and of trailing comments are set
/// anew. Beyond white space four things are rewritten, as Terraform does: labels are quoted, an
/// attribute that is nothing but `"${...}"` loses the wrapping, `type = "string"` of a variable
/// loses its quotes (`"list"` and `"map"` become `list(string)` and `map(string)`), and a bare
/// `list`, `map` or `set` becomes a collection of `any`. A byte order mark is dropped.
///
/// The result is what Terraform 1.11 writes, byte for byte, save where Terraform changes the
/// meaning of the source: it drops labels that hold `$` or `%` and the key of `a[true]` and
/// `a[null]`, and tears a value off its argument when it takes away a `"${` that a comment
/// follows. Here all of these stay.
///
/// # Errors
/// The first place where the source does not follow the native syntax of HCL.
pub fn format(source: &str) -> Result<String, FormatError> {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    let formatted = scan::scan(source).and_then(|tokens| {
        let edits = grammar::check(&tokens)?;
        Ok(layout::layout(&rewrite::apply(tokens, &edits)))
    });
    formatted.map_err(|mistake| mistake.located_in(source))
}

/// Tells whether [`format`] would leave `source` exactly as it is.
///
/// # Errors
/// As for [`format`].
pub fn is_formatted(source: &str) -> Result<bool, FormatError> {
    format(source).map(|formatted| formatted == source)
}

/// A mistake at a byte offset, before line and column are counted.
#[derive(Debug)]
struct Mistake {
    /// Bytes from the start of the source, without its byte order mark.
    offset: usize,
    message: String,
}

impl Mistake {
    fn new(offset: usize, message: impl Into<String>) -> Self {
        Self { offset, message: message.into() }
    }

    fn located_in(self, source: &str) -> FormatError {
        let before = source.get(..self.offset).unwrap_or(source);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        FormatError {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: self.message,
        }
    }
}
