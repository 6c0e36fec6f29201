//! Labels of blocks: what a label as written stands for, and how it is written canonically.

/// Text that the inside of a quoted label stands for. The scanner has checked its escapes.
pub(super) fn unescape(literal: &str) -> Option<String> {
    let mut text = String::with_capacity(literal.len());
    let mut rest = literal.chars();
    while let Some(character) = rest.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        text.push(match rest.next()? {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => code_point(&mut rest, 4)?,
            'U' => code_point(&mut rest, 8)?,
            other => other,
        });
    }
    Some(text)
}

fn code_point(rest: &mut std::str::Chars<'_>, digits: usize) -> Option<char> {
    let code: String = rest.by_ref().take(digits).collect();
    char::from_u32(u32::from_str_radix(&code, 16).ok()?)
}

/// Inside of the quotes for a label of this text.
pub(super) fn escape(text: &str) -> String {
    let mut literal = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            other if is_invisible(other) && u32::from(other) > 0xffff => {
                literal.push_str(&format!("\\U{:08x}", u32::from(other)));
            }
            other if is_invisible(other) => {
                literal.push_str(&format!("\\u{:04x}", u32::from(other)));
            }
            other => literal.push(other),
        }
    }
    literal
}

/// Tells whether a character would not be seen: control, format, private use, and every space but
/// the ordinary one.
fn is_invisible(character: char) -> bool {
    if character == ' ' {
        return false;
    }
    character.is_control()
        || character.is_whitespace()
        || matches!(
            u32::from(character),
            0xad | 0x600..=0x605 | 0x61c | 0x6dd | 0x70f | 0x180e | 0x200b..=0x200f
                | 0x202a..=0x202e | 0x2060..=0x206f | 0xe000..=0xf8ff | 0xfeff | 0xfff9..=0xfffb
                | 0xe0001..=0xe007f | 0xf0000..=0x10_ffff
        )
}
