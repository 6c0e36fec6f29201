//! The dialect of regular expressions that Terraform users write, RE2's, put into the engine's own.
//!
//! Classes such as `\d` and the boundary `\b` know ASCII only, `\Q...\E` quotes, and inside brackets
//! no set operations exist.

use std::iter::Peekable;
use std::str::CharIndices;

use regex::Regex;

/// What is wrong with a pattern, and the part of it that is meant.
pub(super) struct Mistake {
    pub(super) what: &'static str,
    pub(super) part: String,
}

/// The most that a pattern may be repeated by a count.
const REPEAT_MAX: u32 = 1000;

/// Compiles a pattern.
pub(super) fn compile(pattern: &str) -> Result<Regex, Mistake> {
    let translated = Translator::new(pattern).run()?;
    Regex::new(&translated).map_err(|error| describe(pattern, &error.to_string()))
}

struct Translator<'a> {
    pattern: &'a str,
    characters: Peekable<CharIndices<'a>>,
    out: String,
    /// Where a repetition operator would belong to, and where the last one began.
    repeated: Option<usize>,
    operand: bool,
}

impl<'a> Translator<'a> {
    fn new(pattern: &'a str) -> Self {
        let characters = pattern.char_indices().peekable();
        Self { pattern, characters, out: String::new(), repeated: None, operand: false }
    }

    fn run(mut self) -> Result<String, Mistake> {
        while let Some((at, character)) = self.characters.next() {
            let repetition =
                matches!(character, '*' | '+' | '?') || (character == '{' && self.count(at)?);
            if repetition {
                self.repetition(at, character)?;
                continue;
            }
            self.repeated = None;
            self.operand = !matches!(character, '(' | '|');
            match character {
                '\\' => self.escape(at)?,
                '[' => self.class(at)?,
                '(' => self.group(at)?,
                // A brace that begins no count is a character like others.
                '{' | '}' => {
                    self.out.push('\\');
                    self.out.push(character);
                }
                other => self.out.push(other),
            }
        }
        Ok(self.out)
    }

    fn mistake<T>(&self, what: &'static str, from: usize, to: usize) -> Result<T, Mistake> {
        Err(Mistake { what, part: self.pattern[from..to].to_owned() })
    }

    fn position(&mut self) -> usize {
        self.characters.peek().map_or(self.pattern.len(), |(at, _)| *at)
    }

    /// Tells whether a count such as `{2,5}` begins here.
    fn count(&self, at: usize) -> Result<bool, Mistake> {
        let Some(end) = self.pattern[at..].find('}') else { return Ok(false) };
        let inside = &self.pattern[at + 1..at + end];
        let (least, most) = match inside.split_once(',') {
            Some((least, most)) => (least, Some(most)),
            None => (inside, None),
        };
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if least.is_empty() || !digits(least) || !most.is_none_or(digits) {
            return Ok(false);
        }
        let number = |text: &str| text.parse().unwrap_or(u32::MAX);
        let least = number(least);
        let most = most.filter(|most| !most.is_empty()).map_or(least, number);
        if least > REPEAT_MAX || most > REPEAT_MAX || most < least {
            return self.mistake("invalid repeat count", at, at + end + 1);
        }
        Ok(true)
    }

    fn repetition(&mut self, at: usize, character: char) -> Result<(), Mistake> {
        self.out.push(character);
        if character == '{' {
            for (_, next) in self.characters.by_ref() {
                self.out.push(next);
                if next == '}' {
                    break;
                }
            }
        }
        if let Some((_, lazy)) = self.characters.next_if(|(_, next)| *next == '?') {
            self.out.push(lazy);
        }
        let end = self.position();
        if let Some(before) = self.repeated {
            return self.mistake("invalid nested repetition operator", before, end);
        }
        if !self.operand {
            return self.mistake("missing argument to repetition operator", at, end);
        }
        self.repeated = Some(at);
        Ok(())
    }

