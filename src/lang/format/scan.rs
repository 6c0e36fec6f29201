//! Splits HCL source into tokens; templates and heredocs nest to any depth without recursion.

use std::borrow::Cow;

use unicode_normalization::char::is_combining_mark;

use super::Mistake;
use super::token::{Kind, Token};

/// What the scanner is inside of.
#[derive(Debug, Clone, Copy)]
enum Frame<'a> {
    /// `${` or `%{`, with the number of braces opened since, and where it began.
    Sequence { braces: usize, start: usize },
    /// A quoted template, and where it began.
    Quoted { start: usize },
    /// A heredoc, its mark, where it began, and whether the text so far is at a line's start.
    Heredoc { mark: &'a str, start: usize, line_start: bool },
}

/// Splits `source` into tokens, the last of which is [`Kind::End`].
pub(super) fn scan(source: &str) -> Result<Vec<Token<'_>>, Mistake> {
    let mut scanner = Scanner {
        source,
        position: 0,
        frames: Vec::new(),
        tokens: Vec::with_capacity(source.len() / 4 + 1),
    };
    while scanner.position < source.len() {
        match scanner.frames.last() {
            None | Some(Frame::Sequence { .. }) => scanner.code()?,
            Some(Frame::Quoted { start }) => scanner.quoted(*start)?,
            Some(Frame::Heredoc { .. }) => scanner.heredoc()?,
        }
    }
    scanner.finish()
}

struct Scanner<'a> {
    source: &'a str,
    position: usize,
    frames: Vec<Frame<'a>>,
    tokens: Vec<Token<'a>>,
}

