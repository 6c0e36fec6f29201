//! Names that are checked once, where they enter, and are trusted from then on.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Longest repository key, in bytes.
pub const REPOSITORY_NAME_BYTES_MAX: usize = 64;
/// Longest site name, in bytes.
pub const SITE_NAME_BYTES_MAX: usize = 64;
/// Longest package type, in bytes.
pub const PACKAGE_TYPE_BYTES_MAX: usize = 32;

/// First path segments that the server itself answers, so that no repository may be called so.
const RESERVED: [&str; 10] =
    ["access", "api", "artifactory", "event", "list", "repo", "simple", "ui", "v2", "webapp"];

/// Why a name was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// The name has no characters.
    #[error("The {kind} is empty. Give it a name of 1 to {max} characters.")]
    Empty { kind: &'static str, max: usize },
    /// The name is longer than fits.
    #[error("The {kind} \"{start}...\" is {bytes} bytes long. Shorten it to {max} or fewer.")]
    TooLong { kind: &'static str, start: String, bytes: usize, max: usize },
    /// A character that would need escaping in a URL, a file name or a shell.
    #[error(
        "The {kind} {name:?} has the character {character:?} at position {position}. Use letters, digits, \".\", \"-\" and \"_\", beginning with a letter or a digit."
    )]
    Character { kind: &'static str, name: String, character: char, position: usize },
    /// The name collides with a path of the server itself.
    #[error("The {kind} \"{name}\" is reserved for the server itself. Choose another name.")]
    Reserved { kind: &'static str, name: String },
}

fn check(kind: &'static str, text: &str, max: usize) -> Result<(), NameError> {
    if text.is_empty() {
        return Err(NameError::Empty { kind, max });
    }
    if text.len() > max {
        let start = text.chars().take(20).collect();
        return Err(NameError::TooLong { kind, start, bytes: text.len(), max });
    }
    let refused = text.chars().enumerate().find(|(position, character)| {
        let inner = character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_');
        !inner || (*position == 0 && !character.is_ascii_alphanumeric())
    });
    match refused {
        Some((position, character)) => {
            let name = text.chars().take(80).collect();
            Err(NameError::Character { kind, name, character, position })
        }
        None => Ok(()),
    }
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $max:expr, $reserved:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks and takes a name.
            pub fn parse(text: &str) -> Result<Self, NameError> {
                check($kind, text, $max)?;
                let reserved: &[&str] = $reserved;
                if reserved.contains(&text) {
                    return Err(NameError::Reserved { kind: $kind, name: text.to_owned() });
                }
                Ok(Self(text.to_owned()))
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;
            fn try_from(text: String) -> Result<Self, NameError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }
    };
}

name!(
    /// The key of a repository: 1 to 64 characters that stand in a URL as they are.
    RepositoryName, "repository key", REPOSITORY_NAME_BYTES_MAX, &RESERVED
);
name!(
    /// The name of a site, one region's cluster of servers.
    SiteName, "site name", SITE_NAME_BYTES_MAX, &[]
);
name!(
    /// The package type of a repository as the REST API spells it, for example `maven`.
    PackageType, "package type", PACKAGE_TYPE_BYTES_MAX, &[]
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_keys_are_taken() {
        for key in ["libs", "libs-eu-west-1", "a", "Maven_2.local", "0day"] {
            assert_eq!(RepositoryName::parse(key).unwrap().as_str(), key);
        }
    }

    #[test]
    fn keys_that_need_escaping_are_refused() {
        for key in ["", ".", "..", "-a", "_a", "a/b", "a b", "a%2f", "ä", "a\0", "a;b"] {
            assert!(RepositoryName::parse(key).is_err(), "{key:?}");
        }
        assert!(RepositoryName::parse(&"a".repeat(64)).is_ok());
        assert!(RepositoryName::parse(&"a".repeat(65)).is_err());
    }

    #[test]
    fn paths_of_the_server_are_reserved() {
        assert!(matches!(RepositoryName::parse("api"), Err(NameError::Reserved { .. })));
        assert!(SiteName::parse("api").is_ok());
    }

    #[test]
    fn json_is_checked_too() {
        assert!(serde_json::from_str::<RepositoryName>("\"a/b\"").is_err());
        assert!(serde_json::from_str::<RepositoryName>("\"ab\"").is_ok());
    }
}