    fn group(&mut self, at: usize) -> Result<(), Mistake> {
        self.out.push('(');
        let rest = &self.pattern[at + 1..];
        let Some(options) = rest.strip_prefix('?') else { return Ok(()) };
        let named = options.strip_prefix('P').unwrap_or(options);
        if let Some(name) = named.strip_prefix('<') {
            let end = name.find('>').unwrap_or(name.len());
            let word = |character: char| character.is_ascii_alphanumeric() || character == '_';
            if end == 0 || end == name.len() || !name[..end].chars().all(word) {
                let from = self.pattern.len() - name.len();
                let to = if end == name.len() { self.pattern.len() } else { from + end + 1 };
                return self.mistake("invalid named capture", at, to);
            }
            self.copy(options.find('<').unwrap_or(0) + 2);
            return Ok(());
        }
        let flags = options.bytes().take_while(|byte| b"imsU-".contains(byte)).count();
        match options.as_bytes().get(flags) {
            Some(b':' | b')') => {
                let ends_group = options.as_bytes()[flags] == b')';
                self.operand = ends_group && self.operand;
                self.copy(flags + 1);
                Ok(())
            }
            None => self.mistake("missing closing )", 0, self.pattern.len()),
            Some(_) => {
                let bad = options[flags..].chars().next().map_or(0, char::len_utf8);
                self.mistake("invalid or unsupported Perl syntax", at, at + 2 + flags + bad)
            }
        }
    }

    /// Takes that many bytes over as they are.
    fn copy(&mut self, bytes: usize) {
        let end = self.position() + bytes;
        while let Some((_, character)) = self.characters.next_if(|(at, _)| *at < end) {
            self.out.push(character);
        }
    }

    fn escape(&mut self, at: usize) -> Result<(), Mistake> {
        let Some((_, character)) = self.characters.next() else {
            return Err(Mistake {
                what: "trailing backslash at end of expression",
                part: String::new(),
            });
        };
        match character {
            'd' => self.out.push_str("[0-9]"),
            'D' => self.out.push_str("[^0-9]"),
            's' => self.out.push_str("[\\t\\n\\f\\r ]"),
            'S' => self.out.push_str("[^\\t\\n\\f\\r ]"),
            'w' => self.out.push_str("[0-9A-Za-z_]"),
            'W' => self.out.push_str("[^0-9A-Za-z_]"),
            'b' => self.out.push_str("(?-u:\\b)"),
            'B' => self.out.push_str("(?-u:\\B)"),
            'Q' => self.quotation(),
            _ => self.character_escape(at, character)?,
        }
        Ok(())
    }

    fn quotation(&mut self) {
        let start = self.position();
        let rest = &self.pattern[start..];
        let length = rest.find("\\E").unwrap_or(rest.len());
        self.out.push_str(&regex::escape(&rest[..length]));
        let end = (start + length + 2).min(self.pattern.len());
        while self.characters.next_if(|(at, _)| *at < end).is_some() {}
    }

    /// An escape that is alike inside and outside of brackets.
    fn character_escape(&mut self, at: usize, character: char) -> Result<(), Mistake> {
        match character {
            'a' | 'f' | 't' | 'n' | 'r' | 'v' | 'A' | 'z' => {
                self.out.push('\\');
                self.out.push(character);
            }
            'x' | 'p' | 'P' => self.named_character(character),
            '0' => self.octal(),
            '1'..='7' if self.octal_follows() => {
                let value = self.octal_value(character);
                self.out.push_str(&format!("\\x{{{value:x}}}"));
            }
            punctuation if punctuation.is_ascii_punctuation() => {
                self.out.push_str(&regex::escape(punctuation.encode_utf8(&mut [0; 4])));
            }
            other => {
                let end = at + 1 + other.len_utf8();
                return self.mistake("invalid escape sequence", at, end);
            }
        }
        Ok(())
    }

