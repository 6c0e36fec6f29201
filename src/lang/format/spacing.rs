//! Whether one blank or none stands between two tokens of a line.

use super::token::{Kind, Token};

/// Tells whether a blank stands between `left` and `right`; `before` is what precedes `left` in
/// the same cell of the line.
pub(super) fn is_spaced(before: Option<&Token<'_>>, left: &Token<'_>, right: &Token<'_>) -> bool {
    if let Some(decided) = by_right(left.kind, right.kind) {
        return decided;
    }
    // `in [1, 2]` of a for expression, though `in` looks like a name that is indexed.
    let precedes = before.map(|token| token.kind);
    if left.kind == Kind::Identifier && left.text == "in" && precedes == Some(Kind::Identifier) {
        return true;
    }
    match (left.kind, right.kind) {
        // An index clings to what it indexes.
        (Kind::Identifier | Kind::Number, Kind::BracketOpen) => false,
        (closing, Kind::BracketOpen) if closing.nesting() < 0 => false,
        (Kind::Minus, _) => !precedes.is_none_or(makes_minus_a_sign),
        (Kind::Not, _) | (Kind::BraceOpen, Kind::BraceClose) => false,
        (Kind::BraceOpen, _) | (_, Kind::BraceClose) => true,
        // `${ {` and `} }`, lest braces that mean different things run together.
        (Kind::Interpolation, Kind::BraceOpen) | (Kind::BraceClose, Kind::SequenceEnd) => true,
        (left, right) => left.nesting() <= 0 && right.nesting() >= 0,
    }
}

/// The pairs where the kinds alone decide, ahead of every rule about brackets and signs.
fn by_right(left: Kind, right: Kind) -> Option<bool> {
    match (left, right) {
        (_, Kind::Newline)
        | (Kind::Identifier, Kind::ParenthesisOpen)
        | (Kind::Dot | Kind::DoubleColon, _)
        | (_, Kind::Dot | Kind::DoubleColon)
        | (_, Kind::Comma | Kind::Ellipsis) => Some(false),
        (Kind::Comma, _) => Some(true),
        // Text of a template is what it is.
        (Kind::Literal | Kind::QuoteOpen | Kind::HeredocOpen | Kind::SequenceEnd, _)
        | (_, Kind::Literal | Kind::QuoteClose | Kind::HeredocClose) => Some(false),
        _ => None,
    }
}

/// Tells whether a minus after a token of this kind negates rather than subtracts. (After `=>`,
/// `in`, `if` and a comment it is taken for a subtraction, as Terraform does.)
fn makes_minus_a_sign(before: Kind) -> bool {
    matches!(
        before,
        Kind::ParenthesisOpen
            | Kind::BraceOpen
            | Kind::BracketOpen
            | Kind::Assign
            | Kind::Colon
            | Kind::Comma
            | Kind::Question
            | Kind::Arithmetic
            | Kind::Star
            | Kind::Minus
            | Kind::Comparison
            | Kind::Logical
            | Kind::Not
    )
}
