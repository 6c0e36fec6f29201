//! What is wrong with a text that is no JSON, in the words that Terraform has for it.

const END: &str = "EOF";
const CUT: &str = "unexpected EOF";
const VALUE: &str = " looking for beginning of value";

/// Finds the first mistake; `None` if there is none.
pub(super) fn complaint(source: &str) -> Option<String> {
    let mut scanner = Scanner { bytes: source.as_bytes(), at: 0, open: Vec::new() };
    scanner.document().err()
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The closing brackets that are waited for.
    open: Vec<u8>,
}

impl Scanner<'_> {
    fn document(&mut self) -> Result<(), String> {
        self.value(VALUE)?;
        while let Some(close) = self.open.last().copied() {
            let array = close == b']';
            match self.next()? {
                byte if byte == close => {
                    self.open.pop();
                }
                b',' if array => self.value(VALUE)?,
                b',' => self.member(" looking for beginning of object key string")?,
                byte if array => return Err(unexpected(byte, " after array element")),
                byte => return Err(unexpected(byte, " after object key:value pair")),
            }
        }
        match self.next() {
            Ok(_) => Err("extraneous data after JSON object".to_owned()),
            Err(_) => Ok(()),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The next byte that is no space.
    fn next(&mut self) -> Result<u8, String> {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
        let byte = self.peek().ok_or(END)?;
        self.at += 1;
        Ok(byte)
    }

    /// A scalar, or the opening of an array or object and what is in it first.
    fn value(&mut self, context: &str) -> Result<(), String> {
        let mut byte = self.next()?;
        loop {
            match byte {
                b'[' => {
                    self.open.push(b']');
                    byte = self.next()?;
                    if byte == b']' {
                        self.open.pop();
                        return Ok(());
                    }
                }
                b'{' => {
                    let first = self.next()?;
                    if first == b'}' {
                        return Ok(());
                    }
                    self.open.push(b'}');
                    self.at -= 1;
                    return self.member("");
                }
                b'"' => return self.string(),
                b'-' | b'0'..=b'9' => return self.number(byte),
                b't' => return self.word("true"),
                b'f' => return self.word("false"),
                b'n' => return self.word("null"),
                other => return Err(unexpected(other, context)),
            }
        }
    }

    fn member(&mut self, context: &str) -> Result<(), String> {
        match self.next()? {
            b'"' => self.string()?,
            other => return Err(unexpected(other, context)),
        }
        match self.next()? {
            b':' => self.value(VALUE),
            other => Err(unexpected(other, " after object key")),
        }
    }

    fn string(&mut self) -> Result<(), String> {
        loop {
            match self.inside()? {
                b'"' => return Ok(()),
                b'\\' => self.escape()?,
                byte if byte < b' ' => return Err(unexpected(byte, " in string literal")),
                _ => {}
            }
        }
    }

    fn escape(&mut self) -> Result<(), String> {
        match self.inside()? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(()),
            b'u' => (0..4).try_for_each(|_| match self.inside()? {
                byte if byte.is_ascii_hexdigit() => Ok(()),
                other => Err(unexpected(other, " in \\u hexadecimal character escape")),
            }),
            other => Err(unexpected(other, " in string escape code")),
        }
    }

    /// The next byte of a token, in which the text must not end.
    fn inside(&mut self) -> Result<u8, String> {
        let byte = self.peek().ok_or(CUT)?;
        self.at += 1;
        Ok(byte)
    }

    fn word(&mut self, word: &str) -> Result<(), String> {
        for wanted in word.bytes().skip(1) {
            let byte = self.inside()?;
            if byte != wanted {
                let context = format!(" in literal {word} (expecting '{}')", char::from(wanted));
                return Err(unexpected(byte, &context));
            }
        }
        Ok(())
    }

    fn number(&mut self, mut first: u8) -> Result<(), String> {
        if first == b'-' {
            first = self.inside()?;
            if !first.is_ascii_digit() {
                return Err(unexpected(first, " in numeric literal"));
            }
        }
        if first != b'0' {
            self.digits();
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.some_digits(" after decimal point in numeric literal")?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.some_digits(" in exponent of numeric literal")?;
        }
        Ok(())
    }

    fn digits(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
    }

    fn some_digits(&mut self, context: &str) -> Result<(), String> {
        let byte = self.inside()?;
        if !byte.is_ascii_digit() {
            return Err(unexpected(byte, context));
        }
        self.digits();
        Ok(())
    }
}

fn unexpected(byte: u8, context: &str) -> String {
    let shown = match byte {
        b'\'' => "'\\''".to_owned(),
        b'\\' => "'\\\\'".to_owned(),
        b'\n' => "'\\n'".to_owned(),
        b'\r' => "'\\r'".to_owned(),
        b'\t' => "'\\t'".to_owned(),
        0..=0x1f | 0x7f => format!("'\\x{byte:02x}'"),
        _ => format!("'{}'", char::from(byte)),
    };
    format!("invalid character {shown}{context}")
}
