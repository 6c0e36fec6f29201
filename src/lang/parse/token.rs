//! The pieces that source text is cut into.

/// A piece of source: its kind and its bytes, `start` inclusive, `end` exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: u32,
    pub(super) end: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Identifier,
    Number,
    Newline,
    End,

    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    OpenParenthesis,
    CloseParenthesis,

    OpenQuote,
    CloseQuote,
    /// `<<EOT` or `<<-EOT` with its line break.
    OpenHeredoc,
    CloseHeredoc,
    /// Text between quotes, with its backslash escapes.
    Quoted,
    /// Text of a heredoc or of a file that is a template; at most one line.
    Bare,
    /// Line breaks inside quotes, which are a mistake.
    QuotedNewline,
    /// `${` or `${~`.
    OpenInterpolation,
    /// `%{` or `%{~`.
    OpenDirective,
    /// The `}` or `~}` of those two.
    CloseSequence,

    Dot,
    Comma,
    Colon,
    DoubleColon,
    Question,
    Ellipsis,
    Assign,
    FatArrow,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
    Bang,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,

    /// A character that the language does not have, or has no use for.
    Stray,
}

impl Kind {
    /// The kind that closes what this opens.
    pub(super) fn closer(self) -> Option<Self> {
        match self {
            Self::OpenBrace => Some(Self::CloseBrace),
            Self::OpenBracket => Some(Self::CloseBracket),
            Self::OpenParenthesis => Some(Self::CloseParenthesis),
            Self::OpenQuote => Some(Self::CloseQuote),
            Self::OpenHeredoc => Some(Self::CloseHeredoc),
            Self::OpenInterpolation | Self::OpenDirective => Some(Self::CloseSequence),
            _ => None,
        }
    }

    pub(super) fn closes(self) -> bool {
        matches!(
            self,
            Self::CloseBrace
                | Self::CloseBracket
                | Self::CloseParenthesis
                | Self::CloseQuote
                | Self::CloseHeredoc
                | Self::CloseSequence
        )
    }
}
