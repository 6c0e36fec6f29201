//! Matrix parameters: the `;key=value` that may follow any segment of a request's path.

use crate::percent::{self, PercentError};
use crate::property::{Properties, PropertyError};

/// What stood behind the semicolons of a path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MatrixParameters {
    /// `key=value`: set on deploy; filters on download where the artifact has the key.
    pub properties: Properties,
    /// `key+=value`: must be present on download.
    pub mandatory: Properties,
}

/// Why matrix parameters could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MatrixError {
    /// A key or value with broken percent-encoding.
    #[error("A matrix parameter of the path could not be decoded. {0}")]
    Encoding(#[from] PercentError),
    /// A key or value that properties do not take.
    #[error("A matrix parameter of the path was refused. {0}")]
    Property(#[from] PropertyError),
}

impl MatrixParameters {
    /// Takes the parameters out of a percent-encoded path; gives the path without them,
    /// still encoded. A key alone has an empty value; a repeated key has many values.
    pub fn split(raw_path: &str) -> Result<(String, Self), MatrixError> {
        let mut path = String::with_capacity(raw_path.len());
        let mut parameters = Self::default();
        for (index, segment) in raw_path.split('/').enumerate() {
            if index > 0 {
                path.push('/');
            }
            let mut parts = segment.split(';');
            path.push_str(parts.next().unwrap_or_default());
            parts.filter(|part| !part.is_empty()).try_for_each(|part| parameters.take(part))?;
        }
        Ok((path, parameters))
    }

    fn take(&mut self, part: &str) -> Result<(), MatrixError> {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        let value = percent::decode(value)?;
        match key.strip_suffix('+') {
            Some(key) => self.mandatory.add(&percent::decode(key)?, &value)?,
            None => self.properties.add(&percent::decode(key)?, &value)?,
        }
        Ok(())
    }

    /// Whether there were none.
    pub fn is_empty(&self) -> bool {
        self.properties.is_empty() && self.mandatory.is_empty()
    }

    /// Whether an artifact with these properties may be given for the request.
    pub fn accepts(&self, artifact: &Properties) -> bool {
        let shares = |wanted: &[String], has: &[String]| wanted.iter().any(|one| has.contains(one));
        let optional = |(key, wanted): (&str, &[String])| {
            let has = artifact.get(key);
            has.is_empty() || shares(wanted, has)
        };
        self.properties.iter().all(optional)
            && self.mandatory.iter().all(|(key, wanted)| shares(wanted, artifact.get(key)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parameters_are_taken_from_every_segment() {
        let (path, parameters) =
            MatrixParameters::split("libs;a=1/org/x.jar;a=2;b=c%20d;flag;q+=yes").unwrap();
        assert_eq!(path, "libs/org/x.jar");
        assert_eq!(parameters.properties.get("a"), ["1", "2"]);
        assert_eq!(parameters.properties.get("b"), ["c d"]);
        assert_eq!(parameters.properties.get("flag"), [""]);
        assert_eq!(parameters.mandatory.get("q"), ["yes"]);
    }

    #[test]
    fn an_encoded_semicolon_belongs_to_the_name() {
        let (path, parameters) = MatrixParameters::split("a%3Bb=c").unwrap();
        assert_eq!((path.as_str(), parameters.is_empty()), ("a%3Bb=c", true));
    }

    #[test]
    fn plus_in_values_is_literal() {
        let (_, parameters) = MatrixParameters::split("a;v=1.0+x").unwrap();
        assert_eq!(parameters.properties.first("v"), Some("1.0+x"));
    }

    #[test]
    fn filters_apply_where_set_and_always_when_mandatory() {
        let mut artifact = Properties::new();
        artifact.add("qa", "passed").unwrap();
        let accepts = |text| MatrixParameters::split(text).unwrap().1.accepts(&artifact);
        assert!(accepts("a;qa=passed") && accepts("a;other=1"));
        assert!(!accepts("a;qa=failed") && !accepts("a;other+=1"));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn splitting_never_panics(raw in "\\PC{0,60}|[;=/+%a0-9]{0,60}") {
            if let Ok((path, _)) = MatrixParameters::split(&raw) {
                prop_assert!(!path.contains(';'));
            }
        }
    }
}
