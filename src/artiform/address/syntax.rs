//! How an address is written: names behind dots, and keys in brackets. Tells the first thing that is wrong.

/// Checks the spelling of an address, as Terraform does.
///
/// # Errors
/// What is expected in the place of the first letter that does not fit.
pub fn check(text: &str) -> Result<(), Wrong> {
    let first = ("Variable name required", "Must begin with a variable name.");
    let mut rest = blank(name(text).ok_or(first)?);
    while !rest.is_empty() {
        rest = blank(step(rest)?);
    }
    Ok(())
}

/// The summary and the detail of a mistake.
pub type Wrong = (&'static str, &'static str);

fn step(text: &str) -> Result<&str, Wrong> {
    const NAME: &str = "Attribute name required";
    if let Some(rest) = text.strip_prefix('.') {
        return match name(blank(rest)) {
            Some(rest) => Ok(rest),
            None if blank(rest).starts_with('*') => {
                Err((NAME, "Splat expressions (.*) may not be used here."))
            }
            None => Err((NAME, "Dot must be followed by attribute name.")),
        };
    }
    let Some(rest) = text.strip_prefix('[').map(blank) else {
        return Err(("Invalid character", "Expected an attribute access or an index operator."));
    };
    if rest.starts_with('*') {
        return Err((NAME, "Splat expressions ([*]) may not be used here."));
    }
    let Some(rest) = number(rest).or_else(|| quoted(rest)) else {
        let detail = "Index brackets must contain either a literal number or a literal string.";
        return Err(("Index value required", detail));
    };
    let unclosed = ("Unclosed index brackets", "Index key must be followed by a closing bracket.");
    blank(rest).strip_prefix(']').ok_or(unclosed)
}

fn blank(text: &str) -> &str {
    text.trim_start_matches([' ', '\t'])
}

/// What follows a name at the start.
fn name(text: &str) -> Option<&str> {
    let begins = text.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    begins.then(|| text.trim_start_matches(is_part))
}

/// What follows a number at the start.
fn number(text: &str) -> Option<&str> {
    text.starts_with(|c: char| c.is_ascii_digit())
        .then(|| text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.'))
}

/// What follows a string in quotes at the start.
fn quoted(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('"')?;
    let mut escaped = false;
    let end = inside.find(|c: char| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    })?;
    Some(&inside[end + 1..])
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn what_is_spelt_wrong_is_told() {
        for (text, detail) in [
            ("", "Must begin with a variable name."),
            ("1abc.x", "Must begin with a variable name."),
            ("a.", "Dot must be followed by attribute name."),
            ("a.b.*", "Splat expressions (.*) may not be used here."),
            ("a.b[*]", "Splat expressions ([*]) may not be used here."),
            ("a.b[", "Index brackets must contain either a literal number or a literal string."),
            ("a.b[x]", "Index brackets must contain either a literal number or a literal string."),
            ("a.b[0", "Index key must be followed by a closing bracket."),
            ("a b", "Expected an attribute access or an index operator."),
        ] {
            assert_eq!(check(text).unwrap_err().1, detail, "{text:?}");
        }
        for text in ["a", "a.b", "a.b[0]", "module.m[\"x\\\"]\"].a-b.c_d", "a.b [ 1 ]"] {
            assert!(check(text).is_ok(), "{text:?}");
        }
    }
}
