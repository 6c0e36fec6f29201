//! The text of string literals: escapes, and NFC.

use diagnostics::{Diagnostic, Diagnostics, Span};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::Name;
use crate::display::go_quoted;

/// The text in NFC, which every string and name of the language is in.
pub(super) fn normalised(text: &str) -> Name {
    if text.is_ascii() || is_nfc(text) {
        Name::from(text)
    } else {
        text.nfc().collect::<String>().into()
    }
}

/// The text of a piece of a heredoc or template: only `$${` and `%%{` are escapes.
pub(super) fn bare(text: &str) -> &str {
    if text.starts_with("$${") || text.starts_with("%%{") { &text[1..] } else { text }
}

/// The text of a piece between quotes; mistakes in escapes are reported at their places.
pub(super) fn quoted(text: &str, span: Span, found: &mut Diagnostics) -> String {
    let text = bare(text);
    if !text.contains('\\') {
        return text.to_string();
    }
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        result.push_str(&rest[..at]);
        let escape = &rest[at..];
        let (length, outcome) = unescape(escape);
        match outcome {
            Ok(c) => result.push(c),
            Err(detail) => {
                let start = span.start as usize + (text.len() - escape.len());
                let place = Span::new(span.file, start, start + length);
                found.push(Diagnostic::error("Invalid escape sequence", detail).at(place));
            }
        }
        rest = &escape[length..];
    }
    result.push_str(rest);
    result
}

/// The length of an escape, and the character that it stands for.
fn unescape(escape: &str) -> (usize, Result<char, String>) {
    let Some(selector) = escape[1..].chars().next() else {
        let detail = "Backslash must be followed by an escape sequence selector character.";
        return (1, Err(detail.into()));
    };
    let plain = match selector {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '"' | '\\' => selector,
        'u' => {
            return code_point(
                escape,
                4,
                "The \\u escape sequence must be followed by four hexadecimal digits.",
            );
        }
        'U' => {
            return code_point(
                escape,
                8,
                "The \\U escape sequence must be followed by eight hexadecimal digits.",
            );
        }
        _ => {
            let symbol = go_quoted(&selector.to_string());
            let detail = format!("The symbol {symbol} is not a valid escape sequence selector.");
            return (1 + selector.len_utf8(), Err(detail));
        }
    };
    (2, Ok(plain))
}

fn code_point(escape: &str, digits: usize, wrong: &str) -> (usize, Result<char, String>) {
    let found = escape.bytes().skip(2).take(digits).take_while(u8::is_ascii_hexdigit).count();
    if found < digits {
        return (2 + found, Err(wrong.into()));
    }
    let code = u32::from_str_radix(&escape[2..2 + digits], 16).unwrap_or(u32::MAX);
    let c = char::from_u32(code);
    (2 + digits, c.ok_or_else(|| format!("Cannot encode character U+{code:04x} in UTF-8.")))
}
