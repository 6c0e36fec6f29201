//! Characters as people see them, counted as Terraform counts them.

use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

const ZERO_WIDTH_JOINER: char = '\u{200d}';

/// The graphemes of a text by Unicode 15.0, which Terraform goes by: since 15.1 a conjunct of an Indic script
/// joins its consonants, each of which begins a grapheme here.
pub(crate) fn graphemes(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.graphemes(true).flat_map(|grapheme| {
        let mut parts = Vec::new();
        let mut rest = grapheme;
        while let Some(at) = last_consonant(rest) {
            let (before, part) = rest.split_at(at);
            parts.push(part);
            rest = before;
        }
        std::iter::once(rest).chain(parts.into_iter().rev())
    })
}

/// What of a text is sure to begin whatever it is the start of: a character that follows may join
/// the last one, unless that is of the punctuation which nothing joins.
pub(crate) fn certain_prefix(text: &str) -> &str {
    let stands_alone = |last: char| {
        last == '\t' || last == ' ' || (last.is_ascii_punctuation() && !"<=>`~".contains(last))
    };
    match graphemes(text).next_back() {
        Some(last) if !text.ends_with(stands_alone) => &text[..text.len() - last.len()],
        _ => text,
    }
}

/// Where the last consonant begins that only a conjunct joins to the grapheme.
fn last_consonant(grapheme: &str) -> Option<usize> {
    let joins = |character: char| is_combining_mark(character) || character == ZERO_WIDTH_JOINER;
    let pairs = grapheme.char_indices().zip(grapheme.char_indices().skip(1));
    pairs
        .filter(|((_, before), (_, after))| joins(*before) && is_indic_letter(*after))
        .last()
        .map(|(_, (at, _))| at)
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
    use super::{certain_prefix, graphemes};

    #[test]
    fn what_may_be_joined_is_not_certain() {
        for (text, certain) in
            [("", ""), ("x", ""), ("xy", "x"), ("x-", "x-"), ("a e\u{301}", "a "), ("a<", "a")]
        {
            assert_eq!(certain_prefix(text), certain);
        }
    }

    #[test]
    fn consonants_of_a_conjunct_are_graphemes() {
        for (text, expected) in [
            ("", &[][..]),
            ("ab", &["a", "b"]),
            ("a\r\nb", &["a", "\r\n", "b"]),
            ("e\u{301}x", &["e\u{301}", "x"]),
            ("👨\u{200d}👩\u{200d}👧🇫🇷", &["👨\u{200d}👩\u{200d}👧", "🇫🇷"]),
            ("नमस्ते", &["न", "म", "स्", "ते"]),
            ("ស្ត្រ", &["ស្", "ត្", "រ"]),
        ] {
            assert_eq!(graphemes(text).collect::<Vec<_>>(), expected);
            let backwards: Vec<_> = expected.iter().rev().copied().collect();
            assert_eq!(graphemes(text).rev().collect::<Vec<_>>(), backwards);
        }
    }
}
