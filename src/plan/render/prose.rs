//! Sentences as a terminal shows them: broken between words.

/// So many columns a line of prose has at most: lines end where Terraform's do, whose name has a letter more.
const COLUMNS: usize = 76;

/// Breaks every line of the text that is too long, between words.
pub fn wrapped(text: &str) -> String {
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

fn line(text: &str) -> String {
    let (mut out, mut column) = (String::new(), 0);
    for (index, word) in text.split(' ').enumerate() {
        let length = word.chars().count();
        if index > 0 {
            let fits = column + 1 + length <= COLUMNS;
            out.push(if fits { ' ' } else { '\n' });
            column = if fits { column + 1 } else { 0 };
        }
        out.push_str(word);
        column += length;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn lines_break_between_words_and_stay_otherwise() {
        let long = format!("{} {} c", "a".repeat(68), "b".repeat(7));
        assert_eq!(wrapped(&long), format!("{} {}\nc", "a".repeat(68), "b".repeat(7)));
        assert_eq!(wrapped("\n  a  b\n"), "\n  a  b\n");
        assert_eq!(wrapped(&"x".repeat(90)), "x".repeat(90));
    }
}