impl<'a> Scanner<'a> {
    fn finish(mut self) -> Result<Vec<Token<'a>>, Mistake> {
        match self.frames.last() {
            None => {}
            Some(Frame::Sequence { start, .. }) => {
                return Err(Mistake::new(
                    *start,
                    "This template sequence is never closed with \"}\".",
                ));
            }
            Some(Frame::Quoted { start }) => {
                return Err(Mistake::new(*start, "This string has no closing quote."));
            }
            Some(Frame::Heredoc { mark, start, .. }) => {
                let message =
                    format!("No line consists of the closing mark {mark} of this heredoc.");
                return Err(Mistake::new(*start, message));
            }
        }
        if self.tokens.last().is_none_or(|token| token.kind != Kind::End) {
            self.push(Kind::End, 0);
        }
        Ok(self.tokens)
    }

    fn rest(&self) -> &'a [u8] {
        &self.source.as_bytes()[self.position..]
    }

    /// Takes the next `length` bytes as a token.
    fn push(&mut self, kind: Kind, length: usize) {
        let end = self.position + length;
        let text = Cow::Borrowed(&self.source[self.position..end]);
        self.tokens.push(Token { kind, text, offset: self.position });
        self.position = end;
    }

    fn code(&mut self) -> Result<(), Mistake> {
        let blanks = self.rest().iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        self.position += blanks;
        let Some(first) = self.source[self.position..].chars().next() else {
            if self.frames.is_empty() {
                self.position -= blanks;
                self.push(Kind::End, blanks);
            }
            return Ok(());
        };
        match first {
            '\n' => self.push(Kind::Newline, 1),
            '\r' if self.rest().starts_with(b"\r\n") => self.push(Kind::Newline, 2),
            '#' => self.line_comment(),
            '/' if self.rest().starts_with(b"//") => self.line_comment(),
            '/' if self.rest().starts_with(b"/*") => self.block_comment()?,
            '0'..='9' => self.push(Kind::Number, number_length(self.rest())),
            '"' => {
                self.frames.push(Frame::Quoted { start: self.position });
                self.push(Kind::QuoteOpen, 1);
            }
            '{' | '}' => self.brace(first),
            '~' if self.rest().starts_with(b"~}") => self.end_stripping_sequence()?,
            '<' if self.heredoc_opens() => {}
            _ if is_identifier_start(first) => {
                let length = identifier_length(&self.source[self.position..]);
                self.push(Kind::Identifier, length);
            }
            _ => self.symbol(first)?,
        }
        Ok(())
    }

    fn line_comment(&mut self) {
        let line = self.rest();
        let length = line.iter().position(|byte| *byte == b'\n').map_or(line.len(), |at| at + 1);
        self.push(Kind::Comment, length);
    }

    fn block_comment(&mut self) -> Result<(), Mistake> {
        let body = &self.source[self.position + 2..];
        let Some(length) = body.find("*/") else {
            return Err(Mistake::new(self.position, "This comment is never closed with \"*/\"."));
        };
        self.push(Kind::Comment, length + 4);
        Ok(())
    }

    fn brace(&mut self, brace: char) {
        let opens = brace == '{';
        if let Some(Frame::Sequence { braces, .. }) = self.frames.last_mut() {
            if !opens && *braces == 0 {
                self.frames.pop();
                return self.push(Kind::SequenceEnd, 1);
            }
            *braces = if opens { *braces + 1 } else { *braces - 1 };
        }
        let kind = if opens { Kind::BraceOpen } else { Kind::BraceClose };
        self.push(kind, 1);
    }

    /// Takes `~}`.
    fn end_stripping_sequence(&mut self) -> Result<(), Mistake> {
        if !matches!(self.frames.last(), Some(Frame::Sequence { braces: 0, .. })) {
            return Err(Mistake::new(self.position, "\"~}\" ends no template sequence here."));
        }
        self.frames.pop();
        self.push(Kind::SequenceEnd, 2);
        Ok(())
    }

    /// Takes the opening of a heredoc, if there is one here.
    fn heredoc_opens(&mut self) -> bool {
        let rest = &self.source[self.position..];
        let Some(after) = rest.strip_prefix("<<") else { return false };
        let after = after.strip_prefix('-').unwrap_or(after);
        if !after.chars().next().is_some_and(is_identifier_start) {
            return false;
        }
        let (mark, line_end) = after.split_at(identifier_length(after));
        let newline = if line_end.starts_with('\n') {
            1
        } else if line_end.starts_with("\r\n") {
            2
        } else {
            return false;
        };
        self.frames.push(Frame::Heredoc { mark, start: self.position, line_start: true });
        self.push(Kind::HeredocOpen, rest.len() - line_end.len() + newline);
        true
    }

    fn symbol(&mut self, first: char) -> Result<(), Mistake> {
        let (kind, length) = match self.rest() {
            [b'.', b'.', b'.', ..] => (Kind::Ellipsis, 3),
            [b'=', b'>', ..] => (Kind::Arrow, 2),
            [b':', b':', ..] => (Kind::DoubleColon, 2),
            [b'=' | b'!' | b'<' | b'>', b'=', ..] => (Kind::Comparison, 2),
            [b'&', b'&', ..] | [b'|', b'|', ..] => (Kind::Logical, 2),
            [b'<' | b'>', ..] => (Kind::Comparison, 1),
            [b'+' | b'/' | b'%', ..] => (Kind::Arithmetic, 1),
            [byte, ..] => match byte {
                b'=' => (Kind::Assign, 1),
                b'[' => (Kind::BracketOpen, 1),
                b']' => (Kind::BracketClose, 1),
                b'(' => (Kind::ParenthesisOpen, 1),
                b')' => (Kind::ParenthesisClose, 1),
                b',' => (Kind::Comma, 1),
                b':' => (Kind::Colon, 1),
                b'.' => (Kind::Dot, 1),
                b'?' => (Kind::Question, 1),
                b'-' => (Kind::Minus, 1),
                b'!' => (Kind::Not, 1),
                b'*' => (Kind::Star, 1),
                _ => return Err(self.strange(first)),
            },
            [] => return Ok(()),
        };
        self.push(kind, length);
        Ok(())
    }

    fn strange(&self, character: char) -> Mistake {
        let message = match character {
            '\'' => "Single quotes do not delimit strings; write double quotes.".to_owned(),
            '&' | '|' => format!(
                "There is no operator \"{character}\"; did you mean \"{character}{character}\"?"
            ),
            ';' => {
                "Semicolons do not separate arguments; write each on a line of its own.".to_owned()
            }
            _ => format!("The character {character:?} has no meaning here."),
        };
        Mistake::new(self.position, message)
    }

    /// Takes one piece of a quoted template.
    fn quoted(&mut self, start: usize) -> Result<(), Mistake> {
        if self.rest()[0] == b'"' {
            self.frames.pop();
            self.push(Kind::QuoteClose, 1);
            return Ok(());
        }
        if self.sequence_opens() {
            return Ok(());
        }
        let text = self.rest();
        let mut length = 0;
        while let Some(byte) = text.get(length) {
            length += match byte {
                b'"' => break,
                b'\n' | b'\r' => {
                    let message = "This string is not closed on its line; write \\n for a line break, \
                                   or use a heredoc.";
                    return Err(Mistake::new(start, message));
                }
                b'\\' => escape_length(&text[length..])
                    .map_err(|message| Mistake::new(self.position + length, message))?,
                b'$' | b'%' => match dollar_length(&text[length..]) {
                    0 => break,
                    literal => literal,
                },
                _ => 1,
            };
        }
        self.push(Kind::Literal, length);
        Ok(())
    }

    /// Takes one piece of a heredoc: literal text, the start of a sequence, or the closing mark.
    fn heredoc(&mut self) -> Result<(), Mistake> {
        if self.sequence_opens() {
            return Ok(());
        }
        let Some(Frame::Heredoc { mark, line_start, .. }) = self.frames.last_mut() else {
            return Ok(());
        };
        let text = &self.source[self.position..];
        let mut length = 0;
        let mut at_start = *line_start;
        let mut closing = None;
        while length < text.len() {
            let (line, ends) = heredoc_line(&text[length..]);
            if at_start && ends && text[length..length + line].trim() == *mark {
                closing = Some(line);
                break;
            }
            length += line;
            at_start = ends;
            if !ends {
                break;
            }
        }
        *line_start = at_start;
        let taken = &text[..length + closing.unwrap_or(0)];
        if let Some(at) = lone_carriage_return(taken) {
            let message = "A carriage return without a line feed has no place in a heredoc.";
            return Err(Mistake::new(self.position + at, message));
        }
        if length > 0 {
            self.push(Kind::Literal, length);
        }
        if let Some(line) = closing {
            self.frames.pop();
            self.close_heredoc(line);
        }
        Ok(())
    }

    /// Takes the line of `line` bytes that holds the closing mark, as mark and newline.
    fn close_heredoc(&mut self, line: usize) {
        let newline = if self.rest()[..line].ends_with(b"\r\n") { 2 } else { 1 };
        self.push(Kind::HeredocClose, line - newline);
        self.push(Kind::Newline, newline);
    }

    /// Takes `${`, `${~`, `%{` or `%{~`, if it stands here.
    fn sequence_opens(&mut self) -> bool {
        let (kind, length) = match self.rest() {
            [b'$', b'{', b'~', ..] => (Kind::Interpolation, 3),
            [b'$', b'{', ..] => (Kind::Interpolation, 2),
            [b'%', b'{', b'~', ..] => (Kind::Directive, 3),
            [b'%', b'{', ..] => (Kind::Directive, 2),
            _ => return false,
        };
        if let Some(Frame::Heredoc { line_start, .. }) = self.frames.last_mut() {
            *line_start = false;
        }
        self.frames.push(Frame::Sequence { braces: 0, start: self.position });
        self.push(kind, length);
        true
    }
}

