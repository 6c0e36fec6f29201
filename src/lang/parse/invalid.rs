//! Characters that the language does not have: each is reported once, with what to write instead.

use diagnostics::{Diagnostic, Diagnostics, FileId, Span};

use super::token::{Kind, Token};

/// Reports stray characters and line breaks in strings.
pub(super) fn check(source: &str, tokens: &[Token], file: FileId) -> Diagnostics {
    let mut found = Diagnostics::new();
    let mut told = Told::default();
    for token in tokens {
        let text = source.get(token.start as usize..token.end as usize).unwrap_or("");
        let mistake = match token.kind {
            Kind::Stray => stray(text, &mut told),
            Kind::QuotedNewline => Some((
                "Invalid multi-line string",
                "Quoted strings may not be split over multiple lines. To produce a multi-line string, either use the \\n escape to represent a newline character or use the \"heredoc\" multi-line template syntax.".to_string(),
            )),
            _ => None,
        };
        if let Some((summary, detail)) = mistake {
            let span = Span { file, start: token.start, end: token.end };
            found.push(Diagnostic::error(summary, detail).at(span));
        }
    }
    found
}

/// How often each mistake was told, so that a file full of it does not drown the rest.
#[derive(Default)]
struct Told {
    bitwise: usize,
    backtick: usize,
    apostrophe: usize,
    semicolon: usize,
}

fn below(count: &mut usize, limit: usize) -> bool {
    *count += 1;
    *count <= limit
}

/// Quotes come in pairs: only the first of each pair is told, and only of two pairs.
fn opening(count: &mut usize) -> bool {
    let before = *count;
    *count = (before + 1).min(3);
    before.is_multiple_of(2)
}

fn stray(text: &str, told: &mut Told) -> Option<(&'static str, String)> {
    let character = |detail: &str| Some(("Invalid character", detail.to_string()));
    match text {
        "&" | "|" | "^" | "~" => {
            let hint = match text {
                "&" => " Did you mean boolean AND (\"&&\")?",
                "|" => " Did you mean boolean OR (\"||\")?",
                "~" => " Did you mean boolean NOT (\"!\")?",
                _ => "",
            };
            let detail = format!("Bitwise operators are not supported.{hint}");
            below(&mut told.bitwise, 4).then_some(("Unsupported operator", detail))
        }
        "`" if opening(&mut told.backtick) => character(
            "The \"`\" character is not valid. To create a multi-line string, use the \"heredoc\" syntax, like \"<<EOT\".",
        ),
        "'" if opening(&mut told.apostrophe) => {
            character("Single quotes are not valid. Use double quotes (\") to enclose strings.")
        }
        ";" if below(&mut told.semicolon, 1) => character(
            "The \";\" character is not valid. Use newlines to separate arguments and blocks, and commas to separate items in collection values.",
        ),
        "`" | "'" | ";" => None,
        "\u{201c}" | "\u{201d}" => character(
            "\"Curly quotes\" are not valid here. These can sometimes be inadvertently introduced when sharing code via documents or discussion forums. It might help to replace the character with a \"straight quote\".",
        ),
        _ => character("This character is not used within the language."),
    }
}
