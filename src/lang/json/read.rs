//! A JSON reader that keeps the place of everything and the digits of numbers.

use std::ops::Range;

use crate::{Name, Number, Type, Value};

/// A piece of JSON and the bytes that it stands in.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub kind: NodeKind,
    pub span: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum NodeKind {
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    Array(Vec<Node>),
    /// Members in source order, repeats included; each key with its place.
    Object(Vec<(String, Range<usize>, Node)>),
}

/// What is wrong with the text, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ReadError {
    pub message: String,
    pub at: usize,
}

/// Deeper nesting is refused, so that no input can exhaust the stack.
const DEPTH_MAX: usize = 500;

/// Reads one JSON value; only white space may follow it.
pub fn read(text: &str) -> Result<Node, ReadError> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    reader.skip_space();
    let node = reader.value()?;
    reader.skip_space();
    match reader.peek() {
        None => Ok(node),
        Some(_) => Err(reader.error("extra characters after the JSON value")),
    }
}

impl Node {
    /// The value of the type that the JSON implies; of repeated keys the last counts.
    pub fn to_value(&self) -> Value {
        match &self.kind {
            NodeKind::Null => Value::null(Type::Dynamic),
            NodeKind::Bool(value) => Value::bool(*value),
            NodeKind::Number(number) => Value::number(number.clone()),
            NodeKind::String(text) => Value::text(text),
            NodeKind::Array(items) => {
                Value::tuple(items.iter().map(Self::to_value).collect::<Vec<_>>())
            }
            NodeKind::Object(members) => {
                let member = |(key, _, node): &(String, _, Self)| {
                    (Name::from(key.as_str()), node.to_value())
                };
                Value::object(members.iter().map(member))
            }
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

type Outcome<T> = Result<T, ReadError>;

impl Reader<'_> {
    fn error(&self, message: &str) -> ReadError {
        ReadError { message: message.into(), at: self.at.min(self.text.len()) }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self) -> Outcome<Node> {
        let start = self.at;
        let kind = match self.peek() {
            None => return Err(self.error("unexpected end of the JSON text")),
            Some(b'{') => self.nested(Self::object)?,
            Some(b'[') => self.nested(Self::array)?,
            Some(b'"') => NodeKind::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(_) => self.word()?,
        };
        Ok(Node { kind, span: start..self.at })
    }

    fn nested(&mut self, read: fn(&mut Self) -> Outcome<NodeKind>) -> Outcome<NodeKind> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.error("the JSON value is nested too deeply"));
        }
        let kind = read(self);
        self.depth -= 1;
        kind
    }

    fn word(&mut self) -> Outcome<NodeKind> {
        let words = [
            ("null", NodeKind::Null),
            ("true", NodeKind::Bool(true)),
            ("false", NodeKind::Bool(false)),
        ];
        for (word, kind) in words {
            if self.text[self.at..].starts_with(word) {
                self.at += word.len();
                return Ok(kind);
            }
        }
        let found = self.text[self.at..].chars().next().unwrap_or(' ');
        Err(self.error(&format!("invalid character {found:?} looking for beginning of value")))
    }

    fn number(&mut self) -> Outcome<NodeKind> {
        let rest = &self.text.as_bytes()[self.at..];
        let mut length = usize::from(rest[0] == b'-');
        let digits = |from: usize| rest[from..].iter().take_while(|b| b.is_ascii_digit()).count();
        let whole = digits(length);
        let leading_zero = whole > 1 && rest[length] == b'0';
        length += whole;
        let mut well_formed = whole > 0 && !leading_zero;
        if rest.get(length) == Some(&b'.') {
            let fraction = digits(length + 1);
            well_formed &= fraction > 0;
            length += 1 + fraction;
        }
        if matches!(rest.get(length), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(rest.get(length + 1), Some(b'+' | b'-')));
            let exponent = digits(length + 1 + sign);
            well_formed &= exponent > 0;
            length += 1 + sign + exponent;
        }
        let number = self.text[self.at..self.at + length].parse().ok().filter(|_| well_formed);
        let number = number.ok_or_else(|| self.error("invalid number literal"))?;
        self.at += length;
        Ok(NodeKind::Number(number))
    }

    fn string(&mut self) -> Outcome<String> {
        let mut string = String::new();
        self.at += 1;
        loop {
            let rest = &self.text[self.at..];
            let plain = rest.find(['"', '\\']).unwrap_or(rest.len());
            if let Some(control) = rest[..plain].find(|c: char| c < ' ') {
                self.at += control;
                return Err(self.error("a control character in a string must be escaped"));
            }
            string.push_str(&rest[..plain]);
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(string);
                }
                Some(_) => string.push(self.escape()?),
                None => return Err(self.error("the string is not closed")),
            }
        }
    }

    fn escape(&mut self) -> Outcome<char> {
        let selector = self.text.as_bytes().get(self.at + 1).copied();
        let c = match selector {
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'"' | b'\\' | b'/') => char::from(selector.unwrap_or(b'/')),
            Some(b'u') => {
                let first = self.hexadecimal()?;
                let paired =
                    (0xd800..0xdc00).contains(&first) && self.text[self.at..].starts_with("\\u");
                if !paired {
                    return Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                let before = self.at;
                let second = self.hexadecimal()?;
                if !(0xdc00..0xe000).contains(&second) {
                    self.at = before;
                    return Ok(char::REPLACEMENT_CHARACTER);
                }
                let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            _ => return Err(self.error("invalid escape sequence in a string")),
        };
        self.at += 2;
        Ok(c)
    }

    fn hexadecimal(&mut self) -> Outcome<u32> {
        let digits = self.text.get(self.at + 2..self.at + 6);
        let valid = digits.filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let code = valid.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let code = code.ok_or_else(|| self.error("invalid escape sequence in a string"))?;
        self.at += 6;
        Ok(code)
    }

    fn array(&mut self) -> Outcome<NodeKind> {
        let mut items = Vec::new();
        self.at += 1;
        self.skip_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(NodeKind::Array(items));
        }
        loop {
            self.skip_space();
            items.push(self.value()?);
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(NodeKind::Array(items));
                }
                _ => return Err(self.error("a comma or a closing bracket is missing in an array")),
            }
        }
    }

    fn object(&mut self) -> Outcome<NodeKind> {
        let mut members = Vec::new();
        self.at += 1;
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(NodeKind::Object(members));
        }
        loop {
            members.push(self.member()?);
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(NodeKind::Object(members));
                }
                _ => return Err(self.error("a comma or a closing brace is missing in an object")),
            }
        }
    }

    fn member(&mut self) -> Outcome<(String, Range<usize>, Node)> {
        self.skip_space();
        let start = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.error("an object key must be a string in double quotes"));
        }
        let key = self.string()?;
        let span = start..self.at;
        self.skip_space();
        if self.peek() != Some(b':') {
            return Err(self.error("a colon is missing after an object key"));
        }
        self.at += 1;
        self.skip_space();
        Ok((key, span, self.value()?))
    }
}