/// How many bytes of literal text a `$` or `%` begins: 0 when it begins a sequence.
fn dollar_length(text: &[u8]) -> usize {
    match text {
        [_, b'{', ..] => 0,
        [first, second, b'{', ..] if first == second => 3,
        _ => 1,
    }
}

/// Length of the literal text up to a sequence or through the line break, and whether it is the
/// latter. Text that ends with the source ends no line.
fn heredoc_line(text: &str) -> (usize, bool) {
    let bytes = text.as_bytes();
    let mut length = 0;
    while let Some(byte) = bytes.get(length) {
        length += match byte {
            b'\n' => return (length + 1, true),
            b'$' | b'%' => match dollar_length(&bytes[length..]) {
                0 => return (length, false),
                literal => literal,
            },
            _ => 1,
        };
    }
    (length, false)
}

fn lone_carriage_return(text: &str) -> Option<usize> {
    text.match_indices('\r').map(|(at, _)| at).find(|at| !text[at + 1..].starts_with('\n'))
}

fn escape_length(text: &[u8]) -> Result<usize, &'static str> {
    let digits = match text.get(1) {
        Some(b'n' | b'r' | b't' | b'"' | b'\\') => return Ok(2),
        Some(b'u') => 4,
        Some(b'U') => 8,
        _ => return Err("A backslash can be followed only by n, r, t, \", \\, u or U."),
    };
    let code = text.get(2..2 + digits).and_then(|code| std::str::from_utf8(code).ok());
    let code = code.filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let character = code.and_then(|code| u32::from_str_radix(code, 16).ok()).map(char::from_u32);
    match character {
        Some(Some(_)) => Ok(2 + digits),
        Some(None) => Err("This code stands for no character; write one beyond FFFF as \\U."),
        None => Err("\\u is followed by four hexadecimal digits, and \\U by eight."),
    }
}

/// Length of the number that `text` starts with; a trailing dot is not part of it.
fn number_length(text: &[u8]) -> usize {
    let mut length = 1;
    let mut accepted = 1;
    loop {
        length += match &text[length..] {
            [b'0'..=b'9', ..] => 1,
            [b'e' | b'E', b'+' | b'-', b'0'..=b'9', ..] => 3,
            [b'e' | b'E', b'0'..=b'9', ..] => 2,
            [b'.', ..] => {
                length += 1;
                continue;
            }
            _ => return accepted,
        };
        accepted = length;
    }
}

fn is_identifier_start(character: char) -> bool {
    character == '_' || (character.is_alphabetic() && !is_combining_mark(character))
}

fn identifier_length(text: &str) -> usize {
    text.find(|character: char| {
        !(matches!(character, '_' | '-' | '\u{203f}' | '\u{2040}' | '\u{00b7}')
            || character.is_alphanumeric()
            || is_combining_mark(character))
    })
    .unwrap_or(text.len())
}
