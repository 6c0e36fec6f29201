//! The indentation of `<<-` heredocs.

use super::template::Part;

/// Takes from every line the space that all lines have in common.
///
/// A line counts where it starts with literal text or a sequence, unless it is blank; what `~`
/// trimmed is not looked at again, so a line whose break was trimmed away does not start anew.
pub(super) fn dedent(parts: &mut [Part]) {
    let mut common = usize::MAX;
    let mut starts = Vec::new();
    let mut line_start = true;
    for (i, part) in parts.iter().enumerate() {
        let literal = if let Part::Literal(text) = part { Some(text.as_str()) } else { None };
        if std::mem::take(&mut line_start) {
            let space = literal.map_or(0, leading_space);
            let blank = literal.is_some_and(|text| space == text.len() && text.ends_with('\n'));
            if !blank {
                common = common.min(literal.map_or(0, |text| text[..space].chars().count()));
                starts.extend(literal.map(|_| i));
            }
        }
        line_start = literal.is_some_and(|text| text.ends_with('\n'));
    }
    for i in starts {
        if let Part::Literal(text) = &mut parts[i] {
            let cut = text.char_indices().nth(common).map_or(text.len(), |(at, _)| at);
            text.replace_range(..cut, "");
        }
    }
}

/// The bytes of white space at the start.
fn leading_space(text: &str) -> usize {
    text.len() - text.trim_start().len()
}
