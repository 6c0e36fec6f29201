//! Strings as YAML scalars: in double quotes, or as a literal block.

/// How a string is written.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Style {
    Literal,
    DoubleQuoted,
}

/// The column after which the next space becomes a line break.
const WIDTH: usize = 80;

/// A string of several lines is a literal block, unless that would lose something.
pub(super) fn style(text: &str) -> Style {
    let mut previous = '\0';
    let mut safe = text.contains('\n') && !text.ends_with(' ');
    for character in text.chars() {
        safe &= is_printable(character) && !(previous == ' ' && is_break(character));
        previous = character;
    }
    if safe { Style::Literal } else { Style::DoubleQuoted }
}

/// Writes a literal block whose lines are indented by `indent`.
pub(super) fn literal(text: &str, indent: usize, out: &mut String) {
    out.push('|');
    if text.starts_with(|first| first == ' ' || is_break(first)) {
        out.push('2');
    }
    let body = text.trim_end_matches(is_break);
    match text[body.len()..].chars().count() {
        0 => out.push('-'),
        1 if !body.is_empty() => {}
        _ => out.push('+'),
    }
    out.push('\n');
    let mut fresh = true;
    for character in text.chars() {
        if is_break(character) {
            fresh = true;
        } else if std::mem::take(&mut fresh) {
            out.push_str(&" ".repeat(indent));
        }
        out.push(character);
    }
}

/// Writes a string in double quotes; with an indentation given, long ones are broken at spaces.
pub(super) fn double_quoted(text: &str, indent: Option<usize>, out: &mut String) {
    let start = out.rfind('\n').map_or(0, |end| end + 1);
    let mut column = out[start..].chars().count() + 1;
    out.push('"');
    let mut after_space = false;
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let inside = at > 0 && characters.peek().is_some();
        match indent {
            Some(indent) if character == ' ' && inside && !after_space && column > WIDTH => {
                out.push('\n');
                out.push_str(&" ".repeat(indent));
                column = indent;
                if characters.peek().is_some_and(|(_, next)| *next == ' ') {
                    out.push('\\');
                    column += 1;
                }
            }
            _ => {
                let length = out.len();
                push(character, out);
                column += out[length..].chars().count();
            }
        }
        after_space = character == ' ';
    }
    out.push('"');
}

fn push(character: char, out: &mut String) {
    let short = match character {
        '"' => '"',
        '\\' => '\\',
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '\u{85}' => 'N',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        other if is_printable(other) => {
            out.push(other);
            return;
        }
        other => {
            let code = other as u32;
            out.push_str(&match code {
                0..=0xff => format!("\\x{code:02X}"),
                0x100..=0xffff => format!("\\u{code:04X}"),
                _ => format!("\\U{code:08X}"),
            });
            return;
        }
    };
    out.push('\\');
    out.push(short);
}

fn is_break(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_printable(character: char) -> bool {
    matches!(character,
        '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
}
