//! How many columns a text takes when cells are lined up.

use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

const ZERO_WIDTH_JOINER: char = '\u{200d}';

/// Counts the graphemes of a text, line breaks included: each takes one column, however wide a
/// terminal draws it, as Terraform counts.
pub(super) fn columns(text: &str) -> usize {
    if text.is_ascii() && !text.contains('\r') {
        return text.len();
    }
    text.graphemes(true).map(|grapheme| 1 + joined_consonants(grapheme)).sum()
}

/// Counts the consonants that only a conjunct of an Indic script joins to the grapheme. Unicode
/// 15.1 joins them; Terraform counts by Unicode 15.0, where each begins a grapheme of its own.
fn joined_consonants(grapheme: &str) -> usize {
    let joins = |character: char| is_combining_mark(character) || character == ZERO_WIDTH_JOINER;
    let pairs = grapheme.chars().zip(grapheme.chars().skip(1));
    pairs.filter(|(before, after)| joins(*before) && is_indic_letter(*after)).count()
}

/// Tells whether a character is a letter of a script that writes conjuncts.
fn is_indic_letter(character: char) -> bool {
    let is_script = matches!(
        u32::from(character),
        0x0900..=0x0dff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x1a20..=0x1bff | 0xa800..=0xabff
            | 0x10a00..=0x11fff
    );
    is_script && character.is_alphabetic() && !is_combining_mark(character)
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
            ("👨\u{200d}👩\u{200d}👧", 1),
            ("🇫🇷🇩🇪", 2),
            ("a\r\nb", 3),
            ("क्षा", 2),
            ("ស្ត្រ", 3),
        ] {
            assert_eq!(columns(text), expected, "{text:?}");
        }
    }
}
