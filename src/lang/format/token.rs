//! The smallest pieces of HCL source that formatting moves around.

use std::borrow::Cow;

/// What a token is, as far as the grammar and the layout need to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Identifier,
    Number,
    /// `"` that begins a quoted template.
    QuoteOpen,
    /// `"` that ends a quoted template.
    QuoteClose,
    /// `<<MARK` or `<<-MARK` with the line break that follows.
    HeredocOpen,
    /// The closing mark with the blanks around it, without its line break.
    HeredocClose,
    /// Literal text of a quoted template or of a heredoc.
    Literal,
    /// `${` or `${~`.
    Interpolation,
    /// `%{` or `%{~`.
    Directive,
    /// `}` or `~}` that ends an interpolation or a directive.
    SequenceEnd,
    BraceOpen,
    BraceClose,
    BracketOpen,
    BracketClose,
    ParenthesisOpen,
    ParenthesisClose,
    /// `\n` or `\r\n`.
    Newline,
    /// A comment; one that runs to the end of its line holds the line break too.
    Comment,
    /// `=`.
    Assign,
    /// `=>`.
    Arrow,
    Comma,
    Colon,
    DoubleColon,
    Dot,
    Ellipsis,
    Question,
    Minus,
    Not,
    Star,
    /// `+`, `/` and `%`.
    Arithmetic,
    /// `==`, `!=`, `<`, `<=`, `>` and `>=`.
    Comparison,
    /// `&&` and `||`.
    Logical,
    /// The end of the source; its text is the blanks that the source ends with.
    End,
}

/// One token with its text as written.
#[derive(Debug, Clone)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: Cow<'a, str>,
    /// Byte offset in the source, for messages.
    pub(super) offset: usize,
}

impl Token<'_> {
    /// Makes a token that the source does not hold.
    pub(super) fn written(kind: Kind, text: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, text: text.into(), offset: 0 }
    }

    /// Tells whether the line ends with this token.
    pub(super) fn ends_line(&self) -> bool {
        match self.kind {
            Kind::Newline => true,
            Kind::Comment => self.text.ends_with('\n'),
            _ => false,
        }
    }
}

impl Kind {
    /// How this token changes the depth of nesting: 1, 0 or -1.
    pub(super) fn nesting(self) -> isize {
        match self {
            Self::BraceOpen
            | Self::BracketOpen
            | Self::ParenthesisOpen
            | Self::Interpolation
            | Self::Directive => 1,
            Self::BraceClose | Self::BracketClose | Self::ParenthesisClose | Self::SequenceEnd => {
                -1
            }
            _ => 0,
        }
    }
}
