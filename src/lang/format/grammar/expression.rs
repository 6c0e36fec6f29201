//! The grammar of expressions. Precedence does not matter here: operators only have to alternate
//! with operands.

use super::{Checked, Checker};
use crate::format::token::Kind;

impl Checker<'_, '_> {
    /// Checks one expression, operators and conditionals included.
    pub(super) fn expression(&mut self) -> Checked {
        loop {
            while matches!(self.peek(), Kind::Minus | Kind::Not) {
                self.take();
            }
            self.operand()?;
            self.accesses()?;
            match self.peek() {
                Kind::Arithmetic | Kind::Star | Kind::Minus | Kind::Comparison | Kind::Logical => {
                    self.take();
                }
                Kind::Question => {
                    self.take();
                    self.nested(self.newlines, Self::expression)?;
                    self.expect(Kind::Colon, "\":\" and the value for false were expected here.")?;
                }
                _ => return Ok(()),
            }
        }
    }

    fn operand(&mut self) -> Checked {
        match self.peek() {
            Kind::Number => self.number(),
            Kind::Identifier => self.name_or_call(),
            Kind::QuoteOpen => {
                self.take();
                self.nested(false, |inner| inner.template(Kind::QuoteClose))
            }
            Kind::HeredocOpen => {
                self.take();
                self.nested(false, |inner| inner.template(Kind::HeredocClose))
            }
            Kind::ParenthesisOpen => {
                self.take();
                self.bracketed(false, |inner| {
                    inner.expression()?;
                    inner.expect(Kind::ParenthesisClose, "\")\" was expected here.")
                })
            }
            Kind::BracketOpen => {
                self.take();
                self.bracketed(false, Self::list)
            }
            Kind::BraceOpen => {
                self.take();
                self.bracketed(true, Self::object)
            }
            _ => Err(self.mistake("An expression was expected here.")),
        }
    }

    fn number(&mut self) -> Checked {
        if !is_number(self.text()) {
            return Err(self.mistake("This is not a number."));
        }
        self.take();
        Ok(())
    }

    fn name_or_call(&mut self) -> Checked {
        self.take();
        let mut is_call = false;
        while self.takes(Kind::DoubleColon) {
            is_call = true;
            self.expect(Kind::Identifier, "The name of a function was expected here.")?;
        }
        if self.peek() == Kind::ParenthesisOpen {
            self.take();
            return self.bracketed(false, Self::arguments);
        }
        if is_call {
            return Err(self.mistake("\"(\" and arguments of the function were expected here."));
        }
        Ok(())
    }

    fn arguments(&mut self) -> Checked {
        while !self.takes(Kind::ParenthesisClose) {
            self.expression()?;
            match self.peek() {
                Kind::Comma => {
                    self.take();
                }
                Kind::Ellipsis => {
                    self.take();
                    return self
                        .expect(Kind::ParenthesisClose, "Nothing can follow \"...\" in a call.");
                }
                Kind::ParenthesisClose => {}
                _ => return Err(self.mistake("A comma or \")\" was expected here.")),
            }
        }
        Ok(())
    }

    /// Checks what follows `[`, through `]`.
    fn list(&mut self) -> Checked {
        if self.takes_word("for") {
            return self.for_expression(Kind::BracketClose);
        }
        while !self.takes(Kind::BracketClose) {
            self.expression()?;
            match self.peek() {
                Kind::Comma => {
                    self.take();
                }
                Kind::BracketClose => {}
                _ => return Err(self.mistake("A comma or \"]\" was expected here.")),
            }
        }
        Ok(())
    }

    /// Checks what follows `{`, through `}`.
    fn object(&mut self) -> Checked {
        // `for` may stand on a later line than the brace; the keys of an object mind line breaks.
        self.newlines = false;
        let is_for = self.peek() == Kind::Identifier && self.text() == "for";
        if is_for {
            self.take();
            return self.for_expression(Kind::BraceClose);
        }
        self.newlines = true;
        loop {
            while self.takes(Kind::Newline) {}
            if self.takes(Kind::BraceClose) {
                return Ok(());
            }
            self.expression()?;
            match self.take() {
                Kind::Assign | Kind::Colon => {}
                _ => {
                    self.next = self.last;
                    return Err(self.mistake("\"=\" or \":\" and a value were expected here."));
                }
            }
            self.expression()?;
            match self.peek() {
                Kind::Comma | Kind::Newline => {
                    self.take();
                }
                Kind::BraceClose => {}
                _ => return Err(self.mistake("A comma, a line break or \"}\" was expected here.")),
            }
        }
    }

    /// Checks what follows the word `for` in a list or an object, through its `close`.
    fn for_expression(&mut self, close: Kind) -> Checked {
        self.for_names()?;
        self.expression()?;
        self.expect(Kind::Colon, "\":\" was expected here, after the collection.")?;
        self.expression()?;
        if close == Kind::BraceClose {
            self.expect(Kind::Arrow, "\"=>\" and a value were expected here.")?;
            self.expression()?;
            self.takes(Kind::Ellipsis);
        }
        if self.takes_word("if") {
            self.expression()?;
        }
        self.expect(close, "The for expression has to end here with its closing bracket.")
    }

    /// Checks `name in` or `name, name in`.
    pub(super) fn for_names(&mut self) -> Checked {
        self.expect(Kind::Identifier, "A name was expected here, after \"for\".")?;
        if self.takes(Kind::Comma) {
            self.expect(Kind::Identifier, "A second name was expected here.")?;
        }
        if self.takes_word("in") {
            Ok(())
        } else {
            Err(self.mistake("\"in\" and a collection were expected here."))
        }
    }

    /// Checks the attribute accesses, indexes and splats that follow an operand.
    fn accesses(&mut self) -> Checked {
        loop {
            match self.peek() {
                Kind::Dot => {
                    self.take();
                    self.attribute_access()?;
                }
                Kind::BracketOpen => {
                    self.take();
                    if self.takes(Kind::Star) {
                        self.expect(
                            Kind::BracketClose,
                            "\"]\" was expected here, after the splat.",
                        )?;
                    } else {
                        self.bracketed(false, |inner| {
                            inner.expression()?;
                            inner.expect(Kind::BracketClose, "\"]\" was expected here.")
                        })?;
                    }
                }
                _ => return Ok(()),
            }
        }
    }

    fn attribute_access(&mut self) -> Checked {
        match self.peek() {
            Kind::Identifier | Kind::Star => {
                self.take();
                Ok(())
            }
            // The index of old, `list.0`; the scanner takes `.0.1` for one number.
            Kind::Number if !self.text().contains('.') => {
                self.take();
                Ok(())
            }
            _ => Err(self.mistake("The name of an attribute was expected here, after the dot.")),
        }
    }
}

/// Tells whether the text of a number token is one number: digits, a fraction, an exponent.
fn is_number(text: &str) -> bool {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    !whole.is_empty()
        && !exponent.is_empty()
        && [whole, fraction, exponent].into_iter().all(is_digits)
}
