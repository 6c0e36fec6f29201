//! Checks that tokens follow the grammar of HCL, and notes the places that formatting rewrites.
//!
//! Nothing is built: the check walks the tokens once, with one token of lookahead. This file
//! knows bodies, attributes and blocks; [`expression`] knows what stands right of a `=`.

mod expression;
mod template;

use std::collections::HashSet;
use std::ops::Range;

use super::Mistake;
use super::token::{Kind, Token};

/// A place to rewrite, as a range of token indexes.
#[derive(Debug)]
pub(super) enum Edit {
    /// The labels of a block.
    Labels(Range<usize>),
    /// The type of a variable.
    Type(Range<usize>),
    /// The value of any other attribute that begins with a quote.
    Value(Range<usize>),
}

impl Edit {
    pub(super) fn range(&self) -> Range<usize> {
        match self {
            Self::Labels(range) | Self::Type(range) | Self::Value(range) => range.clone(),
        }
    }
}

/// Checks the tokens of a whole file and returns the rewrites, in source order.
pub(super) fn check(tokens: &[Token<'_>]) -> Result<Vec<Edit>, Mistake> {
    let mut checker = Checker {
        tokens,
        next: 0,
        last: 0,
        newlines: true,
        depth: 0,
        blocks: Vec::new(),
        edits: Vec::new(),
    };
    checker.body()?;
    if checker.peek() == Kind::End {
        Ok(checker.edits)
    } else {
        Err(checker.mistake("There is no open block that this brace could close."))
    }
}

/// Blocks, brackets and templates may nest this deep; source that nests deeper is refused rather
/// than trusted with the call stack.
const DEPTH_MAX: usize = 250;

struct Checker<'t, 'a> {
    tokens: &'t [Token<'a>],
    /// Index of the token to look at next.
    next: usize,
    /// Index of the token taken last.
    last: usize,
    /// Whether a line break means something here; inside of most brackets it does not.
    newlines: bool,
    depth: usize,
    /// Index of the type of each block that is open.
    blocks: Vec<usize>,
    edits: Vec<Edit>,
}

type Checked = Result<(), Mistake>;

