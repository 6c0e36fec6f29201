//! What a backslash introduces.

use super::class::{UnicodeClass, never, perl_class};
use super::{Mistake, Translator};

impl<'p> Translator<'p> {
    /// Reads an escape outside of brackets.
    pub(super) fn escape(&mut self) -> Result<(), Mistake> {
        let after = &self.rest[1..];
        let boundary = match after.chars().next() {
            Some('A') => "\\A",
            Some('z') => "\\z",
            Some('b') => "(?-u:\\b)",
            Some('B') => "(?-u:\\B)",
            Some('C') => return Self::between(INVALID, self.rest, &after[1..]),
            Some('Q') => {
                self.quotation(&after[1..]);
                return Ok(());
            }
            Some('p' | 'P') => {
                let UnicodeClass { text, rest } = super::class::unicode_class(self.rest)?;
                self.rest = rest;
                self.operand(&text);
                return Ok(());
            }
            Some(letter) if let Some(class) = perl_class(letter) => {
                self.skip(2);
                self.operand(&format!("[{class}]"));
                return Ok(());
            }
            _ => {
                let (point, rest) = escaped(self.rest)?;
                self.rest = rest;
                match char::from_u32(point) {
                    Some(literal) => self.literal(literal),
                    None => self.operand(never()),
                }
                return Ok(());
            }
        };
        self.skip(2);
        self.operand(boundary);
        Ok(())
    }

    fn quotation(&mut self, quoted: &'p str) {
        let (literals, rest) = quoted.split_once("\\E").unwrap_or((quoted, ""));
        for literal in literals.chars() {
            self.literal(literal);
        }
        self.rest = rest;
    }
}

const INVALID: &str = "invalid escape sequence";

/// Reads the escape of one character, and gives its code point and what stands after it.
pub(super) fn escaped(text: &str) -> Result<(u32, &str), Mistake> {
    let mut rest = text[1..].chars();
    let Some(character) = rest.next() else {
        let what = "trailing backslash at end of expression";
        return Err(Mistake { what, part: String::new() });
    };
    let octal = |c: char| ('0'..='7').contains(&c);
    let point = match character {
        '0' => octal_digits(0, &mut rest),
        // One digit alone would refer to a group.
        '1'..='7' if rest.as_str().starts_with(octal) => {
            octal_digits(u32::from(character) - u32::from('0'), &mut rest)
        }
        'x' => match hexadecimal(&mut rest) {
            Some(point) => point,
            None => return Translator::between(INVALID, text, rest.as_str()),
        },
        'a' => 7,
        'f' => 12,
        'n' => 10,
        'r' => 13,
        't' => 9,
        'v' => 11,
        other if other.is_ascii() && !other.is_ascii_alphanumeric() => u32::from(other),
        _ => return Translator::between(INVALID, text, rest.as_str()),
    };
    Ok((point, rest.as_str()))
}

/// Takes up to two more octal digits.
fn octal_digits(first: u32, rest: &mut std::str::Chars<'_>) -> u32 {
    let mut value = first;
    for _ in 0..2 {
        let Some(digit) = rest.as_str().chars().next().and_then(|c| c.to_digit(8)) else { break };
        value = value * 8 + digit;
        rest.next();
    }
    value
}

/// Two hexadecimal digits, or any number of them in braces.
fn hexadecimal(rest: &mut std::str::Chars<'_>) -> Option<u32> {
    let first = rest.next()?;
    if first != '{' {
        let (high, low) = (first.to_digit(16), rest.next().and_then(|c| c.to_digit(16)));
        return Some(high? * 16 + low?);
    }
    let mut value = None;
    loop {
        let character = rest.next()?;
        if character == '}' {
            return value;
        }
        let next = value.unwrap_or(0) * 16 + character.to_digit(16)?;
        value = Some(next).filter(|point| *point <= u32::from(char::MAX));
        value?;
    }
}
