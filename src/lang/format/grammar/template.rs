//! The grammar of templates: literal text, `${ }`, and `%{ }` directives that pair up.

use super::{Checked, Checker};
use crate::format::token::Kind;

/// A directive that waits for its end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    If,
    Else,
    For,
}

impl Checker<'_, '_> {
    /// Checks what follows the opening of a template, through its `close`.
    pub(super) fn template(&mut self, close: Kind) -> Checked {
        let mut open = Vec::new();
        loop {
            match self.peek() {
                Kind::Literal => {
                    self.take();
                }
                Kind::Interpolation => {
                    self.take();
                    self.nested(false, Self::expression)?;
                    self.expect(Kind::SequenceEnd, "\"}\" was expected here, to end \"${\".")?;
                }
                Kind::Directive => {
                    self.take();
                    self.directive(&mut open)?;
                    self.expect(Kind::SequenceEnd, "\"}\" was expected here, to end \"%{\".")?;
                }
                _ if open.is_empty() => {
                    return self.expect(close, "The template was expected to end here.");
                }
                _ => {
                    return Err(
                        self.mistake("The template ends, but a directive in it is still open.")
                    );
                }
            }
        }
    }

    fn directive(&mut self, open: &mut Vec<Open>) -> Checked {
        let word = self.text().to_owned();
        let innermost = open.last().copied();
        match (word.as_str(), innermost) {
            ("if", _) => {
                self.take();
                open.push(Open::If);
                self.nested(false, Self::expression)
            }
            ("for", _) => {
                self.take();
                open.push(Open::For);
                self.for_names()?;
                self.nested(false, Self::expression)
            }
            ("else", Some(Open::If)) => {
                self.take();
                open.pop();
                open.push(Open::Else);
                Ok(())
            }
            ("endif", Some(Open::If | Open::Else)) | ("endfor", Some(Open::For)) => {
                self.take();
                open.pop();
                Ok(())
            }
            ("else" | "endif" | "endfor", _) => {
                Err(self.mistake(format!("\"{word}\" ends no directive that is open here.")))
            }
            _ => Err(self.mistake("A directive begins with if, else, endif, for or endfor.")),
        }
    }
}
