//! Capital and small letters, one character for one as Unicode's simple mappings have them.

/// The capital of a letter; `ß`, which has none of its own, stays.
pub(super) fn upper(character: char) -> char {
    simple_upper(character).unwrap_or_else(|| single(character, character.to_uppercase()))
}

/// The small letter of a capital.
pub(super) fn lower(character: char) -> char {
    // The full mapping of the dotted capital has a combining dot, the simple one has not.
    if character == '\u{130}' { 'i' } else { single(character, character.to_lowercase()) }
}

/// Every word's first letter as a capital.
pub(super) fn title(text: &str) -> String {
    let mut previous = ' ';
    text.chars()
        .map(|character| {
            let after = std::mem::replace(&mut previous, character);
            if separates(after) { title_letter(character) } else { character }
        })
        .collect()
}

fn single(character: char, mut mapped: impl ExactSizeIterator<Item = char>) -> char {
    match (mapped.len(), mapped.next()) {
        (1, Some(only)) => only,
        _ => character,
    }
}

/// Greek letters with iota below have a simple capital although their full one is two letters.
fn simple_upper(character: char) -> Option<char> {
    let distance = match character {
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => 8,
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => 9,
        _ => return None,
    };
    char::from_u32(character as u32 + distance)
}

fn title_letter(character: char) -> char {
    match character {
        '\u{1c4}'..='\u{1c6}' => '\u{1c5}',
        '\u{1c7}'..='\u{1c9}' => '\u{1c8}',
        '\u{1ca}'..='\u{1cc}' => '\u{1cb}',
        '\u{1f1}'..='\u{1f3}' => '\u{1f2}',
        // Georgian has capitals for headlines but none for single words.
        '\u{10d0}'..='\u{10ff}' => character,
        other => upper(other),
    }
}

fn separates(character: char) -> bool {
    if character.is_ascii() {
        return !(character.is_ascii_alphanumeric() || character == '_');
    }
    !character.is_alphanumeric() && character.is_whitespace()
}
