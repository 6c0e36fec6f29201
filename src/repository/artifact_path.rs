//! The path of an artifact inside its repository, checked once so that nothing escapes from it.

use crate::percent::{self, PercentError};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Longest path, in bytes of UTF-8.
pub const PATH_BYTES_MAX: usize = 1024;
/// Longest segment, in bytes of UTF-8.
pub const SEGMENT_BYTES_MAX: usize = 255;

/// A decoded, normalised path: segments joined by `/`, without a leading or trailing slash.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
// Invariant: 1 to 1024 bytes; no empty, `.` or `..` segment; no control character; no backslash.
pub struct ArtifactPath(String);

/// Why a path was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// Nothing is left below the repository.
    #[error("The path is empty. Name a file below the repository.")]
    Empty,
    /// More than [`PATH_BYTES_MAX`].
    #[error("The path is {bytes} bytes long; {PATH_BYTES_MAX} are allowed. Shorten it.")]
    TooLong { bytes: usize },
    /// More than [`SEGMENT_BYTES_MAX`] in one segment.
    #[error(
        "A segment of the path is {bytes} bytes long; {SEGMENT_BYTES_MAX} are allowed. Shorten it."
    )]
    SegmentTooLong { bytes: usize },
    /// `a//b`, or a slash at the end.
    #[error("The path has an empty segment. Write single slashes and none at the end.")]
    EmptySegment,
    /// `.` or `..`.
    #[error("The path has the segment \"{segment}\". Relative segments are not allowed.")]
    RelativeSegment { segment: String },
    /// A control character, a backslash or a character that changes the direction of text.
    #[error(
        "The path has the character {character:?}, which is not allowed in names of artifacts."
    )]
    Character { character: char },
    /// The percent-encoding is broken.
    #[error("The path could not be decoded. {0}")]
    Encoding(#[from] PercentError),
}

impl ArtifactPath {
    /// Takes a decoded path; one leading slash is dropped.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let text = text.strip_prefix('/').unwrap_or(text);
        if text.is_empty() {
            return Err(PathError::Empty);
        }
        if text.len() > PATH_BYTES_MAX {
            return Err(PathError::TooLong { bytes: text.len() });
        }
        if let Some(character) = text.chars().find(|character| is_refused(*character)) {
            return Err(PathError::Character { character });
        }
        text.split('/').try_for_each(check_segment)?;
        Ok(Self(text.to_owned()))
    }

    /// Takes a percent-encoded path as it stands in a URL, decodes it once and checks the result.
    pub fn from_encoded(raw: &str) -> Result<Self, PathError> {
        Self::parse(&percent::decode(raw)?)
    }

    /// The decoded path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path as it may stand in a URL.
    pub fn to_encoded(&self) -> String {
        percent::encode_path(&self.0)
    }

    /// The segments, first to last; there is at least one.
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/')
    }

    /// The last segment.
    pub fn file_name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(_, name)| name)
    }

    /// The folder that holds the artifact; none at the top of the repository.
    pub fn parent(&self) -> Option<Self> {
        self.0.rsplit_once('/').map(|(folder, _)| Self(folder.to_owned()))
    }

    /// This path with more segments after it, checked again.
    pub fn join(&self, below: &str) -> Result<Self, PathError> {
        Self::parse(&format!("{}/{below}", self.0))
    }

    /// Whether this is `folder` itself or lies below it.
    pub fn is_within(&self, folder: &Self) -> bool {
        self.0
            .strip_prefix(folder.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The extension after the last dot of the file name, without the dot.
    pub fn extension(&self) -> Option<&str> {
        self.file_name().rsplit_once('.').map(|(_, extension)| extension)
    }
}

fn is_refused(character: char) -> bool {
    // Bidirectional overrides make one name look like another in a listing.
    character.is_control()
        || character == '\\'
        || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn check_segment(segment: &str) -> Result<(), PathError> {
    match segment {
        "" => Err(PathError::EmptySegment),
        "." | ".." => Err(PathError::RelativeSegment { segment: segment.to_owned() }),
        _ if segment.len() > SEGMENT_BYTES_MAX => {
            Err(PathError::SegmentTooLong { bytes: segment.len() })
        }
        _ => Ok(()),
    }
}

impl fmt::Display for ArtifactPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::str::FromStr for ArtifactPath {
    type Err = PathError;
    fn from_str(text: &str) -> Result<Self, PathError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for ArtifactPath {
    type Error = PathError;
    fn try_from(text: String) -> Result<Self, PathError> {
        Self::parse(&text)
    }
}

impl From<ArtifactPath> for String {
    fn from(path: ArtifactPath) -> Self {
        path.0
    }
}

impl AsRef<str> for ArtifactPath {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn traversal_is_refused_in_every_spelling() {
        for raw in [
            "..",
            "../a",
            "a/..",
            "a/../b",
            "./a",
            "a/./b",
            "%2e%2e/a",
            "a/%2E%2e/b",
            "a%2f..%2fb",
            "a\\..\\b",
            "a%5c..%5cb",
            "a%00b",
            "a//b",
            "a/",
            "//a",
            "a%0ab",
        ] {
            assert!(ArtifactPath::from_encoded(raw).is_err(), "{raw}");
        }
    }

    #[test]
    fn double_encoding_is_decoded_once() {
        assert_eq!(ArtifactPath::from_encoded("%252e%252e/a").unwrap().as_str(), "%2e%2e/a");
    }

    #[test]
    fn ordinary_paths_are_kept() {
        for path in
            ["a", "a/b.jar", "...", "a/..b", "@s/n/-/n-1.0.0+x.tgz", "grüße/日本.txt", "a b"]
        {
            assert_eq!(ArtifactPath::parse(path).unwrap().as_str(), path);
        }
        assert_eq!(ArtifactPath::parse("/a/b").unwrap().as_str(), "a/b");
    }

    #[test]
    fn lengths_are_limited() {
        assert!(ArtifactPath::parse(&"a".repeat(255)).is_ok());
        assert!(ArtifactPath::parse(&"a".repeat(256)).is_err());
        assert!(ArtifactPath::parse(&vec!["a".repeat(200); 6].join("/")).is_err());
    }

    #[test]
    fn within_compares_whole_segments() {
        let path = |text| ArtifactPath::parse(text).unwrap();
        assert!(path("a/b/c").is_within(&path("a/b")));
        assert!(path("a/b").is_within(&path("a/b")));
        assert!(!path("a/bc").is_within(&path("a/b")));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_accepted_path_escapes(raw in "\\PC{0,40}|[./%25eE\\\\a\\x00]{0,40}") {
            if let Ok(path) = ArtifactPath::from_encoded(&raw) {
                prop_assert!(path.segments().all(|part| !part.is_empty() && part != ".." && part != "."));
                prop_assert_eq!(ArtifactPath::from_encoded(&path.to_encoded()).unwrap(), path);
            }
        }
    }
}
