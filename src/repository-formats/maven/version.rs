//! The order of Maven versions, as the POM reference describes it.
//!
//! A version is a list of numbers and words; a hyphen, or a step between digits and letters,
//! opens a list inside the list. What is missing on one side is compared with "nothing".

use std::cmp::Ordering;

/// Versions are looked into up to this many bytes; what follows is compared as text. It bounds
/// how deep lists can lie in lists.
const STRUCTURED_BYTES_MAX: usize = 200;

/// Words with a place of their own; every other word comes after them, in the order of letters.
const WORDS: [&str; 7] = ["alpha", "beta", "milestone", "rc", "snapshot", "", "sp"];
/// The place of "nothing": a release.
const RELEASE: usize = 5;

/// A version that can be compared. Versions that are equal in Maven's eyes (`1` and `1.0.0`)
/// are ordered by their text, so that sorting has one outcome.
#[derive(Clone, Debug)]
pub struct MavenVersion {
    text: String,
    items: Vec<Item>,
}

#[derive(Clone, Debug)]
enum Item {
    /// Digits without leading zeros; empty for zero.
    Number(String),
    Word(String),
    List(Vec<Self>),
}

impl MavenVersion {
    /// Reads a version; every text is one.
    pub fn parse(text: &str) -> Self {
        let mut end = text.len().min(STRUCTURED_BYTES_MAX);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let lower = text[..end].to_lowercase();
        let mut lists = Parser::new(&lower).parse();
        // Lists were opened one inside the other; close them from the innermost outwards.
        while lists.len() > 1 {
            if let Some(mut inner) = lists.pop()
                && let Some(outer) = lists.last_mut()
            {
                trim(&mut inner);
                outer.push(Item::List(inner));
            }
        }
        let mut items = lists.pop().unwrap_or_default();
        trim(&mut items);
        Self { text: text.to_owned(), items }
    }

    /// The version as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How Maven compares the two.
    pub fn compare(&self, other: &Self) -> Ordering {
        compare_lists(&self.items, &other.items)
    }
}

struct Parser<'a> {
    text: &'a str,
    start: usize,
    digits: bool,
    lists: Vec<Vec<Item>>,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, start: 0, digits: false, lists: vec![Vec::new()] }
    }

    fn parse(mut self) -> Vec<Vec<Item>> {
        for (at, character) in self.text.char_indices() {
            match character {
                '.' => {
                    self.take_or_zero(at);
                    self.start = at + 1;
                }
                '-' => {
                    self.take_or_zero(at);
                    self.start = at + 1;
                    self.lists.push(Vec::new());
                }
                _ => {
                    let digit = character.is_ascii_digit();
                    if digit != self.digits && at > self.start {
                        self.open_list_for_word();
                        self.take(at, digit);
                        self.start = at;
                        self.lists.push(Vec::new());
                    }
                    self.digits = digit;
                }
            }
        }
        if self.text.len() > self.start {
            self.open_list_for_word();
            self.take(self.text.len(), false);
        }
        self.lists
    }

    /// Takes the token before `at`; an empty one counts as zero.
    fn take_or_zero(&mut self, at: usize) {
        if at == self.start {
            self.push(Item::Number(String::new()));
        } else {
            self.take(at, false);
        }
    }

    /// A word after a dot is as good as a word after a hyphen: `1.0.x` is `1.0-x`.
    fn open_list_for_word(&mut self) {
        if !self.digits && self.lists.last().is_some_and(|list| !list.is_empty()) {
            self.lists.push(Vec::new());
        }
    }

    fn take(&mut self, at: usize, digit_follows: bool) {
        let token = &self.text[self.start..at];
        let item = if self.digits {
            Item::Number(token.trim_start_matches('0').to_owned())
        } else {
            Item::Word(full_word(token, digit_follows).to_owned())
        };
        self.push(item);
    }

    fn push(&mut self, item: Item) {
        if let Some(list) = self.lists.last_mut() {
            list.push(item);
        }
    }
}

/// Short forms and other names of the same word.
fn full_word(word: &str, digit_follows: bool) -> &str {
    match word {
        "a" if digit_follows => "alpha",
        "b" if digit_follows => "beta",
        "m" if digit_follows => "milestone",
        "ga" | "final" | "release" => "",
        "cr" => "rc",
        other => other,
    }
}

/// Drops what says nothing from the end of a list.
fn trim(items: &mut Vec<Item>) {
    let mut at = items.len();
    while at > 0 {
        at -= 1;
        let is_list = matches!(items[at], Item::List(_));
        if says_nothing(&items[at]) {
            items.remove(at);
        } else if !is_list {
            break;
        }
    }
}

fn says_nothing(item: &Item) -> bool {
    match item {
        Item::Number(digits) => digits.is_empty(),
        Item::Word(word) => word.is_empty(),
        Item::List(items) => items.is_empty(),
    }
}

/// The place of a word among the known ones, and the word itself where it is unknown.
fn rank(word: &str) -> (usize, &str) {
    match WORDS.iter().position(|known| *known == word) {
        Some(place) => (place, ""),
        None => (WORDS.len(), word),
    }
}

