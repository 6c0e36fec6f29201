//! How many columns a text takes when cells are lined up.

use crate::graphemes::graphemes;

/// Counts the graphemes of a text, line breaks included: each takes one column, however wide a
/// terminal draws it, as Terraform counts.
pub(super) fn columns(text: &str) -> usize {
    if text.is_ascii() && !text.contains('\r') {
        return text.len();
    }
    graphemes(text).count()
}

#[cfg(test)]
mod tests {
    use super::columns;

    #[test]
    fn graphemes_take_one_column_each() {
        for (text, expected) in [
            ("", 0),
            ("abc", 3),
            ("日本", 2),
            ("e\u{301}", 1),
            ("🇫🇷🇩🇪", 2),
            ("a\r\nb", 3),
            ("क्षा", 2),
        ] {
            assert_eq!(columns(text), expected, "{text:?}");
        }
    }
}
