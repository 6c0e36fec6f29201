//! Ant-style patterns over paths (`**/*`, `org/*/lib?.jar`) and the pair of include and exclude.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A pattern: `?` is one character, `*` any characters of a segment, `**` any segments.
/// A pattern that ends in `/` means everything below. Matching respects case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct AntPattern {
    text: String,
    segments: Vec<Segment>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Segment {
    AnySegments,
    Glob(Vec<char>),
}

impl AntPattern {
    /// Reads a pattern; every text is one.
    pub fn new(text: &str) -> Self {
        let trimmed = text.trim().trim_start_matches('/');
        let whole =
            if trimmed.ends_with('/') { format!("{trimmed}**") } else { trimmed.to_owned() };
        let mut segments: Vec<Segment> = Vec::new();
        for part in whole.split('/').filter(|part| !part.is_empty()) {
            let segment = if part == "**" {
                Segment::AnySegments
            } else {
                Segment::Glob(part.chars().collect())
            };
            // Two `**` in a row say the same as one, and would only cost time.
            if segment != Segment::AnySegments || segments.last() != Some(&Segment::AnySegments) {
                segments.push(segment);
            }
        }
        Self { text: text.trim().to_owned(), segments }
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the whole of `path` matches. Costs at most segments of pattern times of path.
    pub fn matches(&self, path: &str) -> bool {
        let names: Vec<&str> = path.split('/').filter(|name| !name.is_empty()).collect();
        wildcard(
            &self.segments,
            &names,
            |segment| *segment == Segment::AnySegments,
            |segment, name| match segment {
                Segment::AnySegments => true,
                Segment::Glob(glob) => glob_matches(glob, name),
            },
        )
    }

    /// Whether something below the folder `path` could match, so that a walk must go into it.
    pub fn may_match_below(&self, path: &str) -> bool {
        let names = path.split('/').filter(|name| !name.is_empty());
        let mut segments = self.segments.iter();
        for name in names {
            match segments.next() {
                None => return false,
                Some(Segment::AnySegments) => return true,
                Some(Segment::Glob(glob)) if !glob_matches(glob, name) => return false,
                Some(Segment::Glob(_)) => {}
            }
        }
        segments.next().is_some()
    }
}

fn glob_matches(glob: &[char], name: &str) -> bool {
    let letters: Vec<char> = name.chars().collect();
    wildcard(
        glob,
        &letters,
        |letter| *letter == '*',
        |wanted, letter| *wanted == '?' || wanted == letter,
    )
}

/// Matches with a single "any run" token; only the last such token needs to be tried again,
/// which keeps hostile patterns from taking exponential time.
fn wildcard<P, T>(
    pattern: &[P],
    text: &[T],
    is_any: impl Fn(&P) -> bool,
    equal: impl Fn(&P, &T) -> bool,
) -> bool {
    let (mut at, mut position) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while position < text.len() {
        if at < pattern.len() && is_any(&pattern[at]) {
            retry = Some((at, position));
            at += 1;
        } else if at < pattern.len() && equal(&pattern[at], &text[position]) {
            at += 1;
            position += 1;
        } else if let Some((any, from)) = retry {
            retry = Some((any, from + 1));
            at = any + 1;
            position = from + 1;
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(is_any)
}

impl From<String> for AntPattern {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl From<AntPattern> for String {
    fn from(pattern: AntPattern) -> Self {
        pattern.text
    }
}

impl fmt::Display for AntPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// What to take and what to leave out; leaving out wins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathFilter {
    includes: Vec<AntPattern>,
    excludes: Vec<AntPattern>,
}

impl PathFilter {
    /// Reads two comma-separated lists. No include at all means everything.
    pub fn parse(includes: &str, excludes: &str) -> Self {
        Self::new(includes.split(','), excludes.split(','))
    }

    /// Takes two lists of patterns. No include at all means everything.
    pub fn new<'a>(
        includes: impl IntoIterator<Item = &'a str>,
        excludes: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        fn compile<'b>(patterns: impl IntoIterator<Item = &'b str>) -> Vec<AntPattern> {
            let filled = patterns.into_iter().filter(|pattern| !pattern.trim().is_empty());
            filled.map(AntPattern::new).collect()
        }
        Self { includes: compile(includes), excludes: compile(excludes) }
    }

    /// Whether the path is taken.
    pub fn accepts(&self, path: &str) -> bool {
        (self.includes.is_empty() || self.includes.iter().any(|pattern| pattern.matches(path)))
            && !self.excludes.iter().any(|pattern| pattern.matches(path))
    }

    /// Whether something below the folder could be taken.
    pub fn may_accept_below(&self, folder: &str) -> bool {
        self.includes.is_empty()
            || self.includes.iter().any(|pattern| pattern.may_match_below(folder))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn patterns_match_as_ant_does() {
        let table = [
            ("**/*", "a", true),
            ("**/*", "a/b/c.jar", true),
            ("**", "a/b", true),
            ("*", "a", true),
            ("*", "a/b", false),
            ("a/**", "a", true),
            ("a/**", "a/b/c", true),
            ("a/", "a/b/c", true),
            ("a/**", "ab/c", false),
            ("**/*.jar", "x.jar", true),
            ("**/*.jar", "a/b/x.jar", true),
            ("**/*.jar", "a/b/x.jar.sha1", false),
            ("org/*/lib?.jar", "org/x/lib1.jar", true),
            ("org/*/lib?.jar", "org/x/y/lib1.jar", false),
            ("**/a/**/b", "x/a/y/z/b", true),
            ("**/a/**/b", "a/b", true),
            ("**/a/**/b", "x/a/y/z/c", false),
            ("*a*b*", "xxaxxbxx", true),
            ("A", "a", false),
            ("com/acme/**/*-SNAPSHOT/*", "com/acme/x/1-SNAPSHOT/f", true),
        ];
        for (pattern, path, expected) in table {
            assert_eq!(AntPattern::new(pattern).matches(path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn hostile_patterns_take_no_exponential_time() {
        let pattern = AntPattern::new(&format!("{}b", "**/*a*a*a*a*/".repeat(40)));
        assert!(!pattern.matches(&"a".repeat(200).split("").collect::<Vec<_>>().join("a/")));
    }

    #[test]
    fn exclusion_wins() {
        let filter = PathFilter::parse("org/**, com/**", "**/secret/**");
        assert!(filter.accepts("org/a.jar") && filter.accepts("com/b"));
        assert!(!filter.accepts("net/a.jar") && !filter.accepts("org/secret/a.jar"));
        assert!(PathFilter::parse("", "").accepts("anything"));
    }

    #[test]
    fn folders_that_may_hold_matches_are_walked() {
        let pattern = AntPattern::new("org/*/x/**");
        for (folder, expected) in [("", true), ("org", true), ("net", false), ("org/a/x/y", true)] {
            assert_eq!(pattern.may_match_below(folder), expected, "{folder}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_literal_matches_itself(path in "[a-z]{1,5}(/[a-z]{1,5}){0,4}") {
            prop_assert!(AntPattern::new(&path).matches(&path));
            prop_assert!(AntPattern::new("**/*").matches(&path));
        }
    }
}
