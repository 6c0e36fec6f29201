//! Cuts source text into tokens; strings and heredocs are cut at every interpolation and directive.
//!
//! The lexer never fails, and cuts what is amiss as Terraform does: a string goes on until a quote ends it, a
//! heredoc until its marker comes.

use super::token::{Kind, Token};

/// What the text at the current place belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Code; inside an interpolation with the number of braces open in it.
    Code {
        interpolation: bool,
        braces: u32,
    },
    Quoted,
    /// The marker's place, and whether the current place starts a line.
    Heredoc {
        marker: (usize, usize),
        line_start: bool,
    },
    /// A whole text that is a template.
    Bare,
}

const FILE: Mode = Mode::Code { interpolation: false, braces: 0 };

pub(super) struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    modes: Vec<Mode>,
    tokens: Vec<Token>,
}

/// Cuts a file or an expression.
pub(super) fn code(text: &str) -> Vec<Token> {
    Lexer::new(text, FILE).run()
}

/// Cuts a text that is a template as a whole.
pub(super) fn template(text: &str) -> Vec<Token> {
    Lexer::new(text, Mode::Bare).run()
}

pub(super) fn is_identifier_start(c: char) -> bool {
    c == '_' || unicode_ident::is_xid_start(c)
}

pub(super) fn is_identifier_part(c: char) -> bool {
    c == '-' || unicode_ident::is_xid_continue(c)
}

impl<'a> Lexer<'a> {
    fn new(text: &'a str, mode: Mode) -> Self {
        let tokens = Vec::with_capacity(text.len() / 5 + 8);
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self { text, bytes: text.as_bytes(), at, modes: vec![mode], tokens }
    }

