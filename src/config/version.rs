//! Version constraints: `>= 0.1, < 2.0`, `~> 1.4`.

use std::cmp::Ordering;

/// Conditions that a version must meet, all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionConstraint(Vec<(Operator, Version)>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    /// The last given part may grow: `~> 1.4` allows 1.9 and not 2.0.
    Pessimistic,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Version {
    parts: Vec<u64>,
    prerelease: Option<String>,
}

/// Longer operators first, so that `>=` is not read as `>`.
const OPERATORS: [(&str, Operator); 7] = [
    (">=", Operator::GreaterOrEqual),
    ("<=", Operator::LessOrEqual),
    ("!=", Operator::NotEqual),
    ("~>", Operator::Pessimistic),
    (">", Operator::Greater),
    ("<", Operator::Less),
    ("=", Operator::Equal),
];

impl VersionConstraint {
    /// Reads conditions separated by commas; the error is a full sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        text.split(',').map(condition).collect::<Result<_, _>>().map(Self)
    }

    /// The first version that is a prerelease, as it is written.
    pub fn prerelease(&self) -> Option<String> {
        let versions = self.0.iter().map(|(_, version)| version);
        versions.filter(|version| version.prerelease.is_some()).map(Version::to_string).next()
    }

    /// Tells whether a version meets all conditions; a version that cannot be read meets none.
    pub fn allows(&self, version: &str) -> bool {
        let Some(version) = Version::parse(version) else { return false };
        self.0.iter().all(|(operator, bound)| operator.holds(&version, bound))
    }
}

fn condition(text: &str) -> Result<(Operator, Version), String> {
    let text = text.trim();
    let (operator, rest) = OPERATORS
        .iter()
        .find_map(|(sign, operator)| Some((*operator, text.strip_prefix(sign)?)))
        .unwrap_or((Operator::Equal, text));
    let version = Version::parse(rest.trim()).ok_or_else(|| {
        format!(
            "This string does not use correct version constraint syntax: \"{text}\". Write conditions such as \">= 1.2.0, < 2.0.0\" or \"~> 1.2\"."
        )
    })?;
    Ok((operator, version))
}

impl Operator {
    fn holds(self, version: &Version, bound: &Version) -> bool {
        let order = version.compare(bound);
        match self {
            Self::Equal => order == Ordering::Equal,
            Self::NotEqual => order != Ordering::Equal,
            Self::Greater => order == Ordering::Greater,
            Self::GreaterOrEqual => order != Ordering::Less,
            Self::Less => order == Ordering::Less,
            Self::LessOrEqual => order != Ordering::Greater,
            Self::Pessimistic => order != Ordering::Less && version.agrees(bound),
        }
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts: Vec<String> = self.parts.iter().map(u64::to_string).collect();
        write!(f, "{}", parts.join("."))?;
        self.prerelease.iter().try_for_each(|prerelease| write!(f, "-{prerelease}"))
    }
}

impl Version {
    fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let (text, _build) = text.split_once('+').unwrap_or((text, ""));
        let (numbers, prerelease) = match text.split_once('-') {
            Some((numbers, prerelease)) => (numbers, Some(prerelease.to_owned())),
            None => (text, None),
        };
        let parts: Option<Vec<u64>> = numbers.split('.').map(|part| part.parse().ok()).collect();
        parts.filter(|parts| parts.len() <= 3).map(|parts| Self { parts, prerelease })
    }

    fn part(&self, index: usize) -> u64 {
        self.parts.get(index).copied().unwrap_or(0)
    }

    fn compare(&self, other: &Self) -> Ordering {
        let numbers = (0..3)
            .map(|i| self.part(i).cmp(&other.part(i)))
            .find(|order| *order != Ordering::Equal);
        numbers.unwrap_or_else(|| match (&self.prerelease, &other.prerelease) {
            // A prerelease comes before the release that it prepares.
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(mine), Some(theirs)) => mine.cmp(theirs),
        })
    }

    /// Tells whether all parts but the last that `bound` gives are the same.
    fn agrees(&self, bound: &Self) -> bool {
        (0..bound.parts.len() - 1).all(|i| self.part(i) == bound.part(i))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_allow_what_they_say() {
        let cases = [
            (">= 1.2.0, < 2.0.0", "1.9.3", true),
            (">= 1.2.0, < 2.0.0", "2.0.0", false),
            ("~> 1.4", "1.9.0", true),
            ("~> 1.4", "2.0.0", false),
            ("~> 1.4.2", "1.4.9", true),
            ("~> 1.4.2", "1.5.0", false),
            ("~> 1", "7.0.0", true),
            ("1.0", "1.0.0", true),
            ("!= 1.0", "1.0.0", false),
            (">= 1.0.0", "1.0.0-rc1", false),
        ];
        for (constraint, version, allowed) in cases {
            let parsed = VersionConstraint::parse(constraint).unwrap();
            assert_eq!(parsed.allows(version), allowed, "{constraint} and {version}");
        }
    }

    #[test]
    fn nonsense_is_no_constraint() {
        for text in ["", "=> 1", "one", "1.2.3.4", ">= 1,, < 2"] {
            assert!(VersionConstraint::parse(text).is_err(), "{text}");
        }
    }
}
