//! Names of projects and of distribution files.

/// Longest project name, in bytes.
pub const NAME_BYTES_MAX: usize = 200;

/// A name in its normal form: lower case, runs of `-`, `_` and `.` as one `-`.
pub fn normalise(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for character in name.chars() {
        if matches!(character, '-' | '_' | '.') {
            if !normal.ends_with('-') {
                normal.push('-');
            }
        } else {
            normal.extend(character.to_lowercase());
        }
    }
    normal
}

/// Whether the text is a project name: letters, digits and separators, none at the ends.
pub fn is_name(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let outer = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = name.as_bytes();
    name.len() <= NAME_BYTES_MAX
        && bytes.iter().all(|byte| inner(*byte))
        && outer(bytes.first())
        && outer(bytes.last())
}

/// The kinds of files that a project has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `.whl`
    Wheel,
    /// `.tar.gz`
    SourceTarGz,
    /// `.zip`
    SourceZip,
    /// `.egg` and others of old: served, not looked into.
    Other,
}

/// What a file name says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distribution {
    /// The normalised project name.
    pub project: String,
    /// The version as the name spells it.
    pub version: String,
    /// The kind.
    pub kind: Kind,
}

impl Distribution {
    /// Reads a file name; none for files that are no distributions.
    pub fn parse(file: &str) -> Option<Self> {
        if let Some(stem) = file.strip_suffix(".whl") {
            let parts: Vec<&str> = stem.split('-').collect();
            return match parts.as_slice() {
                [name, version, _, _, _] | [name, version, _, _, _, _] => {
                    Self::of(name, version, Kind::Wheel)
                }
                _ => None,
            };
        }
        if let Some(stem) = file.strip_suffix(".egg") {
            let mut parts = stem.split('-');
            return Self::of(parts.next()?, parts.next()?, Kind::Other);
        }
        let sources = [
            (".tar.gz", Kind::SourceTarGz),
            (".zip", Kind::SourceZip),
            (".tar.bz2", Kind::Other),
            (".tgz", Kind::SourceTarGz),
        ];
        let (stem, kind) =
            sources.into_iter().find_map(|(end, kind)| Some((file.strip_suffix(end)?, kind)))?;
        // Old names have hyphens of their own; the version is the first part that reads as one.
        let at = stem.match_indices('-').map(|(at, _)| at);
        let split = |at: usize| (&stem[..at], &stem[at + 1..]);
        at.map(split)
            .find(|(_, version)| is_version(version))
            .and_then(|(name, version)| Self::of(name, version, kind))
    }

    fn of(name: &str, version: &str, kind: Kind) -> Option<Self> {
        if !is_name(name) || !is_version(version) {
            return None;
        }
        Some(Self { project: normalise(name), version: version.to_owned(), kind })
    }
}

/// Whether the text is a version as PEP 440 has it; wheels escape `-` as `_`.
pub fn is_version(version: &str) -> bool {
    parse_version(version).is_some()
}

/// Reads a version as PEP 440 has it.
pub fn parse_version(version: &str) -> Option<pep440_rs::Version> {
    if version.len() > 128 || !version.is_ascii() {
        return None;
    }
    version.replace('_', "-").parse().ok()
}

/// Whether two spellings are one version.
pub fn same_version(left: &str, right: &str) -> bool {
    match (parse_version(left), parse_version(right)) {
        (Some(left), Some(right)) => left == right,
        _ => left == right,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_normalised_as_pep_503_says() {
        for name in ["Foo.Bar", "foo-bar", "FOO__bar", "foo-_.bar"] {
            assert_eq!(normalise(name), "foo-bar", "{name}");
        }
        for name in ["", "-a", "a-", "a/b", "..", "ä", "a b"] {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn file_names_are_read() {
        let table = [
            ("foo_bar-1.0-py3-none-any.whl", Some(("foo-bar", "1.0", Kind::Wheel))),
            ("foo-1.0-1-py3-none-any.whl", Some(("foo", "1.0", Kind::Wheel))),
            (
                "foo-1.0+local.1-cp312-cp312-manylinux_2_17_x86_64.whl",
                Some(("foo", "1.0+local.1", Kind::Wheel)),
            ),
            ("foo-bar-1.0.tar.gz", Some(("foo-bar", "1.0", Kind::SourceTarGz))),
            ("foo-bar-1.0-beta1.zip", Some(("foo-bar", "1.0-beta1", Kind::SourceZip))),
            ("foo-1.0-py2.7.egg", Some(("foo", "1.0", Kind::Other))),
            ("foo-1.0.whl", None),
            ("foo.tar.gz", None),
            ("foo-x.tar.gz", None),
            ("../foo-1.0.tar.gz", None),
            ("readme.txt", None),
        ];
        for (file, expected) in table {
            let found = Distribution::parse(file);
            let shown =
                found.as_ref().map(|one| (one.project.as_str(), one.version.as_str(), one.kind));
            assert_eq!(shown, expected, "{file}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_file_name_is_read_without_panic(file in "\\PC{0,30}|[-.0-9a-z]{0,20}\\.(whl|tar\\.gz|zip|egg)") {
            let _ = Distribution::parse(&file);
            let _ = normalise(&file);
        }
    }
}