impl<'a> Checker<'_, 'a> {
    /// Kind of the next token that means something; a comment that ends its line is a newline.
    fn peek(&mut self) -> Kind {
        while let Some(token) = self.tokens.get(self.next) {
            match token.kind {
                Kind::Newline if !self.newlines => {}
                Kind::Comment if self.newlines && token.ends_line() => return Kind::Newline,
                Kind::Comment => {}
                kind => return kind,
            }
            self.next += 1;
        }
        Kind::End
    }

    fn take(&mut self) -> Kind {
        let kind = self.peek();
        self.last = self.next;
        if kind != Kind::End {
            self.next += 1;
        }
        kind
    }

    /// Takes the next token if it is of this kind.
    fn takes(&mut self, kind: Kind) -> bool {
        let found = self.peek() == kind;
        if found {
            self.take();
        }
        found
    }

    fn expect(&mut self, kind: Kind, message: &str) -> Checked {
        if self.takes(kind) { Ok(()) } else { Err(self.mistake(message)) }
    }

    /// Text of the next token that means something.
    fn text(&mut self) -> &str {
        self.peek();
        self.tokens.get(self.next).map_or("", |token| token.text.as_ref())
    }

    /// Takes the next token if it is this word.
    fn takes_word(&mut self, word: &str) -> bool {
        let found = self.peek() == Kind::Identifier && self.text() == word;
        if found {
            self.take();
        }
        found
    }

    /// A mistake at the next token.
    fn mistake(&mut self, message: impl Into<String>) -> Mistake {
        self.peek();
        let offset = self.tokens.get(self.next).map_or(0, |token| token.offset);
        Mistake::new(offset, message)
    }

    /// Runs `inner` one level deeper, where line breaks mean something or do not.
    fn nested(&mut self, newlines: bool, inner: impl FnOnce(&mut Self) -> Checked) -> Checked {
        if self.depth == DEPTH_MAX {
            return Err(self.mistake("The source is nested too deeply here."));
        }
        self.depth += 1;
        let outer = std::mem::replace(&mut self.newlines, newlines);
        inner(self)?;
        self.newlines = outer;
        self.depth -= 1;
        Ok(())
    }

    /// Runs `inner` after a bracket was taken; if the source ends within, it is the bracket that is
    /// to blame.
    fn bracketed(&mut self, newlines: bool, inner: impl FnOnce(&mut Self) -> Checked) -> Checked {
        let bracket = self.last;
        self.nested(newlines, inner).map_err(|mistake| match self.tokens.last() {
            Some(end) if mistake.offset >= end.offset => {
                let open = &self.tokens[bracket];
                Mistake::new(open.offset, format!("This \"{}\" is never closed.", open.text))
            }
            _ => mistake,
        })
    }

    /// Checks attributes and blocks up to the end of the file or a closing brace.
    fn body(&mut self) -> Checked {
        let mut names = HashSet::new();
        loop {
            match self.peek() {
                Kind::End | Kind::BraceClose => return Ok(()),
                Kind::Newline => {
                    self.take();
                }
                Kind::Identifier => self.item(&mut names)?,
                Kind::QuoteOpen => {
                    return Err(self.mistake("Names of arguments and blocks are not quoted."));
                }
                _ => return Err(self.mistake("An argument or a block was expected here.")),
            }
        }
    }

    fn item(&mut self, names: &mut HashSet<String>) -> Checked {
        self.take();
        let name = self.last;
        match self.peek() {
            Kind::Assign => {
                self.attribute(name, names)?;
                self.line_ends("An argument ends with its line; a line break was expected here.")
            }
            Kind::BraceOpen | Kind::QuoteOpen | Kind::Identifier => {
                self.block(name)?;
                self.line_ends("A block ends with its line; a line break was expected here.")
            }
            _ => Err(self.mistake(
                "After a name, \"=\" and a value make an argument, and \"{\" begins a block; \
                 neither was found here.",
            )),
        }
    }

    fn line_ends(&mut self, message: &str) -> Checked {
        match self.peek() {
            Kind::Newline | Kind::End => Ok(()),
            _ => Err(self.mistake(message)),
        }
    }

    /// Checks `= value` after the name of an attribute.
    fn attribute(&mut self, name: usize, names: &mut HashSet<String>) -> Checked {
        let token = &self.tokens[name];
        if !names.insert(token.text.to_string()) {
            let message = format!("The argument \"{}\" was already set in this block.", token.text);
            return Err(Mistake::new(token.offset, message));
        }
        self.take();
        let first = self.peek();
        let start = self.next;
        self.expression()?;
        let value = start..self.last + 1;
        if self.tokens[name].text == "type" && self.in_variable() {
            self.edits.push(Edit::Type(value));
        } else if first == Kind::QuoteOpen {
            self.edits.push(Edit::Value(value));
        }
        Ok(())
    }

    /// Tells whether the block that is open is a `variable` at the top of the file.
    fn in_variable(&self) -> bool {
        matches!(self.blocks.as_slice(), [block] if self.tokens[*block].text == "variable")
    }

    fn block(&mut self, name: usize) -> Checked {
        let start = name + 1;
        self.labels()?;
        if self.last > name {
            self.edits.push(Edit::Labels(start..self.last + 1));
        }
        self.expect(
            Kind::BraceOpen,
            "Labels are quoted strings, and \"{\" follows them on the same line.",
        )?;
        self.blocks.push(name);
        self.bracketed(true, Self::block_body)?;
        self.blocks.pop();
        Ok(())
    }

    fn labels(&mut self) -> Checked {
        loop {
            match self.peek() {
                Kind::Identifier => {
                    self.take();
                }
                Kind::QuoteOpen => {
                    self.take();
                    while self.takes(Kind::Literal) {}
                    self.expect(
                        Kind::QuoteClose,
                        "A label is plain text, without template sequences.",
                    )?;
                }
                _ => return Ok(()),
            }
        }
    }

    /// Checks what follows the opening brace of a block, through the closing one.
    fn block_body(&mut self) -> Checked {
        const UNCLOSED: &str = "\"}\" was expected here, to end the block.";
        match self.peek() {
            Kind::Newline => {
                self.body()?;
                self.expect(Kind::BraceClose, UNCLOSED)
            }
            Kind::Identifier => {
                self.take();
                if self.peek() != Kind::Assign {
                    return Err(
                        self.mistake("A block on one line holds one argument and no block.")
                    );
                }
                self.attribute(self.last, &mut HashSet::new())?;
                self.expect(
                    Kind::BraceClose,
                    "A block on one line holds one argument, and its closing brace follows it.",
                )
            }
            _ => self.expect(Kind::BraceClose, UNCLOSED),
        }
    }
}