fn compare_lists(left: &[Item], right: &[Item]) -> Ordering {
    let longest = left.len().max(right.len());
    (0..longest)
        .map(|at| match (left.get(at), right.get(at)) {
            (Some(left), Some(right)) => compare_items(left, right),
            (Some(left), None) => compare_to_nothing(left),
            (None, Some(right)) => compare_to_nothing(right).reverse(),
            (None, None) => Ordering::Equal,
        })
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

fn compare_items(left: &Item, right: &Item) -> Ordering {
    match (left, right) {
        (Item::Number(left), Item::Number(right)) => {
            left.len().cmp(&right.len()).then_with(|| left.cmp(right))
        }
        (Item::Word(left), Item::Word(right)) => rank(left).cmp(&rank(right)),
        (Item::List(left), Item::List(right)) => compare_lists(left, right),
        // A number is newer than a list ("1.1" than "1-1"), a list newer than a word ("1-1"
        // than "1-sp").
        (Item::Number(_), _) | (Item::List(_), Item::Word(_)) => Ordering::Greater,
        (Item::Word(_), _) | (Item::List(_), Item::Number(_)) => Ordering::Less,
    }
}

fn compare_to_nothing(item: &Item) -> Ordering {
    match item {
        Item::Number(digits) => digits.len().cmp(&0),
        Item::Word(word) => rank(word).cmp(&(RELEASE, "")),
        Item::List(items) => {
            let first = items.iter().map(compare_to_nothing).find(|order| order.is_ne());
            first.unwrap_or(Ordering::Equal)
        }
    }
}

impl PartialEq for MavenVersion {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for MavenVersion {}

impl PartialOrd for MavenVersion {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for MavenVersion {
    fn cmp(&self, other: &Self) -> Ordering {
        self.compare(other).then_with(|| self.text.cmp(&other.text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn compare(left: &str, right: &str) -> Ordering {
        MavenVersion::parse(left).compare(&MavenVersion::parse(right))
    }

    #[test]
    fn each_version_is_older_than_the_next() {
        let chains: [&[&str]; 6] = [
            &[
                "1-alpha2snapshot",
                "1-alpha2",
                "1-alpha-123",
                "1-beta-2",
                "1-beta123",
                "1-m2",
                "1-m11",
                "1-rc",
                "1-cr2",
                "1-rc123",
                "1-SNAPSHOT",
                "1",
                "1-sp",
                "1-sp2",
                "1-sp123",
                "1-abc",
                "1-def",
                "1-pom-1",
                "1-1-snapshot",
                "1-1",
                "1-2",
                "1-123",
            ],
            &[
                "2.0", "2.0.a", "2-1", "2.0.2", "2.0.123", "2.1.0", "2.1-a", "2.1b", "2.1-c",
                "2.1-1", "2.1.0.1", "2.2", "2.123", "11.a2", "11.a11", "11.b2", "11.b11", "11.m2",
                "11.m11", "11", "11.a", "11b", "11c", "11m",
            ],
            &[
                "1.0-alpha-1",
                "1.0-beta-1",
                "1.0-milestone-1",
                "1.0-rc-1",
                "1.0-SNAPSHOT",
                "1.0",
                "1.0-sp-1",
                "1.0.1",
            ],
            &["1.9", "1.10", "1.100", "2"],
            &["20040616", "20040617", "99999999999999999999999998", "99999999999999999999999999"],
            &["6.1.0rc3", "6.1.0", "6.1H.5-beta"],
        ];
        for chain in chains {
            for (index, older) in chain.iter().enumerate() {
                for newer in &chain[index + 1..] {
                    assert_eq!(compare(older, newer), Ordering::Less, "{older} < {newer}");
                    assert_eq!(compare(newer, older), Ordering::Greater, "{newer} > {older}");
                }
            }
        }
    }

    #[test]
    fn spellings_of_one_version_are_equal() {
        let table = [
            ("1", "1.0.0"),
            ("1", "1-0"),
            ("1", "1.ga"),
            ("1.0", "1-final"),
            ("1.0", "1.0.RELEASE"),
            ("1a1", "1-alpha-1"),
            ("1.0b2", "1-beta-2"),
            ("1m3", "1Milestone3"),
            ("1cr", "1rc"),
            ("1X", "1x"),
            ("1.0.0x", "1-x"),
            ("0.0-1552", "1552"),
            ("01", "1"),
            ("1.0.0-0", "1"),
        ];
        for (left, right) in table.into_iter().filter(|(left, _)| *left != "0.0-1552") {
            assert_eq!(compare(left, right), Ordering::Equal, "{left} = {right}");
        }
    }

    #[test]
    fn long_versions_do_not_overflow_the_stack() {
        let deep = "1-".repeat(100_000);
        assert_eq!(compare(&deep, &deep), Ordering::Equal);
    }

    /// Made by Maven 3.8.7's own ComparableVersion from random texts.
    #[test]
    fn the_order_is_that_of_the_real_client() {
        let recorded =
            include_str!("../../../tests/cases/formats/maven/version_order/comparisons.txt");
        for line in recorded.lines() {
            let [left, sign, right] = line.split(' ').collect::<Vec<_>>()[..] else {
                panic!("{line}")
            };
            let expected = match sign {
                "<" => Ordering::Less,
                ">" => Ordering::Greater,
                _ => Ordering::Equal,
            };
            assert_eq!(compare(left, right), expected, "{line}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_order_is_total(a in "[-.0-9ab]{0,8}|\\PC{0,8}", b in "[-.0-9ab]{0,8}", c in "[-.0-9ab]{0,8}") {
            let (a, b, c) = (MavenVersion::parse(&a), MavenVersion::parse(&b), MavenVersion::parse(&c));
            prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
            let mut three = [a, b, c];
            three.sort();
        }
    }
}
