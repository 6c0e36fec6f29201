//! Just enough of EC2's answers: the items of a set, and the text of an element. Not a parser of XML.

use std::ops::Range;

/// Where the items of a set stand in a text, without those of sets inside them.
pub(crate) fn items(text: &str, set: &str) -> Vec<Range<usize>> {
    let (open, close) = (format!("<{set}>"), format!("</{set}>"));
    let Some(start) = text.find(&open).map(|at| at + open.len()) else { return Vec::new() };
    let end = text[start..].rfind(&close).map_or(text.len(), |at| start + at);
    let mut found = Vec::new();
    let (mut depth, mut begun, mut at) = (0_usize, start, start);
    while let Some(next) = text[at..end].find('<').map(|offset| at + offset) {
        let rest = &text[next..end];
        if rest.starts_with("<item>") {
            if depth == 0 {
                begun = next;
            }
            depth += 1;
        } else if rest.starts_with("</item>") {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                found.push(begun..next + "</item>".len());
            }
        }
        at = next + 1;
    }
    found
}

/// The items of a set as text.
pub(crate) fn item_texts<'a>(text: &'a str, set: &str) -> Vec<&'a str> {
    items(text, set).into_iter().map(|range| &text[range]).collect()
}

/// The text of the first element of this name.
pub(crate) fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.split_once(&format!("<{name}>"))?
        .1
        .split_once(&format!("</{name}>"))
        .map(|(inner, _)| inner)
}

/// The text without these ranges, which stand in order.
pub(crate) fn without(text: &str, ranges: &[Range<usize>]) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut at = 0;
    for range in ranges {
        kept.push_str(&text[at..range.start]);
        at = range.end;
    }
    kept.push_str(&text[at..]);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "<r><aSet>\n <item><id>1</id><bSet><item><id>x</id></item></bSet></item>\n <item><id>2</id></item></aSet></r>";

    #[test]
    fn items_are_those_of_the_set_itself() {
        let items = item_texts(TEXT, "aSet");
        assert_eq!(items.len(), 2, "{items:?}");
        assert!(items[0].contains("<id>x</id>"));
        assert_eq!(element(items[1], "id"), Some("2"));
        assert!(item_texts(TEXT, "cSet").is_empty());
    }

    #[test]
    fn an_item_can_be_cut_out() {
        let ranges = items(TEXT, "aSet");
        let cut = without(TEXT, &ranges[..1]);
        assert_eq!(cut, "<r><aSet>\n \n <item><id>2</id></item></aSet></r>");
    }
}