    /// A code point or a property, whose name may stand in braces.
    fn named_character(&mut self, character: char) {
        let start = self.position();
        let rest = &self.pattern[start..];
        let length = match rest.chars().next() {
            Some('{') => rest.find('}').map_or(rest.len(), |end| end + 1),
            Some(first) => first.len_utf8(),
            None => 0,
        };
        let name = &rest[..length];
        let negated = name.starts_with("{^") && character != 'x';
        let letter = match character {
            'p' if negated => 'P',
            'P' if negated => 'p',
            other => other,
        };
        let name = if negated { name.replacen('^', "", 1) } else { name.to_owned() };
        self.out.push('\\');
        self.out.push(letter);
        self.out.push_str(&name);
        while self.characters.next_if(|(at, _)| *at < start + length).is_some() {}
    }

    fn octal_follows(&mut self) -> bool {
        self.characters.peek().is_some_and(|(_, next)| ('0'..='7').contains(next))
    }

    fn octal(&mut self) {
        let value = self.octal_value('0');
        self.out.push_str(&format!("\\x{{{value:x}}}"));
    }

    fn octal_value(&mut self, first: char) -> u32 {
        let mut value = first.to_digit(8).unwrap_or(0);
        for _ in 0..2 {
            match self.characters.next_if(|(_, next)| ('0'..='7').contains(next)) {
                Some((_, next)) => value = value * 8 + next.to_digit(8).unwrap_or(0),
                None => break,
            }
        }
        value
    }

    fn class(&mut self, start: usize) -> Result<(), Mistake> {
        self.out.push('[');
        if self.characters.next_if(|(_, next)| *next == '^').is_some() {
            self.out.push('^');
        }
        let mut first = true;
        while let Some((at, character)) = self.characters.next() {
            match character {
                ']' if !first => {
                    self.out.push(']');
                    return Ok(());
                }
                '[' if self.pattern[at..].starts_with("[:") => self.named_class(at)?,
                '\\' => self.class_escape(at)?,
                '-' => self.out.push('-'),
                other => self.out.push_str(&regex::escape(other.encode_utf8(&mut [0; 4]))),
            }
            first = false;
        }
        self.mistake("missing closing ]", start, self.pattern.len())
    }

    fn named_class(&mut self, at: usize) -> Result<(), Mistake> {
        match self.pattern[at..].find(":]") {
            Some(length) => {
                self.out.push('[');
                let end = at + length + 2;
                while let Some((_, next)) = self.characters.next_if(|(at, _)| *at < end) {
                    self.out.push(next);
                }
            }
            None => self.out.push_str("\\["),
        }
        Ok(())
    }

    fn class_escape(&mut self, at: usize) -> Result<(), Mistake> {
        let Some((_, character)) = self.characters.next() else {
            return self.mistake("missing closing ]", at, self.pattern.len());
        };
        match character {
            'd' => self.out.push_str("0-9"),
            's' => self.out.push_str("\\t\\n\\f\\r\\x20"),
            'w' => self.out.push_str("0-9A-Za-z_"),
            'D' => self.out.push_str("[^0-9]"),
            'S' => self.out.push_str("[^\\t\\n\\f\\r ]"),
            'W' => self.out.push_str("[^0-9A-Za-z_]"),
            other => self.character_escape(at, other)?,
        }
        Ok(())
    }
}

/// Puts the engine's own words for a mistake into those of RE2.
fn describe(pattern: &str, error: &str) -> Mistake {
    let what = if error.contains("unclosed group") {
        "missing closing )"
    } else if error.contains("unopened group") {
        "unexpected )"
    } else if error.contains("invalid character class range")
        || error.contains("Unicode property not found")
        || error.contains("unrecognized ASCII class")
        || error.contains("invalid Unicode character class")
    {
        "invalid character class range"
    } else if error.contains("capture group name") || error.contains("duplicate capture group") {
        "invalid named capture"
    } else if error.contains("size limit") {
        "expression too large"
    } else {
        "invalid syntax"
    };
    Mistake { what, part: pattern.to_owned() }
}
