//! Properties of artifacts: keys that each have one or many values.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// Longest key, in bytes.
pub const KEY_BYTES_MAX: usize = 255;
/// Longest value, in bytes.
pub const VALUE_BYTES_MAX: usize = 2400;
/// Most values over all keys of one artifact.
pub const VALUES_MAX: usize = 1000;

/// Characters that no key may hold, besides blanks.
const KEY_CHARACTERS_REFUSED: &str = ")(}{][*+^$\\/~`!@#%&<>;=,±§";

/// Keys in the order in which they were set, each with its distinct values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Properties(IndexMap<String, Vec<String>>);

/// Why a property was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PropertyError {
    /// A key without characters, or too long.
    #[error("A property key is {bytes} bytes long. Use 1 to {KEY_BYTES_MAX}.")]
    KeyLength { bytes: usize },
    /// A key with a character that the property syntax needs for itself.
    #[error("The property key {key:?} has the character {character:?}, which keys may not hold.")]
    KeyCharacter { key: String, character: char },
    /// A value that is too long.
    #[error("A value of property {key:?} is {bytes} bytes long. Use at most {VALUE_BYTES_MAX}.")]
    ValueLength { key: String, bytes: usize },
    /// More than [`VALUES_MAX`] values.
    #[error("There are more than {VALUES_MAX} property values. Remove some.")]
    TooMany,
}

impl Properties {
    /// No properties.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a value to a key; a value that is there already is not added again.
    pub fn add(&mut self, key: &str, value: &str) -> Result<(), PropertyError> {
        check_key(key)?;
        if value.len() > VALUE_BYTES_MAX {
            return Err(PropertyError::ValueLength { key: key.to_owned(), bytes: value.len() });
        }
        if self.0.values().map(Vec::len).sum::<usize>() >= VALUES_MAX {
            return Err(PropertyError::TooMany);
        }
        let values = self.0.entry(key.to_owned()).or_default();
        if !values.iter().any(|known| known == value) {
            values.push(value.to_owned());
        }
        Ok(())
    }

    /// Replaces all values of a key.
    pub fn set<'a>(
        &mut self,
        key: &str,
        values: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), PropertyError> {
        check_key(key)?;
        self.0.shift_remove(key);
        values.into_iter().try_for_each(|value| self.add(key, value))
    }

    /// Removes a key; says whether it was there.
    pub fn remove(&mut self, key: &str) -> bool {
        self.0.shift_remove(key).is_some()
    }

    /// Replaces the values of every key that `other` has.
    pub fn merge(&mut self, other: &Self) {
        for (key, values) in &other.0 {
            self.0.insert(key.clone(), values.clone());
        }
    }

    /// The values of a key; empty when it is not set.
    pub fn get(&self, key: &str) -> &[String] {
        self.0.get(key).map_or(&[], Vec::as_slice)
    }

    /// The first value of a key.
    pub fn first(&self, key: &str) -> Option<&str> {
        self.get(key).first().map(String::as_str)
    }

    /// Keys with their values, in the order in which they were set.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0.iter().map(|(key, values)| (key.as_str(), values.as_slice()))
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no keys.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads the `properties` query of the storage API: `k=v1,v2;k2=v3`, or `|` between keys;
    /// a backslash takes the next character literally.
    pub fn parse_list(text: &str) -> Result<Self, PropertyError> {
        let mut properties = Self::new();
        for pair in split_escaped(text, &[';', '|']) {
            if pair.is_empty() {
                continue;
            }
            let mut halves = split_escaped(&pair, &['=']).into_iter();
            let key = unescape(&halves.next().unwrap_or_default());
            let rest = halves.collect::<Vec<_>>().join("=");
            check_key(&key)?;
            for value in split_escaped(&rest, &[',']) {
                properties.add(&key, &unescape(&value))?;
            }
        }
        Ok(properties)
    }
}

fn check_key(key: &str) -> Result<(), PropertyError> {
    if key.is_empty() || key.len() > KEY_BYTES_MAX {
        return Err(PropertyError::KeyLength { bytes: key.len() });
    }
    let refused = |character: &char| {
        character.is_whitespace()
            || character.is_control()
            || KEY_CHARACTERS_REFUSED.contains(*character)
    };
    match key.chars().find(refused) {
        Some(character) => Err(PropertyError::KeyCharacter { key: key.to_owned(), character }),
        None => Ok(()),
    }
}

/// Splits at unescaped separators and leaves the escapes in the parts.
fn split_escaped(text: &str, separators: &[char]) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut escaped = false;
    for character in text.chars() {
        if !escaped && separators.contains(&character) {
            parts.push(String::new());
            continue;
        }
        escaped = !escaped && character == '\\';
        if let Some(part) = parts.last_mut() {
            part.push(character);
        }
    }
    parts
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => plain.extend(characters.next()),
            _ => plain.push(character),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_with_escapes() {
        let read =
            Properties::parse_list(r"qa=passed,twice;build.number=12|note=a\,b\;c\=d=e").unwrap();
        assert_eq!(read.get("qa"), ["passed", "twice"]);
        assert_eq!(read.get("build.number"), ["12"]);
        assert_eq!(read.get("note"), ["a,b;c=d=e"]);
        assert_eq!(Properties::parse_list("empty").unwrap().get("empty"), [""]);
    }

    #[test]
    fn refused_keys_say_why() {
        for key in ["", "a b", "a/b", "a;b", "a\u{7}", "§"] {
            assert!(Properties::new().add(key, "v").is_err(), "{key:?}");
        }
        assert!(Properties::new().add("docker.label:x", "v").is_ok());
    }

    #[test]
    fn values_are_distinct_and_limited() {
        let mut properties = Properties::new();
        properties.add("k", "v").unwrap();
        properties.add("k", "v").unwrap();
        assert_eq!(properties.get("k").len(), 1);
        assert!(properties.add("k", &"v".repeat(VALUE_BYTES_MAX + 1)).is_err());
        let flood =
            (0..=VALUES_MAX).try_for_each(|number| properties.add("n", &number.to_string()));
        assert_eq!(flood, Err(PropertyError::TooMany));
    }
}
