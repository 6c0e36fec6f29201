//! The pieces of a format string: text and verbs.

/// A part of a format string.
pub(super) enum Piece<'a> {
    Text(&'a str),
    Verb(Verb<'a>),
}

/// A verb such as `%-8.2f` or `%[2]s`.
#[derive(Default)]
pub(super) struct Verb<'a> {
    pub(super) raw: &'a str,
    /// Where it starts, in bytes.
    pub(super) offset: usize,
    /// The number of the argument, from one, if the verb names it.
    pub(super) argument: Option<usize>,
    pub(super) mode: char,
    pub(super) zero: bool,
    pub(super) sharp: bool,
    pub(super) plus: bool,
    pub(super) minus: bool,
    pub(super) space: bool,
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
}

/// The greatest width and precision, so that a mistyped number does not take all memory.
const SIZE_MAX: usize = 1_000_000;

/// Divides a format string; after an error nothing follows.
pub(super) fn pieces(format: &str) -> impl Iterator<Item = Result<Piece<'_>, String>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = format.get(at..).filter(|rest| !rest.is_empty())?;
        let text = rest.find('%').unwrap_or(rest.len());
        if text > 0 {
            at += text;
            return Some(Ok(Piece::Text(&rest[..text])));
        }
        if rest.starts_with("%%") {
            at += 2;
            return Some(Ok(Piece::Text("%")));
        }
        let mut reader = Reader { format, at: at + 1 };
        let verb = reader.verb(at);
        at = if verb.is_ok() { reader.at } else { format.len() };
        Some(verb.map(Piece::Verb))
    })
}

struct Reader<'a> {
    format: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn verb(&mut self, start: usize) -> Result<Verb<'a>, String> {
        let mut verb = Verb { offset: start, ..Verb::default() };
        while let Some(flag) = self.peek() {
            match flag {
                '0' => verb.zero = true,
                '#' => verb.sharp = true,
                '+' => verb.plus = true,
                '-' => verb.minus = true,
                ' ' => verb.space = true,
                _ => break,
            }
            self.at += 1;
        }
        verb.width = self.number()?;
        if self.take('.') {
            verb.precision = Some(self.number()?.unwrap_or(0));
        }
        if self.take('[') {
            if self.peek() == Some('0') {
                return Err(self.unrecognized());
            }
            verb.argument = Some(self.number()?.ok_or_else(|| self.unrecognized())?);
            if !self.take(']') {
                return Err(self.unrecognized());
            }
        }
        verb.mode =
            self.peek().filter(char::is_ascii_alphabetic).ok_or_else(|| self.unrecognized())?;
        self.at += 1;
        verb.raw = &self.format[start..self.at];
        Ok(verb)
    }

    fn peek(&self) -> Option<char> {
        self.format[self.at..].chars().next()
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn number(&mut self) -> Result<Option<usize>, String> {
        let digits = self.format[self.at..].bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return Ok(None);
        }
        let start = self.at;
        self.at += digits;
        let number = self.format[start..self.at].parse().ok().filter(|number| *number <= SIZE_MAX);
        number.map(Some).ok_or_else(|| format!("the number at offset {start} is too great"))
    }

    fn unrecognized(&self) -> String {
        match self.peek() {
            Some(character) => {
                let shown = match character {
                    '\'' => "\\'".to_owned(),
                    control if control.is_control() => control.escape_default().to_string(),
                    other => other.to_string(),
                };
                format!("unrecognized format character '{shown}' at offset {}", self.at)
            }
            None => format!("invalid format string starting at offset {}", self.at),
        }
    }
}