    fn run(mut self) -> Vec<Token> {
        while self.at < self.bytes.len() {
            match self.modes.last().copied().unwrap_or(FILE) {
                Mode::Code { interpolation, braces } => self.code(interpolation, braces),
                Mode::Quoted => self.quoted(),
                Mode::Heredoc { marker, line_start } => self.heredoc(marker, line_start),
                Mode::Bare => self.bare_line(),
            }
        }
        self.push(Kind::End, 0);
        self.tokens
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn push(&mut self, kind: Kind, length: usize) {
        self.push_from(kind, self.at, length);
    }

    fn push_from(&mut self, kind: Kind, start: usize, length: usize) {
        let place = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        self.tokens.push(Token { kind, start: place(start), end: place(start + length) });
        self.at = start + length;
    }

    fn set_mode(&mut self, mode: Mode) {
        if let Some(last) = self.modes.last_mut() {
            *last = mode;
        }
    }

    // ---- code

    fn code(&mut self, interpolation: bool, braces: u32) {
        let byte = self.peek(0);
        match byte {
            b' ' | b'\t' => self.at += 1,
            b'\n' => self.push(Kind::Newline, 1),
            b'\r' if self.peek(1) == b'\n' => self.push(Kind::Newline, 2),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.identifier(),
            b'0'..=b'9' => self.number(),
            b'"' => {
                self.push(Kind::OpenQuote, 1);
                self.modes.push(Mode::Quoted);
            }
            b'#' => self.line_comment(),
            b'/' if self.peek(1) == b'/' => self.line_comment(),
            b'/' if self.peek(1) == b'*' => self.block_comment(),
            b'<' if self.peek(1) == b'<' && self.open_heredoc() => {}
            b'{' => {
                self.push(Kind::OpenBrace, 1);
                self.set_mode(Mode::Code { interpolation, braces: braces + 1 });
            }
            b'}' | b'~' if byte == b'}' || self.peek(1) == b'}' => {
                self.close_brace(interpolation, braces);
            }
            0x80.. => self.beyond_ascii(),
            _ => self.symbol(),
        }
    }

    fn close_brace(&mut self, interpolation: bool, braces: u32) {
        let length = if self.peek(0) == b'~' { 2 } else { 1 };
        if interpolation && braces == 0 {
            self.push(Kind::CloseSequence, length);
            self.modes.pop();
            return;
        }
        let kind = if length == 2 { Kind::CloseSequence } else { Kind::CloseBrace };
        self.push(kind, length);
        self.set_mode(Mode::Code { interpolation, braces: braces.saturating_sub(1) });
    }

    fn beyond_ascii(&mut self) {
        let c = self.text[self.at..].chars().next().unwrap_or('\u{fffd}');
        if is_identifier_start(c) {
            self.identifier();
        } else {
            self.push(Kind::Stray, c.len_utf8());
        }
    }

    fn identifier(&mut self) {
        let mut length = 0;
        loop {
            match self.peek(length) {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' => length += 1,
                0x80.. => {
                    let c = self.text[self.at + length..].chars().next().unwrap_or(' ');
                    if !is_identifier_part(c) {
                        break;
                    }
                    length += c.len_utf8();
                }
                _ => break,
            }
        }
        self.push(Kind::Identifier, length);
    }

    /// Digits, dots and exponents; a dot counts only when a digit or exponent comes after it.
    fn number(&mut self) {
        let mut length = 1;
        let mut ahead = 1;
        loop {
            let exponent = matches!(self.peek(ahead), b'e' | b'E');
            let sign = usize::from(matches!(self.peek(ahead + 1), b'+' | b'-'));
            match self.peek(ahead) {
                b'0'..=b'9' => ahead += 1,
                b'.' => {
                    ahead += 1;
                    continue;
                }
                _ if exponent && self.peek(ahead + 1 + sign).is_ascii_digit() => ahead += 2 + sign,
                _ => break,
            }
            length = ahead;
        }
        self.push(Kind::Number, length);
    }

    fn line_comment(&mut self) {
        let rest = &self.bytes[self.at..];
        self.at += rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    }

    fn block_comment(&mut self) {
        match self.text[self.at + 2..].find("*/") {
            Some(length) => self.at += length + 4,
            None => self.symbol(),
        }
    }

    fn symbol(&mut self) {
        const SYMBOLS: &[(&str, Kind)] = &[
            ("...", Kind::Ellipsis),
            ("==", Kind::Equal),
            ("!=", Kind::NotEqual),
            (">=", Kind::GreaterOrEqual),
            ("<=", Kind::LessOrEqual),
            ("&&", Kind::And),
            ("||", Kind::Or),
            ("::", Kind::DoubleColon),
            ("=>", Kind::FatArrow),
            ("[", Kind::OpenBracket),
            ("]", Kind::CloseBracket),
            ("(", Kind::OpenParenthesis),
            (")", Kind::CloseParenthesis),
            (".", Kind::Dot),
            (",", Kind::Comma),
            (":", Kind::Colon),
            ("?", Kind::Question),
            ("=", Kind::Assign),
            ("<", Kind::Less),
            (">", Kind::Greater),
            ("!", Kind::Bang),
            ("+", Kind::Plus),
            ("-", Kind::Minus),
            ("*", Kind::Star),
            ("/", Kind::Slash),
            ("%", Kind::Percent),
        ];
        let rest = &self.bytes[self.at..];
        let found = SYMBOLS.iter().find(|(symbol, _)| rest.starts_with(symbol.as_bytes()));
        let (kind, length) = found.map_or((Kind::Stray, 1), |(symbol, kind)| (*kind, symbol.len()));
        self.push(kind, length);
    }

    // ---- strings

    /// How a template sequence starts here: the token's kind and length, if it is one.
    fn sequence(&self, at: usize) -> Option<(Kind, usize)> {
        let kind = match self.bytes[at] {
            b'$' => Kind::OpenInterpolation,
            b'%' => Kind::OpenDirective,
            _ => return None,
        };
        if self.bytes.get(at + 1) != Some(&b'{') {
            return None;
        }
        Some((kind, if self.bytes.get(at + 2) == Some(&b'~') { 3 } else { 2 }))
    }

    fn open_sequence(&mut self, (kind, length): (Kind, usize)) {
        self.push(kind, length);
        self.modes.push(Mode::Code { interpolation: true, braces: 0 });
    }

    /// The length of `$${`, `%%{` or a lone `$` or `%`, each of which is a literal by itself.
    fn marker_literal(&self, at: usize) -> usize {
        let rest = &self.bytes[at..];
        match rest {
            [b'$', b'$', b'{', b'~', ..] | [b'%', b'%', b'{', b'~', ..] => 4,
            [b'$', b'$', b'{', ..] | [b'%', b'%', b'{', ..] => 3,
            _ => 1,
        }
    }

    fn quoted(&mut self) {
        if let Some(sequence) = self.sequence(self.at) {
            return self.open_sequence(sequence);
        }
        match self.peek(0) {
            b'"' => {
                self.push(Kind::CloseQuote, 1);
                self.modes.pop();
            }
            b'\n' | b'\r' => self.quoted_newline(),
            b'$' | b'%' => self.push(Kind::Quoted, self.marker_literal(self.at)),
            _ => {
                let mut end = self.at;
                while let Some(byte) = self.bytes.get(end) {
                    match byte {
                        b'"' | b'\n' | b'\r' | b'$' | b'%' => break,
                        b'\\' if !matches!(self.bytes.get(end + 1), None | Some(b'\n' | b'\r')) => {
                            end += 2;
                        }
                        _ => end += 1,
                    }
                }
                let mut end = end.min(self.bytes.len());
                while !self.text.is_char_boundary(end) {
                    end += 1;
                }
                self.push(Kind::Quoted, end - self.at);
            }
        }
    }

    fn quoted_newline(&mut self) {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
        self.push(Kind::QuotedNewline, length);
    }

    // ---- heredocs and whole templates

    fn open_heredoc(&mut self) -> bool {
        let mut marker = self.at + 2 + usize::from(self.peek(2) == b'-');
        let start = marker;
        for c in self.text.get(marker..).unwrap_or("").chars() {
            let fits = if marker == start { is_identifier_start(c) } else { is_identifier_part(c) };
            if !fits {
                break;
            }
            marker += c.len_utf8();
        }
        let line_break = match self.bytes.get(marker..).unwrap_or(&[]) {
            [b'\n', ..] => 1,
            [b'\r', b'\n', ..] => 2,
            _ => 0,
        };
        if marker == start || line_break == 0 {
            return false;
        }
        let body = marker + line_break;
        self.push(Kind::OpenHeredoc, body - self.at);
        self.modes.push(Mode::Heredoc { marker: (start, marker), line_start: true });
        true
    }

    fn heredoc(&mut self, marker: (usize, usize), line_start: bool) {
        if line_start {
            let rest = &self.text[self.at..];
            let line = rest.split_inclusive('\n').next().unwrap_or(rest);
            if line.trim() == &self.text[marker.0..marker.1] {
                let kept = line.trim_end_matches(['\n', '\r']).len();
                self.push(Kind::CloseHeredoc, kept);
                self.modes.pop();
                return;
            }
        }
        self.set_mode(Mode::Heredoc { marker, line_start: false });
        if let Some(sequence) = self.sequence(self.at) {
            return self.open_sequence(sequence);
        }
        let length = self.bare_length();
        let ends_line = self.bytes[self.at + length - 1] == b'\n';
        self.push(Kind::Bare, length);
        self.set_mode(Mode::Heredoc { marker, line_start: ends_line });
    }

    fn bare_line(&mut self) {
        match self.sequence(self.at) {
            Some(sequence) => self.open_sequence(sequence),
            None => self.push(Kind::Bare, self.bare_length()),
        }
    }

    /// At least one byte: a marker by itself, or plain text up to a marker or past the line break.
    fn bare_length(&self) -> usize {
        if matches!(self.peek(0), b'$' | b'%') {
            let length = self.marker_literal(self.at);
            let after = self.bytes.get(self.at + length..).unwrap_or(&[]);
            return match after {
                [b'\n', ..] => length + 1,
                [b'\r', b'\n', ..] => length + 2,
                _ => length,
            };
        }
        let rest = &self.bytes[self.at..];
        let plain = rest.iter().position(|byte| matches!(byte, b'$' | b'%' | b'\n'));
        match plain {
            Some(at) if rest[at] == b'\n' => at + 1,
            Some(at) => at,
            None => rest.len(),
        }
    }
}
